"""The mapping: how somebody's files become the tables of the contract. Read from YAML and checked to the last key."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic import Field as Setting

from yuelao.common.errors import Refused, nearest
from yuelao.warehouse.contract import CONTRACT, Contract, Field, Table
from yuelao.warehouse.expressions import Expression, column_expression, parse_expression
from yuelao.warehouse.places import PlacedYaml, read_placed
from yuelao.warehouse.units import factor, units_for

NULLS = ("", "\\N", "NULL", "null")
_ENCODINGS = {"utf8": "utf-8", "gbk": "gb18030", "gb2312": "gb18030"}
_FORMATS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".parquet": "parquet"}

Texts = Annotated[tuple[str, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)]
Encoding = Annotated[
    Literal["utf-8", "gb18030"],
    BeforeValidator(lambda given: _ENCODINGS.get(str(given).lower(), str(given).lower())),
]
Separator = Annotated[
    str, Setting(pattern=r"^[\x01-\x7f]$"), BeforeValidator(lambda s: "\t" if s in ("tab", "\\t") else s)
]
Quote = Annotated[str, Setting(pattern="^[\"']?$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnMapping(_Part):
    """Where a field comes from: one source column, or an expression over several; and how it is read."""

    column: str = ""
    expression: str = ""
    codes: dict[str, str] = {}
    unit: str = ""
    dates: Texts = ()
    thousands: bool = False

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        return {"column": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _one_origin(self) -> "ColumnMapping":
        if bool(self.column) == bool(self.expression):
            raise ValueError("give either a column or an expression")
        return self


class ExtraMapping(ColumnMapping):
    """An attribute of the customer outside the contract."""

    type: Literal["text", "integer", "number", "money", "boolean", "date", "timestamp"]
    en: str
    zh: str = ""


class _Reading(_Part):
    """How files are read; the `defaults` of a mapping say it for all its tables."""

    encoding: Encoding = "utf-8"
    separator: Separator = ","
    quote: Quote = '"'
    dates: Texts = ()
    nulls: Texts = NULLS


class TableMapping(_Reading):
    """Files that hold rows of one table of the contract."""

    table: str
    files: str
    format: Literal["", "csv", "xlsx", "parquet"] = ""
    sheet: str = ""
    where: str = ""
    columns: dict[str, ColumnMapping]
    extras: dict[str, ExtraMapping] = {}


class _Document(_Part):
    source: Annotated[str, Setting(min_length=1)]
    today: date | None = None
    defaults: _Reading = _Reading()
    tables: Annotated[list[TableMapping], Setting(min_length=1)]


@dataclass(frozen=True)
class FieldSource:
    """One field of the contract (or extra), and how its value comes from a row of the source."""

    field: Field
    expression: Expression
    mapping: ColumnMapping
    factor: float
    dates: tuple[str, ...]
    where: str


@dataclass(frozen=True)
class TableSource:
    """One `tables` entry of a mapping, checked: the contract table, how to read its files, and each of its fields."""

    table: Table
    reading: TableMapping
    fields: tuple[FieldSource, ...]
    extras: tuple[str, ...]
    row_filter: Expression | None
    where: str

    def format_of(self, file: Path) -> str:
        """csv, xlsx or parquet: as the mapping says, else by the suffix."""
        known = self.reading.format or _FORMATS.get(file.suffix.lower(), "")
        if not known:
            hint = "Say `format: csv`, `xlsx` or `parquet`"
            raise Refused(f"The format of {file.name} is not known", where=self.where, hint=hint)
        return known


@dataclass(frozen=True)
class Mapping:
    """A checked mapping; the files of its tables are looked up from `folder`."""

    source: str
    folder: Path
    today: date | None
    tables: tuple[TableSource, ...]


def read_mapping(path: Path) -> Mapping:
    """Read and check the mapping at `path`; Refused names the line, what is wrong with it and what is near."""
    yaml = read_placed(path)
    if not isinstance(yaml.content, dict):
        raise Refused("A mapping is a set of keys", where=yaml.where(), hint="It needs `source:` and `tables:`")
    try:
        document = _Document.model_validate(_with_defaults(yaml.content))
    except ValidationError as error:
        raise _refusal(error, yaml) from error
    tables = tuple(check_table(entry, yaml, ("tables", index)) for index, entry in enumerate(document.tables))
    return Mapping(document.source, path.resolve().parent, document.today, tables)


def _with_defaults(content: dict[str, Any]) -> dict[str, Any]:
    defaults, tables = content.get("defaults"), content.get("tables")
    if not isinstance(defaults, dict) or not isinstance(tables, list):
        return content
    usable = {name: value for name, value in defaults.items() if name in _Reading.model_fields}
    return {**content, "tables": [{**usable, **table} if isinstance(table, dict) else table for table in tables]}


def _refusal(error: ValidationError, yaml: PlacedYaml) -> Refused:
    """The most telling problem of a document as one line: a misspelt key explains a missing one."""
    first = min(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
    place = [step for step in first["loc"] if step not in ("function-before", "constrained-str")]
    if first["type"] == "extra_forbidden":
        model = TableMapping if len(place) == 3 and place[0] == "tables" else _model_at(place)
        hint = nearest(str(place[-1]), list(model.model_fields))
        return Refused(f"{str(place[-1])!r} is not a key of a mapping", where=yaml.where(*place), hint=hint)
    if first["type"] == "missing":
        return Refused(f"{str(place[-1])!r} is missing", where=yaml.where(*place[:-1]), hint="Add it")
    said = first["msg"].removeprefix("Value error, ")
    return Refused(f"{place[-1] if place else 'mapping'}: {said}", where=yaml.where(*place), hint="Correct it")


def _model_at(place: list[str | int]) -> type[BaseModel]:
    if len(place) == 1:
        return _Document
    if place[0] == "defaults":
        return _Reading
    return ExtraMapping if "extras" in place else ColumnMapping


def check_table(
    entry: TableMapping, yaml: PlacedYaml, here: tuple[str | int, ...], contract: Contract = CONTRACT
) -> TableSource:
    """Check the entry that stands at `here` against its table of the contract; Refused names line and place."""
    table = contract.table(entry.table, where=yaml.where(*here, "table"))
    fields = [
        _contract_field(table, name, column, entry, yaml.where(*here, "columns", name))
        for name, column in entry.columns.items()
    ]
    for name, field in table.fields.items():
        if field.required and name not in entry.columns and name != table.own_id:
            hint = f"Say under `columns:` where {name} comes from"
            raise Refused(f"{table.name} needs {name} ({field.en})", where=yaml.where(*here), hint=hint)
    if entry.extras and table.name != "customers":
        hint = "Extra attributes belong under the table customers"
        raise Refused(f"{table.name} cannot have extras", where=yaml.where(*here, "extras"), hint=hint)
    fields += [
        _extra_field(name, extra, entry, yaml.where(*here, "extras", name)) for name, extra in entry.extras.items()
    ]
    place = yaml.where(*here, "where")
    row_filter = parse_expression(entry.where, place) if entry.where else None
    return TableSource(table, entry, tuple(fields), tuple(entry.extras), row_filter, yaml.where(*here))


def _contract_field(table: Table, name: str, column: ColumnMapping, entry: TableMapping, where: str) -> FieldSource:
    if name not in table.fields:
        raise Refused(f"{table.name} has no field {name!r}", where=where, hint=nearest(name, list(table.fields)))
    field = table.fields[name]
    for target in column.codes.values():
        if field.codes and target and target not in field.codes:
            raise Refused(f"{name} has no code {target!r}", where=where, hint=nearest(target, list(field.codes)))
    return _field_source(field, column, entry, where)


def _extra_field(name: str, extra: ExtraMapping, entry: TableMapping, where: str) -> FieldSource:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        hint = "Use small letters, digits and underscores, a letter first"
        raise Refused(f"{name!r} cannot be the name of an attribute", where=where, hint=hint)
    if name in CONTRACT.tables["customers"].fields:
        raise Refused(f"{name} is a field of the contract", where=where, hint="Put it under `columns:`")
    return _field_source(Field(name, extra.type, extra.en, extra.zh or extra.en), extra, entry, where)


def _field_source(field: Field, column: ColumnMapping, entry: TableMapping, where: str) -> FieldSource:
    try:
        scale = factor(column.unit, field.unit) if column.unit else 1.0
    except ValueError as error:
        hint = f"Units of {field.name}: {', '.join(units_for(field.unit)) or 'none'}"
        raise Refused(f"The unit {column.unit!r} does not fit {field.name}", where=where, hint=hint) from error
    if scale != 1.0 and field.type not in ("number", "money"):
        raise Refused(f"{field.name} is counted, not measured", where=where, hint="Remove `unit:`")
    origin = column_expression(column.column) if column.column else parse_expression(column.expression, where)
    return FieldSource(field, origin, column, scale, column.dates or entry.dates, where)
