"""Chance by hashing: uniforms that are a pure function of who, what and when, in whatever order they are asked for."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.population import Integers

Hashes = NDArray[np.uint64]


def uniforms(seed: int, keys: Sequence[Integers], streams: Sequence[int]) -> Numbers:
    """Uniforms in [0, 1) of shape n × streams, a pure function of the seed, each row's keys and the streams."""
    base = np.full(len(keys[0]), seed, dtype=np.uint64)
    for key in keys:
        base = _mixed(base ^ _mixed(key.astype(np.uint64)))
    columns = [_mixed(base ^ _mixed(np.full(len(base), stream, dtype=np.uint64))) for stream in streams]
    hashes = np.stack(columns, axis=1)
    return np.asarray((hashes >> np.uint64(11)) * 2.0**-53)


def _mixed(values: Hashes) -> Hashes:
    # splitmix64 (Steele, Lea and Flood 2014): each input bit reaches every output bit
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))
