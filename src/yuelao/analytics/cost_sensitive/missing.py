"""Nulls before learning: left as a value of their own, filled from the nearest rows, or foretold by a model.

`indicator` fills nothing: both kinds of tree here can send null its own way, which is what a column that says "unknown"
beside a filled one would let them do. The other two learn from a sample of rows and keep it, so that a row is filled
alike whenever it comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from yuelao.analytics.ranks import row_hash
from yuelao.analytics.trees import ONE_RESULT

if TYPE_CHECKING:
    import lightgbm as lgb

Floats = NDArray[np.float64]
WAYS = ("indicator", "nearest", "model")
NEAREST = 10  # rows compared with
_COMPARED, _LEARNED = 500, 20_000  # rows sampled for either way
_ROUNDS = 30
_TREES: dict[str, Any] = {**ONE_RESULT, "num_leaves": 8, "learning_rate": 0.2}


class Filling(Protocol):
    """What fills the nulls of a matrix."""

    def fill(self, x: Floats) -> Floats:
        """A matrix (rows, attributes) like `x` with its NaN filled, `x` as it was; what nobody knows stays NaN."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved; `read_filling` reads it."""
        ...


@dataclass(frozen=True)
class AsItIs:
    """Null stays null: a value like another."""

    def fill(self, x: Floats) -> Floats:
        """The matrix itself."""
        return x

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        return {"way": "indicator"}


@dataclass(frozen=True, eq=False)
class Nearest:
    """Of the nearest sampled rows that know the attribute the mean, of a category the most frequent value.

    Near is the mean distance over the attributes both rows know: of numbers on the scale of the sample's middle half,
    at most 1, of categories 0 or 1. (scikit-learn's KNNImputer has no categories: it averages their codes.)
    """

    sample: Floats
    categorical: tuple[int, ...]

    @cached_property
    def _spread(self) -> Floats:
        """By what each attribute is divided; 0 marks a category."""
        with np.errstate(all="ignore"):
            low, high = np.array([_quartiles(column) for column in self.sample.T]).T
        spread = np.where(high > low, high - low, 1.0)
        spread[list(self.categorical)] = 0.0
        return spread

    def fill(self, x: Floats) -> Floats:
        """The matrix filled."""
        from yuelao.analytics.cost_sensitive.nearness import filled  # compiles

        found = x.copy()
        rows = np.flatnonzero(np.isnan(x).any(axis=1))
        if len(rows) and len(self.sample):
            found[rows] = filled(x[rows], self.sample, self._spread, NEAREST)
        return found

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        sample = [[None if np.isnan(v) else float(v) for v in row] for row in self.sample]
        return {"way": "nearest", "sample": sample, "categorical": list(self.categorical)}


@dataclass(frozen=True, eq=False)
class Foretold:
    """Each attribute with nulls foretold from the others by small trees (LightGBM); `trees`: attribute → their text."""

    trees: dict[int, str]
    categorical: tuple[int, ...]
    _read: dict[int, "lgb.Booster"] = field(default_factory=dict)

    def fill(self, x: Floats) -> Floats:
        """The matrix filled."""
        found = x.copy()
        for attribute in self.trees:
            rows = np.flatnonzero(np.isnan(x[:, attribute]))
            if len(rows):
                said = np.asarray(self._model(attribute).predict(np.delete(x[rows], attribute, axis=1), num_threads=1))
                found[rows, attribute] = said.argmax(axis=1) if attribute in self.categorical else said
        return found

    def _model(self, attribute: int) -> "lgb.Booster":
        import lightgbm as lgb  # slow to import, and most who import us never fit

        if attribute not in self._read:
            self._read[attribute] = lgb.Booster(model_str=self.trees[attribute])
        return self._read[attribute]

    def __getstate__(self) -> dict[str, Any]:
        return {"trees": self.trees, "categorical": self.categorical, "_read": {}}

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        trees = {str(attribute): text for attribute, text in self.trees.items()}
        return {"way": "model", "trees": trees, "categorical": list(self.categorical)}


def learn_filling(x: Floats, categorical: Sequence[int], way: str, seed: int = 0) -> Filling:
    """Learn, in one of `WAYS`, from `x` (rows, attributes; NaN is null), whose order of rows changes nothing.

    >>> x = np.array([[1.0, 10.0], [1.1, 11.0], [9.0, 90.0], [9.1, 91.0], [9.2, np.nan]])
    >>> bool(learn_filling(x, [], "nearest").fill(np.array([[9.0, np.nan]]))[0, 1] > 50)
    True
    """
    if way == "indicator":
        return AsItIs()
    few = _sampled(x, _COMPARED if way == "nearest" else _LEARNED, seed)
    if way == "nearest":
        return Nearest(few, tuple(categorical))
    nulls = np.flatnonzero(np.isnan(x).any(axis=0) & ~np.isnan(few).all(axis=0) & (x.shape[1] > 1))
    return Foretold({int(a): _trees(few, int(a), categorical, seed) for a in nulls}, tuple(categorical))


def read_filling(saved: dict[str, Any]) -> Filling:
    """The inverse of `as_dict`."""
    if saved["way"] == "nearest":
        return Nearest(np.array(saved["sample"], dtype=np.float64), tuple(saved["categorical"]))
    if saved["way"] == "model":
        trees = {int(attribute): text for attribute, text in saved["trees"].items()}
        return Foretold(trees, tuple(saved["categorical"]))
    return AsItIs()


def _sampled(x: Floats, most: int, seed: int) -> Floats:
    """So many rows, chosen by what is in them."""
    return x[np.argsort(row_hash(list(x.T), seed), kind="stable")[:most]]


def _quartiles(column: Floats) -> tuple[float, float]:
    known = column[~np.isnan(column)]
    if not len(known):
        return 0.0, 0.0
    low, high = np.quantile(known, (0.25, 0.75))
    return float(low), float(high)


def _trees(x: Floats, attribute: int, categorical: Sequence[int], seed: int) -> str:
    import lightgbm as lgb  # slow to import, and most who import us never fit

    known = ~np.isnan(x[:, attribute])
    others = [place for place in range(x.shape[1]) if place != attribute]
    codes = [at for at, place in enumerate(others) if place in categorical]
    target = x[known, attribute]
    kind: dict[str, Any] = {"objective": "regression"}
    if attribute in categorical:
        kind = {"objective": "multiclass", "num_class": max(2, int(target.max()) + 1)}
    smallest = {"min_data_in_leaf": max(1, min(50, len(target) // 20)), "seed": seed % 2**31}
    data = lgb.Dataset(x[known][:, others], target, categorical_feature=codes, params=_TREES | kind | smallest)
    text: str = lgb.train(_TREES | kind | smallest, data, _ROUNDS).model_to_string()
    return text
