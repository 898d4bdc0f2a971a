"""Targets: to whom something happened in the months after a day, and who could be asked."""

from datetime import date, datetime

import pytest

from tests.warehouse.given import Given, Row
from yuelao.common.errors import NotFound
from yuelao.warehouse.targets import TARGETS, target_of

START = date(2026, 8, 1)


def bills(customer_id: str, *months: int, charge: float = 100) -> list[Row]:
    return [{"customer_id": customer_id, "month": date(2026, month, 1), "charge": charge} for month in months]


def happened(name: str, months: int, product: str | None = None, **tables: list[Row]) -> dict[str, bool]:
    everybody = {str(row["customer_id"]) for rows in tables.values() for row in rows}
    given = Given(customers=[{"customer_id": each} for each in sorted(everybody)], **tables)
    labels = target_of(name, product).within(months).labels(given, START).to_pyarrow().to_pylist()
    assert len(labels) == len({row["customer_id"] for row in labels})
    return {row["customer_id"]: row["label"] for row in labels}


def test_who_leaves_no_trace_in_the_last_month_has_left_and_a_bill_lost_on_the_way_is_no_leaving():
    paid: list[Row] = [{"customer_id": "payer", "paid_at": datetime(2026, 9, 30, 23), "amount": 5}]
    usage = [*bills("stayer", 7, 8, 9), *bills("leaver", 7, 8), *bills("payer", 7, 8), *bills("long gone", 6)]
    assert happened("churn", 2, usage_monthly=usage, payments=paid) == {
        "stayer": False,
        "leaver": True,
        "payer": False,
    }


def test_another_handset_or_a_complaint_counts_within_the_window_alone():
    usage = [*bills("before", 7), *bills("within", 7), *bills("after", 7)]
    days = {"before": (7, 31), "within": (9, 30), "after": (10, 1)}
    seen: list[Row] = [{"customer_id": name, "first_seen_on": date(2026, *day)} for name, day in days.items()]
    said: list[Row] = [{"customer_id": name, "occurred_at": datetime(2026, *day, 9)} for name, day in days.items()]
    only_within = {"before": False, "within": True, "after": False}
    assert happened("replacement", 2, usage_monthly=usage, devices=seen) == only_within
    assert happened("complaint", 2, usage_monthly=usage, complaints=said) == only_within


def test_loyal_is_who_is_billed_every_month_and_spends_nearly_as_much():
    usage = [
        *bills("steady", 6, 7, 8, 9),
        *bills("saver", 6, 7),
        *bills("saver", 8, 9, charge=80),
        *bills("skipper", 6, 7, 9),
    ]
    assert happened("loyalty", 2, usage_monthly=usage) == {"steady": True, "saver": False, "skipper": False}


def test_look_alikes_are_learned_from_those_who_did_not_hold_the_product_before():
    usage = [*bills("holder", 7), *bills("taker", 7), *bills("other", 7)]
    taken: list[Row] = [
        {"customer_id": "holder", "product": "p", "started_on": date(2026, 5, 1), "ended_on": date(2026, 6, 1)},
        {"customer_id": "taker", "product": "p", "started_on": date(2026, 8, 1)},
        {"customer_id": "other", "product": "q", "started_on": date(2026, 8, 1)},
    ]
    assert happened("look_alike", 2, "p", usage_monthly=usage, subscriptions=taken) == {"taker": True, "other": False}


def test_of_a_look_alike_it_is_told_who_was_offered_the_product_by_the_end_of_the_window():
    days = {"early": (5, 2025), "late": (9, 2026), "after": (11, 2026), "other_product": (8, 2026), "before": (7, 2026)}
    contacts: list[Row] = [
        {
            "contact_id": each,
            "customer_id": each,
            "contacted_at": datetime(year, month, 3),
            "product": "q" if each == "other_product" else "p",
        }
        for each, (month, year) in days.items()
    ]
    customers: list[Row] = [{"customer_id": each} for each in days]
    bills_of_all = [row for each in days for row in bills(each, 7)]
    taken: list[Row] = [{"customer_id": "late", "product": "p", "started_on": date(2026, 9, 5)}]
    given = Given(customers=customers, usage_monthly=bills_of_all, contacts=contacts, subscriptions=taken)
    labels = target_of("look_alike", "p").within(2).labels(given, date(2026, 8, 1)).to_pyarrow().to_pylist()
    assert {row["customer_id"] for row in labels if row["offered"]} == {"late", "before"}
    assert {row["customer_id"] for row in labels if row["label"]} == {"late"}
    silent = Given(customers=customers, usage_monthly=bills_of_all, subscriptions=taken)
    labels = target_of("look_alike", "p").within(2).labels(silent, date(2026, 8, 1)).to_pyarrow().to_pylist()
    assert len(labels) == len(days)
    assert not any(row["offered"] for row in labels)


def test_without_traces_everybody_known_can_be_asked():
    seen: list[Row] = [{"customer_id": "a", "first_seen_on": date(2026, 8, 3)}]
    assert happened("replacement", 1, devices=seen) == {"a": True}


def test_an_unknown_target_is_refused_with_the_nearest_name():
    with pytest.raises(NotFound) as error:
        target_of("chrun")
    assert "churn" in error.value.hint
    assert all(each.en and each.zh for each in TARGETS.values())
