"""One file as a table: CSV in the encodings and separators met, Parquet; what cannot be read is one line."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yuelao.common.errors import NotFound, Refused
from yuelao.warehouse.table_file import need_columns, read_table

ROWS = {"姓名": ["张三", "李四"], "age": [31, 45], "spent": [1.5, None]}


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_csv_tells_its_encoding_and_separator(tmp_path, encoding, separator):
    lines = "姓名,age,spent\n张三,31,1.5\n李四,45,\n".replace(",", separator)
    assert read_table(written(tmp_path, "a.csv", lines.encode(encoding))).to_pydict() == ROWS


def test_parquet_is_told_by_its_ending(tmp_path):
    pq.write_table(pa.table(ROWS), tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").to_pydict() == ROWS


def test_quoted_texts_may_hold_separators_and_lines(tmp_path):
    table = read_table(written(tmp_path, "a.csv", 'a,b\n"one, two\nthree",1\nNA,2\n'))
    assert table.to_pydict() == {"a": ["one, two\nthree", None], "b": [1, 2]}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"a,b\n1,2\n3\n", "cannot be read"),
        ("a.csv", b"a,a\n1,2\n", "twice"),
        ("a.csv", b"\xff\xff\xff,b\n1,2\n", "neither UTF-8 nor GB18030"),
        ("a.parquet", b"a,b\n1,2\n", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line_with_its_file(tmp_path, name, content, says):
    with pytest.raises(Refused, match=says) as refused:
        read_table(written(tmp_path, name, content))
    assert name in refused.value.where
    assert "\n" not in str(refused.value)


def test_what_is_not_there_is_not_found(tmp_path):
    for place in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(NotFound):
            read_table(place)


def test_a_missing_column_is_told_with_the_nearest():
    with pytest.raises(Refused, match=r"agee.*Did you mean age"):
        need_columns(pa.table(ROWS), ["spent", "agee"], Path("a.csv"))
