"""Calls: each one that was dialled, how long it lasted and how it ended."""

from yuelao.operations.calls.queries import agent_day, by_campaign, last_of_task, of_customer
from yuelao.operations.calls.schemas import Call, CallNumbers
from yuelao.operations.calls.service import connect, finish, hang_up, start

__all__ = [
    "Call",
    "CallNumbers",
    "agent_day",
    "by_campaign",
    "connect",
    "finish",
    "hang_up",
    "last_of_task",
    "of_customer",
    "start",
]
