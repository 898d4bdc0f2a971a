"""Plan fit of the customer view: who is A, B, C or D, what is left out and told, and what a definition may say."""

import random
from datetime import date
from importlib.resources import files

import ibis
import pyarrow as pa
import pytest
import yaml

from tests.analytics.model_checks import CHECKS, Subject
from yuelao.analytics.evidence import Evidence
from yuelao.analytics.plan_fit.catalogue import read_catalogue, read_strictly
from yuelao.analytics.plan_fit.fit import PlanFit
from yuelao.common.errors import Refused

AS_OF = date(2026, 11, 15)
PLANS = [
    {"plan_id": "small", "monthly_fee": 19, "voice_minutes": 100, "data_mb": 1024.0,
     "voice_overage_price": 0.15, "data_overage_price": 0.05},
    {"plan_id": "middle", "monthly_fee": 49, "voice_minutes": 300, "data_mb": 5120.0,
     "voice_overage_price": 0.15, "data_overage_price": 0.05},
    {"plan_id": "large", "monthly_fee": 99, "voice_minutes": 1000, "data_mb": 20480.0,
     "voice_overage_price": 0.15, "data_overage_price": 0.05},
]  # fmt: skip


def _months(customer, minutes, mb, months=(8, 9, 10)):
    return [
        {
            "customer_id": customer,
            "month": date(2026, month, 1),
            "voice_minutes": minutes,
            "data_mb": mb,
            "sms_count": 0,
        }
        for month in months
    ]


def _texts(rows):
    return ibis.memtable(pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in rows[0]])))


def _fitted(view, usage, plans=PLANS, persons=None, **definition):
    """The scored customers by id, and the fitted model."""
    rows = _texts(view)
    evidence = Evidence(rows, AS_OF, lambda table: table, usage=usage and ibis.memtable(pa.Table.from_pylist(usage)),
                        plans=plans, persons=persons and _texts(persons))  # fmt: skip
    fitted = PlanFit.from_definition(definition).fit(evidence)
    scored = fitted.score(rows).to_pyarrow().to_pylist()
    assert len(scored) == len(view)
    return {row["customer_id"]: row for row in scored}, fitted


@pytest.mark.parametrize(
    ("plan", "minutes", "mb", "level", "best", "saving"),
    [
        ("large", 50.0, 900.0, "A", "small", 80.0),  # hardly uses it
        ("middle", 290.0, 4000.0, "B", "middle", 0.0),  # a little less
        ("middle", 330.0, 5120.0, "C", "middle", 0.0),  # a little more
        ("small", 100.0, 4096.0, "D", "middle", 123.6),  # far more
        ("small", 0.0, 0.0, "B", "small", 0.0),  # nothing below the smallest
        ("large", 1000.0, 90_000.0, "C", "large", 0.0),  # nothing above the largest
    ],
)
def test_classes_by_use_and_money(plan, minutes, mb, level, best, saving):
    found, fitted = _fitted([{"customer_id": "c", "plan_id": plan}], _months("c", minutes, mb))
    row = found["c"]
    assert (row["plan_fit"], row["best_plan"]) == (level, best)
    assert row["plan_saving"] == pytest.approx(saving)
    assert row["bill_now"] - row["bill_best"] == pytest.approx(saving)
    assert list(fitted.missing) == []
    assert list(fitted.notes) == ["No plan has a price of a further message: it is not charged"]


def test_only_the_last_whole_months_count():
    usage = _months("c", 50.0, 0.0) + _months("c", 9999.0, 0.0, (6, 7, 11))
    found, _ = _fitted([{"customer_id": "c", "plan_id": "small"}], usage)
    assert found["c"]["bill_now"] == 19.0
    longer, _ = _fitted([{"customer_id": "c", "plan_id": "small"}], usage, months=4)
    assert longer["c"]["bill_now"] == pytest.approx(19 + 9899 * 0.15 / 4)


def test_who_has_no_plan_or_no_use_gets_nothing_and_is_counted():
    view = [{"customer_id": name, "plan_id": plan} for name, plan in
            (("c", "small"), ("idle", "small"), ("none", None), ("other", "gone"))]  # fmt: skip
    usage = [row for name in ("c", "none", "other", "stranger") for row in _months(name, 10.0, 10.0)]
    found, fitted = _fitted(view, usage)
    assert found["c"]["plan_fit"] == "B"
    for name in ("idle", "none", "other"):
        assert {found[name][column] for column in ("plan_fit", "best_plan", "bill_now", "plan_saving")} == {None}
    assert "3 of 4 customers have no known plan or no use in the months rehearsed" in fitted.notes


def test_without_evidence_nobody_gets_a_class():
    view = [{"customer_id": "c", "plan_id": "small"}]
    for usage, plans, missing in (
        (None, PLANS, ["usage_monthly"]),
        (_months("c", 1.0, 1.0), [], ["plans"]),
        (_months("c", 1.0, 1.0), [{"plan_id": "small", "monthly_fee": -1}], ["plans"]),
    ):
        found, fitted = _fitted(view, usage, plans)
        assert list(fitted.missing) == missing
        assert found["c"]["plan_fit"] is None
    found, fitted = _fitted([{"customer_id": "c"}], _months("c", 1.0, 1.0))
    assert list(fitted.missing) == ["plan_id"]


