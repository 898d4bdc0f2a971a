"""Model recipe: all that decides what a training makes, as the register keeps it, and the command that repeats it."""

import hashlib
import shlex
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yuelao
from yuelao.warehouse.fingerprint import fingerprint
from yuelao.workflows.gather_training import Examples, Lesson

_LIBRARIES = ("duckdb", "lightgbm", "numba", "numpy", "pyarrow", "scikit-learn", "scipy")
_ROOMS = ("analytics", "conditions", "warehouse")
_NO_OPTIONS = frozenset({"model", "kind", "data", "made_with"})


def recipe_of(
    lesson: Lesson, as_of: date, examples: Examples, exclude: Collection[str], allow: Collection[str], seed: int
) -> dict[str, Any]:
    """What the model is asked for, the rows it learned from (how many, and their hash), and whose sums made it."""
    asked = vars(lesson) | {"months": examples.months, "as_of": str(as_of)}
    chosen = {"exclude": sorted(exclude), "allow": sorted(allow), "seed": seed}
    data = {"rows": examples.table.num_rows, "digest": fingerprint(examples.table)}
    return asked | chosen | {"data": data, "made_with": made_with()}


@cache
def made_with() -> dict[str, str]:
    """Whose sums a model is made of, each with its version; ours with the beginning of the hash of the code too."""
    code = hashlib.sha256()
    for room in _ROOMS:
        folder = Path(yuelao.__file__).parent / room
        for file in sorted(each for each in folder.rglob("*") if each.suffix in (".py", ".yaml")):
            code.update(file.relative_to(folder).as_posix().encode() + file.read_bytes())
    ours = {"yuelao": f"{yuelao.__version__}+{code.hexdigest()[:12]}"}
    return ours | {name: version(name) for name in _LIBRARIES}


def command_of(recipe: Mapping[str, Any]) -> str:
    """The command that trains again from a recipe; nothing where there is none.

    >>> command_of({"model": "churn", "months": 2, "as_of": "2026-11-01", "exclude": ["city"], "allow": [], "seed": 0})
    'yuelao train churn --months 2 --as-of 2026-11-01 --exclude city --seed 0'
    """
    if "model" not in recipe:
        return ""
    options = {name: value for name, value in recipe.items() if name not in _NO_OPTIONS and value not in (None, [])}
    said = [
        word
        for name, value in options.items()
        for word in (f"--{name.replace('_', '-')}", ",".join(value) if isinstance(value, list) else str(value))
    ]
    return shlex.join(["yuelao", "train", recipe["model"], *said])
