"""The loops over rows that reduction spends its time in. Import it inside functions only: it brings numba.

Rows lie in the order of their groups: `group` (rows,) is the number of each row's group, `starts` (groups + 1,) where
each group begins, `labels` (rows,) the decision. `codes` (rows,) are one attribute's values in that same order, each
below `cardinality`; `classes` is one more than the greatest label. Entropies are sums over rows, in bits.
"""

import math

import numpy as np

from yuelao.analytics.rough_sets.compiling import compiled
from yuelao.analytics.rough_sets.types import Codes, Floats, Labels, Places

_CELLS = 1 << 14  # counters that stay in the nearest cache


@compiled
def take(values: Codes, places: Places) -> Codes:
    """The values at the places."""
    taken = np.empty(len(places), values.dtype)
    for i in range(len(places)):
        taken[i] = values[places[i]]
    return taken


@compiled
def append(mixed: Codes, codes: Codes, rows: Places, cardinality: int) -> None:
    """Make `mixed` (rows,) the code of its own value and that of `codes` (the table's rows) together."""
    for i in range(len(rows)):
        mixed[i] = mixed[i] * cardinality + codes[rows[i]]


@compiled
def entropy(
    codes: Codes, group: Places, starts: Places, labels: Labels, growth: Floats, cardinality: int, classes: int
) -> float:
    """Entropy of the labels once every group is split by `codes`; `growth[n]` is (n+1)·log(n+1) − n·log n.

    A crowded group has its counters summed when it is counted. Small groups share a table of counters, and each row
    adds what it changes, so that nothing is spent on counters that stay at zero.
    """
    width = cardinality * classes
    crowd = min(max(256, 4 * width), len(growth) - 1)
    together = max(1, _CELLS // width)
    sizes = np.zeros(together * cardinality, np.int32)
    counts = np.zeros(together * width, np.int32)
    found, g, groups = 0.0, 0, len(starts) - 1
    while g < groups:
        stop = g + 1
        if starts[stop] - starts[g] > crowd:
            for i in range(starts[g], starts[stop]):
                counts[codes[i] * classes + labels[i]] += 1
            found += _summed(counts, cardinality, classes)
            counts[:width] = 0
        else:
            while stop < groups and stop - g < together and starts[stop + 1] - starts[stop] <= crowd:
                stop += 1
            first, last = starts[g], starts[stop]
            for i in range(first, last):
                cell = (group[i] - g) * cardinality + codes[i]
                size, count = sizes[cell], counts[cell * classes + labels[i]]
                sizes[cell], counts[cell * classes + labels[i]] = size + 1, count + 1
                found += growth[size] - growth[count]
            if (stop - g) * width <= 8 * (last - first):
                sizes[: (stop - g) * cardinality] = 0
                counts[: (stop - g) * width] = 0
            else:
                for i in range(first, last):
                    cell = (group[i] - g) * cardinality + codes[i]
                    sizes[cell] = 0
                    counts[cell * classes + labels[i]] = 0
        g = stop
    return found


@compiled
def _summed(counts: Places, cardinality: int, classes: int) -> float:
    found = 0.0
    for code in range(cardinality):
        size = 0
        for label in range(classes):
            size += counts[code * classes + label]
        for label in range(classes):
            count = counts[code * classes + label]
            if 0 < count < size:
                found += count * (math.log2(size) - math.log2(count))
    return found


@compiled
def weighted_entropy(
    codes: Codes, starts: Places, labels: Labels, weights: Floats, cardinality: int, classes: int
) -> float:
    """`entropy` of rows that count as often as their weight (rows,) says."""
    sizes = np.zeros(cardinality)
    counts = np.zeros(cardinality * classes)
    found = 0.0
    for g in range(len(starts) - 1):
        for i in range(starts[g], starts[g + 1]):
            sizes[codes[i]] += weights[i]
            counts[codes[i] * classes + labels[i]] += weights[i]
        for i in range(starts[g], starts[g + 1]):
            size, count = sizes[codes[i]], counts[codes[i] * classes + labels[i]]
            if count < size:
                found += weights[i] * (math.log2(size) - math.log2(count))
        for i in range(starts[g], starts[g + 1]):
            sizes[codes[i]] = 0.0
            counts[codes[i] * classes + labels[i]] = 0.0
    return found


@compiled
def split(codes: Codes, starts: Places, labels: Labels, cardinality: int) -> tuple[Places, Places]:
    """Split every group by `codes` and drop the parts with one label: the places of the rows that stay, group by
    group, and where each new group starts."""
    order = np.empty(len(codes), np.int32)
    new_starts = np.zeros(len(codes) // 2 + 2, np.int32)
    seen = np.full(cardinality, -1, np.int32)  # the first label of each part, -2 once there is another
    sizes = np.zeros(cardinality, np.int32)
    ends = np.zeros(cardinality, np.int32)
    kept, groups = 0, 0
    for g in range(len(starts) - 1):
        first, last = starts[g], starts[g + 1]
        for i in range(first, last):
            code = codes[i]
            sizes[code] += 1
            if seen[code] == -1:
                seen[code] = labels[i]
            elif seen[code] != labels[i]:
                seen[code] = -2
        for i in range(first, last):
            code = codes[i]
            if seen[code] == -2:
                if sizes[code] > 0:  # the first row of this part makes room for all of it
                    ends[code] = kept
                    kept += sizes[code]
                    groups += 1
                    new_starts[groups] = kept
                    sizes[code] = 0
                order[ends[code]] = i
                ends[code] += 1
        for i in range(first, last):
            seen[codes[i]] = -1
            sizes[codes[i]] = 0
    return order[:kept].copy(), new_starts[: groups + 1].copy()


@compiled
def numbered(starts: Places) -> Places:
    """The number of the group of each row."""
    group = np.empty(starts[-1], np.int32)
    for g in range(len(starts) - 1):
        for i in range(starts[g], starts[g + 1]):
            group[i] = g
    return group


@compiled
def tell_apart(
    codes: Codes, labels: Labels, clauses: Codes, known: int, first: int, last: int, least: Codes
) -> tuple[int, int]:
    """Add to the first `known` of `clauses` what tells rows `first` to `last` from every earlier row of another label.

    `codes` (rows, attributes); a clause is a mask of attributes. Only clauses that contain no other are kept; a hit
    moves forward, since what absorbed one pair soon absorbs the next. Returns how many there are and the row reached:
    below `last` where `clauses` is full.
    """
    attributes = codes.shape[1]
    for i in range(first, last):
        for j in range(i):
            if labels[i] == labels[j]:
                continue
            clause = np.uint64(0)
            for a in range(attributes):
                if codes[i, a] != codes[j, a]:
                    clause |= least[a]
            absorbed = False
            for k in range(known):
                if clauses[k] & clause == clauses[k]:
                    clauses[k], clauses[k // 2] = clauses[k // 2], clauses[k]
                    absorbed = True
                    break
            if absorbed:
                continue
            kept = 0
            for k in range(known):
                if clauses[k] & clause != clause:
                    clauses[kept] = clauses[k]
                    kept += 1
            known = kept
            if known == len(clauses):
                return known, i
            clauses[known] = clause
            known += 1
    return known, last


@compiled
def search(clauses: Codes, known: int, most: int) -> tuple[np.uint64, int, int]:
    """A smallest mask that hits every clause and has fewer than `known` bits, its size, and what is left of `most`
    visits to a clause (below 0: not finished). Mask 0: there is none.

    Depth first: each level tries the attributes of its narrowest clause, each taken out of all clauses before the next.
    A branch is cut where clauses without a common attribute need too many more; the last attribute needs no branch.
    """
    one, nothing = np.uint64(1), np.uint64(0)
    waiting = np.zeros((known + 1, len(clauses)), np.uint64)
    counts = np.zeros(known + 1, np.int64)
    pivots, taken = np.zeros(known + 1, np.uint64), np.zeros(known + 1, np.uint64)
    waiting[0], counts[0], pivots[0] = clauses, len(clauses), _narrowest(clauses)
    best, size, depth = nothing, known, 0
    while depth >= 0 and most >= 0:
        here = waiting[depth, : counts[depth]]
        if pivots[depth] == nothing or depth + 1 >= size:
            depth -= 1
            continue
        most -= len(here)
        bit = _widest(here, pivots[depth])
        pivots[depth] &= ~bit
        child, count, common = waiting[depth + 1], 0, ~nothing
        for i in range(len(here)):
            if not here[i] & bit:
                child[count] = here[i]
                common &= here[i]
                count += 1
            else:
                here[i] &= ~bit
                if here[i] == nothing:  # only this attribute hits it: no other branch of this level can
                    pivots[depth] = nothing
        chosen = taken[depth] | bit
        if count == 0:
            best, size = chosen, depth + 1
        elif depth + 2 < size and common != nothing:
            best, size = chosen | (common & (~common + one)), depth + 2
        elif depth + 3 < size and depth + 1 + _apart(child[:count]) < size:
            depth += 1
            counts[depth], taken[depth], pivots[depth] = count, chosen, _narrowest(child[:count])
    return best, size, most


@compiled
def _narrowest(clauses: Codes) -> np.uint64:
    """The clause of the fewest attributes."""
    found, least = np.uint64(0), 65
    for clause in clauses:
        ones, rest = 0, clause
        while rest and ones < least:
            rest &= rest - np.uint64(1)
            ones += 1
        if not rest and ones < least:
            found, least = clause, ones
    return found


@compiled
def _widest(clauses: Codes, among: np.uint64) -> np.uint64:
    """The attribute among these that hits the most clauses."""
    found, most = np.uint64(0), -1
    while among:
        bit = among & (~among + np.uint64(1))
        among &= ~bit
        hits = 0
        for clause in clauses:
            hits += clause & bit != np.uint64(0)
        if hits > most:
            found, most = bit, hits
    return found


@compiled
def _apart(clauses: Codes) -> int:
    """How many of the clauses have no attribute in common with those counted before."""
    used, count = np.uint64(0), 0
    for clause in clauses:
        if not clause & used:
            used |= clause
            count += 1
    return count
