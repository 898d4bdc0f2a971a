"""The discernibility matrix as clauses: for each pair of rows with different labels, the attributes that tell them
apart, of which a reduct needs one (Skowron and Rauszer 1992). What contains another clause says nothing more and is
absorbed, so that the matrix itself is never held."""

import numpy as np

from yuelao.analytics.rough_sets.greedy import Tell, silent
from yuelao.analytics.rough_sets.target import Target
from yuelao.common.errors import Refused

MOST_ATTRIBUTES = 64
MOST_PAIRS = 1_000_000_000
_HINT = "Search without the guarantee of the smallest, or fewer rows"


def clauses(target: Target, tell: Tell = silent) -> list[int]:
    """The clauses that contain no other, ascending; bit a stands for the a-th attribute by name.

    Refused for a tolerance, and for tables too large: above 64 attributes or a thousand million pairs of rows.
    """
    from yuelao.analytics.rough_sets import loops

    if target.limit > 0:
        raise Refused("The smallest reduct is found without a tolerance only", code="exact")
    if target.start.settled:
        return []
    codes, labels = _distinct(target)
    rows, attributes = codes.shape
    if attributes > MOST_ATTRIBUTES or rows * (rows - 1) // 2 > MOST_PAIRS:
        size = f"{rows:,} different rows × {attributes} attributes"
        raise Refused(f"Too large for the exact search: {size}", hint=_HINT, code="exact")
    bits = np.uint64(1) << np.arange(attributes, dtype=np.uint64)
    found, known, reached = np.zeros(1024, np.uint64), 0, 0
    while reached < rows:
        last = min(rows, reached + max(1, 20_000_000 // rows))
        known, at = loops.tell_apart(codes, labels, found, known, reached, last, bits)
        if at < last:
            found = np.concatenate([found, np.zeros_like(found)])
        reached = at
        tell("discernibility", reached * reached, rows * rows)
    return sorted(found[:known].tolist())


def _distinct(target: Target) -> tuple[np.ndarray, np.ndarray]:
    """The rows that differ in any attribute, with their labels; alike in all, they have one label."""
    columns = [target.table.columns[name].codes for name in target.table.names]
    codes = np.column_stack(columns).astype(np.uint32)
    _, first = np.unique(codes, axis=0, return_index=True)
    return codes[first], target.start.labels[first]
