"""Describe the segments: how many customers the newest view has in each level of each model, and who they are."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from yuelao.analytics.evidence import Output
from yuelao.common.errors import NotFound, nearest
from yuelao.operations import audit, customers
from yuelao.operations.customers import ViewModelVersion
from yuelao.warehouse.remarks import Remarks, read_remarks
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.tables import KEY
from yuelao.warehouse.views import DATASET, SCORES, newest_view, read_view
from yuelao.workflows.check_definition import model_of
from yuelao.workflows.export_call_list import check_ending, write_table
from yuelao.workflows.house import House
from yuelao.workflows.read_decisions import masked_name

COLUMNS = ("customer", "name", "phone", "city", "level")
UNKNOWN = "none"
"""What stands for "no level" in addresses."""
_BATCH = 5_000


class Levels(BaseModel):
    """Customers by level of one output, in the order of `from_top`; `without` have none. Empty where no view has it."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: dict[str, str]
    counts: dict[str, int]
    without: int

    @property
    def total(self) -> int:
        """All customers, those without a level too."""
        return sum(self.counts.values()) + self.without


class Segments(BaseModel):
    """The models of the view by kind: definition (None where there is none) and levels of the newest view.

    remarks: what each did about the data of that view; a kind is missing where that was not kept. applied: the version
    that gave those levels; a kind is missing where that was not kept.
    """

    model_config = ConfigDict(frozen=True)

    as_of: date | None
    customers: int
    definitions: dict[str, ViewModelVersion | None]
    levels: dict[str, list[Levels]]
    remarks: dict[str, Remarks] = {}
    applied: dict[str, int] = {}

    def waits(self, kind: str) -> bool:
        """Whether what is saved gave no levels yet and counts from the next refresh; not where versions are unknown."""
        saved = self.definitions[kind]
        known = bool(self.applied) or self.as_of is None
        return saved is not None and known and saved.version != self.applied.get(kind)


class Member(BaseModel):
    """A customer of a level, masked."""

    model_config = ConfigDict(frozen=True)

    customer_id: str
    source_id: str
    name: str | None
    phone: str | None
    city: str | None


class Members(BaseModel):
    """A part of the customers of a level: `rows` from place `start` on, of `total`."""

    model_config = ConfigDict(frozen=True)

    title: dict[str, str]
    as_of: date
    start: int
    total: int
    rows: list[Member]


def describe_segments(house: House) -> Segments:
    """All models of the view, those without a definition too."""
    with house.database.transaction(read_only=True) as session:
        defined = {kind: customers.current_definition(session, kind) for kind in customers.KINDS}
    with house.lake.snapshot() as snapshot:
        if not snapshot.partitions(DATASET):
            return Segments(as_of=None, customers=0, definitions=defined, levels={kind: [] for kind in defined})
        as_of = newest_view(snapshot)
        remarks = read_remarks(snapshot, as_of)
        outputs = {kind: level_outputs(_giving(house, kind, remarks)) for kind in defined}
        total, levels = _counted(_scores(snapshot, as_of), outputs)
    return Segments(
        as_of=as_of, customers=total, definitions=defined, levels=levels, remarks=remarks, applied=_versions(remarks)
    )


def applied_definition(house: House, snapshot: Snapshot, kind: str) -> ViewModelVersion | None:
    """The definition that gave the levels of the newest view, None where it has none; the newest one where that was
    not kept.
    """
    return _giving(house, kind, read_remarks(snapshot, newest_view(snapshot)))


def _giving(house: House, kind: str, remarks: Mapping[str, Remarks]) -> ViewModelVersion | None:
    versions = _versions(remarks)
    with house.database.transaction(read_only=True) as session:
        if not versions:
            return customers.current_definition(session, kind)
        return customers.definition_at(session, kind, versions[kind]) if kind in versions else None


def _versions(remarks: Mapping[str, Remarks]) -> dict[str, int]:
    """The version of each definition that scored; trained models, which have none, are not named."""
    return {kind: each.version for kind, each in remarks.items() if isinstance(each.version, int)}


def lacking(house: House) -> Literal["customers", "view"] | None:
    """What there must be before levels can be counted, and is not there; None where nothing is missing."""
    with house.lake.snapshot() as snapshot:
        if snapshot.partitions(DATASET):
            return None
        return "view" if snapshot.has("customers") else "customers"


def level_outputs(version: ViewModelVersion | None) -> list[Output]:
    """The levels that a model gives."""
    return [] if version is None else [each for each in model_of(version.definition).outputs() if each.kind == "level"]


