"""What the contact policy asks of a customer at a moment: how often and when was the *person* contacted.

A person may hold several numbers; contacts, complaints and bans of any of them count for all.
"""

from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from yuelao.common.outcomes import REACHED, Outcome
from yuelao.warehouse.dates import as_date, days_until
from yuelao.warehouse.registers import newest_customers
from yuelao.warehouse.tables import KEY, Tables

_PERSON = "person"
_COUNTED_CHANNELS = ("phone", "sms")  # what a person feels as being called; a web banner is not
_RECENT = timedelta(days=30)


def contact_facts(tables: Tables, moment: datetime) -> ir.Table:
    """One row per customer: the facts that the conditions of the contact policy may name, at `moment` (local, naive).

    contacts_today, contacts_7d, contacts_30d count attempts by phone and SMS, never null; days_since_* are differences
    of calendar dates, null when it never happened; do_not_call is never null.
    """
    today = moment.date()
    facts = _facts(tables, moment)
    return facts.select(
        KEY,
        contacts_today=facts.contacts_today.fill_null(0),
        contacts_7d=facts.contacts_7d.fill_null(0),
        contacts_30d=facts.contacts_30d.fill_null(0),
        days_since_attempt=days_until(facts.last_attempt_on, today),
        days_since_conversation=days_until(facts.last_conversation_on, today),
        days_since_complaint=days_until(facts.last_complaint_on, today),
        days_since_refused_all=days_until(facts.last_refused_all_on, today),
        do_not_call=facts.do_not_call,
    )


def recent_history(tables: Tables, moment: datetime) -> ir.Table:
    """One row per customer: what operations must know to judge a contact later, at `moment` (local, naive).

    last_attempt_on, last_conversation_on, last_complaint_on, last_refused_all_on, do_not_call, and earlier_contacts: a
    JSON list of [time, outcome, channel] of the last 30 days' contacts that are not in Yuelao's own ledger, in order.
    """
    facts = _facts(tables, moment)
    earlier = _earlier_contacts(tables, moment)
    joined = facts.left_join(earlier, facts[_PERSON] == earlier[_PERSON])
    return joined.select(
        KEY,
        "last_attempt_on",
        "last_conversation_on",
        "last_complaint_on",
        "last_refused_all_on",
        "do_not_call",
        earlier_contacts=joined.earlier_contacts.fill_null("[]"),
    )


def _facts(tables: Tables, moment: datetime) -> ir.Table:
    """Per customer, over all numbers of the person: counts of attempts, dates of the last events, the register."""
    persons = _persons(tables)
    touched = _by_contacts(_of_persons(tables.table("contacts"), persons, "contacted_at", moment), moment)
    complaints = _of_persons(tables.table("complaints"), persons, "occurred_at", moment)
    complained = complaints.group_by(_PERSON).aggregate(complained_on=as_date(complaints.occurred_at).max())
    registered = persons.group_by(_PERSON).aggregate(registered=persons.do_not_call.any())
    joined = persons
    for part, name in ((touched, "touched"), (complained, "complained"), (registered, "registered")):
        joined = joined.left_join(part, joined[_PERSON] == part[_PERSON], rname=f"{{name}}_{name}")
    return joined.select(
        KEY,
        _PERSON,
        "contacts_today",
        "contacts_7d",
        "contacts_30d",
        "last_attempt_on",
        "last_conversation_on",
        "last_refused_all_on",
        last_complaint_on=ibis.greatest(joined.complained_on, joined.complaint_contact_on),
        do_not_call=joined.registered.fill_null(False),
    )


def _by_contacts(contacts: ir.Table, moment: datetime) -> ir.Table:
    """Per person, the attempts in each window and the date of the last event of each kind."""
    # A source that does not tell the channel is taken to have called: a cap too strict harms nobody.
    attempt = contacts.channel.isnull() | contacts.channel.isin(_COUNTED_CHANNELS)
    day = as_date(contacts.contacted_at)

    def attempts(since: ir.BooleanValue) -> ir.IntegerValue:
        return contacts.count(where=attempt & since)

    def last(condition: ir.BooleanValue) -> ir.DateValue:
        return day.max(where=condition)

    return contacts.group_by(_PERSON).aggregate(
        contacts_today=attempts(day == ibis.literal(moment.date())),
        contacts_7d=attempts(contacts.contacted_at > _timestamp(moment - timedelta(days=7))),
        contacts_30d=attempts(contacts.contacted_at > _timestamp(moment - timedelta(days=30))),
        last_attempt_on=last(attempt),
        last_conversation_on=last(contacts.outcome.isin(REACHED)),
        last_refused_all_on=last(contacts.outcome == Outcome.REFUSED_ALL.value),
        complaint_contact_on=last(contacts.outcome == Outcome.COMPLAINT.value),
    )


def _earlier_contacts(tables: Tables, moment: datetime) -> ir.Table:
    """Per person, the recent contacts of other systems as a JSON list. Its parts need no escaping: times and codes."""
    contacts = _of_persons(tables.table("contacts"), _persons(tables), "contacted_at", moment)
    recent = contacts.filter(contacts.ledger_sequence.isnull(), contacts.contacted_at > _timestamp(moment - _RECENT))
    time = recent.contacted_at.cast("string").replace(" ", "T")
    row = "[" + _quoted(time) + "," + _quoted(recent.outcome) + "," + _quoted(recent.channel) + "]"
    rows = recent.select(_PERSON, row=row)
    listed = rows.row.collect().sort().join(",")  # each row starts with its time, so this is their order
    return rows.group_by(_PERSON).aggregate(earlier_contacts="[" + listed + "]")


def _quoted(text: ir.StringValue) -> ir.StringValue:
    return (ibis.literal('"') + text + '"').fill_null("null")


def _persons(tables: Tables) -> ir.Table:
    """customer_id, the person who holds it, and whether the register forbids calling."""
    customers = newest_customers(tables)
    return customers.select(KEY, "do_not_call", **{_PERSON: customers.person_id.fill_null(customers[KEY])})


def _of_persons(events: ir.Table, persons: ir.Table, time: str, moment: datetime) -> ir.Table:
    """The events up to `moment`, with the person."""
    happened = events.filter(events[time] <= _timestamp(moment))
    return happened.inner_join(persons.select(KEY, _PERSON), KEY)


def _timestamp(moment: datetime) -> ir.TimestampValue:
    return ibis.literal(moment)
