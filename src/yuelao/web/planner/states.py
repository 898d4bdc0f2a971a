"""What campaigns, tasks and decisions are called on the screens, and what can be done to a campaign: data."""

from dataclasses import dataclass

from yuelao.common.language import _
from yuelao.operations.campaigns import Action, Campaign
from yuelao.operations.staff.schemas import User


@dataclass(frozen=True)
class Look:
    """A state in words, with the tone and the icon that repeat it."""

    title: str
    tone: str = "plain"
    icon: str = ""


CAMPAIGN = {
    "draft": Look(_("Draft"), "plain", "pencil"),
    "submitted": Look(_("Waits for approval"), "warn", "clock"),
    "rejected": Look(_("Rejected"), "bad", "x"),
    "approved": Look(_("Approved"), "good", "check"),
    "trial": Look(_("On trial"), "good", "player-play"),
    "stopped": Look(_("Stopped"), "bad", "player-stop"),
    "running": Look(_("Running"), "good", "player-play"),
    "paused": Look(_("Paused"), "warn", "player-pause"),
    "closed": Look(_("Closed"), "plain", "lock"),
}
PLACES = {
    "funnel": _("in its funnel"),
    "seats": _("for its seats"),
    "rank": _("to rank customers"),
    "model": _("to match its offers"),
}
"""Where a campaign asks for a column of the customer view, or for a trained model."""
TASK = {
    "ready": Look(_("Waiting")),
    "leased": Look(_("With an agent")),
    "dialling": Look(_("Ringing")),
    "connected": Look(_("In a talk")),
    "wrap_up": Look(_("Being written down")),
    "scheduled": Look(_("Call-back promised")),
    "recycled": Look(_("To be tried again")),
    "done": Look(_("Finished"), "good"),
    "suppressed": Look(_("Taken out by a rule"), "warn"),
    "expired": Look(_("Ran out of time"), "warn"),
}
DECISION = {
    "assigned": Look(_("Assigned: will be called")),
    "held_out": Look(_("Held out as the control group")),
    "outbid": Look(_("Outbid: the seats bring more elsewhere")),
    "not_worth_it": Look(_("A call would cost more than it brings")),
    "not_eligible": Look(_("May have none of the products")),
    "no_resource": Look(_("No team serves them")),
    "same_person": Look(_("Another number of the same person")),
    "refused": Look(_("Refused by the contact policy")),
}
BUSY_TITLE = _("Is being called already")
HISTORY = {
    "save": _("Saved"),
    "submit": _("Submitted"),
    "reject": _("Rejected"),
    "approve": _("Approved"),
    "start_trial": _("Trial started"),
    "start": _("Started"),
    "go": _("Released after the trial"),
    "stop": _("Stopped"),
    "pause": _("Paused"),
    "resume": _("Resumed"),
    "close": _("Closed"),
}


@dataclass(frozen=True)
class Choice:
    """Something a person may do to a campaign: `says` is what will happen; `reason`: none, optional or needed."""

    action: str
    permission: str
    title: str
    says: str
    icon: str
    reason: str = "none"
    harm: bool = False
    main: bool = False


_CHOICES = {
    Action.SUBMIT: Choice(
        "submit",
        "campaign.edit",
        _("Submit for approval"),
        _("The approver sees it; it cannot be changed until it is decided."),
        "send",
        main=True,
    ),
    Action.APPROVE: Choice(
        "approve",
        "campaign.approve",
        _("Approve"),
        _("Its content is locked. Nobody is called before it is started, matched and launched."),
        "check",
        "optional",
        main=True,
    ),
    Action.REJECT: Choice(
        "reject",
        "campaign.approve",
        _("Reject"),
        _("The planner sees your reason and can write a new version."),
        "x",
        "needed",
        harm=True,
    ),
    Action.START: Choice(
        "start",
        "campaign.launch",
        _("Start"),
        _("It runs from now on: it can be matched and launched, and takes part in the daily run."),
        "player-play",
        main=True,
    ),
    Action.GO: Choice(
        "go",
        "campaign.launch",
        _("Release"),
        _("The trial was good enough: the campaign runs in full."),
        "player-play",
        "optional",
        main=True,
    ),
    Action.STOP: Choice(
        "stop",
        "campaign.launch",
        _("Stop"),
        _("The trial ends and no new tasks are made. {waiting} tasks that exist are still called until they run out."),
        "player-stop",
        "needed",
        harm=True,
    ),
    Action.PAUSE: Choice(
        "pause",
        "campaign.launch",
        _("Pause"),
        _("No new tasks are made. {waiting} tasks that exist are still called until they run out."),
        "player-pause",
        "optional",
        harm=True,
    ),
    Action.RESUME: Choice(
        "resume",
        "campaign.launch",
        _("Resume"),
        _("It runs again and takes part in the daily run."),
        "player-play",
        main=True,
    ),
    Action.CLOSE: Choice(
        "close",
        "campaign.launch",
        _("Close"),
        _("It ends for good. {waiting} tasks that exist are still called until they run out."),
        "lock",
        "optional",
        harm=True,
    ),
}
CHOICES = {choice.action: choice for choice in _CHOICES.values()}


def choices(campaign: Campaign, user: User) -> list[Choice]:
    """What `user` may do to this version now; the main action first."""
    able = [Action.START if action is Action.START_TRIAL else action for action in campaign.allowed]
    found = [_CHOICES[action] for action in dict.fromkeys(able) if user.may(_CHOICES[action].permission)]
    return sorted(found, key=lambda choice: not choice.main)
