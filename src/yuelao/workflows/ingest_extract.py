"""Ingest: bring a source's files to the data contract, names and numbers to operations, the rest to the lake."""

from pathlib import Path
from time import perf_counter

from pydantic import BaseModel, ConfigDict

from yuelao.common.progress import Progress, silent
from yuelao.operations import customers
from yuelao.warehouse.ingest import TableLoad, stage
from yuelao.workflows.house import House


class Ingested(BaseModel):
    """What a load did, table by table; read = accepted + rejected + unchanged."""

    model_config = ConfigDict(frozen=True)

    tables: dict[str, dict[str, int | str | None]]
    seconds: float


def ingest(house: House, mapping: Path, progress: Progress = silent) -> Ingested:
    """Load what `mapping` names. Rejected rows are set aside in a file; a load that stops half-way changes nothing.

    Identities are written before the lake is published, and again on every load: a load killed in between leaves
    names of customers without history, which the repeated load completes.
    """
    started = perf_counter()
    settings = house.workspace.settings
    with stage(
        mapping,
        house.lake,
        secret=house.workspace.secret,
        today=house.today(),
        max_line_bytes=settings.max_line_bytes,
        progress=progress,
    ) as load:
        for batch in load.identities():
            with house.database.transaction() as session:
                customers.save_identities(session, batch.to_pylist())
        tables = load.publish()
    return Ingested(tables={name: _counts(load) for name, load in tables.items()}, seconds=perf_counter() - started)


def _counts(load: TableLoad) -> dict[str, int | str | None]:
    return {
        "read": load.read,
        "accepted": load.accepted,
        "rejected": load.rejected,
        "unchanged": load.unchanged,
        "rejects_file": load.rejects_file,
    }
