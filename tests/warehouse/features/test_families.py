"""What each family says of a customer whose history is known by heart."""

from datetime import date, datetime

import pytest

from tests.warehouse.given import Given, Row, by_customer
from yuelao.warehouse.contract import Field
from yuelao.warehouse.features import FEATURES, build_view, view_of

AS_OF = date(2026, 11, 1)


def features(**tables: list[Row]) -> dict[str, object]:
    """The features of customer a."""
    given: dict[str, list[Row]] = {"customers": [{"customer_id": "a"}], **tables}
    return by_customer(build_view(Given(**given), AS_OF))["a"]


def mine(*rows: Row) -> list[Row]:
    return [{"customer_id": "a", **row} for row in rows]


def bill(month: int, **values: object) -> Row:
    return {"month": date(2026, month, 1), **values}


def at(month: int, day: int, **values: object) -> Row:
    moment = datetime(2026, month, day, 10)
    return {"occurred_at": moment, "paid_at": moment, "ordered_at": moment, "contacted_at": moment, **values}


def test_identity():
    person = {"birth_date": date(1990, 11, 2), "joined_on": date(2024, 10, 31), "gender": "female", "star_level": 4}
    further = {"points_balance": 10.0, "points_redeemed": None, "overdraft_allowance": 50, "city": "c"}
    found = features(customers=mine({**person, **further, "contract_until": date(2026, 12, 15)}))
    assert found["age"] == 35
    assert found["tenure_months"] == 24
    assert found["contract_months_left"] == 2
    assert found["points_total"] == 10.0
    assert (found["gender"], found["star_level"], found["overdraft_allowance"]) == ("female", 4, 50.0)


def test_a_contract_that_has_ended_has_no_months_left():
    assert features(customers=mine({"contract_until": date(2026, 10, 31)}))["contract_months_left"] == 0
    assert features(customers=mine({"contract_until": date(2026, 11, 1)}))["contract_months_left"] == 1


PLANS: list[Row] = [{"plan_id": "small", "monthly_fee": 19, "data_mb": 1000.0}, {"plan_id": "big", "monthly_fee": 99}]


@pytest.mark.parametrize(
    ("observed_on", "taken", "plan"),
    [
        (date(2026, 1, 1), {"started_on": date(2026, 5, 1)}, "big"),
        (None, {"started_on": date(2026, 5, 1)}, "big"),
        (date(2026, 6, 1), {"started_on": date(2026, 5, 1)}, "small"),
        (date(2026, 1, 1), {"started_on": date(2026, 5, 1), "ended_on": date(2026, 8, 1)}, "small"),
        (date(2026, 1, 1), {"started_on": date(2026, 5, 1), "product": "no main plan"}, "small"),
    ],
)
def test_the_main_plan_is_the_newest_known_of_register_and_subscriptions(observed_on, taken, plan):
    found = features(
        customers=mine({"plan_id": "small", "observed_on": observed_on}),
        subscriptions=mine({"product": "big", "kind": "plan", **taken}),
        plans=PLANS,
    )
    assert (found["plan_id"], found["plan_fee"]) == (plan, {"small": 19.0, "big": 99.0}[plan])


def test_consumption_means_are_per_month_of_the_last_three():
    bills = [bill(10, charge=30, data_mb=300.0), bill(9, charge=60, data_mb=300.0), bill(8, charge=90)]
    found = features(usage_monthly=mine(*bills, bill(7, charge=20), bill(6, charge=40), bill(4, charge=999)))
    assert found["arpu_3m"] == 60.0
    assert found["charge_last_month"] == 30.0
    assert found["charge_change_3m"] == 1.0
    assert found["data_mb_3m"] == 300.0


def test_consumption_shares():
    use = bill(10, charge=50, vas_charge=5, voice_minutes=100.0, off_net_minutes=40.0, long_distance_minutes=10.0)
    more = {"roaming_minutes": 5.0, "data_mb": 1000.0, "fast_data_mb": 900.0, "overage_data_mb": 100.0, "sms_count": 4}
    found = features(usage_monthly=mine({**use, **more}, bill(9, overage_data_mb=0.0)))
    assert (found["off_net_share_3m"], found["distance_roaming_share_3m"]) == (0.4, 0.15)
    assert (found["vas_share_3m"], found["fast_data_share_3m"], found["charge_per_minute_3m"]) == (0.1, 0.9, 0.5)
    assert (found["overage_months_3m"], found["overage_data_mb_3m"], found["sms_3m"]) == (1, 50.0, 4.0)


def test_a_division_by_zero_is_unknown():
    found = features(usage_monthly=mine(bill(10, charge=0, vas_charge=0, voice_minutes=0.0, off_net_minutes=0.0)))
    assert found["vas_share_3m"] is found["off_net_share_3m"] is found["charge_per_minute_3m"] is None


def test_ratios_over_features():
    found = features(
        customers=mine({"plan_id": "small"}), plans=PLANS, usage_monthly=mine(bill(10, data_mb=1500.0, charge=38))
    )
    assert (found["data_use_ratio_3m"], found["plan_fee_share_3m"]) == (1.5, 0.5)
    assert found["voice_use_ratio_3m"] is None


def test_payment():
    found = features(
        payments=mine(at(10, 20, amount=50, channel="hall"), at(8, 1, amount=100, channel="app"), at(7, 31))
    )
    assert (found["payment_mean_3m"], found["payments_3m"], found["days_since_payment"]) == (75.0, 2, 12)
    assert found["hall_payment_share_3m"] == 0.5