def from_top(levels: Sequence[str]) -> list[str]:
    """The levels as they are read from top to bottom: letters from A on, numbers from the highest.

    >>> from_top(("D", "C", "B2", "B1")), from_top(("A", "B")), from_top(("1", "2", "3"))
    (['B1', 'B2', 'C', 'D'], ['A', 'B'], ['3', '2', '1'])
    """
    return sorted(levels) if all(level[:1].isalpha() for level in levels) else sorted(levels, reverse=True)


def members(house: House, kind: str, output: str, level: str, start: int, length: int) -> Members:
    """At most `length` customers of the level, by customer id from place `start` on; NotFound names what is near."""
    with house.lake.snapshot() as snapshot:
        as_of, found, chosen = _of_level(house, snapshot, kind, output, level)
        total = int(chosen.count().to_pyarrow().as_py())
        ids = chosen.order_by(KEY).limit(length, offset=start).to_pyarrow()[KEY].to_pylist()
    title = {"en": found.en, "zh": found.zh}
    return Members(title=title, as_of=as_of, start=start, total=total, rows=_people(house, ids))


def export_members(house: House, kind: str, output: str, level: str, out: Path, by: str) -> int:
    """Write the customers of the level to `out` (.csv or .xlsx), masked, and note who took them; how many."""
    check_ending(out)
    with house.lake.snapshot() as snapshot:
        as_of, _found, chosen = _of_level(house, snapshot, kind, output, level)
        ids = chosen.order_by(KEY).to_pyarrow()[KEY].to_pylist()
    parts = (ids[i : i + _BATCH] for i in range(0, len(ids), _BATCH))
    people = (person for part in parts for person in _people(house, part))
    write_table(out, COLUMNS, ([p.source_id, p.name or "", p.phone or "", p.city or "", level] for p in people))
    with house.database.transaction() as session:
        details = {"output": output, "level": level, "as_of": str(as_of), "rows": len(ids)}
        audit.record(session, by, "segment.export", kind, details, house.now())
    return len(ids)


def _scores(snapshot: Snapshot, as_of: date) -> Any:
    """What the models say of each customer, without the hundreds of features beside it."""
    day = as_of.isoformat()
    return snapshot.dataset(SCORES, day) if day in snapshot.partitions(SCORES) else read_view(snapshot, as_of)


def _counted(scores: Any, outputs: Mapping[str, Sequence[Output]]) -> tuple[int, dict[str, list[Levels]]]:
    """How many customers there are, and by kind those of each level that the scores have; in one pass."""
    known = {kind: [each for each in found if each.name in scores.columns] for kind, found in outputs.items()}
    sums = {"all": scores.count()}
    for output in (each for found in known.values() for each in found):
        column = scores[output.name]
        sums |= {f"{output.name} {level}": scores[KEY].count(where=column == level) for level in output.levels}
        sums[f"{output.name} without"] = scores[KEY].count(where=column.isnull())
    [row] = scores.aggregate(**sums).to_pyarrow().to_pylist()
    return row["all"], {kind: [_levels(each, row) for each in found] for kind, found in known.items()}


def _levels(output: Output, row: Mapping[str, int]) -> Levels:
    return Levels(
        name=output.name,
        title={"en": output.en, "zh": output.zh},
        counts={level: row[f"{output.name} {level}"] for level in from_top(output.levels)},
        without=row[f"{output.name} without"],
    )


def _of_level(house: House, snapshot: Snapshot, kind: str, output: str, level: str) -> tuple[date, Output, Any]:
    """The day, the output, and the customers of the newest view who have the level."""
    known = {each.name: each for each in level_outputs(applied_definition(house, snapshot, kind))}
    as_of = newest_view(snapshot)
    view = read_view(snapshot, as_of)
    if output not in known or output not in view.columns:
        raise NotFound("The view has no such level", where=output, hint=nearest(output, list(known)))
    names = [*known[output].levels, UNKNOWN]
    if level not in names:
        raise NotFound("There is no such level", where=level, hint=nearest(level, names))
    column = view[output]
    return as_of, known[output], view.filter(column.isnull() if level == UNKNOWN else column == level).select(KEY)


def _people(house: House, ids: list[str]) -> list[Member]:
    with house.database.transaction(read_only=True) as session:
        known = {each.customer_id: each for each in customers.identities(session, ids)}
    return [
        Member(
            customer_id=key,
            source_id=found.source_id,
            name=masked_name(found.name),
            phone=found.masked_phone,
            city=found.city,
        )
        for key in ids
        if (found := known.get(key))
    ]
