"""What somebody typed into the form of a definition, as the changed definition; what cannot be is refused. Pure."""

import copy
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from yuelao.common.errors import Refused
from yuelao.common.language import _
from yuelao.web.segments.form import parts_of
from yuelao.web.segments.parts import (
    CHOICE,
    NUMBER,
    PERCENT,
    Branch,
    Factor,
    Field,
    Part,
    branches_of,
    factor_lists,
    fields_of,
    rule_lists,
)
from yuelao.workflows.check_definition import path_of

REMOVE, ADD, GROUP, RULE = ".remove", ".add", ".group", ".rule"
"""What is typed beside the fields: a tick, a feature to add, a node with its first feature, and a rule or test."""
TESTS = ("at_least", "below", "in")
_BETWEEN = re.compile(r"[;；]")
_MAPS_TO = re.compile(r"→|=|:|：")
_LIST = re.compile(r"[,，、]\s*|\s+")


def changed(content: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
    """The content with what was typed; a field that shows what it showed before changes nothing.

    Refused, its `where` the field's place, where no number can be made of what was typed.
    """
    found: dict[str, Any] = copy.deepcopy(dict(content))
    parts = parts_of(content, "en")
    for field in fields_of(parts):
        if field.place in typed and typed[field.place].strip() != field.value:
            _put(found, field.place, _value(field, typed[field.place].strip()))
    for branch in branches_of(parts):
        for child in branch.children:
            if isinstance(child, Factor):
                _put_scale(found, child, typed)
        _put_weighing(found, branch, typed)
    for part in rule_lists(parts):
        _change_rules(found, part, typed)
    lists = [(f"{branch.place}.children", len(branch.children)) for branch in branches_of(parts)]
    lists += [(part.place, len(part.factors or ())) for part in factor_lists(parts)]
    for place, size in reversed(lists):
        _add_and_remove(found, place, size, typed)
    return found


def number(text: str, place: str) -> float:
    """What was typed as a number: `0.25`, `1/3`, `1,000`. Refused otherwise."""
    try:
        value = float(Fraction(text.replace(",", "").replace("，", "").replace(" ", "")))
    except (ValueError, ZeroDivisionError, OverflowError):
        hint = _("Write it as 0.25 or 12")
        message = _("Here a number is needed") if not text else _("This is no number")
        raise Refused(message, where=place, hint=hint, code="typed") from None
    return int(value) if value == int(value) and "." not in text else value


def _value(field: Field, text: str) -> Any:
    if field.kind == PERCENT:
        return round(number(text.rstrip("%％ "), field.place) / 100, 12)
    if field.kind == NUMBER:
        return number(text, field.place)
    if field.kind == CHOICE:
        return text
    return _plain(text)


def _plain(text: str) -> Any:
    """A number where it is one, else the text."""
    try:
        return number(text, "")
    except Refused:
        return {"true": True, "false": False}.get(text, text)


def _put(content: dict[str, Any], place: str, value: Any) -> None:
    *way, last = path_of(place)
    target = _at(content, way)
    if isinstance(target, dict) and isinstance(target.get(str(last)), list) and isinstance(value, str | int | float):
        value = [_plain(item) for item in _LIST.split(str(value)) if item]
    if isinstance(target, dict) and last == "values" and isinstance(value, str):
        value = [item for item in _LIST.split(value) if item]
        if not value:
            target.pop("values", None)
            return
    target[last] = value


def _at(content: Any, way: list[str | int]) -> Any:
    for part in way:
        content = content[part]
    return content


def _put_scale(content: dict[str, Any], factor: Factor, typed: Mapping[str, str]) -> None:
    assert factor.settings is not None
    by = typed.get(factor.scale.place, factor.scale.value)
    settings = typed.get(factor.settings.place, factor.settings.value).strip()
    if (by, settings) == (factor.scale.value, factor.settings.value):
        return
    scale: Any = "percentile"
    if by == "minmax":
        low, high = [*_numbers(settings, factor.settings.place), None, None][:2]
        scale = {"by": by, "low": 0.01 if low is None else low, "high": 0.99 if high is None else high}
    elif by == "curve":
        scale = {"by": by, "points": [[x, y] for x, y in _pairs(settings, factor.settings.place)]}
    elif by == "points":
        named = _named(settings, factor.settings.place)
        other = {"other": named.pop("*")} if "*" in named else {}
        scale = {"by": by, "values": named, **other}
    _put(content, factor.scale.place, scale)


def _numbers(text: str, place: str) -> list[float]:
    return [number(item.strip(), place) for item in _BETWEEN.split(text) if item.strip()]


def _pairs(text: str, place: str) -> list[tuple[float, float]]:
    found = []
    for item in filter(str.strip, _BETWEEN.split(text)):
        sides = [side.strip() for side in _MAPS_TO.split(item)]
        if len(sides) != 2:
            raise Refused(
                _("A curve goes through points"), where=place, hint=_("Write it as 0→0; 24→50; 120→100"), code="typed"
            )
        found.append((number(sides[0], place), number(sides[1], place)))
    return found


def _named(text: str, place: str) -> dict[str, float]:
    found = {}
    for item in filter(str.strip, _BETWEEN.split(text)):
        name, _mark, points = item.rpartition("=")
        if not name.strip():
            hint = _("Write it as gold=80; silver=50; *=20, where * is every other value")
            raise Refused(_("Each value needs its points"), where=place, hint=hint, code="typed")
        found[name.strip()] = number(points.strip(), place)
    return found


def _put_weighing(content: dict[str, Any], branch: Branch, typed: Mapping[str, str]) -> None:
    place = branch.weighing.place
    by = typed.get(place, branch.weighing.value)
    node = _at(content, path_of(branch.place))
    if by == "ahp":
        asked = _compared(branch, typed)
        if branch.weighing.value != "ahp" or asked is not None or f"{place}.shown" in typed:
            matrix = asked or branch.matrix
            forced = f"{place}.force" in typed if f"{place}.shown" in typed else branch.forced
            node["weights"] = {"by": "ahp", "matrix": [[number(x, place) for x in row] for row in matrix]}
            node["weights"] |= {"force": True} if forced else {}
    elif by == "learned":
        outcome = typed.get(branch.outcome.place, branch.outcome.value).strip()
        method = typed.get(branch.method.place, branch.method.value)
        if (by, outcome, method) != (branch.weighing.value, branch.outcome.value, branch.method.value):
            node["weights"] = {"by": "learned", "outcome": outcome, "method": method}
    elif by != branch.weighing.value:
        node.pop("weights", None)
        if by != "hand":
            node["weights"] = by


def _compared(branch: Branch, typed: Mapping[str, str]) -> list[list[str]] | None:
    """The matrix as it was typed above the diagonal, the rest its inverse; None where nothing was changed."""
    size, place = len(branch.children), f"{branch.weighing.place}.matrix"
    matrix = [list(row) for row in branch.matrix]
    touched = False
    for i in range(size):
        for j in range(i + 1, size):
            name = f"{place}[{i}][{j}]"
            if name in typed and typed[name].strip() != matrix[i][j]:
                touched = True
                value = Fraction(number(typed[name].strip(), name)).limit_denominator(1000)
                if value <= 0:
                    raise Refused(
                        _("A comparison is above 0"), where=name, hint=_("1/9 to 9: 3 is three times"), code="typed"
                    )
                matrix[i][j], matrix[j][i] = str(value), str(1 / value)
    return matrix if touched else None


def _add_and_remove(content: dict[str, Any], place: str, size: int, typed: Mapping[str, str]) -> None:
    listed = _at(content, path_of(place))
    parent = _at(content, path_of(place)[:-1])
    weighing = parent.get("weights") if isinstance(parent, dict) else None
    matrix = weighing.get("matrix") if isinstance(weighing, dict) else None
    for i in reversed(range(size)):
        if f"{place}[{i}]{REMOVE}" in typed:
            del listed[i]
            if matrix:
                del matrix[i]
                for row in matrix:
                    del row[i]
    added = typed.get(f"{place}{ADD}", "").strip()
    new = [{"feature": added, "weight": 1}] if added else []
    for item in (*new, *_new_group(place, typed)):
        listed.append(item)
        if matrix:
            for row in matrix:
                row.append(1)
            matrix.append([1] * (len(matrix) + 1))


def _new_group(place: str, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The node to add below a node, with its first feature; nothing where neither is typed."""
    name, feature = (typed.get(f"{place}{GROUP}{part}", "").strip() for part in ("", ".feature"))
    if not name and not feature:
        return []
    _needed(name, f"{place}{GROUP}", _("A group needs a name"))
    _needed(feature, f"{place}{GROUP}.feature", _("A group begins with a feature"))
    return [{"name": name, "weight": 1, "children": [{"feature": feature, "weight": 1}]}]


def _change_rules(content: dict[str, Any], part: Part, typed: Mapping[str, str]) -> None:
    """Tests added to rules, a rule added before the one that catches everybody else, and rules taken out."""
    listed = _at(content, path_of(part.place))
    for rule in part.rules:
        _at(content, path_of(rule.place)).setdefault("when", []).extend(_new_test(rule.place, typed))
        if not _at(content, path_of(rule.place))["when"]:
            del _at(content, path_of(rule.place))["when"]
    place = f"{part.place}{RULE}"
    gives, tests = typed.get(place, "").strip(), _new_test(place, typed)
    for i in reversed(range(len(part.rules))):
        if f"{part.place}[{i}]{REMOVE}" in typed:
            del listed[i]
    if gives or tests:
        _needed(gives, place, _("A rule gives something"))
        if not tests:
            raise Refused(_("A rule asks for a feature"), where=f"{place}.feature", code="typed")
        last = bool(listed) and not listed[-1].get("when")
        key = path_of(part.rules[0].gives.place)[-1]
        listed.insert(len(listed) - last, {str(key): _plain(gives), "when": tests})


def _new_test(place: str, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The test typed at a rule, or at the row of a new one; nothing where no feature is typed."""
    feature, value = (typed.get(f"{place}.{part}", "").strip() for part in ("feature", "value"))
    if not feature:
        return []
    _needed(value, f"{place}.value", _("A test needs a value"))
    asks = typed.get(f"{place}.test", TESTS[0])
    if asks not in TESTS:
        raise Refused(_("A test is at_least, below or in"), where=f"{place}.test", code="typed")
    if asks == "in":
        return [{"feature": feature, "in": [item for item in _LIST.split(value) if item]}]
    return [{"feature": feature, asks: number(value, f"{place}.value")}]


def _needed(text: str, place: str, message: str) -> None:
    if not text:
        raise Refused(message, where=place, code="typed")
