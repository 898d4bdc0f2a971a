"""What a definition's keys and values are called on the page: data, in `words.yaml`."""

from collections.abc import Mapping, Sequence
from importlib.resources import files

import yaml

from yuelao.common.language import pick
from yuelao.warehouse.features import describe
from yuelao.workflows.describe_data import feature_title

_WORDS = yaml.safe_load(files(__package__).joinpath("words.yaml").read_text(encoding="utf-8"))
KEYS: Mapping[str, Mapping[str, str]] = _WORDS["keys"]
"""Key of a definition, or the whole place of one, → what it is called."""
KINDS: Mapping[str, Mapping[str, str]] = _WORDS["kinds"]
"""Kind of model → its name, and in `hint` one sentence."""


def label(key: str, language: str) -> str:
    """What the key is called; itself, in words, where it is the planner's own."""
    return pick(_WORDS["keys"][key], language) if key in _WORDS["keys"] else key.replace("_", " ")


def hint(key: str, language: str) -> str:
    """A sentence about the key, or nothing."""
    texts = _WORDS["keys"].get(key, {}).get("hint")
    return pick(texts, language) if texts else ""


def choices(key: str, language: str) -> Sequence[tuple[str, str]]:
    """The values that the key may have, with their names; none where it is not a choice."""
    return [(value, pick(texts, language)) for value, texts in _WORDS["choices"].get(key, {}).items()]


def kind(name: str, language: str) -> str:
    """What a kind of model is called."""
    return pick(KINDS[name], language)


def level(kind: str, name: str, language: str) -> str:
    """What a level of a model means, or nothing."""
    texts = _WORDS["levels"].get(kind, {}).get(name)
    return pick(texts, language) if texts else ""


def path(place: str, language: str) -> str:
    """A path of weights in words: `current_value.loyalty.tenure_months` → "Current value › Loyalty › Tenure"."""
    return " › ".join(_part(part, language) for part in place.split("."))


def place(key: str, language: str) -> str:
    """A key, or the way to one of a schema, in words: `funnel → 0 → keep` → "funnel › 1 › keep"."""
    if " → " not in key:
        return path(key, language)
    parts = [str(int(part) + 1) if part.isdigit() else label(part, language) for part in key.split(" → ")]
    return " › ".join(parts)


def _part(part: str, language: str) -> str:
    return label(part, language) if part in _WORDS["keys"] else feature(part, language)


def feature(name: str, language: str) -> str:
    """What a feature is called."""
    return pick(feature_title(name), language)


def all_features(language: str) -> list[tuple[str, str]]:
    """Every feature with what it is called, for choosing one."""
    return [(each.name, pick({"en": each.en, "zh": each.zh}, language)) for each in describe()]
