"""The data contract: the canonical tables and fields that every source is mapped to, read from `contract.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import yaml

from yuelao.common.errors import NotFound, nearest

SQL_TYPES: Mapping[str, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "money": "DECIMAL(18, 2)",  # exact: sums are the same whatever the order of the rows, to the last fen
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}
"""The types of the contract as the engine's SQL knows them."""

_IBIS_TYPES: Mapping[str, dt.DataType] = {
    "text": dt.string,
    "integer": dt.int64,
    "number": dt.float64,
    "money": dt.Decimal(18, 2),
    "boolean": dt.boolean,
    "date": dt.date,
    "timestamp": dt.Timestamp(scale=6),
}


@dataclass(frozen=True)
class Field:
    """One field of a table, or one extra attribute of the customer; `contract.yaml` explains each part."""

    name: str
    type: str
    en: str
    zh: str
    unit: str = ""
    required: bool = False
    identity: bool = False
    codes: tuple[str, ...] = ()
    after_call: bool = False
    past: bool = False
    least: float | None = None
    most: float | None = None

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]

    @property
    def ibis_type(self) -> dt.DataType:
        return _IBIS_TYPES[self.type]


@dataclass(frozen=True)
class Table:
    """One table of the contract."""

    name: str
    en: str
    zh: str
    key: tuple[str, ...]
    fields: Mapping[str, Field]
    known: tuple[str, int] | None = None
    partition: str | None = None

    @property
    def lake_fields(self) -> dict[str, Field]:
        """The fields kept in the lake: all but the identities."""
        return {name: field for name, field in self.fields.items() if not field.identity}

    @property
    def register_day(self) -> str | None:
        """The part of the key that a row may lack, the day a register was read; None where all of the key is needed."""
        return next((name for name in self.key if not self.fields[name].required), None)

    @property
    def schema(self) -> ibis.Schema:
        """The ibis schema of the table in the lake."""
        return ibis.schema({name: field.ibis_type for name, field in self.lake_fields.items()})

    @property
    def own_id(self) -> str | None:
        """The id of an event that a source may lack, because it can be made from the row's values; else None."""
        is_event = "customer_id" in self.fields and len(self.key) == 1
        return self.key[0] if is_event else None


@dataclass(frozen=True)
class Contract:
    """All tables by name."""

    tables: Mapping[str, Table]

    def table(self, name: str, where: str = "") -> Table:
        """The table called `name`; NotFound names the nearest."""
        if name not in self.tables:
            raise NotFound(f"The contract has no table {name!r}", where=where, hint=nearest(name, list(self.tables)))
        return self.tables[name]


def _field(name: str, raw: dict[str, Any]) -> Field:
    return Field(name=name, **{**raw, "codes": tuple(raw.get("codes", ()))})


def _table(name: str, raw: dict[str, Any]) -> Table:
    known = raw.get("known")
    return Table(
        name=name,
        en=raw["en"],
        zh=raw["zh"],
        key=tuple(raw["key"]),
        fields={field: _field(field, described) for field, described in raw["fields"].items()},
        known=(known[0], known[1]) if known else None,
        partition=raw.get("partition"),
    )


def read_contract(text: str) -> Contract:
    """The tables that `text`, written as `contract.yaml` is, describes."""
    raw = yaml.safe_load(text)
    return Contract({name: _table(name, described) for name, described in raw["tables"].items()})


CONTRACT = read_contract(files(__package__).joinpath("contract.yaml").read_text(encoding="utf-8"))
"""The contract of this version of Yuelao."""
