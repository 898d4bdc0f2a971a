"""Leaks are found and honest inputs are not stopped, on tables whose truth is known and on real ones."""

from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest

from tests.analytics.checks import shuffled
from yuelao.analytics.leaks import PLAUSIBLE, LeakKind, find_leaks
from yuelao.common.errors import Refused

DATA = Path(__file__).parents[3] / "shared" / "data"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the real data of ../shared/data is not here")
START = np.datetime64("2026-01-01")


def observations(seed, rows=3000, strongest=None):
    """Inputs that were all known beforehand: one strong, others weak and related to it, in a world that moves.

    Some are null where that says something, one only from some day on; 3 to 40 % have the event.
    """
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(rows, 5))
    z[:, 1] += rng.uniform() * z[:, 0]
    day, since = np.sort(rng.integers(0, 360, rows)), rng.integers(1, 700, rows)
    weight = rng.normal(0, 0.5, 5)
    weight[0] = strongest or rng.uniform(0.5, 2.5)
    held, city, visits = rng.random(rows) < 0.3, rng.choice(list("abcdef"), rows), rng.poisson(np.exp(0.4 * z[:, 2]))
    odds = z @ weight + rng.normal() * held + 0.3 * (city == "a") + 0.4 * visits + rng.normal() * day / 180
    wish = odds + rng.logistic(size=rows)
    known = {f"z{i}": z[:, i] for i in range(5)} | {"held": held, "city": city, "visits": visits}
    return pa.table(
        known
        | {
            "usage": pa.array(
                3 * z[:, 0] + rng.normal(size=rows), mask=rng.random(rows) < 1 / (1 + np.exp(2 - z[:, 0]))
            ),
            "days_since": pa.array(since, mask=rng.random(rows) < 0.4),
            "survey": pa.array(rng.normal(size=rows), mask=day < rng.integers(0, 200)),
            "joined": (START + day - since).astype("datetime64[D]"),
            "day": (START + day).astype("datetime64[D]"),
            "sold": wish > np.quantile(wish, 1 - rng.uniform(0.03, 0.4)),
        }
    )


def leaking(table, seed):
    """What a careless join adds."""
    rng, rows = np.random.default_rng(seed + 10_000), table.num_rows
    sold, day = np.array(table["sold"]), np.array(table["day"])

    def mostly(share, otherwise):
        return rng.random(rows) < np.where(sold, share, otherwise)

    ahead = np.where(mostly(0.7, 0.1), 1, -1) * rng.integers(1, 60, rows)
    return {
        "orders": (LeakKind.AFTER_EVENT, pa.array(rng.poisson(0.3, rows) + sold)),
        "activated": (LeakKind.AFTER_EVENT, pa.array(mostly(0.4, 0.001))),
        "status": (LeakKind.AFTER_EVENT, pa.array(np.where(mostly(0.9, 0.001), "closed", "open"))),
        "order_no": (LeakKind.NULL_BEFORE, pa.array(rng.normal(size=rows), mask=~mostly(1, 0.01))),
        "last_order": (LeakKind.AFTER_TIME, pa.array((day + ahead).astype("datetime64[D]"))),
        "days_since_order": (
            LeakKind.AFTER_TIME,
            pa.array(np.where(mostly(0.5, 0), -1, 1) * rng.integers(1, 90, rows)),
        ),
        "minutes": (LeakKind.TOO_GOOD, pa.array(np.exp(rng.normal(size=rows) + 3.2 * sold))),
    }


def find(table, allowed=()):
    return find_leaks(table, "sold", "day", [n for n in table.column_names if n not in ("sold", "day")], allowed)


def with_column(table, name, values):
    return table.append_column(name, values)


def test_honest_tables_are_not_stopped():
    """None of 100; a strong input is among them that alone ranks up to 90 of 100 pairs rightly."""
    assert [(seed, leak) for seed in range(100) for leak in find(observations(seed))] == []


def test_an_input_that_ranks_as_well_as_the_honest_best_is_not_stopped_for_that():
    table = observations(1, strongest=2.0).select(["z0", "z1", "sold", "day"])
    assert find(table) == []


def test_every_planted_leak_is_named_for_what_it_does_and_nothing_else_is():
    for seed in range(3):
        table = observations(seed)
        for name, (kind, values) in leaking(table, seed).items():
            assert [(leak.input, leak.kind) for leak in find(with_column(table, name, values))] == [(name, kind)]


def test_leaks_do_not_hide_each_other():
    table = observations(3)
    planted = leaking(table, 3)
    for name, (_, values) in planted.items():
        table = with_column(table, name, values)
    table = with_column(table, "seconds", pc.multiply(table["minutes"], 60.0))
    assert {leak.input for leak in find(table)} == {*planted, "seconds"}


def test_what_is_written_only_where_the_event_was_not_is_a_leak_too():
    table = observations(2)
    refused = pa.array(~np.array(table["sold"]) & (np.random.default_rng(1).random(table.num_rows) < 0.6))
    assert [(leak.input, leak.kind) for leak in find(with_column(table, "reason", refused))] == [
        ("reason", LeakKind.AFTER_EVENT)
    ]


