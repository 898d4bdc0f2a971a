"""What purchases do: intents become attempts, orders and subscriptions, and change what the customer holds."""

import numpy as np

from yuelao.simulation import catalogue, channels, response, words
from yuelao.simulation.behaviour import Block, moments, occurrences
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.population import Days, Flags, Integers

_PRICES = np.array([product.price for product in catalogue.PRODUCTS])
FEES = np.array([20, 40, 129, 0, 0, 5, 0])
_KIND = np.array([1, 1, 0, 3, 3, 2, 3])  # of the subscription, by words.KINDS
_BUSINESS = np.array([2, 2, 3, 4, 4, 5, 4])  # of the attempt, by words.BUSINESSES
_HANDSETS = {
    catalogue.HANDSET_VALUE: catalogue.VALUE_DEVICE,
    catalogue.HANDSET_MID: catalogue.MID_DEVICE,
    catalogue.HANDSET_FLAGSHIP: catalogue.FLAGSHIP_DEVICE,
}
_ELECTRONIC = np.array([words.SMS, words.WEB, words.APP])
_SUCCESS = np.array([response.E_SUCCESS.get(channel, 1.0) for channel in range(len(words.CHANNELS))])
ROUTINE = np.array([0.35, 0.35])  # everyday business a month, paying and asking, on whatever channel


def routine(block: Block, month: np.datetime64, active: Flags, rng: np.random.Generator) -> None:
    """Everyday business, paying and asking for the balance, as far as it is tried on electronic channels."""
    who, business = occurrences(ROUTINE * active[:, None], rng)
    habit = channels.pick(block.traits.habit[who], business, rng)
    electronic = np.isin(habit, _ELECTRONIC)
    who, business, habit = who[electronic], business[electronic], habit[electronic]
    channel = channels.finer(habit, business, rng)
    moment = moments(month, rng.integers(0, 28, len(who)), rng)
    amount = np.where(business == 0, 10 * rng.integers(1, 11, len(who)), 0)
    nothing = np.full(len(who), -1)
    _attempt(block, who, moment, channel, business, nothing, amount, rng)


def unprompted(block: Block, month: np.datetime64, wants: Flags, rng: np.random.Generator) -> None:
    """Carry out the intents `wants` (n × products): by the channel of habit, failures and second tries included."""
    who, product = np.nonzero(wants)
    business = _BUSINESS[product]
    habit = channels.pick(block.traits.habit[who], business, rng)
    done = ~np.isin(habit, _ELECTRONIC)
    channel = channels.finer(habit, business, rng)
    moment = moments(month, rng.integers(0, 28, len(who)), rng)
    electronic = np.flatnonzero(~done)
    for tries in range(2):
        rows = electronic if tries == 0 else electronic[rng.random(len(electronic)) >= response.GIVE_UP]
        moment[rows] += np.timedelta64(900, "s") * tries
        chosen = product[rows]
        through = _attempt(block, who[rows], moment[rows], channel[rows], business[rows], chosen, _PRICES[chosen], rng)
        done[rows] = through
        electronic = rows[~through]
    order(block, who[done], product[done], moment[done], channel[done], np.full(int(done.sum()), -1), rng)


def order(
    block: Block,
    who: Integers,
    product: Integers,
    moment: Days,
    channel: Integers,
    contact: Integers,
    rng: np.random.Generator,
) -> None:
    """Write orders with what follows from those that stand: subscription, handset, plan; `contact` −1: none."""
    state = rng.choice(5, size=len(who), p=(0.72, 0.20, 0.03, 0.03, 0.02))
    placed = moment + rng.integers(30, 300, len(who)).astype("timedelta64[s]")
    number = block.profile.number[who]
    columns = {"product": product, "channel": channel, "amount": _PRICES[product], "state": state, "contact": contact}
    block.log.add("orders", number=number, moment=placed, **columns)
    stands = state < 2
    _hold(block, who[stands], product[stands], placed[stands].astype("datetime64[D]") + 1)


def _hold(block: Block, who: Integers, product: Integers, day: Days) -> None:
    held = block.state
    number = block.profile.number[who]
    fee = FEES[product]
    open_end = np.full(len(who), np.datetime64("NaT"), dtype="datetime64[D]")
    ended = np.where(_KIND[product] == 3, day + 730, open_end)
    columns = {"product": product, "kind": _KIND[product], "fee": fee}
    block.log.add("subscriptions", number=number, started=day, ended=ended, **columns)
    for code, data in catalogue.PACK_MB.items():
        held.pack_mb[who[product == code]] += data
    held.plan[who[product == catalogue.PLAN_UPGRADE]] = catalogue.UPGRADE
    held.ringtone[who[product == catalogue.RINGTONE]] = True
    for code, device in _HANDSETS.items():
        _change_device(block, who[product == code], device, day[product == code])


def _change_device(block: Block, who: Integers, device: int, day: Days) -> None:
    block.state.device[who] = device
    block.state.device_since[who] = day
    block.log.add(
        "devices", number=block.profile.number[who], day=day, device=np.full(len(who), device, dtype=np.int64)
    )


def elsewhere(block: Block, month: np.datetime64, active: Flags, need: Numbers, rng: np.random.Generator) -> None:
    """Handsets bought in other shops: the operator sees the new device, not the sale."""
    who = np.flatnonzero(active & (rng.random(len(active)) < chance_elsewhere(need)))
    step = rng.integers(-1, 3, len(who))
    device = np.clip(block.state.device[who] + step, 0, len(catalogue.DEVICES) - 1)
    day = month.astype("datetime64[D]") + rng.integers(0, 28, len(who))
    for index in range(len(catalogue.DEVICES)):
        _change_device(block, who[device == index], index, day[device == index])


def chance_elsewhere(need: Numbers) -> Numbers:
    """Chance to buy a handset in another shop within a month (n)."""
    return np.asarray(0.012 * np.exp(0.9 * np.minimum(need[:, catalogue.HANDSET_MID], 2.5)))


def _attempt(
    block: Block,
    who: Integers,
    moment: Days,
    channel: Integers,
    business: Integers,
    product: Integers,
    amount: Integers,
    rng: np.random.Generator,
) -> Flags:
    through = np.asarray(rng.random(len(who)) < _SUCCESS[channel])
    failure = np.where(through, 0, rng.integers(1, len(words.FAILURES), len(who)))
    columns = {"channel": channel, "business": business, "product": product, "amount": amount}
    block.log.add("transactions", number=block.profile.number[who], moment=moment, failure=failure, **columns)
    return through
