"""Training sets: what a model may learn from, and when it was known."""

from datetime import date, datetime

import pytest

from tests.warehouse.given import Given, Row
from yuelao.common.errors import Refused
from yuelao.warehouse.contract import CONTRACT, Field
from yuelao.warehouse.features import FEATURES
from yuelao.warehouse.targets import target_of
from yuelao.warehouse.training import reach_set, training_set, windows_set

AS_OF = date(2026, 11, 1)


def contact(month: int, day: int, outcome: str | None = "refused", customer_id: str = "a", **values: object) -> Row:
    moment = datetime(2026, month, day, 10)
    return {
        "contact_id": f"{customer_id}{month}{day}",
        "customer_id": customer_id,
        "contacted_at": moment,
        "outcome": outcome,
        "product": "p",
        "duration_seconds": 60.0,
        **values,
    }


def trained_on(*contacts: Row, as_of: date = AS_OF, months: int = 12, **tables: list[Row]) -> list[dict[str, object]]:
    given: dict[str, list[Row]] = {"customers": [{"customer_id": "a"}, {"customer_id": "b"}], **tables}
    rows: list[dict[str, object]] = training_set(Given(contacts=contacts, **given), as_of, months).to_pylist()
    return rows


def test_the_contacts_that_reached_somebody_in_order_of_time_with_what_they_sold():
    rows = trained_on(
        contact(9, 20, "sold"), contact(8, 2, customer_id="b"), contact(9, 3, "no_answer"), contact(9, 4, "call_back")
    )
    assert [(row["contacted_at"], row["label"]) for row in rows] == [
        (datetime(2026, 8, 2, 10), False),
        (datetime(2026, 9, 4, 10), False),
        (datetime(2026, 9, 20, 10), True),
    ]
    assert {row["product"] for row in rows} == {"p"}


def test_features_are_those_of_the_first_day_of_the_contacts_month():
    payments: list[Row] = [
        {"customer_id": "a", "paid_at": datetime(2026, 8, 31, 23), "amount": 10},
        {"customer_id": "a", "paid_at": datetime(2026, 9, 1), "amount": 90},
    ]
    bills: list[Row] = [{"customer_id": "a", "month": date(2026, month, 1), "charge": month} for month in (8, 9)]
    (row,) = trained_on(contact(9, 30), payments=payments, usage_monthly=bills)
    assert (row["payments_3m"], row["payment_mean_3m"], row["charge_last_month"]) == (1, 10.0, 8.0)


def test_a_contact_knows_earlier_months_contacts_but_not_itself_nor_its_own_months():
    first, second, third = trained_on(contact(8, 5, "sold"), contact(9, 5), contact(9, 6))
    assert (first["contacts_12m"], first["sales_12m"]) == (0, 0)
    assert (second["contacts_12m"], second["sales_12m"]) == (third["contacts_12m"], third["sales_12m"]) == (1, 1)


def test_before_the_first_contact_a_count_is_0_as_in_scoring_and_without_a_source_null():
    first, _ = trained_on(contact(8, 5, "sold"), contact(9, 5), complaints=[], payments=[])
    assert (first["contacts_90d"], first["days_since_contact"], first["reach_rate"]) == (0, None, 0.5)
    assert first["complaints_12m"] is first["payments_3m"] is None


def test_contacts_known_only_later_or_too_old_are_left_out():
    contacts = (contact(9, 1), contact(10, 31), contact(11, 1), contact(11, 2), contact(12, 1))
    days = [row["contacted_at"] for row in trained_on(*contacts)]
    assert days == [datetime(2026, 9, 1, 10), datetime(2026, 10, 31, 10)]
    assert [row["contacted_at"] for row in trained_on(*contacts, months=1)] == days[1:]


def test_attributes_not_yet_known_at_the_time_are_null():
    customers: list[Row] = [{"customer_id": "a", "observed_on": date(2026, 9, 1), "gender": "female"}]
    assert [row["gender"] for row in trained_on(contact(9, 5), contact(10, 5), customers=customers)] == [None, "female"]


def test_columns_are_features_extras_and_what_is_known_before_a_contact():
    extras = {"job": Field("job", "text", "Job", "职业")}
    given = Given(extras, customers=[{"customer_id": "a", "job": "clerk"}], contacts=[contact(9, 5)])
    table = training_set(given, AS_OF)
    assert table.column_names == [*FEATURES, "job", "product", "channel", "contacted_at", "label"]
    assert table["job"].to_pylist() == ["clerk"]


@pytest.mark.parametrize("name", [f.name for f in CONTRACT.table("contacts").fields.values() if f.after_call])
def test_nothing_known_only_after_the_contact_is_a_column(name: str):
    assert (
        name not in training_set(Given(contacts=[contact(9, 5)], customers=[{"customer_id": "a"}]), AS_OF).column_names
    )


