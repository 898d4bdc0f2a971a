"""The smallest set of attributes that hits every clause: reductions first, then branch and bound.

A clause of one attribute takes it; an attribute that hits no clause another would not hit as well is left out. What is
left is searched depth first, and a branch cut where it cannot beat the best known: clauses without a common attribute
cost one each.
"""

from collections.abc import Sequence

import numpy as np

from yuelao.common.errors import Refused

MOST_VISITS = 50_000_000_000


def smallest_hitting_set(clauses: Sequence[int], known: int, most_visits: int = MOST_VISITS) -> int:
    """A smallest mask, of 64 bits at most, that shares a bit with every clause (a mask itself, never 0); `known`: a
    mask that does. Raises Refused where the search visits clauses more than `most_visits` times, some minutes' work.

    >>> bin(smallest_hitting_set([0b011, 0b110, 0b101], 0b111)).count("1")
    2
    """
    from yuelao.analytics.rough_sets import loops

    rest, forced = _reduced(sorted(set(clauses), key=_width))
    if not rest:
        return forced
    room = known.bit_count() - forced.bit_count()
    found, size, left = loops.search(np.array(rest, np.uint64), room, most_visits)
    if left < 0:
        hint = f"The best found so far has {forced.bit_count() + size} attributes; leave out the exact search"
        raise Refused("The search for the smallest reduct takes too long", hint=hint, code="exact")
    return forced | int(found) if found else known


def absorbed(clauses: Sequence[int]) -> list[int]:
    """The clauses that contain no other, the smallest first."""
    kept: list[int] = []
    for clause in sorted(set(clauses), key=_width):
        if not any(other & clause == other for other in kept):
            kept.append(clause)
    return kept


def _width(clause: int) -> tuple[int, int]:
    return clause.bit_count(), clause


def _reduced(clauses: list[int]) -> tuple[list[int], int]:
    """Take what is forced and leave out attributes that others dominate, until neither is left to do: the clauses left,
    and what was taken."""
    taken = 0
    while True:
        forced = 0
        for clause in clauses:
            if clause.bit_count() == 1:
                forced |= clause
        taken |= forced
        clauses = [clause for clause in clauses if not clause & forced]
        dominated = _dominated(clauses)
        if not dominated:
            return clauses, taken
        clauses = absorbed([clause & ~dominated for clause in clauses])


def _dominated(clauses: list[int]) -> int:
    """The attributes of which another hits every clause they hit."""
    covers = _covers(clauses)
    gone = 0
    for bit, cover in covers.items():
        for other, wider in covers.items():
            if other != bit and not other & gone and cover & wider == cover and (cover != wider or other < bit):
                gone |= bit
                break
    return gone


def _covers(clauses: list[int]) -> dict[int, int]:
    """Attribute → the clauses it hits, as a mask of their places."""
    covers: dict[int, int] = {}
    for place, clause in enumerate(clauses):
        for bit in _bits(clause):
            covers[bit] = covers.get(bit, 0) | 1 << place
    return covers


def _bits(mask: int) -> list[int]:
    bits = []
    while mask:
        bits.append(mask & -mask)
        mask &= mask - 1
    return bits
