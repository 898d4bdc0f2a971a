"""A course of contacts and the months after: repeatable, remembered, tiring; guidance moves and partly falls back."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from yuelao.common.errors import NotFound
from yuelao.common.outcomes import Outcome
from yuelao.simulation.aftermath import later
from yuelao.simulation.catalogue import PRODUCT_CODES
from yuelao.simulation.habits import CHANNELS
from yuelao.simulation.observed import Observed, observe
from yuelao.simulation.play import Contact, play

UNTIL = date(2026, 11, 1)
START = datetime(2026, 11, 2, 10)
MONTHS = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)]


@pytest.fixture(scope="module")
def world() -> Observed:
    return observe(7, 1, UNTIL, 3)


def _ids(world: Observed, count: int) -> list[str]:
    return [str(name) for name in world.ids[:count]]


def _mixed(world: Observed) -> list[Contact]:
    """Three contacts to each of 200 customers, on all channels, offers and guidance."""
    contacts = []
    for place, name in enumerate(_ids(world, 200) * 3):
        at, channel = START + timedelta(days=place % 23, hours=place % 9), CHANNELS[place % 4]
        if place % 5 == 0:
            contacts.append(Contact(name, channel, at, guides=("payment", "query")[place % 2]))
        else:
            contacts.append(Contact(name, channel, at, PRODUCT_CODES[place % 7]))
    return contacts


def test_reactions_do_not_depend_on_order_or_company(world: Observed) -> None:
    contacts = _mixed(world)
    together = play(world.truth, contacts, 3)
    assert play(world.truth, contacts[::-1], 3)[::-1] == together
    alone = contacts[17].source_id
    own = [place for place, contact in enumerate(contacts) if contact.source_id == alone]
    assert play(world.truth, [contacts[place] for place in own], 3) == [together[place] for place in own]
    assert play(world.truth, contacts, 4) != together


def test_a_first_contact_is_answered_as_answer_says(world: Observed) -> None:
    quiet = np.flatnonzero(world.truth.column("recent") == 0)[:1000]
    ids = [str(name) for name in world.ids[quiet]]
    single = world.truth.answer(ids, ["data_30gb"] * len(ids), [START] * len(ids), [0] * len(ids), 5)
    played = play(world.truth, [Contact(name, "phone", START, "data_30gb") for name in ids], 5)
    assert [reaction.outcome for reaction in played] == [answer.outcome for answer in single]


def test_only_messages_are_replied_to_and_only_sales_are_orders(world: Observed) -> None:
    contacts = [Contact(name, channel, START, "handset_value") for channel in CHANNELS for name in _ids(world, 5000)]
    pairs = list(zip(contacts, play(world.truth, contacts, 1), strict=True))
    assert any(reaction.reply_seconds for _contact, reaction in pairs)
    for contact, reaction in pairs:
        assert (reaction.reply_seconds is None) or contact.channel == "sms"
        assert (reaction.ordered_at is not None) == (reaction.outcome is Outcome.SOLD)
        assert reaction.ordered_at is None or reaction.ordered_at >= contact.at
        assert reaction.complaint == (reaction.outcome is Outcome.COMPLAINT)
        assert not (reaction.talk_seconds and contact.channel in ("sms", "online"))


def test_nobody_buys_the_same_thing_twice(world: Observed) -> None:
    again = [
        Contact(name, "phone", START + timedelta(days=20 * turn), "handset_value")
        for turn in range(3)
        for name in _ids(world, 4000)
    ]
    sold: list[str] = []
    for contact, reaction in zip(again, play(world.truth, again, 2), strict=True):
        sold += [contact.source_id] if reaction.outcome is Outcome.SOLD else []
    assert sold
    assert len(sold) == len(set(sold))


def test_contact_upon_contact_brings_complaints_and_costs_sales(world: Observed) -> None:
    ids = _ids(world, 3000)
    course = [
        Contact(name, "phone", START + timedelta(days=2 * turn), PRODUCT_CODES[turn % 3])
        for turn in range(9)
        for name in ids
    ]
    reactions = np.array(play(world.truth, course, 1), dtype=object).reshape(9, -1)

    def share(turns: slice, *outcomes: Outcome) -> float:
        reached = [reaction for reaction in reactions[turns].ravel() if reaction.reached]
        return sum(reaction.outcome in outcomes for reaction in reached) / len(reached)

    first, last = slice(0, 3), slice(6, 9)
    assert share(last, Outcome.COMPLAINT) > 5 * share(first, Outcome.COMPLAINT)
    assert share(last, Outcome.REFUSED_ALL) > 3 * share(first, Outcome.REFUSED_ALL)
    assert share(last, Outcome.SOLD) < share(first, Outcome.SOLD)
    tired, rested = (later(world.truth, ids, given, MONTHS[:1], 1).hazard for given in (course, []))
    assert np.all(tired >= rested)
    assert tired.mean() > 1.5 * rested.mean()


def test_a_failed_order_is_repaired_while_it_is_fresh(world: Observed) -> None:
    def orders(after: timedelta) -> int:
        calls = [Contact(name, "phone", START, "data_10gb", failed_at=START - after) for name in _ids(world, 2000)]
        return sum(reaction.outcome is Outcome.SOLD for reaction in play(world.truth, calls, 1))

    soon, next_day, next_week = (orders(timedelta(hours=hours)) for hours in (0.2, 24, 168))
    assert soon > 2 * next_day > 4 * next_week


def test_guidance_moves_and_partly_falls_back(world: Observed) -> None:
    ids = [str(name) for name in world.ids[world.truth.column("habit_hall") > 0.7]]
    told = [
        Contact(name, channel, START + timedelta(days=30 * month), guides="payment")
        for month in range(2)
        for channel in ("sms", "phone")
        for name in ids
    ]
    guided, alone = (later(world.truth, ids, given, MONTHS, 1).paid_by for given in (told, []))

    def at_counter(paid: np.ndarray, month: int) -> float:
        return float((paid[:, month] == "hall").sum() / (paid[:, month] != "").sum())

    assert at_counter(guided, 1) < at_counter(alone, 1) - 0.08
    assert at_counter(guided, 1) < at_counter(guided, 4) < at_counter(alone, 4)


def test_what_was_taken_up_is_what_was_told(world: Observed) -> None:
    told = [Contact(name, "phone", START, guides="query") for name in _ids(world, 2000)]
    reactions = play(world.truth, told, 1)
    assert any(reaction.moved for reaction in reactions)
    assert not any(reaction.moved and not reaction.reached for reaction in reactions)
    assert not any(reaction.outcome is Outcome.SOLD for reaction in reactions)
    offers = [replace(contact, guides="", product="data_10gb") for contact in told]
    assert not any(reaction.moved for reaction in play(world.truth, offers, 1))


def test_who_has_left_does_nothing(world: Observed) -> None:
    gone = [str(name) for name in world.ids[world.truth.column("left")]]
    after = later(world.truth, gone, [], MONTHS[:2], 1)
    assert set(after.paid_by.ravel()) == {""}
    assert not after.agent_calls.any()
    assert after.left.all()
    calls = [Contact(name, "phone", START, "data_10gb") for name in gone]
    assert not any(reaction.reached for reaction in play(world.truth, calls, 1))


def test_the_months_after_do_not_depend_on_order_or_company(world: Observed) -> None:
    contacts, ids = _mixed(world), _ids(world, 300)
    forth, back = (later(world.truth, names, contacts, MONTHS[:3], 3) for names in (ids, ids[::-1]))
    assert np.array_equal(forth.paid_by, back.paid_by[::-1])
    assert np.array_equal(forth.left, back.left[::-1])
    one = later(world.truth, ids[40:41], [each for each in contacts if each.source_id == ids[40]], MONTHS[:3], 3)
    assert np.array_equal(one.paid_by[0], forth.paid_by[40])
    assert np.array_equal(one.hazard[0], forth.hazard[40])


@pytest.mark.parametrize(
    "strange",
    [
        Contact("KH99999999", "phone", START, "data_10gb"),
        Contact("KH00000001", "fax", START, "data_10gb"),
        Contact("KH00000001", "phone", START, "data_10g"),
        Contact("KH00000001", "phone", START, guides="paymnt"),
    ],
)
def test_a_contact_of_another_world_is_not_found(world: Observed, strange: Contact) -> None:
    with pytest.raises(NotFound):
        play(world.truth, [strange], 1)


def test_no_contacts_get_no_reactions(world: Observed) -> None:
    assert play(world.truth, [], 1) == []
