"""Calls: each one that was dialled, how long it lasted and how it ended."""

from yuelao.operations.calls.queries import agent_day, by_campaign, of_customer
from yuelao.operations.calls.schemas import Call, CallNumbers
from yuelao.operations.calls.service import connect, finish, start

__all__ = ["Call", "CallNumbers", "agent_day", "by_campaign", "connect", "finish", "of_customer", "start"]
