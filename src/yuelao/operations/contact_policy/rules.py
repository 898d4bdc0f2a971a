"""The facts about a person that rules may ask for, and the verdict of the rules. Pure.

The facts are the same, by name and by meaning, as those `warehouse.contact_facts` computes for the whole base; a rule
is one text that runs here for one person and there for millions. Attempts are counted over the last 7 × 24 and
30 × 24 hours; days since something are differences of dates on the wall clock of the workspace.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from yuelao.common.errors import Refused
from yuelao.common.outcomes import REACHED, Outcome
from yuelao.conditions import Condition, Field, Fields, Kind, parse
from yuelao.operations.contact_policy.schemas import PolicyDefinition, PolicyRule, Refusal, Verdict

_COUNTED_CHANNELS = ("phone", "sms")

FACTS: Fields = {
    "contacts_today": Field(Kind.NUMBER),
    "contacts_7d": Field(Kind.NUMBER),
    "contacts_30d": Field(Kind.NUMBER),
    "days_since_attempt": Field(Kind.NUMBER),
    "days_since_conversation": Field(Kind.NUMBER),
    "days_since_complaint": Field(Kind.NUMBER),
    "days_since_refused_all": Field(Kind.NUMBER),
    "do_not_call": Field(Kind.BOOLEAN),
}
"""What a rule may ask about a person."""

CLOCK: Fields = {
    "local_hour": Field(Kind.NUMBER),
    "local_minute_of_day": Field(Kind.NUMBER),
    "weekday": Field(Kind.NUMBER),  # 1 is Monday
}
"""What a rule may ask about the moment; not when planning, which has none."""


@dataclass(frozen=True)
class Touch:
    """A contact as the rules see it: when on the local clock (naive), how, and with what outcome."""

    at: datetime
    channel: str | None
    outcome: str | None


def facts(history: Sequence[Touch], published: Mapping[str, Any], moment: datetime) -> dict[str, Any]:
    """What the rules may ask at `moment` (local, naive), from our ledger and the published knowledge of other systems.

    `published` may hold do_not_call, last_attempt_on, last_conversation_on, last_complaint_on, last_refused_all_on (ISO
    dates) and earlier_contacts (JSON, [[time, outcome, channel], …]). Counts are 0 where nothing happened; days are
    None. A contact dated after `moment` (a clock was set back) counts as one of now: the error protects the customer.
    """
    touches = [*history, *_earlier(published.get("earlier_contacts"))]
    attempts = [touch.at for touch in touches if touch.channel in (None, *_COUNTED_CHANNELS)]
    today = moment.date()
    return {
        "contacts_today": sum(at.date() >= today for at in attempts),
        "contacts_7d": sum(at > moment - timedelta(days=7) for at in attempts),
        "contacts_30d": sum(at > moment - timedelta(days=30) for at in attempts),
        "days_since_attempt": _days_since(
            today, (at.date() for at in attempts), _published_day(published, "last_attempt_on")
        ),
        "days_since_conversation": _days_since(
            today, _days(touches, REACHED), _published_day(published, "last_conversation_on")
        ),
        "days_since_complaint": _days_since(
            today, _days(touches, (Outcome.COMPLAINT,)), _published_day(published, "last_complaint_on")
        ),
        "days_since_refused_all": _days_since(
            today, _days(touches, (Outcome.REFUSED_ALL,)), _published_day(published, "last_refused_all_on")
        ),
        "do_not_call": bool(published.get("do_not_call", False)),
        "local_hour": moment.hour,
        "local_minute_of_day": moment.hour * 60 + moment.minute,
        "weekday": moment.isoweekday(),
    }


def decide(policy: PolicyDefinition, when: str, facts: Mapping[str, Any], as_of: date) -> Refusal | None:
    """The first rule asked at `when` that refuses, or None."""
    for rule in policy.rules:
        if when in rule.when and (verdict := _verdict(rule, facts, as_of)).refuses:
            return Refusal(name=rule.name, title=rule.title, values=verdict.values, postpone_days=rule.postpone_days)
    return None


def explain(policy: PolicyDefinition, when: str, facts: Mapping[str, Any], as_of: date) -> list[Verdict]:
    """What every rule asked at `when` says."""
    return [_verdict(rule, facts, as_of) for rule in policy.rules if when in rule.when]


def calling_slots(policy: PolicyDefinition) -> tuple[tuple[int, int], ...]:
    """The weekdays (0 is Monday) and hours of the day at which the policy lets call at all; an hour by its middle."""
    monday = datetime(2024, 1, 1, 0, 30)
    moments = [monday + timedelta(hours=hours) for hours in range(7 * 24)]
    return tuple(
        (moment.weekday(), moment.hour)
        for moment in moments
        if decide(policy, "hours", facts([], {}, moment), moment.date()) is None
    )


def check(policy: PolicyDefinition) -> None:
    """Refused, with the place, when a condition cannot be read, or asks of a plan what only a moment knows."""
    for rule in policy.rules:
        where = f"contact policy {policy.name}, rule {rule.name}"
        known = FACTS if "match" in rule.when else {**FACTS, **CLOCK}
        try:
            parse(rule.refuse, known)
        except Refused as refusal:
            raise Refused(
                refusal.message, where=f"{where}, {refusal.where}", hint=refusal.hint, code=refusal.code
            ) from refusal


def _verdict(rule: PolicyRule, facts: Mapping[str, Any], as_of: date) -> Verdict:
    condition = _condition(rule.refuse)
    return Verdict(rule=rule, refuses=condition.closure(as_of)(facts) is True, values=condition.values(facts))


@lru_cache(maxsize=512)
def _condition(text: str) -> Condition:
    return parse(text, {**FACTS, **CLOCK})


def _earlier(text: str | None) -> list[Touch]:
    return [Touch(datetime.fromisoformat(at), channel, outcome) for at, outcome, channel in json.loads(text or "[]")]


def _days(touches: Iterable[Touch], outcomes: Sequence[str]) -> list[date]:
    return [touch.at.date() for touch in touches if touch.outcome in outcomes]


def _published_day(published: Mapping[str, Any], name: str) -> list[date]:
    value = published.get(name)
    return [] if value is None else [value if isinstance(value, date) else date.fromisoformat(str(value)[:10])]


def _days_since(today: date, *days: Iterable[date]) -> int | None:
    known = [day for group in days for day in group]
    return max((today - max(known)).days, 0) if known else None
