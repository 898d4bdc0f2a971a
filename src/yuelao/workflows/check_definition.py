"""Check the definition of a model of the customer view, and tell the line of its text where it is wrong."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml
from sqlalchemy.orm import Session

from yuelao.analytics.evidence import Model
from yuelao.common.definitions import checked
from yuelao.common.errors import Refused, nearest
from yuelao.conditions import Field, Fields, Kind
from yuelao.operations import customers
from yuelao.operations.customers import ViewModelDefinition
from yuelao.warehouse.features import view_fields
from yuelao.warehouse.features.family import Unbound
from yuelao.warehouse.snapshot import Snapshot
from yuelao.workflows.view_models import MODELS

_COUNTABLE = frozenset({Kind.NUMBER, Kind.BOOLEAN})
_SAID = {"number": Kind.NUMBER, "text": Kind.TEXT, "level": Kind.LEVEL}
_POINTS = "Scale it by points: scale: {by: points, values: {…}}"
_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def model_of(definition: ViewModelDefinition) -> Model:
    """The model that the definition describes; Refused with the path of the place, as in `tree.children[1].weight`."""
    return MODELS[definition.kind].from_definition(definition.content)


def checked_definition(content: object, where: str = "definition") -> ViewModelDefinition:
    """The content as the definition of a model that can be; Refused with the place of the first mistake."""
    definition = checked(ViewModelDefinition, content, where)
    model_of(definition)
    return definition


def check_inputs(definition: ViewModelDefinition, fields: Fields, *, all_known: bool = True) -> None:
    """Refused, with the path of the place, where the model asks for what there is none of, or cannot count.

    fields: what it may ask for, all there is if `all_known`; the refusal of a feature beyond them names the nearest.
    """
    places = dict(_features(definition.content))
    for name in model_of(definition).inputs() if all_known else ():
        if name not in fields:
            place = next((place for place, (feature, _scale) in places.items() if feature == name), name)
            raise Refused(f"There is no feature {name!r}", where=place, hint=nearest(name, list(fields)))
    for place, (name, counted) in places.items():
        if counted and name in fields and fields[name].kind not in _COUNTABLE:
            raise Refused(f"The tree needs numbers, and {name} has none", where=place, hint=_POINTS, code="type")


def known_inputs(session: Session, snapshot: Snapshot | None) -> dict[str, Field]:
    """What a model may ask for: the columns of the view, and what the models in use say; without a lake, features."""
    versions = [customers.current_definition(session, kind) for kind in MODELS]
    said = [output for each in versions if each for output in model_of(each.definition).outputs()]
    columns = view_fields(snapshot) if snapshot else view_fields(Unbound())
    return {output.name: Field(_SAID[output.kind], output.levels) for output in said} | dict(columns)


def _features(content: object, place: str = "", *, leaf: bool = False) -> Iterator[tuple[str, tuple[str, bool]]]:
    """Path of each feature of a definition → its name, and whether it is a leaf of a tree that counts with numbers."""
    if isinstance(content, Mapping):
        if isinstance(content.get("feature"), str):
            yield f"{place}.feature", (content["feature"], leaf and _scale(content) != "points")
        for key, value in content.items():
            yield from _features(value, f"{place}.{key}".removeprefix("."), leaf=key == "children")
    elif isinstance(content, list | tuple):
        for number, item in enumerate(content):
            yield from _features(item, f"{place}[{number}]", leaf=leaf)


def _scale(leaf: Mapping[str, object]) -> object:
    scale = leaf.get("scale", "percentile")
    return scale.get("by") if isinstance(scale, Mapping) else scale


def as_text(definition: ViewModelDefinition) -> str:
    """The definition as YAML; lists of plain values on one line."""
    content = {"kind": definition.kind, "name": definition.name, "title": definition.title, **definition.content}
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """The line of the YAML text where the value at the path stands, as far as the text goes there; from 1."""
    try:
        node = next(yaml.compose_all(text, Loader=yaml.SafeLoader), None)
    except yaml.YAMLError:
        return None
    found = place_in(node, path)
    return found.start_mark.line + 1 if found else None


def path_of(place: str) -> list[str | int]:
    """The parts of a path: `tree.children[1].weight` → tree, children, 1, weight."""
    return [int(index) if index else key for key, index in _PART.findall(place)]


def place_in(node: yaml.Node | None, path: Sequence[str | int]) -> yaml.Node | None:
    """The node at the path, else the last one on the way to it."""
    for part in path:
        node = _child(node, part) or node
    return node


def _child(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child: yaml.Node = node.value[part]
        return child
    return None


class _Dumper(yaml.SafeDumper):
    """Writes what holds only plain values, or pairs of them, on one line."""


def _in_flow(dumper: yaml.SafeDumper, data: Any) -> yaml.Node:
    node = (
        dumper.represent_dict(data.items())
        if isinstance(data, dict)
        else dumper.represent_sequence("tag:yaml.org,2002:seq", data)
    )
    node.flow_style = _depth(data) <= 1 or (isinstance(data, list) and _depth(data) <= 2 and not _has_mapping(data))
    return node


def _depth(data: Any) -> int:
    below = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return 1 + max(map(_depth, below), default=0) if isinstance(data, dict | list) else 0


def _has_mapping(data: Any) -> bool:
    return isinstance(data, list) and any(isinstance(item, dict) or _has_mapping(item) for item in data)


_Dumper.add_representer(dict, _in_flow)
_Dumper.add_representer(list, _in_flow)
