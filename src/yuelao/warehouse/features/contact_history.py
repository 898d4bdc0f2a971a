"""How earlier campaigns met the customer: tried, reached, sold."""

import ibis.expr.types as ir

from yuelao.common.outcomes import REACHED, Outcome
from yuelao.warehouse.engine import safe_divide
from yuelao.warehouse.features.family import Family
from yuelao.warehouse.features.rows import Rows

contact_history = Family("contact history", "contacts")

# The reach rate of a customer starts as if four earlier calls had reached twice (a Beta(2, 2) prior), so that
# one missed call does not make anybody unreachable.
_PRIOR_REACHED, _PRIOR_TRIED = 2, 4


@contact_history.count(unit="contacts", en="Marketing contacts tried, last 90 days", zh="近九十天营销接触次数")
def contacts_90d(contacts: Rows) -> ir.Value:
    return contacts.last(days=90).count()


@contact_history.count(unit="contacts", en="Marketing contacts tried, last 12 months", zh="近十二月营销接触次数")
def contacts_12m(contacts: Rows) -> ir.Value:
    return contacts.last(months=12).count()


@contact_history.count(
    unit="contacts", en="Contacts that reached the customer, last 12 months", zh="近十二月营销接通次数"
)
def conversations_12m(contacts: Rows) -> ir.Value:
    return contacts.last(months=12).of(outcome=REACHED).count()


@contact_history.count(unit="contacts", en="Contacts refused, last 12 months", zh="近十二月营销拒绝次数")
def refusals_12m(contacts: Rows) -> ir.Value:
    return contacts.last(months=12).of(outcome=[Outcome.REFUSED, Outcome.REFUSED_ALL]).count()


@contact_history.count(unit="contacts", en="Contacts that sold, last 12 months", zh="近十二月营销成功次数")
def sales_12m(contacts: Rows) -> ir.Value:
    return contacts.last(months=12).of(outcome=[Outcome.SOLD]).count()


@contact_history.feature(unit="days", en="Days since the last marketing contact", zh="距上次营销接触天数")
def days_since_contact(contacts: Rows) -> ir.Value:
    return contacts.days_since()


@contact_history.feature(unit="days", en="Days since a contact last reached the customer", zh="距上次营销接通天数")
def days_since_conversation(contacts: Rows) -> ir.Value:
    return contacts.of(outcome=REACHED).days_since()


@contact_history.feature(
    unit="share",
    en="Contacts of the last 12 months that reached the customer, as if two of four earlier ones had",
    zh="近十二月接通率（以四次接通两次平滑）",
    absent=_PRIOR_REACHED / _PRIOR_TRIED,
)
def reach_rate(contacts: Rows) -> ir.Value:
    tried = contacts.last(months=12)
    return safe_divide(tried.of(outcome=REACHED).count() + _PRIOR_REACHED, tried.count() + _PRIOR_TRIED)
