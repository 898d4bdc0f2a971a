"""Why callers leave without buying, as the short form at the end of such a call records it."""

import numpy as np
from numpy.typing import NDArray

from yuelao.simulation import catalogue
from yuelao.simulation.draws import uniforms
from yuelao.simulation.outcomes import Truth
from yuelao.simulation.population import Integers

REASONS = ("thinks_it_over", "asks_about_delivery", "wrong_model", "other", "will_not_buy")
_SHARES = np.array([0.663, 0.154, 0.137, 0.046])  # of those who may yet buy
_WILL_NOT, _WITH_NEED = -0.55, -0.55  # log odds of not buying, and what handset need adds
_STREAM = 120


def lost_reasons(truth: Truth, rows: Integers, seed: int) -> NDArray[np.str_]:
    """The reason each caller about a handset gave for leaving without one; the less in need will not buy."""
    need = np.max(
        [truth.column(f"need_{catalogue.PRODUCT_CODES[index]}", rows) for index in catalogue.HANDSETS], axis=0
    )
    draws = uniforms(seed, (rows,), [_STREAM, _STREAM + 1])
    will_not = draws[:, 0] < 1 / (1 + np.exp(-_WILL_NOT - _WITH_NEED * need))
    reason = np.minimum(np.searchsorted(np.cumsum(_SHARES), draws[:, 1]), len(_SHARES) - 1)
    return np.asarray(np.array(REASONS)[np.where(will_not, len(REASONS) - 1, reason)])
