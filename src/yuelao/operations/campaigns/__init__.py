"""Campaigns: what a plan says, how far it has come, and who brought it there."""

from yuelao.operations.campaigns.queries import (
    all_current,
    get,
    history,
    in_state,
    newest,
    paused,
    state_of,
    versions,
)
from yuelao.operations.campaigns.rules import Action, State, allowed
from yuelao.operations.campaigns.schemas import Campaign, CampaignDefinition, FunnelStep, HistoryStep, Seats, Trial
from yuelao.operations.campaigns.service import (
    approve,
    close,
    go,
    pause,
    reject,
    resume,
    save,
    start,
    stop,
    submit,
)

__all__ = [
    "Action",
    "Campaign",
    "CampaignDefinition",
    "FunnelStep",
    "HistoryStep",
    "Seats",
    "State",
    "Trial",
    "all_current",
    "allowed",
    "approve",
    "close",
    "get",
    "go",
    "history",
    "in_state",
    "newest",
    "pause",
    "paused",
    "reject",
    "resume",
    "save",
    "start",
    "state_of",
    "stop",
    "submit",
    "versions",
]
