"""Tables of the contract given as rows, in an engine of their own: what a snapshot is to the code under test."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from yuelao.warehouse.contract import CONTRACT, Field
from yuelao.warehouse.lake import Lake

Row = Mapping[str, object]
FAMILY = "family"
"""A plan for two lines of one person, dear for one."""
_VALUES: Mapping[str, object] = {"text": "x", "integer": 3, "number": 7.5, "money": 12, "boolean": True}


class Given:
    """The contract's tables with the given rows; what a row leaves out is null."""

    def __init__(self, extras: Mapping[str, Field] | None = None, /, **rows: Sequence[Row]) -> None:
        self._extras = extras or {}
        self._rows = rows
        self._engine = ibis.duckdb.connect()
        self._tables: dict[str, ir.Table] = {}

    def table(self, name: str) -> ir.Table:
        if name not in self._tables:
            further = {extra.name: extra.ibis_type for extra in self._extras.values()} if name == "customers" else {}
            schema = ibis.schema({**CONTRACT.table(name).schema, **further}).to_pyarrow()
            rows = pa.Table.from_pylist([dict(row) for row in self._rows.get(name, ())], schema=schema)
            self._tables[name] = self._engine.create_table(name, ibis.memtable(rows))
        return self._tables[name]

    def has(self, name: str) -> bool:
        return bool(self._rows.get(name))

    def extras(self) -> Mapping[str, Field]:
        return self._extras


def row(name: str, customer_id: str, moment: datetime) -> dict[str, object]:
    """A row of a table with every field filled, whose every time is `moment`."""
    return {field.name: _value(field, customer_id, moment) for field in CONTRACT.table(name).lake_fields.values()}


def _value(field: Field, customer_id: str, moment: datetime) -> object:
    if field.name in ("customer_id", "person_id"):
        return customer_id
    if field.type in ("date", "timestamp"):
        return moment if field.type == "timestamp" else _day(field, moment)
    return field.codes[0] if field.codes else _VALUES[field.type]


def _day(field: Field, moment: datetime) -> date | None:
    if field.name in ("ended_on", "contract_until"):
        return None
    return moment.date().replace(day=1) if field.unit == "month" else moment.date()


def by_customer(table: ir.Table) -> dict[str, dict[str, object]]:
    """The rows of a table by customer_id."""
    return {found.pop("customer_id"): found for found in table.to_pyarrow().to_pylist()}


def offer_family_plan(lake: Lake) -> None:
    """Add a plan to the catalogue that two lines of one person share."""
    prices = {"voice_overage_price": 0.1, "data_overage_price": 0.01, "sms_overage_price": 0.1}
    bundle = {"voice_minutes": 500, "data_mb": 20_000.0, "sms_count": 0}
    fee = {"plan_id": FAMILY, "monthly_fee": 80.0, "shared_lines": 2, "on_sale": True}
    lake.upsert("plans", pa.Table.from_pylist([fee | bundle | prices]))
