"""What a view holds, for people and for conditions: names, types, units and meanings of its columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import ibis.expr.datatypes as dt

from yuelao.analytics.segmentation import LEVELS
from yuelao.conditions import Field, Fields, Kind
from yuelao.warehouse.features.family import Unbound
from yuelao.warehouse.features.registry import FEATURES
from yuelao.warehouse.features.view import build_view
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.tables import Tables
from yuelao.warehouse.views import scored_outputs

_KINDS: Mapping[str, Kind] = {
    "text": Kind.TEXT,
    "integer": Kind.NUMBER,
    "number": Kind.NUMBER,
    "money": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DATE,
    "timestamp": Kind.DATE,
}
_SCORED: Mapping[str, Kind] = {"number": Kind.NUMBER, "text": Kind.TEXT, "level": Kind.LEVEL}
_CONTACT_FACTS: Mapping[str, Kind] = {
    "contacts_today": Kind.NUMBER,
    "contacts_7d": Kind.NUMBER,
    "contacts_30d": Kind.NUMBER,
    "days_since_attempt": Kind.NUMBER,
    "days_since_conversation": Kind.NUMBER,
    "days_since_complaint": Kind.NUMBER,
    "days_since_refused_all": Kind.NUMBER,
    "do_not_call": Kind.BOOLEAN,
}


@dataclass(frozen=True)
class FeatureDescription:
    """A feature as people read it; `type` is one of the contract's types."""

    name: str
    family: str
    type: str
    unit: str
    en: str
    zh: str
    sources: tuple[str, ...]


@cache
def describe() -> tuple[FeatureDescription, ...]:
    """Every feature, in the order of the view's columns."""
    schema = build_view(Unbound(), date(2000, 1, 1)).schema()
    return tuple(
        FeatureDescription(f.name, f.family, _type_name(schema[f.name]), f.unit, f.en, f.zh, f.sources)
        for f in FEATURES.values()
    )


def view_fields(tables: Tables, with_levels: bool = True) -> Fields:
    """The fields a condition over the view may name: features, extra attributes, and what the models say.

    Of a lake that is what the newest view was scored with; value_score and value_level always.
    """
    fields = {feature.name: Field(_KINDS[feature.type]) for feature in describe()}
    fields |= {name: Field(_KINDS[extra.type]) for name, extra in tables.extras().items()}
    if with_levels:
        fields |= {"value_score": Field(Kind.NUMBER), "value_level": Field(Kind.LEVEL, LEVELS)}
        outputs = scored_outputs(tables) if isinstance(tables, Snapshot) else ()
        fields |= {output.name: Field(_SCORED[output.kind], output.levels) for output in outputs}
    return fields


def contact_fields() -> Fields:
    """The fields a condition of the contact policy may name: the columns of `contact_facts`."""
    return {name: Field(kind) for name, kind in _CONTACT_FACTS.items()}


def _type_name(dtype: dt.DataType) -> str:
    named = ((dt.Boolean, "boolean"), (dt.Integer, "integer"), (dt.Numeric, "number"), (dt.Date, "date"))
    return next((name for kind, name in named if isinstance(dtype, kind)), "text")
