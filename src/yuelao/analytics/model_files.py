"""What is kept of a fitted model: two files of text in a folder, without pickle, and which kind of model they are.

model.json   all it needs to score, and its `kind`
card.json    what a planner must know before trusting it
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from yuelao.common.errors import NotFound, Refused

_MODEL, _CARD = "model.json", "card.json"
Made = TypeVar("Made")


def write_model(folder: Path, kind: str, saved: Mapping[str, Any], card: Mapping[str, Any]) -> None:
    """Write both files; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {_MODEL: {"kind": kind, **saved}, _CARD: card}.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_model(folder: Path, kind: str, make: Callable[[dict[str, Any], dict[str, Any]], Made]) -> Made:
    """What `make` says of the content of both files.

    Raises NotFound where there is no model, Refused where it is of another kind or an earlier version.
    """
    saved, card = _read(folder, _MODEL), _read(folder, _CARD)
    try:
        if saved["kind"] != kind:
            raise Refused(f"The model is a {saved['kind']} model, no {kind} model", where=str(folder))
        return make(saved, card)
    except (KeyError, TypeError) as error:
        raise _of_another_version(folder) from error


def kind_of(folder: Path) -> str:
    """Which kind of model was written here. Raises as `read_model`."""
    saved = _read(folder, _MODEL)
    if "kind" not in saved:
        raise _of_another_version(folder)
    return str(saved["kind"])


def _read(folder: Path, name: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotFound("There is no model here", where=str(folder), hint="Train one first") from error
    return found


def _of_another_version(folder: Path) -> Refused:
    return Refused("The model is of another version", where=str(folder), hint="Train it anew")
