"""The rules file of a rehearsal: how the usage files are read, which months are billed, how plans round and charge."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Setting

from yuelao.common.errors import Refused, nearest
from yuelao.warehouse.contract import CONTRACT, Contract, read_contract
from yuelao.warehouse.mapping import ColumnMapping, TableMapping, TableSource, check_table
from yuelao.warehouse.places import PlacedYaml, read_placed
from yuelao.warehouse.units import factor

USAGE = ("calls", "data", "messages")
FILES = (*USAGE, "users", "plans")
_BLOCK_UNITS = {"voice": "seconds", "data": "KB"}
_READING = ("encoding", "separator", "quote", "dates", "nulls")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Voice(_Part):
    block: str = "1 second"
    per: Literal["call", "month"] = "call"
    missed: Literal["free", "block"] = "free"


class _Data(_Part):
    block: str = "1 KB"
    per: Literal["session", "month"] = "month"


class _Rating(_Part):
    voice: _Voice = _Voice()
    data: _Data = _Data()


class _Document(_Part):
    rules: Annotated[str, Setting(min_length=1)]
    months: Literal["used", "subscribed"]
    currency: Annotated[str, Setting(pattern="^[a-z]+$")] = "yuan"
    defaults: dict[str, Any] = {}
    calls: TableMapping | None = None
    data: TableMapping | None = None
    messages: TableMapping | None = None
    users: TableMapping
    plans: TableMapping
    rating: _Rating = _Rating()


@dataclass(frozen=True)
class Rules:
    """Checked rules. `sources`: how each file is read. `rounding`: per service what a plan's definition says of it
    (`block` in steps, `per`, `missed`) where the plans file does not. `months`: used or subscribed."""

    sources: Mapping[str, TableSource]
    months: str
    rounding: Mapping[str, Mapping[str, object]]
    place: str


def read_rules(path: Path) -> Rules:
    """Read and check the rules at `path`; Refused names the line, what is wrong with it and what is near."""
    yaml = read_placed(path)
    if not isinstance(yaml.content, dict):
        hint = "It needs `rules:`, `months:`, `users:`, `plans:`"
        raise Refused("Rules are a set of keys", where=yaml.where(), hint=hint)
    try:
        document = _Document.model_validate(_completed(yaml.content, yaml))
    except ValidationError as error:
        raise _refusal(error, yaml) from error
    contract = _contract()
    given = {name: getattr(document, name) for name in FILES}
    sources = {name: check_table(entry, yaml, (name,), contract) for name, entry in given.items() if entry is not None}
    rating = document.rating
    rounding: dict[str, dict[str, object]] = {
        "voice": {"block": _block(rating.voice.block, "voice", yaml), "per": rating.voice.per},
        "data": {"block": _block(rating.data.block, "data", yaml), "per": rating.data.per},
    }
    if rating.voice.per == "call":
        rounding["voice"]["missed"] = rating.voice.missed
    elif rating.voice.missed == "block":
        where = yaml.where("rating", "voice", "missed")
        raise Refused("Missed calls cost a block only where calls are rounded one by one", where=where)
    return Rules(sources, document.months, rounding, yaml.where())


def _contract() -> Contract:
    """The usage tables, and the contract's plans."""
    own = read_contract(files(__package__).joinpath("files.yaml").read_text(encoding="utf-8"))
    return Contract({**own.tables, "plans": CONTRACT.tables["plans"]})


def _completed(content: dict[str, Any], yaml: PlacedYaml) -> dict[str, Any]:
    """The content with each file's table named, the defaults in each, and the currency as the yuan of the units."""
    defaults = content.get("defaults", {})
    if isinstance(defaults, dict):
        for key in defaults:
            if key not in _READING:
                hint = nearest(str(key), list(_READING))
                raise Refused(f"{key!r} is not known here", where=yaml.where("defaults", key), hint=hint)
    found = dict(content)
    for name in FILES:
        entry = content.get(name)
        if isinstance(entry, dict):
            for key in ("table", "files"):
                if key in entry:
                    raise Refused(f"{key!r} is not a key of the rules", where=yaml.where(name, key), hint="Remove it")
            usable = defaults if isinstance(defaults, dict) else {}
            named = {"table": name, "files": name}
            found[name] = {**usable, **entry, **named, "columns": _in_yuan(entry.get("columns"), content)}
    return found


def _in_yuan(columns: object, content: Mapping[str, Any]) -> object:
    currency = str(content.get("currency", "yuan"))
    if not isinstance(columns, dict):
        return columns
    found = dict(columns)
    for name, column in columns.items():
        if isinstance(column, dict) and isinstance(column.get("unit"), str):
            unit = re.sub(rf"^{re.escape(currency)}(?=/|$)", "yuan", column["unit"])
            found[name] = {**column, "unit": unit}
    return found


def _block(text: str, service: str, yaml: PlacedYaml) -> int:
    """A block like `1 minute` or `1 GB` in seconds or KB."""
    where, step = yaml.where("rating", service, "block"), _BLOCK_UNITS[service]
    matched = re.fullmatch(r"\s*([0-9]+)\s*([A-Za-z]+)\s*", text)
    unit = matched[2] if matched else ""
    if service == "voice" and unit and not unit.endswith("s"):
        unit += "s"
    try:
        size = int(matched[1]) * factor(unit, step) if matched else 0.0
    except ValueError:
        size = 0.0
    if size < 1 or not float(size).is_integer():
        hint = "Say it as `1 minute` or `6 seconds`" if service == "voice" else "Say it as `1 GB`, `1 MB` or `64 KB`"
        raise Refused(f"{text!r} is no block to round up to", where=where, hint=hint)
    return int(size)


def _refusal(error: ValidationError, yaml: PlacedYaml) -> Refused:
    """The most telling problem as one line: a misspelt key explains a missing one."""
    first = min(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
    place = [step for step in first["loc"] if step not in ("function-before", "constrained-str")]
    if first["type"] == "extra_forbidden":
        known = list(_model_at(place).model_fields)
        hint = nearest(str(place[-1]), [key for key in known if key not in ("table", "files", "extras")])
        return Refused(f"{str(place[-1])!r} is not a key of the rules", where=yaml.where(*place), hint=hint)
    if first["type"] == "missing":
        return Refused(f"{str(place[-1])!r} is missing", where=yaml.where(*place[:-1]), hint="Add it")
    said = first["msg"].removeprefix("Value error, ")
    return Refused(f"{place[-1] if place else 'rules'}: {said}", where=yaml.where(*place), hint="Correct it")


def _model_at(place: list[int | str]) -> type[BaseModel]:
    ratings: dict[str, type[BaseModel]] = {"voice": _Voice, "data": _Data}
    if len(place) == 1:
        return _Document
    if place[0] == "rating":
        return ratings.get(str(place[1]), _Rating) if len(place) > 2 else _Rating
    return TableMapping if len(place) == 2 else ColumnMapping
