"""Cut points by entropy and minimum description length: Fayyad and Irani, IJCAI 1993, pages 1022–1027.

A range is cut where the entropy of the decision falls most, if the gain pays for describing the cut (the MDL
principle criterion, section 3); both parts are then cut in turn. Where no cut pays there is none: the
values tell nothing about the decision.
"""

import numpy as np

from yuelao.analytics.rough_sets.types import Floats, Labels


def mdlp(values: Floats, labels: Labels, weights: Floats) -> Floats:
    """Cut points, ascending; `values`, `labels` and `weights` (rows,). Each is the first value of its interval.

    >>> values = np.arange(40.0)
    >>> mdlp(values, (values >= 25).astype(np.uint16), np.ones(40)).tolist()
    [25.0]
    """
    distinct, at = np.unique(values, return_inverse=True)
    classes = int(labels.max(initial=0)) + 1
    cells = np.bincount(at * classes + labels, weights, minlength=len(distinct) * classes)
    reached = np.vstack([np.zeros(classes), np.cumsum(cells.reshape(-1, classes), axis=0)])
    cuts: list[int] = []
    waiting = [(0, len(distinct))]
    while waiting:
        first, last = waiting.pop()
        cut = _best_cut(reached[first : last + 1] - reached[first])
        if cut is not None:
            cuts.append(first + cut)
            waiting += [(first, first + cut), (first + cut, last)]
    return np.asarray(distinct[sorted(cuts)])


def _best_cut(reached: Floats) -> int | None:
    """How many values lie before the best cut, if it pays; `reached` (values + 1, classes) is the weight so far."""
    if len(reached) <= 2:
        return None
    whole, left = reached[-1], reached[1:-1]
    right = whole - left
    total = whole.sum()
    left_entropy, right_entropy, entropy = _entropy(left), _entropy(right), _entropy(whole[None])[0]
    split = (left.sum(axis=1) * left_entropy + right.sum(axis=1) * right_entropy) / total
    best = int(split.argmin())
    gain = entropy - split[best]
    kinds, left_kinds, right_kinds = (int((side > 0).sum()) for side in (whole, left[best], right[best]))
    delta = (
        np.log2(3.0**kinds - 2) - kinds * entropy + left_kinds * left_entropy[best] + right_kinds * right_entropy[best]
    )
    return best + 1 if gain > (np.log2(max(total - 1, 1)) + delta) / total else None


def _entropy(weights: Floats) -> Floats:
    """Entropy in bits of each row of class weights."""
    shares = weights / np.maximum(weights.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    return np.asarray(-(shares * np.log2(np.where(shares > 0, shares, 1.0))).sum(axis=1))
