"""The built customer views: which there are, and reading one."""

from datetime import date

import ibis.expr.types as ir

from yuelao.common.errors import Refused
from yuelao.warehouse.snapshot import Snapshot

DATASET = "view"


def newest_view(snapshot: Snapshot) -> date:
    """The as-of date of the newest customer view; refused where none was built yet."""
    dates = snapshot.partitions(DATASET)
    if not dates:
        raise Refused("There is no customer view yet", where="lake", hint="Build one with `yuelao refresh`")
    return date.fromisoformat(max(dates))


def read_view(snapshot: Snapshot, as_of: date) -> ir.Table:
    """The view of a date; refused where it was not built."""
    if as_of.isoformat() not in snapshot.partitions(DATASET):
        hint = f"Build it with `yuelao refresh --as-of {as_of}`"
        raise Refused(f"There is no customer view as of {as_of}", where="lake", hint=hint)
    return snapshot.dataset(DATASET, as_of.isoformat())
