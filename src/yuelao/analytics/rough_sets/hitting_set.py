"""The smallest set of attributes that hits every clause: branch and bound with reductions and a bound from both sides.

A clause of one attribute takes it; an attribute that hits no clause another would not hit as well is left out; clauses
without a common attribute each cost one, and no attribute hits more than the widest does. Both bounds are below the
smallest set, so a branch that cannot beat the best known is cut.
"""

from collections.abc import Sequence
from functools import reduce
from operator import and_

from yuelao.common.errors import Refused

MOST_BRANCHES = 200_000


def smallest_hitting_set(clauses: Sequence[int], known: int, most_branches: int = MOST_BRANCHES) -> int:
    """A smallest mask that shares a bit with every clause (a mask itself, never 0); `known`: a mask that does.

    Raises Refused where the search takes more than `most_branches`; ties are broken by the bits alone.

    >>> bin(smallest_hitting_set([0b011, 0b110, 0b101], 0b111))
    '0b11'
    """
    search = _Search(known, most_branches)
    search.branch(absorbed(clauses), 0)
    return search.best


class _Search:
    def __init__(self, known: int, most_branches: int) -> None:
        self.best = known
        self.left = most_branches

    def branch(self, clauses: list[int], taken: int) -> None:
        """Hit the clauses beside the attributes taken, if that can beat the best."""
        self.left -= 1
        if self.left < 0:
            size = self.best.bit_count()
            hint = f"The best found so far has {size} attributes; leave out the exact search"
            raise Refused("The search for the smallest reduct takes too long", hint=hint, code="exact")
        if self.best.bit_count() - taken.bit_count() == 2 and clauses:  # one more attribute at most
            common = reduce(and_, clauses)
            self.best = taken | common & -common if common else self.best
            return
        clauses, taken = _reduced(clauses, taken)
        room = self.best.bit_count() - taken.bit_count()
        if not clauses:
            self.best = taken if room > 0 else self.best
            return
        if _least(clauses) >= room:
            return
        covers = _covers(clauses)
        barred = 0
        for attribute in sorted(_bits(clauses[0]), key=lambda bit: (-covers[bit].bit_count(), bit)):
            rest = [clause & ~barred for clause in clauses if not clause & attribute]
            if all(rest):
                self.branch(absorbed(rest), taken | attribute)
            barred |= attribute


def absorbed(clauses: Sequence[int]) -> list[int]:
    """The clauses that contain no other, the smallest first."""
    kept: list[int] = []
    for clause in sorted(set(clauses), key=lambda clause: (clause.bit_count(), clause)):
        if not any(other & clause == other for other in kept):
            kept.append(clause)
    return kept


def _reduced(clauses: list[int], taken: int) -> tuple[list[int], int]:
    """Take what is forced and leave out attributes that others dominate, until neither is left to do."""
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


def _least(clauses: list[int]) -> int:
    """No fewer attributes hit the clauses, which stand with the smallest first."""
    apart, used = 0, 0
    for clause in clauses:
        if not clause & used:
            apart, used = apart + 1, used | clause
    widest = max(cover.bit_count() for cover in _covers(clauses).values())
    return max(apart, -(-len(clauses) // widest))


def _bits(mask: int) -> list[int]:
    bits = []
    while mask:
        bits.append(mask & -mask)
        mask &= mask - 1
    return bits
