"""Leaks in words, and none in the simulated operator's training set unless one is planted."""

import numpy as np
import pyarrow as pa
import pytest

from tests.world import AS_OF, house_at
from yuelao.analytics.leaks import Leak, LeakKind, find_leaks
from yuelao.common.errors import Refused
from yuelao.warehouse.training import training_set
from yuelao.workflows.describe_leaks import leak_sentence, refuse_leaks

EVIDENCE = {"auc": 0.916, "lower": 0.89, "others": 0.6, "with": 0.98, "without": 0.004}


@pytest.mark.parametrize("kind", list(LeakKind))
def test_every_kind_has_its_sentence_with_the_numbers_in_both_languages(kind):
    leak = Leak("duration", kind, EVIDENCE)
    english, chinese = leak_sentence(leak, "en"), leak_sentence(leak, "zh")
    assert english.startswith("duration ")
    assert english != chinese
    for said in (english, chinese):
        assert "duration" in said
        seen = ("91.6%", "60.0%") if kind is LeakKind.TOO_GOOD else ("98.0%", "0.4%")
        assert all(number in said for number in seen)


def test_a_refusal_says_what_was_seen_and_what_to_do():
    leaks = [Leak("duration", LeakKind.TOO_GOOD, EVIDENCE), Leak("order_no", LeakKind.NULL_BEFORE, EVIDENCE)]
    with pytest.raises(Refused) as refused:
        refuse_leaks(leaks, where="calls.csv")
    assert refused.value.code == "leak"
    said = str(refused.value)
    assert "duration alone ranks 91.6%" in said
    assert "order_no is known in 98.0%" in said
    assert "--exclude duration,order_no" in said
    assert "--allow duration,order_no" in said
    assert "calls.csv" in said
    assert "\n" not in said


def test_without_leaks_nothing_is_refused():
    refuse_leaks([])


@pytest.mark.slow
def test_a_training_set_of_the_house_has_no_leak_and_planted_ones_are_named(trained_world):
    with house_at(trained_world) as house, house.lake.snapshot() as snapshot:
        rows = training_set(snapshot, AS_OF)
    inputs = [name for name in rows.column_names if name not in ("label", "contacted_at")]
    assert find_leaks(rows, "label", "contacted_at", inputs) == []
    rng, sold = np.random.default_rng(1), np.array(rows["label"])
    planted = {
        "own_orders": pa.array(rng.poisson(0.05, len(sold)) + sold),
        "activated": pa.array(sold & (rng.random(len(sold)) < 0.8)),
        "order_no": pa.array(rng.normal(size=len(sold)), mask=~sold),
    }
    for name, values in planted.items():
        rows = rows.append_column(name, values)
    found = find_leaks(rows, "label", "contacted_at", [*inputs, *planted])
    assert {leak.input for leak in found} == set(planted)
    with pytest.raises(Refused, match="activated is other than usual"):
        refuse_leaks(found)
