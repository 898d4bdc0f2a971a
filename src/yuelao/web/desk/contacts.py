"""The customer's last contacts as the desk shows them: our own ledger's beside what other systems told the lake."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from yuelao.common.errors import NotFound
from yuelao.common.language import pick
from yuelao.operations import campaigns
from yuelao.operations.customers.schemas import CustomerProfile
from yuelao.web.desk.outcomes import TITLES
from yuelao.web.requests import Transaction
from yuelao.workflows.desk_card import DeskCard

_SHOWN = 5
_DATES = ("last_attempt_on", "last_conversation_on")


@dataclass(frozen=True)
class LastContact:
    """One contact, `other_system` where our ledger lacks it; `outcome` is still to be said in the page's language."""

    at: datetime
    what: str
    outcome: str
    other_system: bool = False


@dataclass(frozen=True)
class LastContacts:
    """The contacts, newest first; without any, the day of the last one where only that is known."""

    lines: list[LastContact]
    last_on: date | None


def last_contacts(session: Transaction, card: DeskCard, zone: ZoneInfo, language: str) -> LastContacts:
    """What is known of the contacts before this one; times on the clock of `zone`."""
    own = [
        LastContact(c.contacted_at.astimezone(zone), _campaign_title(session, c.campaign, language), TITLES[c.outcome])
        for c in card.contacts
    ]
    lines = sorted([*own, *_of_others(card.customer, zone)], key=lambda contact: contact.at, reverse=True)
    return LastContacts(lines[:_SHOWN], _last_day(card.customer))


def _of_others(customer: CustomerProfile, zone: ZoneInfo) -> list[LastContact]:
    return [
        LastContact(datetime.fromisoformat(at).replace(tzinfo=zone), "", TITLES.get(outcome, ""), other_system=True)
        for at, outcome, _channel in json.loads(customer.fields.get("earlier_contacts") or "[]")
    ]


def _last_day(customer: CustomerProfile) -> date | None:
    """The newest day that any published field tells."""
    fields: Mapping[str, object] = customer.fields
    days = [date.fromisoformat(value[:10]) for name in _DATES if isinstance(value := fields.get(name), str) and value]
    ago = fields.get("days_since_contact")
    if customer.as_of and isinstance(ago, int | float):
        days.append(customer.as_of - timedelta(days=int(ago)))
    return max(days, default=None)


def _campaign_title(session: Transaction, name: str | None, language: str) -> str:
    if name is None:
        return ""
    try:
        return pick(campaigns.get(session, name).definition.title, language)
    except NotFound:  # of another system's campaign only the name is known
        return name
