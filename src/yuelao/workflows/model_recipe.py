"""Model recipe: all that decides what a training makes, as the register keeps it, and the command that repeats it."""

import shlex
from collections.abc import Collection, Mapping
from datetime import date
from importlib.metadata import version
from typing import Any

from yuelao.warehouse.fingerprint import fingerprint
from yuelao.workflows.gather_training import Examples, Lesson

MADE_WITH = ("yuelao", "duckdb", "lightgbm", "numba", "numpy", "pyarrow", "scikit-learn", "scipy")
"""Whose sums a model is made of."""


def recipe_of(
    lesson: Lesson, as_of: date, examples: Examples, exclude: Collection[str], allow: Collection[str], seed: int
) -> dict[str, Any]:
    """What the model is asked for, the rows it learned from (how many, and their hash), and whose sums made it."""
    asked = vars(lesson) | {"months": examples.months, "as_of": str(as_of)}
    chosen = {"exclude": sorted(exclude), "allow": sorted(allow), "seed": seed}
    data = {"rows": examples.table.num_rows, "digest": fingerprint(examples.table)}
    return asked | chosen | {"data": data, "made_with": {name: version(name) for name in MADE_WITH}}


def command_of(recipe: Mapping[str, Any]) -> str:
    """The command that trains again from a recipe.

    >>> command_of({"model": "churn", "months": 2, "as_of": "2026-11-01", "exclude": ["city"], "seed": 0})
    'yuelao train churn --as-of 2026-11-01 --months 2 --exclude city --seed 0'
    """
    options = {
        "as-of": recipe["as_of"],
        "product": recipe.get("product"),
        "months": recipe.get("months"),
        "exclude": ",".join(recipe.get("exclude", ())),
        "allow": ",".join(recipe.get("allow", ())),
        "seed": recipe.get("seed", 0),
    }
    said = [word for name, value in options.items() if value not in (None, "") for word in (f"--{name}", str(value))]
    return shlex.join(["yuelao", "train", recipe["model"], *said])
