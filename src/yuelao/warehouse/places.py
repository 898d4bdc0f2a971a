"""YAML in which every scalar is text and every place knows its line, so that an error can point to it.

Text only: `yes`, `no`, `01` and `2026-11-01` are codes and formats of somebody's files here, not booleans or numbers.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from yuelao.common.errors import NotFound, Refused


@dataclass(frozen=True)
class PlacedYaml:
    """A YAML file: its content (dicts, lists, texts), and where each part of it stands."""

    path: Path
    content: Any
    _root: yaml.Node

    def where(self, *steps: str | int) -> str:
        """'mapping.yaml, line 12: tables.0.columns.city' for the part reached by `steps`."""
        node, line = self._root, self._root.start_mark.line
        for step in steps:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        named = ".".join(str(step) for step in steps)
        return f"{self.path.name}, line {line + 1}" + (f": {named}" if named else "")


def _child(node: yaml.Node, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line, item
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line, value) for key, value in node.value if key.value == step), None)
    return None


def read_placed(path: Path) -> PlacedYaml:
    """Read the YAML file at `path`; Refused where it is not YAML in UTF-8, or says the same key twice."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound("There is no such file", where=str(path), hint="Check the path") from error
    except (OSError, UnicodeDecodeError) as error:
        hint = "Give a readable text file in UTF-8"
        raise Refused("The file cannot be read as text", where=str(path), hint=hint) from error
    loader = yaml.BaseLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise Refused("The file is empty", where=str(path))
        _refuse_twice(node, path)
        return PlacedYaml(path, loader.construct_document(node), node)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path.name}, line {mark.line + 1}" if mark else path.name
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise Refused(f"The file is not YAML: {problem}", where=place, hint="Correct the line named") from error
    finally:
        loader.dispose()


def _refuse_twice(node: yaml.Node, path: Path) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_twice(item, path)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                place = f"{path.name}, line {key.start_mark.line + 1}"
                raise Refused(f"{key.value!r} stands here twice", where=place, hint="Remove one of them")
            seen.add(key.value)
            _refuse_twice(value, path)
