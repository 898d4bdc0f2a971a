"""When calls were made: the weekdays and hours of which the past can tell who answers."""

from collections import Counter
from datetime import date

from yuelao.warehouse.dates import add_months, as_date
from yuelao.warehouse.tables import Tables

MONTHS = 12
LEAST_SHARE = 0.01
"""Of hours and of weekdays with a smaller share of the calls nothing can be said."""


def called_at(tables: Tables, as_of: date) -> tuple[frozenset[int], frozenset[int]]:
    """The weekdays (0 is Monday) and the hours of the day at which calls were usual in the year before `as_of`."""
    if not tables.has("contacts"):
        return frozenset(), frozenset()
    contacts = tables.table("contacts")
    day, at = as_date(contacts.contacted_at), contacts.contacted_at
    called = contacts.filter(
        day < as_of, day >= add_months(as_of, -MONTHS), contacts.channel.isnull() | (contacts.channel == "phone")
    )
    counted = called.group_by(weekday=at.day_of_week.index(), hour=at.hour()).aggregate(calls=called.count())
    days: Counter[int] = Counter()
    hours: Counter[int] = Counter()
    for row in counted.to_pyarrow().to_pylist():
        days[row["weekday"]] += row["calls"]
        hours[row["hour"]] += row["calls"]
    return _usual(days), _usual(hours)


def _usual(calls: Counter[int]) -> frozenset[int]:
    return frozenset(place for place, count in calls.items() if count >= LEAST_SHARE * calls.total())
