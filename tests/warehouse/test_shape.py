"""The shape of a column: equally wide bins that hold what they say, codes have none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import AS_OF
from yuelao.warehouse.shape import BINS, equal_edges, shape_of

WHOLE = st.lists(st.integers(0, 3000).map(float), min_size=2, max_size=200)
ANY = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=200)


@given(WHOLE | ANY)
def test_bins_are_equally_wide_and_at_most_so_many(values):
    edges = equal_edges(np.array([*values, np.nan]))
    if len(set(values)) == 1:
        assert edges is None
        return
    assert edges is not None
    assert 2 <= len(edges) <= BINS + 2
    assert np.allclose(np.diff(edges), edges[1] - edges[0])
    inside = [value for value in values if edges[0] <= value <= edges[-1]]
    assert len(inside) >= 0.9 * len(values) - 4


@given(WHOLE)
def test_whole_numbers_never_lie_on_an_edge(values):
    edges = equal_edges(np.array(values))
    assert edges is None or not set(values) & set(edges.tolist())


def test_nothing_known_has_no_shape():
    assert equal_edges(np.array([np.nan, np.nan])) is None
    assert equal_edges(np.array([])) is None


def test_a_column_of_a_view_is_counted_as_it_is(trained):
    with trained.lake.snapshot() as snapshot:
        shape = shape_of(snapshot, AS_OF, "tenure_months")
        values = snapshot.dataset("view", AS_OF.isoformat()).to_pyarrow()["tenure_months"].to_pylist()
        assert shape_of(snapshot, AS_OF, "city") is None
        assert shape_of(snapshot, AS_OF, "no_such_column") is None
    assert shape is not None
    assert shape.before is None
    known = [value for value in values if value is not None]
    low, high = shape.edges[3], shape.edges[4]
    assert shape.shares[3] == pytest.approx(sum(low <= value < high for value in known) / len(values))
    assert sum(shape.shares) + shape.below + shape.beyond == pytest.approx(len(known) / len(values))
