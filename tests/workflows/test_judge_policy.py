"""Judging a policy from two files, by the command."""

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from tests.analytics.offpolicy.worlds import LOGGED, TARGET, drawn, worth
from tests.cli.running import yuelao


@pytest.fixture
def offpolicy(tmp_path, monkeypatch, capsys):
    """Runs the command on two logs: a CSV of the one policy, a Parquet of the other."""
    monkeypatch.chdir(tmp_path)
    pyarrow.csv.write_csv(drawn(LOGGED, 3000, 3).table, "log.csv")
    pq.write_table(drawn(TARGET, 3000, 4).table, "target.parquet")
    given = {"target-log": "target.parquet", "action": "offer", "reward": "click", "probability": "chance"}
    given["context"] = "place"

    def run(*more, log="log.csv", **options):
        named = {name.replace("_", "-"): value for name, value in options.items()}
        parts = [part for name, value in {**given, **named}.items() for part in (f"--{name}", value)]
        return yuelao(capsys, "offpolicy", log, *parts, *more)

    return run


def test_it_answers_with_intervals_that_hold_the_truth(offpolicy):
    found = offpolicy("--json").json
    assert {"ips", "snips", "dr", "intervals", "observed"} <= set(found)
    for name in ("ips", "snips", "dr"):
        low, high = found["intervals"][name]
        assert low < found[name] < high
        assert low < worth(TARGET) < high
    assert found["rows"] == found["target_rows"] == 3000


def test_people_get_a_table_and_the_warnings(offpolicy):
    done = offpolicy("--clip", 1.5)
    assert "Mean reward of the target policy" in done.out
    assert "by action, place" in done.out
    assert "were clipped" in done.err


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ({"action": "ofer"}, "column", "offer"),
        ({"context": "place,wether"}, "column", "weather"),
        ({"target_log": "nothing.csv"}, "not_found", "nothing.csv"),
        ({"reward": "place"}, "column", "twice"),
        ({"reward": "weather", "probability": "click"}, "probability", "click"),
        ({"reward": "offer", "action": "click"}, "reward", "offer"),
        ({"clip": 0.1}, "clip", "0.1"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(offpolicy, options, code, says):
    error = offpolicy("--json", **options).error
    assert error["code"] == code
    assert says in " ".join(error.values())
