"""Uplift from a file, by the command: what it answers, what it writes, and what it says of a file that is no trial."""

import csv

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from tests.analytics.uplift.trials import drawn
from tests.cli.running import yuelao


def as_file(table, *, third_arm=20):
    """The trial with its arms by name, and some rows of another arm."""
    arms = np.where(np.array(table["treated"].to_pylist()), "mail", "none").astype(object)
    arms[:third_arm] = "call"
    spent = np.array(table["visited"].to_pylist()) * np.arange(table.num_rows)
    table = table.drop_columns(["treated"]).append_column("arm", pa.array(arms.tolist()))
    return table.append_column("spent", pa.array(spent))


@pytest.fixture
def uplift(tmp_path, monkeypatch, capsys):
    """Runs the command on a trial whose effect is in one city."""
    monkeypatch.chdir(tmp_path)
    pyarrow.csv.write_csv(as_file(drawn("city", 1500, seed=1)[0]), "trial.csv")
    given = {"treatment": "arm", "treated": "mail", "control": "none", "outcome": "visited", "folds": 3, "repeats": 1}

    def run(*more, file="trial.csv", **options):
        parts = [part for name, value in {**given, **options}.items() for part in (f"--{name}", value)]
        return yuelao(capsys, "uplift", file, *parts, *more)

    return run


def test_it_answers_what_was_found(uplift):
    done = uplift("--json")
    found = done.json
    assert {"ate", "interval", "qini", "uplift_top_30", "evidence", "chosen", "learners"} <= set(found)
    assert found["rows"] == found["treated"] + found["held_out"] == 1480
    assert found["evident"]
    assert found["interval"][0] < found["ate"] < found["interval"][1]
    assert found["uplift_top_30"] > found["ate"]
    assert [set(each) >= {"name", "qini", "uplift_top_30"} for each in found["learners"]] == [True] * 5
    assert list(found["left_out"]) == ["spent"]
    assert "Left out: spent" in done.err


def test_people_get_a_table(uplift):
    told = uplift().out
    assert "Ranking by uplift beats random here. In use: " in told
    assert "top 30 %" in told


def test_no_evidence_is_an_answer(uplift, tmp_path):
    pq.write_table(as_file(drawn("same", 1500, seed=1)[0]), tmp_path / "same.parquet")
    found = uplift("--json", file="same.parquet").json
    assert found["evidence"] == "No evidence that ranking by uplift beats random here"
    assert (found["evident"], found["chosen"]) == (False, "average")


def test_every_row_gets_its_effect_and_those_of_the_trial_their_place(uplift, tmp_path):
    found = uplift("--out", "scores.csv", "--json").json
    rows = list(csv.DictReader((tmp_path / "scores.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["row"] for row in rows] == [str(number + 1) for number in range(1500)]
    assert [row["place"] == "" for row in rows] == [True] * 20 + [False] * 1480
    table = pyarrow.csv.read_csv(tmp_path / "trial.csv")
    city = np.array(table["city"].to_pylist())
    effect = np.array([float(row["uplift"]) for row in rows])
    assert effect[city == "north"].mean() == pytest.approx(0.35, abs=0.1)
    assert effect[city != "north"].mean() == pytest.approx(0.0, abs=0.08)
    place = np.array([float(row["place"] or "nan") for row in rows])
    assert np.nanmean(place[city == "north"]) < 0.25
    assert found["rows"] == 1480


def test_excluded_columns_are_no_inputs(uplift):
    found = uplift("--exclude", "city, age", "--json").json
    assert found["features"] == ["is_staff", "use"]


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ({"treatment": "arms"}, "column", "arm"),
        ({"outcome": "visit"}, "column", "visited"),
        ({"exclude": "citi"}, "column", "city"),
        ({"treated": "mial"}, "arm", "mail"),
        ({"control": "mail"}, "arm", "same value"),
        ({"outcome": "city"}, "label", "numbers"),
        ({"outcome": "arm"}, "label", "arm holds string"),
        ({"folds": 1}, "folds", "folds"),
        ({"share": 1.5}, "share", "1.5"),
        ({"exclude": "city,age,use,is_staff,spent"}, "no_input", ""),
        ({"out": "trial.csv"}, "out", ".csv"),
        ({"out": "nowhere/scores.csv"}, "not_found", "folder"),
        ({"file": "nothing.csv"}, "not_found", "nothing.csv"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(uplift, options, code, says):
    error = uplift("--json", **options).error
    assert error["code"] == code
    assert says in " ".join(error.values())


def test_a_value_that_is_empty_is_told(uplift, tmp_path):
    text = (tmp_path / "trial.csv").read_text(encoding="utf-8").replace(',true,"mail"', ',,"mail"', 1)
    (tmp_path / "trial.csv").write_text(text, encoding="utf-8")
    assert "null in 1 rows" in uplift("--json").error["message"]
