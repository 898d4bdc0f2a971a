"""Likeness in plain words: how many resemble the buyers, and what offers did to who bought."""

import numpy as np
import pyarrow as pa
import pytest

from yuelao.analytics import propensity
from yuelao.warehouse.targets import OFFERED
from yuelao.workflows.describe_likeness import describe_likeness
from yuelao.workflows.gather_training import LABEL, Examples
from yuelao.workflows.model_kinds import ByLikeness


def looked_at(by_offer: bool, rows: int = 4_000) -> tuple[pa.Table, propensity.Tested]:
    """A fifth of the customers are of the kind; half of those offered the product have bought, fewer of the others."""
    rng = np.random.default_rng(1)
    kind, offered = rng.random(rows) < 0.2, rng.random(rows) < 0.4
    bought = kind & (rng.random(rows) < np.where(offered & by_offer, 0.5, 0.25))
    said = np.where(kind, 0.3, 0.002)
    return pa.table({OFFERED: offered}), propensity.Tested(np.arange(rows), said, bought.astype(np.float64))


@pytest.mark.parametrize(
    ("by_offer", "en", "zh"), [(True, "no random draw", "并非"), (False, "is not ruled out", "不能排除")]
)
def test_whether_offers_decided_who_bought_is_said_in_both_languages(by_offer: bool, en: str, zh: str) -> None:
    found = describe_likeness(*looked_at(by_offer))
    assert found is not None
    assert found["selection"]["evident"] is by_offer
    assert en in found["bias"]["en"]
    assert zh in found["bias"]["zh"]
    shares = [share for share in found["selection"]["share_if"] if share is not None]
    assert all(f"{share:.1%}" in text for share in shares for text in found["bias"].values())
    low, high = found["kind"]["share"]["low"], found["kind"]["share"]["high"]
    assert low < 0.2 < high
    for text in found["bias"].values():
        assert f"{low:.1%}" in text
        assert f"{high:.1%}" in text


def test_without_anybody_offered_it_says_that_nothing_can_be_measured() -> None:
    table, tested = looked_at(False)
    found = describe_likeness(table.drop_columns([OFFERED]), tested)
    assert found is not None
    assert found["selection"] is None
    assert "cannot be measured" in found["bias"]["en"]
    few = propensity.Tested(tested.rows, tested.probability, (np.arange(4_000) < 3).astype(np.float64))
    assert describe_likeness(table, few) is None


def test_a_look_alike_keeps_its_likeness_on_the_card_and_offers_are_no_input() -> None:
    rng = np.random.default_rng(2)
    age, offered = rng.integers(18, 80, 1_500), rng.random(1_500) < 0.3
    days = np.repeat(np.array(["2026-03-01", "2026-06-01", "2026-09-01"], dtype="datetime64[D]"), 500)
    bought = rng.random(1_500) < age / 160 * np.where(offered, 1.0, 0.4)
    examples = Examples(pa.table({"age": age, "start": days, OFFERED: offered, LABEL: bought}), "start", 3)
    assert examples.inputs == ["age"]
    learned = ByLikeness().fit(examples, examples.inputs, 0)
    likeness = learned.told["likeness"]
    assert likeness == learned.model.card.as_dict()["likeness"]
    assert likeness["selection"]["odds"]["low"] > 1
    assert likeness["kind"]["rows"] == len(learned.tested.rows)
