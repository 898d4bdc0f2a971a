"""Trees fitted to one half and asked about the other: no row is scored by trees that saw it."""

import numpy as np
import pyarrow as pa
import pytest

from tests.analytics.checks import shuffled
from yuelao.analytics.cross_fit import cross_fit, draw
from yuelao.analytics.evaluation import auc


def numbers(rows=2000, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 4))
    x[:, 3] = rng.integers(0, 5, rows)
    return rng, x, np.arange(rows) % 2


def test_labels_that_follow_nothing_are_not_found():
    rng, x, fold = numbers()
    y = (rng.random(2000) < 0.5).astype(float)
    assert auc(y, cross_fit(x, y, fold, [3]).score) == pytest.approx(0.5, abs=0.05)


def test_what_two_inputs_say_together_is_found_and_shared_out():
    rng, x, fold = numbers()
    y = (rng.random(2000) < 1 / (1 + np.exp(-2 * x[:, 0] - 3 * (x[:, 3] == 2)))).astype(float)
    found = cross_fit(x, y, fold, [3])
    assert auc(y, found.score) > 0.85
    assert found.share.sum() == pytest.approx(1)
    assert set(np.argsort(-found.share)[:2]) == {0, 3}


def test_a_row_is_scored_by_the_other_half_alone():
    rng, x, fold = numbers()
    y = (rng.random(2000) < 0.5).astype(float)
    turned = np.where(fold == 0, 1 - y, y)
    before, after = cross_fit(x, y, fold).score, cross_fit(x, turned, fold).score
    assert (before[fold == 0] == after[fold == 0]).all()
    assert (before[fold == 1] != after[fold == 1]).any()


def test_where_nothing_can_be_learned_nothing_is_said():
    _, x, fold = numbers(40)
    for given in (x, x[:, :0]):
        found = cross_fit(given, np.zeros(40), fold)
        assert (found.score == 0).all()
        assert (found.share == 0).all()


def test_rows_are_drawn_by_what_is_in_them():
    rng, x, _ = numbers()
    table = pa.table({"use": x[:, 0], "age": rng.integers(18, 80, 2000), "y": rng.random(2000) < 0.1})
    order = shuffled(table)

    def drawn(data):
        return data.take(pa.array(draw(data, np.array(data["y"]).astype(float), ["use", "age"], 300)))

    assert drawn(table).equals(drawn(table.take(order)))
    assert np.bincount(np.array(drawn(table)["y"])).tolist() == [300, sum(table["y"].to_pylist())]
    assert not drawn(table)["use"].equals(table["use"])
