"""Weights of a node: by pairwise comparison (AHP), by entropy, or learned from an outcome. By hand needs no code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics import reading
from yuelao.common.errors import Refused

Floats = NDArray[np.float64]
METHODS = ("hand", "ahp", "entropy", "learned")
MOST_RATIO = 0.1
_RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)  # by number of children
_DIGITS = 6  # found weights are rounded so that engines which add in another order find the same ones
_STEPS = 50


@dataclass(frozen=True)
class Pairwise:
    """Children compared in pairs: `matrix[i][j]` is how many times as important child i is as child j."""

    matrix: tuple[tuple[float, ...], ...]
    force: bool = False


@dataclass(frozen=True)
class Entropy:
    """All leaves below the node weigh by how much they tell customers apart."""


@dataclass(frozen=True)
class Learned:
    """All leaves below the node weigh by what they told, on an earlier day, of `outcome` as it is now."""

    outcome: str
    method: str = "linear"


Weighing = Pairwise | Entropy | Learned


def read_weighing(raw: object, place: str, children: int) -> Weighing | None:
    """Read `hand`, `entropy`, `{by: ahp, matrix: […], force: false}` or `{by: learned, outcome: …, method: linear}`.

    None means by hand. `method` is linear, or logistic for a yes-or-no outcome. Refused, its `where` the path of the
    place; a matrix whose consistency ratio is above 0.1 is refused unless `force` is true.
    """
    if raw is None:
        return None
    content = {"by": raw} if isinstance(raw, str) else reading.mapping(raw, place)
    by = reading.choice(content, "by", place, METHODS)
    if by == "ahp":
        return _pairwise(reading.mapping(content, place, ["by", "matrix", "force"], ["matrix"]), place, children)
    if by == "learned":
        content = reading.mapping(content, place, ["by", "outcome", "method"], ["outcome"])
        method = reading.choice(content, "method", place, ["linear", "logistic"])
        return Learned(reading.name(content["outcome"], f"{place}.outcome"), method)
    reading.mapping(content, place, ["by"])
    return Entropy() if by == "entropy" else None


def pairwise_weights(matrix: Sequence[Sequence[float]]) -> tuple[Floats, float]:
    """Weights (n,) summing to 1, and the consistency ratio (0 where every comparison follows from the others).

    The weights are the principal eigenvector; ratio = ((λmax - n) / (n - 1)) / random index of n. Saaty, "The Analytic
    Hierarchy Process", 1980: random indices 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49 for n = 3 … 10; a ratio up
    to 0.1 is tolerable.

    >>> weights, ratio = pairwise_weights([[1, 3], [1 / 3, 1]])
    >>> weights.round(3).tolist(), ratio
    ([0.75, 0.25], 0.0)
    """
    comparisons = np.array(matrix, dtype=np.float64)
    size = len(comparisons)
    values, vectors = np.linalg.eig(comparisons)
    largest = int(np.argmax(values.real))
    vector = np.abs(vectors[:, largest].real)
    excess = max(float(values[largest].real) - size, 0.0)
    ratio = excess / (size - 1) / _RANDOM_INDEX[size] if size > 2 else 0.0
    return vector / vector.sum(), ratio if ratio > 1e-9 else 0.0


def entropy_weights(sums: Sequence[float], logs: Sequence[float], rows: int) -> Floats:
    """Weights (n,) summing to 1, from each leaf's Σ s and Σ s·ln s over the scaled values s of `rows` customers.

    With p = s / Σ s the entropy is e = -Σ p·ln p / ln rows = (ln Σ s - Σ s·ln s / Σ s) / ln rows, and the weight is
    (1 - e) / Σ (1 - e): Shannon 1948; as weights of criteria, Hwang and Yoon, "Multiple Attribute Decision Making",
    1981, section 3.1. Leaves that do not tell customers apart weigh nothing; where none does, all weigh the same.

    >>> entropy_weights([200.0, 100.0], [200 * np.log(100.0), 100 * np.log(100.0)], 2).tolist()
    [0.0, 1.0]
    """
    total, log = np.array(sums, dtype=np.float64), np.array(logs, dtype=np.float64)
    spread = np.zeros(len(total))
    if rows > 1:
        some = total > 0
        spread[some] = 1 - (np.log(total[some]) - log[some] / total[some]) / np.log(rows)
    spread[spread < 1e-9] = 0.0
    return _rounded(spread)


def learned_weights(leaves: Floats, outcome: Floats, method: str) -> Floats:
    """Weights (n,) ≥ 0 summing to 1 of scaled leaves (rows, n) that tell the outcome (rows,) best; zeros if none does.

    linear: least squares with an intercept and without negative weights (Lawson and Hanson 1974, "Solving Least
    Squares Problems", chapter 23). logistic: the same for the log-odds of an outcome of 0 and 1, by iterated weighted
    least squares (McCullagh and Nelder 1989, "Generalized Linear Models", section 2.5).
    Raises Refused where a logistic outcome is not 0 and 1.
    """
    if method == "logistic":
        return _rounded(_logistic(leaves, outcome))
    return _rounded(_fitted(leaves, outcome, np.ones(len(outcome)))[0])


def _fitted(leaves: Floats, outcome: Floats, weights: Floats) -> tuple[Floats, float]:
    """Coefficients ≥ 0 and intercept of weighted least squares."""
    from sklearn.linear_model import LinearRegression

    line = LinearRegression(positive=True).fit(leaves, outcome, sample_weight=weights)
    return np.asarray(line.coef_, dtype=np.float64), float(line.intercept_)


def _logistic(leaves: Floats, outcome: Floats) -> Floats:
    if not np.isin(outcome, (0.0, 1.0)).all():
        raise Refused("A logistic outcome is 0 or 1", hint="Use method: linear", code="outcome")
    found, odds = np.zeros(leaves.shape[1]), np.zeros(len(outcome))
    for _ in range(_STEPS):
        chance = np.clip(1 / (1 + np.exp(-odds)), 1e-6, 1 - 1e-6)  # bounded, or one perfect leaf ends in infinity
        spread = chance * (1 - chance)
        before = found
        found, base = _fitted(leaves, odds + (outcome - chance) / spread, spread)
        odds = np.clip(leaves @ found + base, -15, 15)
        if np.abs(found - before).max() <= 1e-9:
            break
    return found


def _rounded(found: Floats) -> Floats:
    total = float(found.sum())
    return np.round(found / total, _DIGITS) if total > 0 else np.zeros(len(found))


def _pairwise(content: Mapping[str, object], place: str, children: int) -> Pairwise:
    at = f"{place}.matrix"
    rows = [reading.items(row, f"{at}[{i}]") for i, row in enumerate(reading.items(content["matrix"], at))]
    if children >= len(_RANDOM_INDEX):
        raise reading.wrong("More than 10 children cannot be compared in pairs", at, "Group them into nodes")
    if len(rows) != children or any(len(row) != children for row in rows):
        raise reading.wrong(f"The matrix needs {children} rows of {children}", at, "One for each child, in their order")
    given = [[_comparison(cell, f"{at}[{i}][{j}]") for j, cell in enumerate(row)] for i, row in enumerate(rows)]
    for i in range(children):
        for j in range(i + 1):
            if abs(given[i][j] * given[j][i] - 1) > 0.02:
                raise reading.wrong("It is not the inverse of its mirror", f"{at}[{i}][{j}]", "As in 3 and 1/3")
    exact = tuple(
        tuple(given[i][j] if i < j else (1.0 if i == j else 1 / given[j][i]) for j in range(children))
        for i in range(children)
    )
    pairwise = Pairwise(exact, reading.flag(content, "force", place))
    ratio = pairwise_weights(exact)[1]
    if ratio > MOST_RATIO and not pairwise.force:
        hint = "Compare again, or write force: true"
        raise reading.wrong(f"The comparisons contradict each other: consistency ratio {ratio:.2f} > 0.1", at, hint)
    return pairwise


def _comparison(raw: object, place: str) -> float:
    """A number above 0, or a fraction as in "1/3"."""
    if isinstance(raw, str):
        try:
            raw = float(Fraction(raw))
        except (ValueError, ZeroDivisionError) as error:
            raise reading.wrong(f"{raw!r} is no number", place, "As in 3 or 1/3") from error
    return reading.as_number(raw, place, 1e-6, 1e6)
