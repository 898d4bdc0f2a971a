"""Figures that say how good a score is, against a peer and against hand-made cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from yuelao.analytics.evaluation import auc, calibration_error, decile_table, lift_top
from yuelao.common.errors import Refused

scored = st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2)


@given(scored)
def test_auc_equals_the_peer_and_refuses_one_class(rows):
    labels, scores = zip(*rows, strict=True)
    if len(set(labels)) == 1:
        with pytest.raises(Refused, match="both outcomes"):
            auc(labels, scores)
    else:
        assert auc(labels, scores) == pytest.approx(roc_auc_score(labels, scores))


@given(scored, st.floats(0.01, 1.0))
def test_lift_is_one_for_equal_scores_and_never_above_what_is_possible(rows, share):
    labels = np.array([label for label, _ in rows])
    scores = np.array([score for _, score in rows])
    if labels.any():
        assert lift_top(labels, np.zeros(len(labels)), share) == pytest.approx(1.0)
        assert 0.0 <= lift_top(labels, scores, share) <= min(1 / share, 1 / labels.mean()) + 1e-9


def test_lift_counts_rows_tied_at_the_edge_in_part():
    assert lift_top([1, 1, 0, 0], [0.9, 0.5, 0.5, 0.1], share=0.5) == pytest.approx((1 + 0.5) / 2 / 0.5)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1))
def test_deciles_hold_every_row_once_from_the_highest_down(rows):
    labels, probabilities = zip(*rows, strict=True)
    table = decile_table(labels, probabilities)
    assert sum(d.rows for d in table) == len(rows)
    assert sum(d.rows * d.observed for d in table) == pytest.approx(sum(labels))
    assert [d.predicted for d in table] == sorted((d.predicted for d in table), reverse=True)


def test_calibration_error_is_the_distance_of_predicted_and_observed():
    assert calibration_error([1, 0, 0, 0] * 25, [0.25] * 100) == pytest.approx(0.0)
    assert calibration_error([1, 0, 0, 0] * 25, [0.75] * 100) == pytest.approx(0.5)
    assert calibration_error([], []) == 0.0


@pytest.mark.parametrize(
    ("labels", "scores", "said"),
    [([1, 0], [0.5], "do not fit"), ([1, np.nan], [0.5, 0.1], "null"), ([2, 0], [0.5, 0.1], "0 or 1")],
)
def test_impossible_input_is_refused(labels, scores, said):
    with pytest.raises(Refused, match=said):
        auc(labels, scores)


def test_a_lift_needs_an_event_and_a_share():
    with pytest.raises(Refused, match="one event"):
        lift_top([0, 0], [0.1, 0.2])
    with pytest.raises(Refused, match="share"):
        lift_top([1, 0], [0.1, 0.2], share=0)
