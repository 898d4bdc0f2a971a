"""`yuelao evaluate`: the recipe's figures on anybody's table, and one clear line for a table it cannot use."""

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from openpyxl import Workbook

ROWS = 900


@pytest.fixture
def file(tmp_path):
    """Sales follow use; the day is in order; `left` is known only after the sale."""
    rng = np.random.default_rng(3)
    use = rng.normal(size=ROWS).round(4)
    sold = rng.random(ROWS) < 1 / (1 + np.exp(1 - 1.5 * use))
    day = pa.array(np.datetime64("2026-01-01") + np.arange(ROWS) // 5)
    columns = {"day": day, "use": use, "left": sold * 1.0, "sold": np.where(sold, "是", "否")}
    pyarrow.csv.write_csv(pa.table(columns), tmp_path / "sales.csv")
    return tmp_path / "sales.csv"


def evaluate(run, file, *more):
    return run("evaluate", str(file), "--target", "sold", "--positive", "是", "--exclude", "left", *more, "--json")


@pytest.mark.parametrize(
    ("protocol", "tested"), [("forward", ROWS // 3), ("rolling", ROWS // 3), ("kfold", ROWS)], ids=str
)
def test_the_figures_of_every_protocol(run, file, protocol, tested):
    told = evaluate(run, file, "--order", "day", "--protocol", protocol, "--steps", "3", "--folds", "3").json
    assert told["tested"] == tested
    low, high = told["interval"]
    assert 0.7 < low < told["auc"] < high < 0.95
    assert told["reached_at_half"] > 0.7
    assert 0.5 < told["alift"] < told["auc"]
    assert told["lift_top_decile"] > 1.5
    assert told["calibration_error"] < 0.15
    assert told["chosen"]["inputs"] == ["use"]
    assert told["chosen"]["family"] == "corrected"


def test_the_order_of_rows_and_columns_encoding_and_format_change_nothing(run, file):
    by_day = evaluate(run, file, "--order", "day").json
    table = pyarrow.csv.read_csv(file)
    shuffled = table.take(np.random.default_rng(1).permutation(ROWS)).select(table.column_names[::-1])
    pyarrow.parquet.write_table(shuffled, file.with_suffix(".parquet"))
    file.write_bytes(file.read_text(encoding="utf-8").replace(",", ";").encode("gb18030"))
    for again in (file, file.with_suffix(".parquet")):
        assert {**evaluate(run, again, "--order", "day").json, "seconds": 0} == {**by_day, "seconds": 0}


def test_a_workbook_is_read_as_the_csv_file(run, file):
    by_day, table = evaluate(run, file, "--order", "day").json, pyarrow.csv.read_csv(file)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(table.column_names)
    for row in table.to_pylist():
        sheet.append(list(row.values()))
    book.save(file.with_suffix(".xlsx"))
    again = evaluate(run, file.with_suffix(".xlsx"), "--order", "day").json
    assert {**again, "seconds": 0} == {**by_day, "seconds": 0}


def test_what_comes_after_the_event_is_used_unless_excluded(run, file):
    told = run("evaluate", str(file), "--target", "sold", "--positive", "是", "--order", "rows", "--json").json
    assert told["auc"] > 0.99
    assert set(told["chosen"]["inputs"]) == {"left", "use"}


def test_people_see_a_table(run, file):
    done = run("evaluate", str(file), "--target", "sold", "--positive", "是", "--order", "rows")
    assert "reached by half of the calls" in done.out
    assert "Chosen: corrected" in done.out


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--order", "days"], ["days", "day"]),
        (["--order", "day", "--exclude", "lost"], ["lost"]),
        (["--order", "day", "--positive", "yes"], ["yes", "sold"]),
        (["--order", "use"], ["use", "time"]),
        (["--order", "day", "--test", "1.5"], ["1.5", "--test"]),
        (["--order", "day", "--protocol", "kfold", "--folds", "1"], ["--folds"]),
        (["--order", "day", "--test", "0.95"], ["too little"]),
    ],
    ids=["no such order", "no such column", "no such value", "no time", "share", "folds", "little before the test"],
)
def test_what_cannot_be_evaluated_is_one_clear_line(run, file, more, says):
    done = evaluate(run, file, *more)
    assert done.status != 0
    told = " ".join(done.error.values())
    assert all(word in told for word in says)
    assert "\n" not in told