def test_device_in_use_is_the_newest_even_where_its_brand_is_unknown():
    devices: list[Row] = [
        {"first_seen_on": date(2026, 9, 2), "price": 1999, "generation": 5},
        {"first_seen_on": date(2024, 1, 1), "brand": "old", "price": 500, "generation": 4},
        {"first_seen_on": date(2020, 1, 1), "brand": "older"},
    ]
    found = features(devices=mine(*devices))
    assert (found["device_brand"], found["device_price"], found["device_generation"]) == (None, 1999.0, 5)
    assert (found["device_months"], found["handset_changes_3y"]) == (1, 2)


def test_service():
    calls = [at(10, 1, channel="hotline", reason="Data_slow", duration_seconds=120.0), at(9, 1, channel="hotline")]
    found = features(
        interactions=mine(*calls, at(9, 2, channel="app", reason="购机咨询手机"), at(8, 2, channel="hall"))
    )
    assert (found["interactions_3m"], found["hotline_calls_3m"], found["hotline_minutes_mean_3m"]) == (4, 2, 2.0)
    assert (found["hall_visits_3m"], found["web_app_visits_3m"], found["electronic_share_3m"]) == (1, 1, 0.25)
    assert (found["interactions_data_3m"], found["interactions_handset_3m"], found["days_since_interaction"]) == (
        1,
        1,
        31,
    )


def test_subscriptions_held():
    held: list[Row] = [
        {"product": "p", "kind": "vas", "started_on": date(2026, 1, 1), "monthly_fee": 6},
        {"product": "q", "kind": "pack", "started_on": date(2026, 2, 1), "ended_on": date(2026, 11, 1)},
        {"product": "r", "kind": "vas", "started_on": date(2026, 10, 2), "ended_on": date(2026, 10, 31)},
    ]
    found = features(subscriptions=mine(*held))
    assert (found["subscriptions_count"], found["vas_count"], found["packs_count"]) == (2, 1, 1)
    assert (found["subscriptions_fee"], found["days_since_subscription"]) == (6.0, 30)


def test_complaints_and_contacts():
    outcomes = ["sold", "refused", "no_answer", "refused_all"]
    contacts = [at(month, 2, outcome=outcome) for month, outcome in zip((2, 8, 9, 10), outcomes, strict=True)]
    found = features(contacts=mine(*contacts), complaints=mine(at(9, 2, about_marketing=True), at(1, 2)))
    assert (found["contacts_90d"], found["contacts_12m"], found["conversations_12m"]) == (2, 4, 3)
    assert (found["sales_12m"], found["refusals_12m"], found["reach_rate"]) == (1, 2, 5 / 8)
    assert (found["days_since_contact"], found["days_since_conversation"]) == (30, 30)
    assert (found["complaints_12m"], found["marketing_complaints_12m"], found["days_since_complaint"]) == (2, 1, 60)


def test_demand():
    pages = [at(10, 20, product="p", category="data"), at(10, 21, product="q"), at(10, 22, product="q"), at(9, 1)]
    found = features(
        orders=mine(at(10, 1, amount=100, state="cancelled"), at(5, 1, amount=50)),
        browsing=mine(*pages),
        transactions=mine(at(10, 30, succeeded=False), at(10, 30), at(9, 1, succeeded=False)),
    )
    assert (found["orders_12m"], found["order_amount_mean_12m"], found["days_since_order"]) == (2, 75.0, 31)
    assert (found["browsing_30d"], found["products_browsed_30d"], found["data_pages_30d"]) == (3, 2, 1)
    assert (found["transactions_90d"], found["failed_transactions_30d"]) == (3, 1)


def test_who_has_no_rows_has_counts_of_zero_once_the_table_had_any():
    someone = {"customer_id": "b"}
    found = features(contacts=[{**someone, **at(10, 1)}], payments=[{**someone, **at(12, 1)}])
    assert (found["contacts_90d"], found["sales_12m"], found["reach_rate"]) == (0, 0, 0.5)
    assert found["days_since_contact"] is None
    assert found["payments_3m"] is None  # nothing was known of payments by then
    assert found["complaints_12m"] is None  # nor ever of complaints


def test_sums_are_the_same_to_the_last_bit_in_whatever_order_rows_come():
    bills = [bill(10 - n % 3, data_mb=0.1 * n + 1e-3, customer_id=f"c{n % 7}") for n in range(3000)]
    customers = [{"customer_id": f"c{n}"} for n in range(7)]
    one, other = (
        by_customer(build_view(Given(customers=customers, usage_monthly=rows), AS_OF)) for rows in (bills, bills[::-1])
    )
    assert one == other


def test_a_number_beyond_all_sense_is_left_out():
    found = features(usage_monthly=mine(bill(10, data_mb=float("inf")), bill(9, data_mb=1e300), bill(8, data_mb=5.0)))
    assert found["data_mb_3m"] == 5.0


def test_extra_attributes_pass_and_take_the_place_of_features_of_their_name():
    extras = {"job": Field("job", "text", "Job", "职业"), "age": Field("age", "integer", "Age", "年龄")}
    customers = mine({"job": "clerk", "age": 58, "birth_date": date(2000, 1, 1)})
    view = build_view(Given(extras, customers=customers), AS_OF)
    assert by_customer(view)["a"]["job"] == "clerk"
    assert by_customer(view)["a"]["age"] == 58
    assert set(view.columns) == {"customer_id", "job", *FEATURES}


def test_a_view_of_chosen_customers_equals_their_part_of_the_whole():
    customers = [{"customer_id": name, "star_level": level} for name, level in (("a", 1), ("b", 2))]
    given = Given(
        customers=customers, payments=mine(at(10, 2, amount=5)) + [{"customer_id": "b", **at(10, 3, amount=9)}]
    )
    whole = by_customer(build_view(given, AS_OF))
    chosen = given.table("customers").filter(given.table("customers").customer_id == "b")
    assert by_customer(view_of(given, AS_OF, chosen)) == {"b": whole["b"]}
