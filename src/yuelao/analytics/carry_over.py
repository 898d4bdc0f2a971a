"""Which inputs carry over from one time to the next, told by forward validation, never by a name."""

from collections.abc import Sequence

import numpy as np

from yuelao.analytics.family import Rows
from yuelao.analytics.forward import Recipe, Trial

SURE = 2.0  # standard errors; with many inputs on trial less would be chance


def lasting(rows: Rows, edges: Sequence[tuple[int, int]], probe: Recipe) -> tuple[int, ...]:
    """The places of the inputs that carry over; all of them where none would.

    An input that misleads is found by muting: the probe is fitted on the rows before each step, and its score of the
    step's rows is surely better without the input's part. Those found go where the probe, fitted anew without them,
    is no worse. Of values that no later step has seen, nothing is known, and they stay.
    """
    everything = tuple(range(rows.x.shape[1]))
    fits = [probe.fit(rows.part(0, a)) for a, _ in edges]
    full = np.concatenate([fit.log_odds(rows.x[a:b]) for fit, (a, b) in zip(fits, edges, strict=True)])
    parts = np.concatenate([fit.parts(rows.x[a:b]) for fit, (a, b) in zip(fits, edges, strict=True)])
    trial = Trial(rows, edges, {probe: full})
    kept = tuple(place for place in everything if not trial.better(full - parts[:, place], full, SURE))
    if not kept or kept == everything:
        return everything
    return kept if Trial(rows.only(kept), edges).metric(probe) >= trial.metric(probe) else everything
