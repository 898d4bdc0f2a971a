"""Campaigns: what a plan says, how far it has come, and who brought it there."""

from yuelao.operations.campaigns.queries import get, history, list_all, newest, versions
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
    "allowed",
    "approve",
    "close",
    "get",
    "go",
    "history",
    "list_all",
    "newest",
    "pause",
    "reject",
    "resume",
    "save",
    "start",
    "stop",
    "submit",
    "versions",
]
