"""Reading a trial: what cannot have been known before the treatment is left out, what is no trial is refused."""

import numpy as np
import pyarrow as pa
import pytest

from tests.analytics.uplift.trials import INPUTS, drawn
from yuelao.analytics.uplift.suspects import DIFFERS, FOLLOWS
from yuelao.analytics.uplift.trial import read_trial
from yuelao.common.errors import Refused


def read(table, inputs=INPUTS, **options):
    return read_trial(table, "treated", "visited", inputs, seed=0, **options)


def replaced(table, name, values):
    return table.set_column(table.column_names.index(name), name, values)


def column(table, name):
    return np.array(table[name].to_pylist(), dtype=float)


def test_what_is_known_only_afterwards_is_left_out_with_its_reason():
    table, _ = drawn("city", 2000, seed=1)
    rng = np.random.default_rng(2)
    visited, treated = column(table, "visited"), column(table, "treated")
    after = {
        "spent": pa.array(visited * rng.integers(0, 3, 2000) * 9.5),
        "opened": pa.array((treated > 0) & (rng.random(2000) < 0.2)),
        "basket": pa.array(np.where(rng.random(2000) < 0.1 + 0.2 * treated, "full", "empty")),
        "answered": pa.array(rng.random(2000), mask=rng.random(2000) < 0.6 * treated),
    }
    for name, values in after.items():
        table = table.append_column(name, values)
    found = read(table, [*INPUTS, *after])
    assert found.left_out == {"spent": FOLLOWS, "opened": DIFFERS, "basket": DIFFERS, "answered": DIFFERS}
    assert found.inputs.names == sorted(INPUTS)


def test_inputs_of_a_fair_draw_are_kept():
    """4 inputs × 60 draws; of a thousand tables one may lose an innocent input, so here none should."""
    for seed in range(60):
        assert read(drawn("city", 500, seed)[0]).left_out == {}


def test_the_share_is_what_was_drawn_or_what_is_known():
    table, _ = drawn("same", 1000, seed=1, share=0.3)
    assert read(table).trial.share == pytest.approx(column(table, "treated").mean())
    assert read(table, share=0.3).trial.share == 0.3


def test_the_order_of_the_rows_is_undone():
    table, _ = drawn("city", 300, seed=1)
    found = read(table)
    assert (found.trial.y == column(table, "visited")[found.order]).all()
    mixed = table.take(np.random.default_rng(1).permutation(300))
    assert (read(mixed).trial.y == found.trial.y).all()
    assert np.array_equal(read(mixed).trial.x, found.trial.x, equal_nan=True)


@pytest.mark.parametrize(
    ("change", "inputs", "options", "code"),
    [
        ({"treated": pa.array([2] * 600)}, INPUTS, {}, "treatment"),
        ({"treated": pa.array(["A"] * 600)}, INPUTS, {}, "label"),
        ({"treated": pa.array([i < 99 for i in range(600)])}, INPUTS, {}, "too_little_data"),
        ({"treated": pa.array([True] * 600)}, INPUTS, {}, "too_little_data"),
        ({"visited": pa.nulls(600, pa.bool_())}, INPUTS, {}, "label"),
        ({"visited": pa.array(["yes"] * 600)}, INPUTS, {}, "label"),
        ({"visited": pa.array([np.inf] * 600)}, INPUTS, {}, "label"),
        ({"visited": pa.array([1] * 600)}, INPUTS, {}, "no_variation"),
        ({}, [*INPUTS, "uses"], {}, "column"),
        ({}, [*INPUTS, "visited"], {}, "column"),
        ({}, [], {}, "no_input"),
        ({"use": pa.nulls(600)}, ["use"], {}, "no_input"),
        ({}, INPUTS, {"share": 1.0}, "share"),
    ],
)
def test_what_is_no_trial_is_refused(change, inputs, options, code):
    table, _ = drawn("city", 600, seed=1)
    for name, values in change.items():
        table = replaced(table, name, values)
    with pytest.raises(Refused) as refused:
        read(table, inputs, **options)
    assert refused.value.code == code


def test_no_rows_are_refused():
    with pytest.raises(Refused):
        read(drawn("city", 600, seed=1)[0].slice(0, 0))