def test_an_input_that_begins_when_the_events_do_is_named():
    """Half of the window has hardly an event and no value: the input tells the time, and that tells the label."""
    rng, rows = np.random.default_rng(1), 6000
    late = np.arange(rows) >= rows // 2
    values = pa.array(rng.normal(size=rows), mask=~late)
    table = pa.table({"score": values, "age": rng.integers(18, 80, rows), "day": np.arange(rows)})
    told = table.append_column("sold", pa.array(rng.random(rows) < np.where(late, 0.4, 0.001)))
    honest = table.append_column("sold", pa.array(rng.random(rows) < np.where(late, 0.2, 0.1)))
    assert [(leak.input, leak.kind) for leak in find(told)] == [("score", LeakKind.KNOWN_LATE)]
    assert find(honest) == []


def test_the_evidence_is_what_can_be_counted():
    table = observations(4)
    _, values = leaking(table, 4)["order_no"]
    sold, known = np.array(table["sold"]), ~values.is_null().to_numpy(zero_copy_only=False)
    (leak,) = find(with_column(table, "order_no", values))
    assert leak.evidence == pytest.approx({"with": known[sold].mean(), "without": known[~sold].mean()})
    (leak,) = find(with_column(table, "minutes", leaking(table, 4)["minutes"][1]))
    assert PLAUSIBLE <= leak.evidence["lower"] < leak.evidence["auc"] <= 1
    assert 0.5 <= leak.evidence["others"] < leak.evidence["auc"]
    assert leak.as_dict() == {"input": "minutes", "kind": "too_good", "evidence": leak.evidence}


def test_a_planned_date_that_says_nothing_is_left_alone():
    table = observations(5)
    ends = np.array(table["day"]) + np.random.default_rng(1).integers(-200, 400, table.num_rows)
    assert find(with_column(table, "contract_ends", pa.array(ends.astype("datetime64[D]")))) == []


def test_what_a_person_allows_is_not_named():
    table = observations(6)
    table = with_column(table, "minutes", leaking(table, 6)["minutes"][1])
    assert [leak.input for leak in find(table)] == ["minutes"]
    assert find(table, allowed=["minutes"]) == []


def test_the_order_of_rows_and_columns_does_not_matter_and_nothing_is_changed():
    table = observations(7, rows=1500)
    for name, (_, values) in leaking(table, 7).items():
        table = with_column(table, name, values)
    before = table.to_pydict()
    found = find(table)
    assert len(found) == 7
    assert find(table.take(shuffled(table))) == found
    assert find(table.select(table.column_names[::-1])) == found
    assert table.to_pydict() == before


def test_a_table_without_time_or_with_one_outcome_is_read_as_it_is():
    table = observations(8)
    table = with_column(table, "orders", leaking(table, 8)["orders"][1])
    inputs = [name for name in table.column_names if name not in ("sold", "day", "joined")]
    assert [leak.input for leak in find_leaks(table, "sold", None, inputs)] == ["orders"]
    nobody = table.set_column(table.column_names.index("sold"), "sold", pa.array([False] * table.num_rows))
    assert find(nobody) == []
    assert find(table.slice(0, 0)) == []


@pytest.mark.parametrize(
    ("column", "values", "code"),
    [
        ("sold", pa.array([2] * 300), "label"),
        ("sold", pa.array(["yes"] * 300), "label"),
        ("sold", pa.array([None, *[True] * 299]), "label"),
        ("day", pa.array([None, *range(299)]), "time"),
        ("day", pa.array(["May"] * 300), "time"),
    ],
)
def test_what_cannot_be_judged_is_refused(column, values, code):
    table = observations(9, rows=300)
    with pytest.raises(Refused) as refused:
        find(table.set_column(table.column_names.index(column), column, values))
    assert refused.value.code == code
    with pytest.raises(Refused, match="There is no column colour"):
        find_leaks(table, "sold", "day", ["colour"])


@cache
def real_table(file, label=None):
    """The file, the text column `label` as boolean, and the number of the row."""
    table = pa.csv.read_csv(DATA / file)
    if label:
        table = table.set_column(table.column_names.index(label), label, pc.equal(pc.utf8_lower(table[label]), "yes"))
    return table.append_column("row", pa.array(np.arange(table.num_rows)))


def named(table, label, time="row", without=()):
    inputs = [name for name in table.column_names if name not in (label, "row", *without)]
    return {leak.input: str(leak.kind) for leak in find_leaks(table, label, time, inputs)}


@real
def test_of_a_banks_calls_the_length_is_named_and_nothing_else():
    bank = real_table("bank/bank-full.csv", "y")
    assert named(bank, "y") == {"duration": "too_good"}
    assert named(bank, "y", without=["duration"]) == {}


@real
def test_of_an_operators_customers_who_left_nothing_is_named():
    churn = real_table("telco_churn/Telco-Customer-Churn.csv", "Churn")
    assert named(churn, "Churn") == named(churn, "Churn", time=None) == {}


@real
def test_of_a_mailing_the_other_outcomes_are_named():
    mailing = real_table("hillstrom/hillstrom.csv")
    after = "after_event"
    assert named(mailing, "conversion", None) == {"visit": after, "spend": after}
    assert named(mailing, "visit", None) == {"conversion": after, "spend": after}
    assert named(mailing, "visit", None, ["conversion", "spend"]) == {}
    assert named(mailing, "conversion", None, ["visit", "spend"]) == {}
