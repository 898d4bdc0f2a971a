"""The trained world behind the screens: staff of every role, and one campaign matched but not launched."""

from contextlib import closing
from pathlib import Path

from tests.web.furnished import PASSWORD
from tests.world import AS_OF, CAMPAIGN, CUSTOMERS, copy_of
from yuelao.common.clock import FixedClock
from yuelao.common.settings import open_workspace
from yuelao.operations import staff
from yuelao.operations.staff import Role
from yuelao.workflows.house import open_house
from yuelao.workflows.match_offers import match

__all__ = ["AS_OF", "CUSTOMERS", "MATCHED", "SUBMITTED", "simulated_operator"]

MATCHED = CAMPAIGN
SUBMITTED = "move-to-5g"


def simulated_operator(path: Path, trained: Path, clock: FixedClock) -> None:
    """Make the workspace at `path`, a copy of the trained world."""
    house = open_house(open_workspace(copy_of(trained, path)), clock)
    with closing(house.database):
        with house.database.transaction() as session:
            there = {user.name for user in staff.users(session)}
            for role in Role:
                if role.value not in there:
                    staff.add_user(session, role.value, role.value, PASSWORD, now=clock())
                else:
                    staff.set_password(session, role.value, PASSWORD)
        match(house, MATCHED, AS_OF, by="planner")
