"""Choosing a recipe by forward validation; of families it is known only that they fit and score."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yuelao.analytics.carry_over import lasting
from yuelao.analytics.family import Family, Rows
from yuelao.analytics.forward import HORIZON, Recipe, Trial, steps

FEWEST_ROWS, FEWEST_POSITIVES, MOST_ROWS = 2000, 100, 15_000
MOST_VALUES = 500_000  # rows × inputs: what choosing may cost, as long as FEWEST_ROWS are left
SURE = 2.0  # standard errors


@dataclass(frozen=True)
class Offer:
    """What there is to choose from: families with settings, and half-lives (shares of all rows).

    `probe` finds the inputs that do not carry over; `fallback` is for tables too small to choose on.
    """

    families: tuple[Family, ...]
    half_lives: tuple[float, ...]
    probe: Recipe
    fallback: Recipe


@dataclass(frozen=True)
class Tried:
    """A recipe and its forward AUC: all rows of all steps ranked together."""

    recipe: Recipe
    metric: float


@dataclass(frozen=True)
class Choice:
    """The recipes that share the vote, the places of the inputs they use, and all that was tried, best first."""

    recipes: tuple[Recipe, ...]
    inputs: tuple[int, ...]
    tried: tuple[Tried, ...] = ()


def choose(rows: Rows, offer: Offer, horizon: float = HORIZON) -> Choice:
    """The recipes to use on rows that come after `rows`, up to `horizon` times as many as there are.

    1. Inputs are put aside that do not carry over to later rows (`carry_over`).
    2. Of each kind of family (name) the best settings stay.
    3. Of these, each with every half-life, the best and all it is not surely better than share the vote.

    Surely: by two standard errors, of rows or of steps, whichever is larger, on the later half of the steps: before
    the world turned there was nothing to forget. A world that stands still rules out short memories by itself; one
    that moves rules out long ones; where steps cannot tell, the mean is safer than either. A small table gets the
    fallback with all inputs, for its steps would be noise; a large one is thinned first, a wide one more.
    """
    rows = rows.thinned(min(MOST_ROWS, max(FEWEST_ROWS * 3 // 2, MOST_VALUES // rows.x.shape[1])))
    edges = steps(rows, horizon)
    if len(rows) < FEWEST_ROWS or min(rows.y.sum(), (1 - rows.y).sum()) < FEWEST_POSITIVES or len(edges) < 2:
        return Choice((offer.fallback,), tuple(range(rows.x.shape[1])))
    inputs = lasting(rows, edges, offer.probe)
    trial = Trial(rows.only(inputs), edges)
    settings = [max(map(Recipe, kind), key=trial.metric) for kind in _kinds(offer.families)]
    recipes = [replace(recipe, half_life=half) for recipe in settings for half in (None, *offer.half_lives)]
    late = len(edges) // 2
    best = max(recipes, key=lambda recipe: trial.metric(recipe, late))
    equals = tuple(each for each in recipes if not trial.better(trial.of(best), trial.of(each), SURE, late))
    tried = sorted((Tried(recipe, trial.metric(recipe)) for recipe in trial.scores), key=lambda each: -each.metric)
    return Choice(equals, inputs, tuple(tried))


def _kinds(families: Sequence[Family]) -> list[list[Family]]:
    names = dict.fromkeys(family.name for family in families)
    return [[family for family in families if family.name == name] for name in names]
