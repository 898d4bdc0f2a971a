"""What a tariff charges: the laws every bill obeys, and the nonsense that is refused with its place."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analytics.plan_fit.given import USE, definitions
from yuelao.analytics.plan_fit.tariff import Tariff, read_plans
from yuelao.common.errors import Refused

VOICE = {"included": 100, "price": 0.15}


@given(definitions(), USE, USE)
def test_more_use_never_costs_less_and_nothing_less_than_the_fee(definition, use, more):
    tariff = Tariff.from_definition(definition)
    bill = tariff.bill(**use)
    assert tariff.fee <= bill <= tariff.bill(**{name: use[name] + more[name] for name in use})
    assert tariff.bill() == tariff.fee


@given(definitions(), USE)
def test_caps_are_kept(definition, use):
    tariff = Tariff.from_definition(definition)
    over = tariff.bill(**use) - tariff.fee
    caps = [rate.cap for rate in tariff.rates]
    if tariff.cap is not None:
        assert over <= tariff.cap
    if None not in caps:
        assert over <= sum(cap for cap in caps if cap is not None)


@given(definitions(), USE)
def test_tiers_are_continuous(definition, use):
    tariff = Tariff.from_definition(definition)
    for rate in tariff.rates:
        dearest = max(tier.price for tier in rate.tiers)
        edges = [(rate.included or 0) + (tier.upto or 0) for tier in rate.tiers]
        for steps in [*edges, use[rate.measure.service]]:
            assert 0 <= rate.charge(steps + 1) - rate.charge(steps) <= dearest + 1


@given(definitions(shared=3), USE)
def test_a_pool_of_one_line_is_no_pool(definition, use):
    assert Tariff.from_definition(definition).bill(**use) == Tariff.from_definition(
        definition | {"shared_lines": 1}
    ).bill(**use)


@given(definitions(shared=2), USE)
def test_four_lines_on_a_plan_for_two_are_two_subscriptions(definition, use):
    tariff = Tariff.from_definition(definition)
    assert tariff.bill(lines=4) == tariff.bill(lines=3) == 2 * tariff.bill(lines=2)
    # One line's cents are rounded once, so twice the use of a pair is its bill twice but for that cent a service
    doubled = tariff.bill(**{name: 2 * steps for name, steps in use.items()}, lines=4)
    assert abs(doubled - 2 * tariff.bill(**use, lines=2)) <= len(tariff.rates)


def test_graduated_tiers_as_a_list_and_as_text():
    listed = [{"upto": 100, "price": "0.25"}, {"upto": 500, "price": "0.15"}, {"price": "0.10"}]
    for tiers in (listed, "100:0.25, 500:0.15, 0.10"):
        plan = Tariff.from_definition({"plan": "p", "fee": 10, "voice": {"included": 50, "tiers": tiers}})
        assert plan.bill(voice=50 * 60) == 1000
        assert plan.bill(voice=150 * 60) == 1000 + 2500
        assert plan.bill(voice=650 * 60) == 1000 + 2500 + 400 * 15 + 100 * 10


def test_a_line_rounds_half_up_to_the_cent():
    plan = Tariff.from_definition({"plan": "p", "fee": 0, "data": {"price": "0.01"}})
    assert [plan.bill(data=kb) for kb in (0, 511, 512, 1535, 1536)] == [0, 0, 1, 1, 2]


def test_prices_read_from_files_as_floats_are_exact():
    plan = Tariff.from_definition({"plan": "p", "fee": 19.9, "data": {"price": 0.29 / 1024}})
    assert plan.fee == 1990
    assert plan.rates[0].tiers[0].price == Fraction(29, 1024 * 1024)


def test_unlimited_and_unpriced_services_cost_nothing():
    definition = {"plan": "p", "fee": 5, "voice": {"included": "unlimited", "price": 1}, "data": {"included": 3}}
    assert Tariff.from_definition(definition).bill(voice=10**7, data=10**9, messages=9) == 500


def test_the_lower_fee_comes_first_then_the_name():
    plans = [{"plan": "b", "fee": 5}, {"plan": "z", "fee": 4}, {"plan": "a", "fee": 5}]
    assert [tariff.plan for tariff in read_plans(plans)] == ["z", "a", "b"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"plan": ""}, "plans[1].plan"),
        ({"plan": "first"}, "plans[1].plan"),
        ({"fee": -1}, "plans[1].fee"),
        ({"fee": None}, "plans[1].fee"),
        ({"fee": "1.999"}, "plans[1].fee"),
        ({"fee": True}, "plans[1].fee"),
        ({"fee": float("nan")}, "plans[1].fee"),
        ({"feee": 1}, "plans[1].feee"),
        ({"shared_lines": 0}, "plans[1].shared_lines"),
        ({"on_sale": "yes"}, "plans[1].on_sale"),
        ({"voice": 5}, "plans[1].voice"),
        ({"voice": {"price": "much"}}, "plans[1].voice.price"),
        ({"voice": {"per": "session"}}, "plans[1].voice.per"),
        ({"voice": VOICE | {"tiers": "0.1"}}, "plans[1].voice.price"),
        ({"voice": {"missed": "block"}}, "plans[1].voice.missed"),
        ({"voice": {"price": "0.1234567891"}}, "plans[1].voice"),
        ({"data": {"block": 0.5}}, "plans[1].data.block"),
        ({"data": {"tiers": []}}, "plans[1].data.tiers"),
        ({"data": {"tiers": [5]}}, "plans[1].data.tiers[0]"),
        ({"data": {"tiers": "10:1, 5:2, 1"}}, "plans[1].data.tiers[1].upto"),
        ({"data": {"tiers": "10:1"}}, "plans[1].data.tiers[0].upto"),
        ({"data": {"tiers": "1, 10:1"}}, "plans[1].data.tiers[0].upto"),
        ({"data": {"tiers": "10:x, 1"}}, "plans[1].data.tiers[0].price"),
        ({"messages": {"block": 2}}, "plans[1].messages.block"),
    ],
)
def test_nonsense_is_refused_with_its_place(change, where):
    with pytest.raises(Refused) as refusal:
        read_plans([{"plan": "first", "fee": 1}, {"plan": "p", "fee": 1, "voice": VOICE} | change])
    assert refusal.value.where == where
    assert "\n" not in str(refusal.value)


def test_a_catalogue_without_plans_is_refused():
    with pytest.raises(Refused, match="no plan"):
        read_plans([])


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=9) | st.integers(),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["included", "price", "tiers", "upto", "cap", "block", "per"]), inner,
                        max_size=4), max_leaves=8))  # fmt: skip
def test_whatever_stands_in_a_definition_is_read_or_refused(anything):
    for key in ("fee", "voice", "data", "overage_cap", "shared_lines"):
        refused = ""
        try:
            Tariff.from_definition({"plan": "p", "fee": 1, key: anything}).bill(voice=77, data=1030, messages=1)
        except Refused as refusal:
            refused = refusal.where
        assert refused.startswith(key) or not refused