def test_a_month_of_unknown_use_is_not_billed():
    usage = _months("c", 50.0, 1024.0 + 100, (8, 9)) + _months("c", 50.0, None, (10,))
    found, fitted = _fitted([{"customer_id": "c", "plan_id": "small"}], usage)
    assert found["c"]["bill_now"] == 19 + 100 * 0.05
    assert list(fitted.missing) == []
    unknown = [row | {"data_mb": None} for row in usage]
    found, fitted = _fitted([{"customer_id": "c", "plan_id": "small"}], unknown)
    assert found["c"]["bill_now"] == 19
    assert list(fitted.missing) == ["data_mb"]


def test_persons_share_a_plan_with_shared_lines():
    plans = [*PLANS, PLANS[1] | {"plan_id": "family", "monthly_fee": 60, "shared_lines": 3}]
    view = [{"customer_id": f"c{n}", "plan_id": "middle"} for n in range(4)]
    usage = [row for n in range(4) for row in _months(f"c{n}", 50.0, 1700.0)]
    found, _ = _fitted(view, usage, plans, [{"customer_id": f"c{n}", "person_id": "p"} for n in range(3)])
    assert [found[f"c{n}"]["best_plan"] for n in range(4)] == ["family", "family", "family", "middle"]
    assert found["c0"]["bill_best"] == pytest.approx(20.0)


def test_plans_off_sale_are_billed_but_not_advised():
    plans = [PLANS[0] | {"on_sale": False}, *PLANS[1:]]
    usage = _months("c", 10.0, 10.0) + _months("old", 10.0, 10.0)
    found, _ = _fitted(
        [{"customer_id": "c", "plan_id": "large"}, {"customer_id": "old", "plan_id": "small"}], usage, plans
    )
    assert found["c"]["best_plan"] == "middle"
    assert (found["old"]["best_plan"], found["old"]["bill_now"]) == ("small", 19.0)


def test_a_plan_that_cannot_be_billed_is_left_out_and_told():
    odd = [
        PLANS[0] | {"plan_id": "free calls", "voice_overage_price": None},
        PLANS[0] | {"plan_id": "nonsense", "data_tiers": "5:x, 1"},
        PLANS[0],
    ]
    catalogue = read_catalogue([*PLANS, *odd])
    assert [tariff.plan for tariff in catalogue.tariffs] == ["small", "middle", "large"]
    told = " / ".join(catalogue.notes)
    for part in ("free calls is left out: it has no price of a further minute", "nonsense is left out", "there twice"):
        assert part in told
    with pytest.raises(Refused, match=r"free calls cannot be billed.*\(plans.csv, line 2\)"):
        read_strictly(odd, {}, ["plans.csv, line 2", "line 3", "line 4"])


def test_the_packs_definition_is_read_and_its_outputs_are_named():
    content = yaml.safe_load((files("yuelao") / "packs/telecom/plan_fit.yaml").read_text(encoding="utf-8"))
    assert [content.pop(key) for key in ("kind", "name")] == ["plan_fit", "plan_fit"]
    assert set(content.pop("title")) == {"en", "zh"}
    model = PlanFit.from_definition(content)
    assert (model.months, model.low.use, model.high.use) == (3, 0.5, 1.2)
    names = [output.name for output in model.outputs()]
    assert names == ["plan_fit", "best_plan", "bill_now", "bill_best", "plan_saving"]


@pytest.mark.parametrize(
    ("definition", "where"),
    [
        ({"month": 3}, "month"),
        ({"months": 0}, "months"),
        ({"months": 13}, "months"),
        ({"classes": {"B": {}}}, "classes.B"),
        ({"classes": {"A": {"use_above": 1}}}, "classes.A.use_above"),
        ({"classes": {"A": {"use_below": 1.5}}}, "classes.A.use_below"),
        ({"classes": {"D": {"use_above": 0.5}}}, "classes.D.use_above"),
        ({"classes": {"D": {"saving": "lots"}}}, "classes.D.saving"),
        ({"classes": 5}, "classes"),
    ],
)
def test_a_wrong_definition_is_refused_with_its_place(definition, where):
    with pytest.raises(Refused) as refusal:
        PlanFit.from_definition(definition)
    assert refusal.value.where == where


def _subject():
    draw = random.Random(4)
    plans: list[dict[str, object]] = [dict(plan) for plan in PLANS]
    held = [draw.choice(["small", "middle", "large", "gone", None]) for _ in range(60)]
    usage = [
        row
        for place in range(50)
        for row in _months(f"c{place:02}", round(draw.expovariate(1 / 200), 1), round(draw.expovariate(1 / 4000), 1))
    ]
    view = pa.table(
        {"customer_id": [f"c{place:02}" for place in range(60)], "plan_id": pa.array(held, pa.string()),
         "age": pa.array(range(60), pa.int64())}
    )  # fmt: skip
    definition = {"months": 3, "classes": {"A": {"use_below": 0.5, "saving": 5}, "D": {"use_above": 1.2, "saving": 5}}}
    return Subject(PlanFit, definition, view, usage=pa.Table.from_pylist(usage), plans=plans)


@pytest.mark.parametrize("check", CHECKS)
def test_plan_fit_passes_the_suite(check):
    check(_subject())
