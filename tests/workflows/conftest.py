"""An office of the telecom pack without any lake of customers: quick, and once on each kind of database."""

from functools import cache
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
    with database.transaction() as session:
        import_definitions(session, _telecom(), by="pack", now=clock(), with_states=True)
    return House(workspace, database, Lake(workspace.lake), clock)


@cache
def _telecom() -> list[dict[str, object]]:
    entries = sorted((files("yuelao") / "packs" / "telecom").iterdir(), key=lambda file: file.name)
    texts = {file.name: file.read_text(encoding="utf-8") for file in entries if file.name.endswith(".yaml")}
    return [document for name, text in texts.items() for document in read_definitions(text, name)]


@pytest.fixture
def desk(office: House) -> Desk:
    """The desk of an agent in that office, at ten in the morning."""
    return Desk.of(office, "agent")
