"""The six phases of a campaign and how far each has come. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yuelao.common.language import _
from yuelao.operations.campaigns import Campaign
from yuelao.operations.decisions import MatchRun

_DECIDED = frozenset({"approved", "trial", "running", "paused", "stopped", "closed"})
_LIVE = frozenset({"trial", "running", "paused"})


@dataclass(frozen=True)
class Phase:
    """One step of the stepper: `state` is done, now, next or bad; `says` with its `values` is how far it has come."""

    title: str
    state: str
    says: str
    values: Mapping[str, Any]
    place: str


def phases(
    campaign: Campaign, run: MatchRun | None, tasks: Mapping[str, int], view: date | None, launched: bool
) -> list[Phase]:
    """The six phases of `campaign`; `view` is the date of the newest customer view, None where there is none."""
    found = [_plan(campaign), _segment(view), _screen(run), _design(campaign, run), _run(campaign, tasks, launched)]
    found.append(_improve(campaign, launched))
    return found


def _plan(campaign: Campaign) -> Phase:
    title = _("Campaign plan")
    if campaign.state in _DECIDED:
        return Phase(title, "done", _("Approved, version {version}"), {"version": campaign.version}, "#history")
    if campaign.state == "rejected":
        return Phase(title, "bad", _("Rejected"), {}, "#history")
    waits = campaign.state == "submitted"
    return Phase(title, "now", _("Waits for approval") if waits else _("Being written"), {}, "#plan")


def _segment(view: date | None) -> Phase:
    title = _("Segment")
    if view is None:
        return Phase(title, "now", _("No customer view yet"), {}, "/data")
    return Phase(title, "done", _("Customers as of {day}"), {"day": view}, "/data")


def _screen(run: MatchRun | None) -> Phase:
    title = _("Screen")
    if run is None:
        return Phase(title, "next", _("Not counted yet"), {}, "#funnel")
    return Phase(title, "done", _("{n} targets"), {"n": int(run.summary["targets"])}, "#funnel")


def _design(campaign: Campaign, run: MatchRun | None) -> Phase:
    title = _("Match")
    if run is None:
        return Phase(title, "now" if campaign.state in _DECIDED else "next", _("Not matched yet"), {}, "#match")
    if run.version != campaign.version:
        return Phase(title, "now", _("Matched for version {version}"), {"version": run.version}, "#match")
    return Phase(title, "done", _("{n} assigned"), {"n": int(run.summary["assigned"])}, "#match")


def _run(campaign: Campaign, tasks: Mapping[str, int], launched: bool) -> Phase:
    title, total = _("Run"), sum(tasks.values())
    if not launched:
        return Phase(title, "now" if campaign.state in _LIVE else "next", _("Not launched yet"), {}, "#tasks")
    over = sum(tasks.get(state, 0) for state in ("done", "suppressed", "expired"))
    state = "done" if campaign.state == "closed" else "now"
    return Phase(title, state, _("{over} of {total} tasks finished"), {"over": over, "total": total}, "#tasks")


def _improve(campaign: Campaign, launched: bool) -> Phase:
    title = _("Improve")
    if not launched:
        return Phase(title, "next", _("No result yet"), {}, "/reports")
    return Phase(title, "now", _("Result against control"), {}, f"/reports/{campaign.name}")
