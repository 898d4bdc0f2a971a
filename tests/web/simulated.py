"""A small simulated operator behind the screens: loaded, scored, trained, and one campaign matched but not launched."""

from datetime import date
from pathlib import Path

from tests.web.furnished import PASSWORD
from yuelao.common.clock import FixedClock
from yuelao.operations import staff
from yuelao.operations.staff import Role
from yuelao.workflows.create_workspace import create
from yuelao.workflows.ingest_extract import ingest
from yuelao.workflows.match_offers import match
from yuelao.workflows.refresh_customers import refresh
from yuelao.workflows.simulate_operator import simulate
from yuelao.workflows.train_model import train

AS_OF = date(2026, 11, 1)
CUSTOMERS = 2000
MATCHED = "data-upgrade"
SUBMITTED = "move-to-5g"


def simulated_operator(path: Path, clock: FixedClock) -> None:
    """Make the workspace at `path`; takes some seconds, so make it once and copy it."""
    house = create(path, "telecom", {"webhook_secret": "thread"}, clock)
    simulate(CUSTOMERS, 6, 7, house.workspace.extracts, AS_OF)
    ingest(house, house.workspace.extracts / "mapping.yaml")
    with house.database.transaction() as session:
        for role in Role:
            staff.add_user(session, role.value, role.value, PASSWORD, now=clock())
    refresh(house, AS_OF)
    train(house, "response", AS_OF)
    match(house, MATCHED, AS_OF, by="planner")
    house.database.close()
