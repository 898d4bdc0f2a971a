"""Reading the parts of a model's definition: every refusal names the place, as in `tree.children[1].weight`."""

from collections.abc import Mapping, Sequence
from math import isfinite

from yuelao.common.errors import Refused, nearest

CODE = "definition"


def wrong(message: str, place: str, hint: str) -> Refused:
    """The refusal of a definition, to be raised."""
    return Refused(message, where=place, hint=hint, code=CODE)


def mapping(raw: object, place: str, keys: Sequence[str] = (), needed: Sequence[str] = ()) -> dict[str, object]:
    """A mapping with text keys; with `keys`, no others, and all `needed` ones. Refused otherwise.

    >>> mapping({"feature": "age"}, "tree", ["feature", "weight"])
    {'feature': 'age'}
    """
    if not isinstance(raw, Mapping):
        raise wrong("A mapping is needed here", place, f"With {', '.join(keys)}" if keys else "As in name: value")
    content = {str(key): value for key, value in raw.items()}
    for key in content:
        if keys and key not in keys:
            raise wrong(f"Unknown key {key}", place, nearest(key, list(keys)))
    for key in needed:
        if key not in content:
            raise wrong(f"{key} is missing", place, f"As in {key}: …")
    return content


def items(raw: object, place: str, least: int = 1) -> list[object]:
    """A list of at least `least` items. Refused otherwise."""
    if not isinstance(raw, list | tuple) or len(raw) < least:
        raise wrong(f"A list of at least {least} is needed here", place, "As in [a, b]")
    return list(raw)


def number(
    content: Mapping[str, object], key: str, place: str, default: float | None = None, least: float = float("-inf"),
    most: float = float("inf"),
) -> float:  # fmt: skip
    """The finite number at a key, from `least` to `most`; without it `default`. Refused otherwise."""
    return as_number(content.get(key, default), f"{place}.{key}", least, most)


def as_number(raw: object, place: str, least: float = float("-inf"), most: float = float("inf")) -> float:
    """The value as a finite number from `least` to `most`. Refused otherwise.

    >>> as_number(2, "weight", least=0)
    2.0
    """
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not isfinite(raw):
        raise wrong(f"A number is needed here, not {raw!r}", place, "As in 0.4")
    if not least <= raw <= most:
        limits = f"from {least:g} up" if most == float("inf") else f"between {least:g} and {most:g}"
        raise wrong(f"{raw:g} is not {limits}", place, f"Give a number {limits}")
    return float(raw)


def whole(
    content: Mapping[str, object], key: str, place: str, default: int | None = None, least: int = 0,
    most: float = float("inf"),
) -> int:  # fmt: skip
    """The whole number at a key. Refused otherwise."""
    value = number(content, key, place, default, least, most)
    if value != int(value):
        raise wrong(f"A whole number is needed here, not {value:g}", f"{place}.{key}", f"As in {int(value)}")
    return int(value)


def name(raw: object, place: str) -> str:
    """A text that is not empty. Refused otherwise."""
    if not isinstance(raw, str) or not raw:
        raise wrong(f"A name is needed here, not {raw!r}", place, "As in arpu_3m")
    return raw


def choice(content: Mapping[str, object], key: str, place: str, known: Sequence[str], default: str = "") -> str:
    """One of the known words at a key; without it `default`, or the first. Refused otherwise."""
    value = content.get(key, default or known[0])
    if value not in known:
        raise wrong(f"{key} cannot be {value!r}", f"{place}.{key}", nearest(str(value), list(known)))
    return str(value)


def flag(content: Mapping[str, object], key: str, place: str, default: bool = False) -> bool:
    """The boolean at a key. Refused otherwise."""
    value = content.get(key, default)
    if not isinstance(value, bool):
        raise wrong(f"{key} is true or false, not {value!r}", f"{place}.{key}", "As in true")
    return value


def texts(raw: object, place: str) -> tuple[str, str]:
    """The English and the Chinese of `{en, zh}`. Refused otherwise."""
    content = mapping(raw, place, ["en", "zh"], ["en", "zh"])
    return name(content["en"], f"{place}.en"), name(content["zh"], f"{place}.zh")
