"""Whole months and days: calendar arithmetic for Python dates and for columns, alike on every engine."""

from calendar import monthrange
from datetime import date

import ibis
import ibis.expr.types as ir


def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier if negative); the month's last day where that month is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def whole_months(start: ir.DateValue, end: ir.DateValue) -> ir.IntegerValue:
    """Whole months from `start` to `end`; negative where `end` is earlier by as much as a day."""
    months = (end.year() - start.year()) * 12 + (end.month() - start.month())
    return (months - (end.day() < start.day()).cast("int64")).cast("int64")


def days_until(day: ir.DateValue, end: date) -> ir.IntegerValue:
    """Calendar days from each `day` to `end`."""
    return ibis.literal(end).delta(day, unit="day").cast("int64")


def as_date(moment: ir.Value) -> ir.DateValue:
    """The calendar date of a date or timestamp column."""
    return moment.date() if moment.type().is_timestamp() else moment