def test_without_contacts_it_is_empty_and_typed():
    table = training_set(Given(), AS_OF)
    assert table.num_rows == 0
    assert table.column_names == [*FEATURES, "product", "channel", "contacted_at", "label"]


def test_a_call_or_visit_counts_once_somebody_answered_and_a_message_when_it_was_sent():
    outcomes = {"phone": "no_answer", "hall": "no_answer", "sms": "no_answer", "web": "refused", "app": "sold"}
    silent = [
        contact(9, day, outcome, channel=channel) for day, (channel, outcome) in enumerate(outcomes.items(), start=1)
    ]
    spoken = [contact(9, 20, channel="hall"), contact(9, 21, channel=None), contact(9, 22, channel="other")]
    sent = contact(9, 23, None, channel="sms")
    rows = trained_on(*silent, *spoken, sent)
    assert [(row["channel"], row["label"]) for row in rows] == [
        ("sms", False),
        ("online", False),
        ("online", True),
        ("hall", False),
        ("phone", False),
    ]


def test_of_a_product_sent_to_masses_a_share_is_drawn_and_of_others_all_is_kept():
    many = [contact(9, 1 + n % 28, channel="sms", contact_id=f"m{n}") for n in range(300)]
    few = [contact(9, 1 + n, channel="phone", contact_id=f"c{n}") for n in range(20)]
    given = Given(customers=[{"customer_id": "a"}], contacts=[*many, *few])
    channels = training_set(given, AS_OF, most_of_a_cell=100)["channel"].to_pylist()
    assert channels.count("phone") == 20
    assert 70 < channels.count("sms") < 130


def test_a_refusal_that_answered_no_offer_teaches_nothing():
    stop = contact(9, 6, "refused_all", customer_id="b", product=None, channel="other")
    assert len(trained_on(contact(9, 5), stop)) == 1


def paid(customer_id: str, *months: int, amount: float = 10) -> list[Row]:
    return [{"customer_id": customer_id, "paid_at": datetime(2026, month, 9), "amount": amount} for month in months]


def test_a_window_is_learned_from_once_it_has_ended_with_what_was_known_when_it_began():
    given = Given(
        customers=[{"customer_id": each} for each in ("a", "b")],
        payments=[*paid("a", 6, 7, 8, 9, 10), *paid("b", 6, 7, 8)],
        usage_monthly=[{"customer_id": "a", "month": date(2026, 10, 1), "charge": 1}],
    )
    rows = windows_set(given, target_of("churn").within(2), AS_OF).to_pylist()
    assert [(row["start"].month, row["label"], row["payments_3m"]) for row in rows] == [
        (7, False, 1),
        (7, False, 1),
        (9, False, 3),
        (9, True, 3),
    ]
    assert "customer_id" not in rows[0]


def test_the_same_customers_are_drawn_on_every_day():
    customers = [f"c{number}" for number in range(200)]
    given = Given(
        customers=[{"customer_id": each, "points_balance": int(each[1:])} for each in customers],
        payments=[row for each in customers for row in paid(each, 8, 9, 10)],
        devices=[{"customer_id": "c1", "first_seen_on": date(2026, 10, 2)}],
    )
    rows = windows_set(given, target_of("replacement").within(1), AS_OF, most_rows=200).to_pylist()
    drawn = {
        start: {row["points_balance"] for row in rows if row["start"] == start} for start in {r["start"] for r in rows}
    }
    assert len(drawn) == 2
    assert len({frozenset(each) for each in drawn.values()}) == 1
    assert 150 < len(rows) < 250


def test_too_short_a_history_and_a_source_that_lacks_are_refused():
    customers: list[Row] = [{"customer_id": "a"}]
    devices: list[Row] = [{"customer_id": "a", "first_seen_on": date(2026, 8, 2)}]
    short = Given(customers=customers, payments=paid("a", 8, 9, 10), devices=devices)
    with pytest.raises(Refused, match="needs 5 months of history"):
        windows_set(short, target_of("replacement").within(2), AS_OF)
    with pytest.raises(Refused, match="learned from devices"):
        windows_set(Given(customers=customers), target_of("replacement"), AS_OF)


def test_reaching_is_learned_from_every_call_of_a_number_there_is_with_its_hour():
    contacts = [
        contact(9, 21, "no_answer"),
        contact(9, 22, "refused"),
        contact(9, 23, "empty_number"),
        contact(9, 24, "refused", channel="sms"),
        contact(9, 27, "sold", customer_id="b", product=None),
    ]
    rows = reach_set(
        Given(customers=[{"customer_id": "a"}, {"customer_id": "b"}], contacts=contacts), AS_OF
    ).to_pylist()
    assert [(row["hour"], row["weekday"], row["label"]) for row in rows] == [
        (10, 0, False),
        (10, 1, True),
        (10, 6, True),
    ]
    assert {"product", "outcome", "customer_id"}.isdisjoint(rows[0])
