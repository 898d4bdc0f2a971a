"""What the models are given beside the view: whose line is whose, as the register told it on the day."""

from datetime import date
from fractions import Fraction

import ibis
import pyarrow as pa
import pytest

from yuelao.analytics.plan_fit.fit import PlanFit
from yuelao.warehouse.evidence import evidence
from yuelao.warehouse.lake import Lake

ALONE, TOGETHER = date(2026, 9, 1), date(2026, 11, 1)
READ_FIRST, READ_AGAIN = date(2026, 6, 1), date(2026, 10, 1)
MB = {"annas": 1000.0, "annas second": 4000.0, "bens": 4000.0, "nobodys": 4000.0}
"""Use of each line, every month."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Lines that all hold `family`; that two of them are Anna's was read in October for the first time."""
    made = Lake(tmp_path_factory.mktemp("evidence") / "lake")
    made.root.mkdir()
    plan = {"voice_minutes": 0, "voice_overage_price": 0.0, "data_overage_price": 0.01}
    plans = [
        plan | {"plan_id": "family", "monthly_fee": 30.0, "data_mb": 5000.0, "shared_lines": 2},
        plan | {"plan_id": "single", "monthly_fee": 20.0, "data_mb": 3000.0, "shared_lines": 1},
    ]
    first = [{"customer_id": line, "observed_on": READ_FIRST, "person_id": None} for line in MB]
    persons = {"annas": "anna", "annas second": "anna", "bens": "ben", "nobodys": None}
    again = [{"customer_id": line, "observed_on": READ_AGAIN, "person_id": who} for line, who in persons.items()]
    use = [
        {"customer_id": line, "month": date(2026, month, 1), "voice_minutes": 0.0, "data_mb": mb}
        for line, mb in MB.items()
        for month in range(6, 11)
    ]
    for name, rows in {"plans": plans, "customers": first + again, "usage_monthly": use}.items():
        made.upsert(name, pa.Table.from_pylist(rows))
    return made


def billed(lake: Lake, as_of: date, *lines: str) -> dict[str, tuple[float, float, str]]:
    """Of each line the bill now, the best one, and the plan that makes it; all lines where none is named."""
    with lake.snapshot() as snapshot:
        ids = list(lines or MB)
        view = ibis.memtable(pa.table({"customer_id": ids, "plan_id": ["family"] * len(ids)}))
        fitted = PlanFit().fit(evidence(snapshot, view, as_of, everybody=not lines))
        rows = fitted.score(view).to_pyarrow().to_pylist()
    return {row["customer_id"]: (row["bill_now"], row["bill_best"], row["best_plan"]) for row in rows}


def family(*mb: float) -> float:
    """What each line of a person on `family` pays, in yuan: one fee and allowance for two lines, the rest by the MB."""
    subscriptions = -(-len(mb) // 2)
    beyond = max(sum(map(Fraction, mb)) - subscriptions * 5000, 0)
    return float((subscriptions * 30 + beyond / 100) / len(mb))


def single(mb: float) -> float:
    """What a line on `single` pays."""
    return 20 + max(mb - 3000, 0) / 100


def test_lines_of_one_person_share_their_plan(lake: Lake):
    found = billed(lake, TOGETHER)
    together = family(1000, 4000)
    assert (together, family(4000), single(4000)) == (15, 30, 30)
    assert found == {
        "annas": (together, together, "family"),
        "annas second": (together, together, "family"),
        "bens": (family(4000), single(4000), "family"),  # of equal bills the plan held
        "nobodys": (family(4000), single(4000), "family"),
    }


def test_whose_a_line_is_counts_from_the_day_it_was_read(lake: Lake):
    assert billed(lake, ALONE)["annas"] == (family(1000), single(1000), "single")
    assert billed(lake, READ_AGAIN)["annas"] == (family(1000), single(1000), "single")  # read on that day, not before


def test_a_sample_of_customers_is_billed_with_the_lines_beside_theirs(lake: Lake):
    assert billed(lake, TOGETHER, "annas") == {"annas": (15, 15, "family")}
