"""Where the customer does business: the roll-up of channel codes, kinds of business, satisfaction, spend, replies."""

from datetime import date

import pytest

from tests.warehouse.features.test_families import at, bill, features, mine
from yuelao.analytics.channels import BUSINESSES, CHANNEL_OF, CHANNELS
from yuelao.warehouse.contract import CONTRACT


def test_the_four_channels_and_the_kinds_of_business_are_those_of_the_contract():
    assert CHANNELS == ("phone", "sms", "online", "hall")
    assert set(BUSINESSES) == set(CONTRACT.table("interactions").fields["business"].codes)
    for table in ("interactions", "transactions", "payments", "contacts"):
        codes = set(CONTRACT.table(table).fields["channel"].codes)
        assert codes - set(CHANNEL_OF) <= {"bank", "other"}, table


@pytest.mark.parametrize(("code", "channel"), [*CHANNEL_OF.items(), ("bank", None), (None, None)])
def test_every_code_counts_for_its_channel_only(code, channel):
    found = features(interactions=mine(at(10, 1, channel=code, business="query")))
    touches = {name: found[f"{name}_touches_6m"] for name in CHANNELS}
    assert touches == {name: int(name == channel) for name in CHANNELS}
    assert {name: found[f"{name}_businesses_6m"] for name in CHANNELS} == touches
    assert found["touches_6m"] == 1


def test_kinds_of_business_are_counted_once_each_and_unknown_where_no_touch_says_its_kind():
    kinds = ["payment", "payment", "other", "handset", None]
    halls = [at(10, 1, channel=("hall", "kiosk")[n % 2], business=kind) for n, kind in enumerate(kinds)]
    found = features(interactions=mine(*halls, at(10, 2, channel="sms"), at(4, 30, channel="web", business="query")))
    assert (found["hall_businesses_6m"], found["hall_touches_6m"]) == (3, 5)
    assert found["sms_businesses_6m"] is None
    assert (found["online_businesses_6m"], found["phone_businesses_6m"]) == (0, 0)
    everything = [at(10, 1, channel="app", business=kind) for kind in BUSINESSES]
    assert features(interactions=mine(*everything))["online_businesses_6m"] == len(BUSINESSES)


def test_the_hotline_and_the_hall_of_six_months():
    calls = [at(10, 1, channel="hotline", duration_seconds=120.0), at(6, 1, channel="hotline", duration_seconds=60.0)]
    halls = [at(9, 1, channel="hall", satisfaction=5), at(8, 1, channel="partner_hall", satisfaction=2)]
    found = features(interactions=mine(*calls, *halls, at(10, 3, channel="kiosk"), at(10, 3, channel="ivr")))
    assert (found["hotline_calls_6m"], found["hotline_minutes_mean_6m"]) == (2, 1.5)
    assert (found["hall_visits_6m"], found["hall_satisfaction_6m"]) == (2, 3.5)
    assert (found["satisfaction_6m"], found["dissatisfied_touches_6m"]) == (3.5, 1)


def test_shares_of_spend_are_of_payments_whose_channel_is_known():
    paid = [("hall", 30), ("kiosk", 10), ("app", 50), ("bank", 10), (None, 500)]
    found = features(payments=mine(*(at(9, 1, channel=channel, amount=amount) for channel, amount in paid)))
    assert (found["hall_spend_share_6m"], found["online_spend_share_6m"]) == (0.4, 0.5)
    assert (found["paid_6m"], found["payments_6m"]) == (600.0, 5)
    assert features(payments=mine(at(9, 1, amount=5)))["hall_spend_share_6m"] is None


def test_the_reply_rate_is_of_messages_known_to_be_answered_or_not():
    sent = [
        at(10, day, channel="sms", replied=replied) for day, replied in ((1, True), (2, False), (3, False), (4, None))
    ]
    found = features(contacts=mine(*sent, at(10, 5, channel="phone", replied=True)))
    assert (found["sms_contacts_12m"], found["phone_contacts_12m"]) == (4, 1)
    assert found["sms_reply_rate_12m"] == pytest.approx(1 / 3)


def test_time_online_is_unknown_where_pages_do_not_tell_it_and_0_without_pages():
    assert features(browsing=mine(at(10, 1, seconds=90.0), at(7, 1, seconds=30.0)))["online_minutes_6m"] == 2.0
    assert features(browsing=mine(at(10, 1)))["online_minutes_6m"] is None
    assert features(browsing=mine(at(1, 1, seconds=90.0)))["online_minutes_6m"] == 0.0
    assert features(browsing=[{"customer_id": "b", **at(1, 1)}])["online_minutes_6m"] == 0.0


def test_services_are_known_by_the_words_of_their_codes():
    held = [
        {"product": product, "kind": kind, "started_on": date(2026, 1, 1)}
        for product, kind in (
            ("Secretary_vas", "vas"),
            ("视频会员", "vas"),
            ("data_10gb", "pack"),
            ("data_plan", "plan"),
        )
    ]
    found = features(subscriptions=mine(*held))
    assert (found["uses_secretary"], found["uses_number_management"]) == (True, False)
    assert (found["data_services_count"], found["vas_count"]) == (2, 2)
    nobody = features(subscriptions=[{"customer_id": "b", **held[0]}])
    assert (nobody["uses_secretary"], nobody["data_services_count"]) == (False, 0)


def test_habits_of_use_are_monthly_means_of_six():
    bills = [bill(month, call_forwards=month, wlan_minutes=60.0, roaming_minutes=3.0) for month in (5, 6, 10)]
    found = features(usage_monthly=mine(*bills, bill(4, call_forwards=99)))
    assert (found["call_forwards_6m"], found["wlan_minutes_6m"], found["roaming_minutes_6m"]) == (7.0, 60.0, 3.0)
    assert found["information_calls_6m"] is None
