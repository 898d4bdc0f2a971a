"""What of an earlier view still holds on another day: which customers' rows are seen as they were then.

A customer's features of a table change when a load touched their rows, or when a row crossed one of the days that
features are narrowed by: it became known, left a window, ended. All others keep their values, and days since something
grow by the days between. What comes out equals the view built from scratch.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import islice

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from yuelao.warehouse.buckets import Bucket
from yuelao.warehouse.features.earlier import Earlier
from yuelao.warehouse.features.family import Pass
from yuelao.warehouse.features.registry import PASSES
from yuelao.warehouse.features.view import known_customers
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.tables import KEY
from yuelao.warehouse.views import DATASET

ORIGINS = "origins"
"""The dataset that tells what each view was built of."""
_WORTH = 0.3  # beyond this share of the customers, computing a pass for all costs less than telling them apart
_TRIED = 2  # views that are asked what can be taken over: each costs a look at the times of all rows
_CODE = ("yuelao.common", "yuelao.analytics", "yuelao.warehouse")
_ENGINES = ("ibis-framework", "duckdb")


@dataclass(frozen=True)
class Origin:
    """What a view is built of.

    made_by: a digest of the code and of the extra attributes. loads: table → the last load of it. sources: table →
    whether it had any row by the day of the view.
    """

    made_by: str
    loads: Mapping[str, str]
    sources: Mapping[str, bool]

    def rows(self) -> pa.Table:
        """As the dataset ORIGINS keeps it."""
        return pa.table({"origin": [json.dumps(asdict(self))]})


@dataclass(frozen=True)
class Reuse:
    """The view of `day` to build the one of `as_of` on.

    touched: (customer_id, computed_by) of those for whom a pass is computed anew. customers: how many that are, by the
    name of the pass; a pass that is not named is computed for everybody.
    """

    view: ir.Table
    day: date
    as_of: date
    touched: ir.Table
    customers: Mapping[str, int]

    def within(self, bucket: Bucket) -> Earlier:
        """The part of one bucket."""
        days = (self.as_of - self.day).days
        return Earlier(bucket.of(self.view), days, bucket.of(self.touched), self.customers.keys())


def origin_of(snapshot: Snapshot, sources: Mapping[str, bool]) -> Origin:
    """What a view is built of now; sources: what `features.known_sources` says for its day."""
    extras = {name: field.type for name, field in snapshot.extras().items()}
    made_by = hashlib.sha256(f"{_code()} {json.dumps(extras, sort_keys=True)}".encode()).hexdigest()
    return Origin(made_by, snapshot.last_changes(), dict(sources))


def find_reuse(snapshot: Snapshot, as_of: date, origin: Origin) -> Reuse | None:
    """The nearest built view that one of `as_of` and this origin can take something over from; None where none can."""
    days = sorted(map(date.fromisoformat, snapshot.partitions(ORIGINS)), key=lambda day: (abs(day - as_of), day))
    alike = ((day, before) for day in days if (before := _read_origin(snapshot, day, origin.made_by)))
    tried = (_reuse(snapshot, day, as_of, before, origin) for day, before in islice(alike, _TRIED))
    return next((reuse for reuse in tried if reuse), None)


def _read_origin(snapshot: Snapshot, day: date, made_by: str) -> Origin | None:
    """What the view of the day was built of, where the same code made it."""
    [row] = snapshot.rows(ORIGINS, day.isoformat()).to_pylist()
    content = json.loads(row["origin"])
    return Origin(**content) if content["made_by"] == made_by else None


def _reuse(snapshot: Snapshot, day: date, as_of: date, before: Origin, origin: Origin) -> Reuse | None:
    view = snapshot.dataset(DATASET, day.isoformat())
    people = snapshot.engine.keep(known_customers(snapshot, as_of))
    new = people.anti_join(view, KEY)
    touched = {
        each.name: ibis.union(new, ids.semi_join(people, KEY), distinct=True).mutate(
            computed_by=ibis.literal(each.name)
        )
        for each in PASSES[1:]
        if each.name in origin.sources
        and origin.sources[each.name] == before.sources.get(each.name)
        and (ids := _touched(snapshot, each, before.loads[each.name], day, as_of)) is not None
    }
    customers = _worth(touched, _WORTH * people.count().to_pyarrow().as_py())
    if not customers:
        return None
    kept = snapshot.engine.keep(_together([touched[name] for name in customers]))
    return Reuse(view, day, as_of, kept, customers)


def _worth(touched: Mapping[str, ir.Table], most: float) -> dict[str, int]:
    """How many customers each pass touches, where they are not more than `most`."""
    if not touched:
        return {}
    every = _together(list(touched.values()))
    rows = every.group_by("computed_by").aggregate(customers=every.count()).to_pyarrow().to_pylist()
    counted = dict.fromkeys(touched, 0) | {row["computed_by"]: row["customers"] for row in rows}
    return {name: count for name, count in counted.items() if count <= most}


def _together(tables: Sequence[ir.Table]) -> ir.Table:
    return ibis.union(*tables) if len(tables) > 1 else tables[0]


def _touched(snapshot: Snapshot, each: Pass, load: str, day: date, as_of: date) -> ir.Table | None:
    """customer_id of those for whom the pass may say something else than it did; None where that may be anybody."""
    changed = snapshot.changed_since(each.source.name, load)
    if changed is None or not (each.steady or day == as_of):
        return None
    crossed = each.crossed(snapshot, day, as_of)
    return crossed.union(snapshot.read(changed)) if changed else crossed


@cache
def _code() -> str:
    """A digest of all that makes features of rows: our programs, the data beside them, and the engines."""
    digest = hashlib.sha256(" ".join(map(version, _ENGINES)).encode())
    for package in _CODE:
        for file in _files(files(package)):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _files(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files(entry)
        elif entry.name.endswith((".py", ".yaml")):
            yield entry
