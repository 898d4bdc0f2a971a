"""Forward validation: what would have worked, fitted on earlier rows and tried on later ones.

Never shuffled folds: rows of one day resemble each other, and the world moves between training and use.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from yuelao.analytics.evaluation import auc, auc_gain
from yuelao.analytics.family import Family, Floats, Rows, Scorer

HORIZON = 0.25
MOST_STEPS = 6
EARLIEST = 0.25  # no step begins before this share of the rows


@dataclass(frozen=True)
class Recipe:
    """A family and how fast it forgets: a row this share of all rows back in time weighs half; None: all weigh one."""

    family: Family
    half_life: float | None = None

    def fit(self, rows: Rows) -> Scorer:
        """Fit to rows that have both outcomes."""
        return self.family.fit(rows.weighted(self.half_life))


def steps(rows: Rows, horizon: float) -> list[tuple[int, int]]:
    """Where each step's rows begin and end: as far beyond the rows before it, relatively, as the use will be.

    Only steps with both outcomes before and in them; the latest last.

    >>> steps(Rows(np.zeros((100, 1)), np.arange(100.0) % 2), horizon=1.0)
    [(25, 50), (50, 100)]
    """
    edges = [float(len(rows))]
    while len(edges) <= MOST_STEPS and edges[-1] / (1 + horizon) >= EARLIEST * len(rows):
        edges.append(edges[-1] / (1 + horizon))
    pairs = pairwise(round(edge) for edge in reversed(edges))
    return [(a, b) for a, b in pairs if rows.part(0, a).both and rows.part(a, b).both]


def forward_scores(rows: Rows, edges: Sequence[tuple[int, int]], recipe: Recipe) -> Floats:
    """The log-odds of the rows of every step by a fit to the rows before it."""
    return np.concatenate([recipe.fit(rows.part(0, a)).log_odds(rows.x[a:b]) for a, b in edges])


@dataclass(eq=False)
class Trial:
    """The steps on which recipes are tried, the scores they gave there, and how these compare."""

    rows: Rows
    edges: Sequence[tuple[int, int]]
    scores: dict[Recipe, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.labels = np.concatenate([self.rows.y[a:b] for a, b in self.edges])
        self.step = np.repeat(np.arange(len(self.edges)), [b - a for a, b in self.edges])

    def of(self, recipe: Recipe) -> Floats:
        if recipe not in self.scores:
            self.scores[recipe] = forward_scores(self.rows, self.edges, recipe)
        return self.scores[recipe]

    def metric(self, recipe: Recipe, since: int = 0) -> float:
        """The AUC of the rows of the steps from `since` on, ranked together."""
        late = self.step >= since
        return auc(self.labels[late], self.of(recipe)[late])

    def better(self, scores: Floats, others: Floats, errors: float, since: int = 0) -> bool:
        """Whether the one ranks better than the other by so many standard errors, of rows and of steps.

        Judged on the steps from `since` on.
        """
        late = self.step >= since
        labels, scores, others, step = self.labels[late], scores[late], others[late], self.step[late] - since
        gain, of_rows = auc_gain(labels, scores, others)
        _, of_steps = auc_gain(labels, scores, others, step)
        return gain > errors * max(of_rows, of_steps)
