"""The value score and levels worked out on arrays, straight from their definition: what the engines are held to."""

import numpy as np

LEVELS = ("D", "C", "B2", "B1", "A2", "A1")


def mean_ranks(values):
    """Ranks 1…n; equal values share the mean of theirs."""
    return np.array([(values < v).sum() + ((values == v).sum() + 1) / 2 for v in values])


def score(tree, columns):
    """The score of every row for a tree of percentile leaves weighed by hand; None where nothing is known."""
    if "feature" in tree:
        values = columns.get(tree["feature"])
        if values is None or np.isnan(values).all():
            return None
        known = ~np.isnan(values)
        signed = values[known] * (-1 if tree.get("direction") == "down" else 1)
        scaled = np.full(len(values), float(tree.get("unknown", 50)))
        scaled[known] = 100 * (mean_ranks(signed) - 0.5) / known.sum()
        return scaled
    parts = [(child.get("weight", 1), score(child, columns)) for child in tree["children"]]
    parts = [(weight, part) for weight, part in parts if part is not None]
    total = sum(weight for weight, _ in parts)
    return sum(weight / total * part for weight, part in parts) if total else None


def levels_by_share(scores, cutoffs):
    """The level of each score: a group of equal scores belongs where its middle lies."""
    from_top = LEVELS[::-1]
    edges = np.cumsum([cutoffs[name] for name in from_top])[:-1] - 1e-12
    place = (mean_ranks(-scores) - 0.5) / len(scores)
    return [from_top[i] for i in np.searchsorted(edges, place, side="right")]
