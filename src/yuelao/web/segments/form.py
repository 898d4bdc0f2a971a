"""A definition as a form: its numbers and choices as fields, in the planner's words. Pure."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from yuelao.web.segments import words
from yuelao.web.segments.parts import CHOICE, NUMBER, PERCENT, TEXT, Branch, Factor, Field, Part, Rule, Test

TREE_WEIGHT, TREE_UNKNOWN = 1.0, 50.0
_PERCENTS = frozenset({"nulls", "known", "minimum_support"})
_SAID_ELSEWHERE = frozenset({"title", "name", "feature"})
_BEGIN_LEVELS, _SECOND_LEVEL = frozenset({"levels", "bounds"}), 2  # lists of where levels 2, 3, 4 and 5 begin
_TESTS = ("at_least", "below", "in")
_EVERY_OTHER = "*"


def parts_of(content: Mapping[str, Any], language: str) -> list[Part]:
    """The whole definition (without kind, name and title) as parts."""
    plain = {key: value for key, value in content.items() if not isinstance(value, dict | list)}
    found = [_part(key, value, key, language) for key, value in content.items() if key not in plain]
    if plain:
        fields = [field for key, value in plain.items() for field in _fields(key, value, key, language)]
        found.insert(0, Part("", words.label("general", language), fields=fields))
    return found


def plain_number(value: float) -> str:
    """A number as a field shows it."""
    return f"{value:.12g}"


def settings_text(scale: object) -> str:
    """What a scale needs beside its name, as one line: `0.01; 0.99`, `0→0; 24→50`, `gold=80; *=20`."""
    if not isinstance(scale, Mapping):
        return ""
    match scale.get("by"):
        case "minmax":
            return f"{plain_number(scale.get('low', 0.01))}; {plain_number(scale.get('high', 0.99))}"
        case "curve":
            return "; ".join(f"{plain_number(x)}→{plain_number(y)}" for x, y in scale.get("points", []))
        case "points":
            named = dict(scale.get("values", {})) | ({_EVERY_OTHER: scale["other"]} if "other" in scale else {})
            return "; ".join(f"{value}={plain_number(points)}" for value, points in named.items())
    return ""


def _part(key: str, value: Any, place: str, language: str) -> Part:
    title, hint = _title(key, value, language), words.hint(key, language)
    if isinstance(value, list):
        return _list_part(key, value, place, language, title, hint)
    if "children" in value:
        return Part(place, title, hint, branch=_branch(value, place, language, title, root=True))
    plain = {k: v for k, v in value.items() if k not in _SAID_ELSEWHERE and _is_plain(v)}
    nested = {k: v for k, v in value.items() if k not in _SAID_ELSEWHERE and k not in plain and not _is_texts(v)}
    shares = key == "cutoffs" and value.get("by", "share") == "share"
    fields = [f for k, v in plain.items() for f in _fields(k, v, f"{place}.{k}", language, shares)]
    if "feature" in value:
        title = f"{title}: {words.feature(value['feature'], language)}"
    below = [_part(k, v, f"{place}.{k}", language) for k, v in nested.items()]
    return Part(place, title, hint, fields=fields, parts=below, sums_to="100" if shares else "")


def _list_part(key: str, value: list[Any], place: str, language: str, title: str, hint: str) -> Part:
    if value and isinstance(value[0], dict) and "feature" in value[0]:
        factors = [_factor(item, f"{place}[{i}]", language) for i, item in enumerate(value)]
        return Part(place, title, hint, factors=factors)
    if value and isinstance(value[0], dict):
        rules = [_rule(item, f"{place}[{i}]", language) for i, item in enumerate(value)]
        return Part(place, title, hint, rules=rules)
    return Part(place, title, hint, fields=_fields(key, value, place, language), factors=None if value else [])


def _title(key: str, value: Any, language: str) -> str:
    own = value.get("title") if isinstance(value, dict) else None
    return own.get(language) or words.label(key, language) if isinstance(own, dict) else words.label(key, language)


def _fields(key: str, value: Any, place: str, language: str, shares: bool = False) -> list[Field]:
    """The fields of a plain value; a list of numbers has one for each."""
    title = words.label(place if place in words.KEYS else key, language)
    if isinstance(value, list) and value and all(isinstance(item, int | float) for item in value):
        level = words.label("level", language) if key in _BEGIN_LEVELS else title
        first = _SECOND_LEVEL if key in _BEGIN_LEVELS else 1
        return [
            Field(f"{place}[{i}]", f"{level} {first + i}", NUMBER, plain_number(item)) for i, item in enumerate(value)
        ]
    if isinstance(value, list):
        return [Field(place, title, TEXT, ", ".join(map(str, value)))]
    options = words.choices(key, language)
    if options and value in dict(options):
        return [Field(place, title, CHOICE, str(value), options)]
    if isinstance(value, bool):
        return [Field(place, title, TEXT, str(value).lower())]
    if isinstance(value, int | float):
        if shares or key in _PERCENTS:
            return [Field(place, title, PERCENT, plain_number(value * 100))]
        return [Field(place, title, NUMBER, plain_number(value))]
    return [Field(place, title, TEXT, "" if value is None else str(value))]


def _factor(item: Mapping[str, Any], place: str, language: str, tree: bool = False) -> Factor:
    weight = Field(f"{place}.weight", words.feature(item["feature"], language), NUMBER,
                   plain_number(item.get("weight", TREE_WEIGHT)))  # fmt: skip
    direction = Field(f"{place}.direction", words.label("direction", language), CHOICE, item.get("direction", "up"),
                      words.choices("direction", language))  # fmt: skip
    title = words.feature(item["feature"], language)
    if not tree:
        options = words.choices("factor_scale", language)
        scale = Field(f"{place}.scale", "scale", CHOICE, item.get("scale", "order" if "values" in item else "linear"),
                      options)  # fmt: skip
        order = Field(f"{place}.values", title, TEXT, ", ".join(map(str, item.get("values", []))))
        return Factor(place, title, weight, direction, scale, order)
    raw = item.get("scale", "percentile")
    by = raw if isinstance(raw, str) else str(raw.get("by", "percentile"))
    return Factor(
        place,
        title,
        weight,
        direction,
        Field(f"{place}.scale", "scale", CHOICE, by, words.choices("scale", language)),
        Field(f"{place}.scale.with", title, TEXT, settings_text(raw)),
        Field(f"{place}.unknown", words.label("unknown", language), NUMBER,
              plain_number(item.get("unknown", TREE_UNKNOWN))),
    )  # fmt: skip


def _branch(node: Mapping[str, Any], place: str, language: str, title: str, root: bool = False) -> Branch:
    children: list[Factor | Branch] = []
    for i, child in enumerate(node["children"]):
        at = f"{place}.children[{i}]"
        if "feature" in child:
            children.append(_factor(child, at, language, tree=True))
        else:
            children.append(_branch(child, at, language, words.label(child.get("name", str(i + 1)), language)))
    weighing = node.get("weights", "hand")
    by = weighing if isinstance(weighing, str) else weighing.get("by", "hand")
    given = {} if isinstance(weighing, str) else weighing
    weight = Field(f"{place}.weight", title, NUMBER, plain_number(node.get("weight", TREE_WEIGHT)))
    return Branch(
        place,
        title,
        None if root else weight,
        Field(f"{place}.weights", title, CHOICE, str(by), words.choices("weighing", language)),
        Field(f"{place}.weights.outcome", title, TEXT, str(given.get("outcome", ""))),
        Field(f"{place}.weights.method", title, CHOICE, str(given.get("method", "linear")),
              words.choices("method", language)),
        bool(given.get("force", False)),
        [child.title for child in children],
        _matrix(given.get("matrix"), len(children)),
        children,
    )  # fmt: skip


def _matrix(raw: Any, size: int) -> list[list[str]]:
    """The comparisons as they are typed; 1 where there are none yet."""
    rows = raw if isinstance(raw, list) and len(raw) == size else [[1] * size for _ in range(size)]
    return [[_ratio(rows[i][j]) for j in range(size)] for i in range(size)]


def _ratio(value: Any) -> str:
    """1/3 as a fraction, as planners write it."""
    if isinstance(value, str):
        return value
    fraction = Fraction(value).limit_denominator(9)
    simple = abs(float(fraction) - value) < 1e-3 and fraction.denominator > 1
    return f"{fraction.numerator}/{fraction.denominator}" if simple else plain_number(value)


def _rule(item: Mapping[str, Any], place: str, language: str) -> Rule:
    key = "gives" if "gives" in item else "why"
    gives = Field(f"{place}.{key}", words.label(key, language), TEXT, str(item.get(key, "")))
    tests = []
    for i, test in enumerate(item.get("when", [])):
        at = f"{place}.when[{i}]"
        asked = [f for k in _TESTS if k in test for f in _fields(k, test[k], f"{at}.{k}", language)]
        tests.append(Test(words.feature(test.get("feature", ""), language), asked))
    return Rule(place, gives, tests)


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return not any(isinstance(item, dict | list) for item in value) and bool(value)
    return not isinstance(value, dict)


def _is_texts(value: Any) -> bool:
    """A text in both languages, or a list of such: changed in the YAML."""
    if isinstance(value, list):
        return bool(value) and all(_is_texts(item) for item in value)
    return isinstance(value, dict) and set(value) == {"en", "zh"}
