"""An office of the telecom pack without any lake of customers: quick, and once on each kind of database."""

from collections.abc import Iterator
from importlib.resources import files

import pytest

from tests.workflows.office import Desk
from yuelao.common.clock import FixedClock
from yuelao.common.settings import Workspace
from yuelao.storage.session import Database
from yuelao.warehouse.lake import Lake
from yuelao.workflows.house import House
from yuelao.workflows.import_definitions import import_definitions, read_definitions


@pytest.fixture
def office(database: Database, workspace: Workspace, clock: FixedClock) -> House:
    """A house with the telecom pack's definitions, its campaigns running, and nobody in it."""
    pack = files("yuelao") / "packs" / "telecom"
    documents = [
        document
        for entry in sorted(pack.iterdir(), key=lambda file: file.name)
        if entry.name.endswith(".yaml")
        for document in read_definitions(entry.read_text(encoding="utf-8"), entry.name)
    ]
    with database.transaction() as session:
        import_definitions(session, documents, by="pack", now=clock(), with_states=True)
    return House(workspace, database, Lake(workspace.lake), clock)


@pytest.fixture
def desk(office: House) -> Iterator[Desk]:
    """The desk of an agent in that office, at ten in the morning."""
    return Desk.of(office, "agent")
