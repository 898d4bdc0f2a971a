"""The CSV reader gives what was written, whatever the values, the blocks and the damage."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from yuelao.warehouse.ingest.csv_reader import CsvReader
from yuelao.warehouse.mapping import TableMapping

LIMIT = 2_000
DAMAGED = (
    b'a,b,c\n1,2,3\n"x\ny",5,6\n7,"8,9\n10,11,12\n13,1"4,15\n\n16,17\n"a""b",1,2\r\n'
    + b"z" * 3_000
    + b',1,2\nq,w,e\nr,t\0,y\n"",,\n"open,1,2\nlast,"1,1",2'
)
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=8)


def read(path, block=1 << 20, limit=LIMIT, **options):
    """The rows (line, values …) and the unreadable lines (line, reason) of a file."""
    reader = CsvReader(path, TableMapping(table="x", files="x", columns={}, **options), limit, block)
    rows, unreadable = [], []
    for batch in reader.batches(range(len(reader.names))):
        rows += [tuple(row.values()) for row in batch.rows.to_pylist()]
        unreadable += [(reject.line, reject.reason.split(":")[0]) for reject in batch.unreadable]
    return rows, sorted(unreadable)


def test_damage_costs_the_damaged_lines_only(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(DAMAGED)
    rows, unreadable = read(path)
    assert rows == [
        (2, "1", "2", "3"),
        (3, "x\ny", "5", "6"),
        (6, "10", "11", "12"),
        (10, 'a"b', "1", "2"),
        (12, "q", "w", "e"),
        (14, "", "", ""),
        (16, "last", "1,1", "2"),
    ]
    assert unreadable == [
        (5, "broken quotes"),
        (7, "broken quotes"),
        (9, "2 values where the header has 3"),
        (11, "longer than 2000 bytes (`max_line_bytes` in yuelao.toml)"),
        (13, "a NUL character"),
        (15, "broken quotes"),
    ]


@given(block=st.integers(1, 200))
def test_the_size_of_the_blocks_does_not_matter(tmp_path_factory, block):
    path = tmp_path_factory.getbasetemp() / "damaged.csv"
    path.write_bytes(DAMAGED)
    assert read(path, block) == read(path)


@given(
    rows=st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=12),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
    separator=st.sampled_from([",", ";", "|", "\t"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
    block=st.integers(1, 300),
)
def test_what_is_written_is_read(tmp_path_factory, rows, encoding, separator, quoting, end, block):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=end)
    writer.writerows([("甲", "乙", "丙"), *rows])
    path = tmp_path_factory.getbasetemp() / "written.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    found, unreadable = read(path, block, encoding=encoding, separator=separator)
    assert unreadable == []
    assert [row[1:] for row in found] == rows


def test_a_source_without_quotes(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b'a|b\niPad 9.7"|1\n"|"\n1|2|3\n')
    assert read(path, quote="", separator="|") == (
        [(2, 'iPad 9.7"', "1"), (3, '"', '"')],
        [(4, "3 values where the header has 2")],
    )


def test_a_file_of_one_column_and_one_without_rows(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xef\xbb\xbfid\n1\n\n2\n")
    assert read(path) == ([(2, "1"), (4, "2")], [])
    path.write_bytes(b"id,name")
    assert read(path) == ([], [])


def test_a_long_line_is_never_held_whole(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n1,2\n" + b"x" * 1_000_000 + b"\n3,4\n" + b"y" * 500_000)
    rows, unreadable = read(path, block=4_096)
    assert rows == [(2, "1", "2"), (4, "3", "4")]
    assert [line for line, _ in unreadable] == [3, 5]
