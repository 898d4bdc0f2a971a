"""The roles, what each may do, what a good password is, and when signing in must wait. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from yuelao.common.errors import Forbidden, Refused, nearest

FAILURES_ALLOWED = 5
FAILURES_WITHIN = timedelta(minutes=15)
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 256  # hashing a text of any length would let anybody keep the machine busy


class Role(StrEnum):
    """A kind of person who works with Yuelao."""

    PLANNER = "planner"
    APPROVER = "approver"
    CITY_LEAD = "city_lead"
    ANALYST = "analyst"
    TRAINER = "trainer"
    FLOOR_MANAGER = "floor_manager"
    AGENT = "agent"
    INSPECTOR = "inspector"
    ADMINISTRATOR = "administrator"


ROLES: tuple[str, ...] = tuple(role.value for role in Role)

_P, _V, _C, _N, _T = Role.PLANNER, Role.APPROVER, Role.CITY_LEAD, Role.ANALYST, Role.TRAINER
_F, _A, _I, _M = Role.FLOOR_MANAGER, Role.AGENT, Role.INSPECTOR, Role.ADMINISTRATOR

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    # what is done            who may do it
    "campaign.read": frozenset({_P, _V, _C, _N, _T, _F, _I, _M}),
    "campaign.edit": frozenset({_P}),
    "campaign.approve": frozenset({_V}),
    "campaign.launch": frozenset({_P, _F}),
    "definition.edit": frozenset({_P, _N, _M}),
    "data.read": frozenset({_P, _V, _N, _M}),
    "data.rejects": frozenset({_N}),
    "model.promote": frozenset({_N}),
    "segment.read": frozenset({_P, _V, _C, _N}),
    "segment.edit": frozenset({_P, _N}),
    "task.work": frozenset({_A}),
    "floor.read": frozenset({_C, _F, _M}),
    "report.read": frozenset({_P, _V, _C, _N, _F, _I, _M}),
    "customer.explain": frozenset({_P, _V, _C, _N, _T, _F, _A, _I, _M}),
    "phone.reveal": frozenset({_A, _F}),
    "audit.read": frozenset({_I, _M}),
    "staff.manage": frozenset({_M}),
}


def may(role: str, permission: str) -> bool:
    """Whether the role holds the permission; an unknown permission is a mistake of the program."""
    return role in PERMISSIONS[permission]


def require(role: str, permission: str) -> None:
    """Forbidden, naming who may, unless the role holds the permission."""
    if not may(role, permission):
        holders = ", ".join(sorted(PERMISSIONS[permission]))
        raise Forbidden(f"Your role ({role}) does not allow this", where=permission, hint=f"Ask: {holders}")


def checked_role(name: str) -> Role:
    """The role called `name`."""
    try:
        return Role(name)
    except ValueError as error:
        raise Refused(f"There is no role {name!r}", where="role", hint=nearest(name, [*Role])) from error


def check_name(name: str) -> None:
    """Refused unless the name can be a sign-in name."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,39}", name):
        raise Refused(
            f"{name!r} cannot be a sign-in name",
            where="name",
            hint="Use up to 40 small letters, digits, dots, dashes and underscores",
        )


def check_password(password: str) -> None:
    """Refused unless the password is neither too short nor too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Refused(
            "The password is too short or too long",
            where="password",
            hint=f"Use {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters",
        )


def wait_until(failures: Sequence[datetime], now: datetime) -> datetime | None:
    """The moment from which signing in may be tried again; None when it may be now."""
    recent = sorted(moment for moment in failures if moment > now - FAILURES_WITHIN)
    return recent[-FAILURES_ALLOWED] + FAILURES_WITHIN if len(recent) >= FAILURES_ALLOWED else None
