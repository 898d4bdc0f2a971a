"""Which entries a person sees on the left, and where they land after sign-in: data, by permission and role."""

from collections.abc import Collection
from dataclasses import dataclass

from yuelao.common.language import _

MOST_ENTRIES = 7


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation: shown to those who hold `permission`."""

    key: str
    title: str
    icon: str
    url: str
    permission: str


ENTRIES = (
    Entry("desk", _("Desk"), "headset", "/desk", "task.work"),
    Entry("campaigns", _("Campaigns"), "target-arrow", "/campaigns", "campaign.read"),
    Entry("reports", _("Results"), "chart-bar", "/reports", "report.read"),
    Entry("customers", _("Customers"), "user-check", "/customers", "customer.explain"),
    Entry("segments", _("Segments"), "users-group", "/segments", "segment.read"),
    Entry("data", _("Data, models"), "database", "/data", "data.read"),
    Entry("floor", _("Floor"), "layout-dashboard", "/floor", "floor.read"),
    Entry("people", _("People"), "users", "/people", "staff.manage"),
    Entry("audit", _("Audit"), "shield-check", "/audit", "audit.read"),
)
ROLE_TITLES = {
    "planner": _("Planner"),
    "approver": _("Approver"),
    "city_lead": _("City lead"),
    "analyst": _("Data analyst"),
    "trainer": _("Trainer"),
    "floor_manager": _("Floor manager"),
    "agent": _("Agent"),
    "inspector": _("Inspector"),
    "administrator": _("Administrator"),
}
NOWHERE = "/nothing-here"
_FIRST_PAGE = {"analyst": "data", "floor_manager": "floor", "administrator": "people"}
"""Roles whose first page is not the first entry they may see."""


def entries(permissions: Collection[str]) -> list[Entry]:
    """The entries of somebody with these permissions, at most seven."""
    return [entry for entry in ENTRIES if entry.permission in permissions][:MOST_ENTRIES]


def first_page(role: str, permissions: Collection[str]) -> str:
    """Where this role begins its day."""
    seen = {entry.key: entry.url for entry in entries(permissions)}
    return seen.get(_FIRST_PAGE.get(role, ""), next(iter(seen.values()), NOWHERE))
