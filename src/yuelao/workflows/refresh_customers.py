"""Refresh: build the customer view as of a date, score it, and publish what an agent may see of it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from time import perf_counter

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from yuelao.analytics.segmentation import ValueTree, levels, score_value
from yuelao.common.errors import Refused
from yuelao.common.progress import Progress, silent
from yuelao.operations import customers
from yuelao.warehouse.contact_facts import recent_history
from yuelao.warehouse.features import build_view
from yuelao.warehouse.profile import publish_profile
from yuelao.warehouse.snapshot import Snapshot
from yuelao.workflows.house import House
from yuelao.workflows.publish_ledgers import publish_ledgers

_BATCH = 5_000


class Refreshed(BaseModel):
    """What a refresh built; `levels` counts customers by value level, `missing` names inputs no source gave.

    `desk_as_of` is the day of the profiles that desks see now: a refresh of an earlier day leaves theirs alone.
    """

    model_config = ConfigDict(frozen=True)

    as_of: date
    desk_as_of: date
    customers: int
    features: int
    levels: dict[str, int]
    missing: list[str]
    seconds: float


def refresh(house: House, as_of: date | None = None, progress: Progress = silent) -> Refreshed:
    """Build, score and publish the view as of `as_of`; without one, the newest date the data supports.

    Desks that see profiles of a later day keep them. Conflict while another refresh runs.
    """
    started = perf_counter()
    publish_ledgers(house)
    with house.lake.refreshing(), house.lake.snapshot() as snapshot:
        if not snapshot.has("customers"):
            raise Refused(
                "There are no customers yet", where="lake", hint="Load an extract with `yuelao ingest MAPPING`"
            )
        as_of = as_of or min(snapshot.newest_as_of(), house.today())
        if as_of > house.today():
            raise Refused(f"{as_of} lies in the future", where="--as-of", hint=f"Today is {house.today()}")
        progress("build the view", 0, 3)
        view = build_view(snapshot, as_of).to_pyarrow()
        progress("score", 1, 3)
        scored, missing = _with_value(house, view)
        house.lake.publish("view", as_of.isoformat(), scored)
        progress("publish profiles", 2, 3)
        desk_as_of = _publish_profiles(house, snapshot, scored, as_of)
        progress("publish profiles", 3, 3)
        publish_profile(house.lake, as_of)
    counts = Counter(scored["value_level"].to_pylist())
    return Refreshed(
        as_of=as_of,
        desk_as_of=desk_as_of,
        customers=scored.num_rows,
        features=len(view.column_names) - 1,
        levels={str(level): counts[level] for level in sorted(counts) if level is not None},
        missing=missing,
        seconds=round(perf_counter() - started, 2),
    )


def _with_value(house: House, view: pa.Table) -> tuple[pa.Table, list[str]]:
    """The view with value_score and value_level, null where the workspace has no value segmentation."""
    with house.database.transaction(read_only=True) as session:
        definition = customers.current_definition(session, "value_segmentation")
    if definition is None or view.num_rows == 0:
        score, level = pa.nulls(view.num_rows, pa.float64()), pa.nulls(view.num_rows, pa.string())
        missing: list[str] = []
    else:
        tree = ValueTree.from_definition(definition.content["tree"])
        present = [leaf for leaf in tree.features() if leaf in view.column_names]
        columns = {name: _floats(view, name) for name in present}
        result = score_value(tree, columns)
        score = pa.array(result.score)
        level = pa.array(levels(result.score, definition.content["cutoffs"]), pa.string())
        missing = [name for name, share in result.missing.items() if share == 1.0]
    return view.append_column("value_score", score).append_column("value_level", level), missing


def _floats(view: pa.Table, name: str) -> NDArray[np.float64]:
    values: NDArray[np.float64] = view[name].cast(pa.float64()).to_numpy()
    return values


def _publish_profiles(house: House, snapshot: Snapshot, view: pa.Table, as_of: date) -> date:
    """Copy profiles into a new generation in short transactions, then let readers see it; the day of what they see."""
    with house.database.transaction(read_only=True) as session:
        shown = customers.newest_as_of(session)
    if shown and shown > as_of:
        return shown
    history = recent_history(snapshot, house.local_now()).to_pyarrow()
    own = [name for name in view.column_names if name == "customer_id" or name not in history.column_names]
    table = view.select(own).join(history, "customer_id", join_type="left outer")  # history speaks for the person
    with house.database.transaction() as session:
        generation = customers.new_generation(session, as_of, house.now())
    for rows in _profiles(table):
        with house.database.transaction() as session:
            customers.add_profiles(session, generation, rows)
    with house.database.transaction() as session:
        customers.flip(session, generation, house.now())
    dropped = _BATCH
    while dropped:
        with house.database.transaction() as session:
            dropped = customers.drop_old_generations(session)
    return as_of


def _profiles(table: pa.Table) -> Iterator[list[dict[str, object]]]:
    for batch in table.to_batches(max_chunksize=_BATCH):
        yield [{"customer_id": row.pop("customer_id"), "fields": _plain(row)} for row in batch.to_pylist()]


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    """The row as JSON can hold it, without what is unknown."""
    return {
        name: value if isinstance(value, str | int | float | bool) else str(value)
        for name, value in row.items()
        if value is not None
    }
