"""How earlier campaigns met the customer: tried, reached, sold."""

import ibis.expr.types as ir

from yuelao.common.outcomes import REACHED, Outcome
from yuelao.warehouse.engine import safe_divide
from yuelao.warehouse.features.family import Pass
from yuelao.warehouse.features.rows import Rows

contacts = Pass("contacts")
contact_history = contacts.family("contact history")

# The reach rate of a customer starts as if four earlier calls had reached twice (a Beta(2, 2) prior), so that
# one missed call does not make anybody unreachable.
_PRIOR_REACHED, _PRIOR_TRIED = 2, 4


@contact_history.count(unit="contacts", en="Marketing contacts tried, last 90 days", zh="近九十天营销接触次数")
def contacts_90d(met: Rows) -> ir.Value:
    return met.last(days=90).count()


@contact_history.count(unit="contacts", en="Marketing contacts tried, last 12 months", zh="近十二月营销接触次数")
def contacts_12m(met: Rows) -> ir.Value:
    return met.last(months=12).count()


@contact_history.count(
    unit="contacts", en="Contacts that reached the customer, last 12 months", zh="近十二月营销接通次数"
)
def conversations_12m(met: Rows) -> ir.Value:
    return met.last(months=12).of(outcome=REACHED).count()


@contact_history.count(unit="contacts", en="Contacts refused, last 12 months", zh="近十二月营销拒绝次数")
def refusals_12m(met: Rows) -> ir.Value:
    return met.last(months=12).of(outcome=[Outcome.REFUSED, Outcome.REFUSED_ALL]).count()


@contact_history.count(unit="contacts", en="Contacts that sold, last 12 months", zh="近十二月营销成功次数")
def sales_12m(met: Rows) -> ir.Value:
    return met.last(months=12).of(outcome=[Outcome.SOLD]).count()


@contact_history.count(
    unit="contacts", en="Contacts that asked for a call back, last 12 months", zh="近十二月预约回拨次数"
)
def call_backs_12m(met: Rows) -> ir.Value:
    return met.last(months=12).of(outcome=[Outcome.CALL_BACK]).count()


@contact_history.count(unit="contacts", en="Marketing calls tried, last 12 months", zh="近十二月外呼次数")
def phone_contacts_12m(met: Rows) -> ir.Value:
    return met.last(months=12).of(channel=["phone"]).count()


@contact_history.count(unit="messages", en="Marketing messages sent, last 12 months", zh="近十二月营销短信条数")
def sms_contacts_12m(met: Rows) -> ir.Value:
    return met.last(months=12).of(channel=["sms"]).count()


@contact_history.feature(
    unit="share",
    en="Marketing messages answered, share of those known to be answered or not, last 12 months",
    zh="近十二月营销短信回复率",
)
def sms_reply_rate_12m(met: Rows) -> ir.Value:
    sent = met.last(months=12).of(channel=["sms"])
    known = sent.where(met["replied"].notnull())
    return safe_divide(sent.where(met["replied"]).count(), known.count())


@contact_history.feature(
    unit="minutes", en="Mean length of calls that reached the customer, last 12 months", zh="近十二月营销通话平均时长"
)
def conversation_minutes_mean_12m(met: Rows) -> ir.Value:
    calls = met.last(months=12).of(channel=["phone"], outcome=REACHED)
    return calls.mean("duration_seconds") / 60.0


@contact_history.days_since(en="Days since a contact last sold", zh="距上次营销成功天数")
def days_since_sale(met: Rows) -> Rows:
    return met.of(outcome=[Outcome.SOLD])


@contact_history.days_since(en="Days since the last marketing contact", zh="距上次营销接触天数")
def days_since_contact(met: Rows) -> Rows:
    return met


@contact_history.days_since(en="Days since a contact last reached the customer", zh="距上次营销接通天数")
def days_since_conversation(met: Rows) -> Rows:
    return met.of(outcome=REACHED)


@contact_history.feature(
    unit="share",
    en="Contacts of the last 12 months that reached the customer, as if two of four earlier ones had",
    zh="近十二月接通率（以四次接通两次平滑）",
    absent=_PRIOR_REACHED / _PRIOR_TRIED,
)
def reach_rate(met: Rows) -> ir.Value:
    tried = met.last(months=12)
    return safe_divide(tried.of(outcome=REACHED).count() + _PRIOR_REACHED, tried.count() + _PRIOR_TRIED)
