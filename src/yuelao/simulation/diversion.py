"""What guidance to cheaper channels does: who does as told, where they then pay, how often they still call an agent.

Guidance that is heard is taken up with a chance that lies in the customer. Who takes it up does most of that business
elsewhere from then on; in each later month some fall back to the old habit, most of the way.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yuelao.common.errors import NotFound, nearest
from yuelao.simulation import behaviour, channels, habits, words
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.draws import uniforms
from yuelao.simulation.outcomes import Truth
from yuelao.simulation.population import Flags, Integers

BUSINESSES = ("payment", "query")
"""What customers can be guided about: paying elsewhere than at the counter, asking elsewhere than an agent."""
PAYMENT, QUERY = range(len(BUSINESSES))
CODES = np.array(
    ["hotline", "sms", "web", "app", "hall", "ivr", "kiosk", "phone", "partner_hall", "phone_wallet", "wap", "bank"]
)
"""The contract's code of each of words.CHANNELS."""
_TAKES_UP = np.array([-2.1, -2.2])  # log odds for one who is as open as most, by business
_OPENNESS = 6.0
_NEW = 0.8  # who has just joined has no ways to unlearn
_NEW_TO_PARTNERS = 3.5  # the shop that sold them the card is a partner's
_SHIFT = np.array([0.95, 0.92])
_FALLS_BACK, _KEPT = 0.12, 0.15  # chance in a month, and what is left of the shift
_TAKE, _FALL, _WAY, _CALLS = range(110, 114)  # streams
# where the counter's business goes: machine, web, partner's hall, telephone wallet
_ELSEWHERE = {words.KIOSK: 0.46, words.WEB: 0.24, words.PARTNER_HALL: 0.16, words.PHONE_WALLET: 0.14}
_ELECTRONIC = np.isin(np.arange(len(words.CHANNELS)), [words.WEB, words.PHONE_WALLET])


def places(guides: Sequence[str]) -> Integers:
    """The places in BUSINESSES of what contacts guide, −1 where nothing. Raises NotFound for another business."""
    known = {"": -1} | {name: place for place, name in enumerate(BUSINESSES)}
    for name in set(guides) - known.keys():
        hint = nearest(name, list(BUSINESSES))
        raise NotFound(f"the simulated operator guides nobody about {name}", hint=hint)
    return np.array([known[name] for name in guides], dtype=np.int64)


def takes_up(truth: Truth, rows: Integers, business: Integers, days: Integers, seed: int) -> Flags:
    """Whether guidance heard on those days is taken up."""
    odds = _TAKES_UP[business] + _OPENNESS * truth.column("openness", rows)
    odds += _NEW * truth.column("new", rows)
    return np.asarray(uniforms(seed, (rows, business, days), [_TAKE])[:, 0] < 1 / (1 + np.exp(-odds)))


def moved(rows: Integers, months: Sequence[int], business: int, taken: Flags, seed: int) -> Numbers:
    """Share of the business that has moved, customers × months, for guidance `taken` up in each month."""
    share = np.zeros(taken.shape)
    now = np.zeros(len(rows))
    for place, month in enumerate(months):
        keys = rows, np.full(len(rows), business), np.full(len(rows), month)
        falls = uniforms(seed, keys, [_FALL])[:, 0] < _FALLS_BACK
        now = np.where(taken[:, place], _SHIFT[business], np.where(falls, now * _KEPT, now))
        share[:, place] = now
    return share


def pay(truth: Truth, rows: Integers, months: Sequence[int], shifted: Numbers, seed: int) -> NDArray[np.str_]:
    """Where the bill of each month is paid (contract codes, customers × months) when `shifted` has moved."""
    habit = _habit(truth, rows)
    usual = channels.chances(habit, np.zeros(len(rows), dtype=int)) @ _split(0)
    away = np.zeros((len(rows), len(words.CHANNELS)))
    lean = np.log(habit[:, words.WEB] + habit[:, words.APP] + 0.1)
    for channel, share in _ELSEWHERE.items():
        away[:, channel] = share * (np.exp(0.3 * (lean + 1.2)) if _ELECTRONIC[channel] else 1.0)
    away[:, words.PARTNER_HALL] *= np.where(truth.column("new", rows), _NEW_TO_PARTNERS, 1.0)
    away /= away.sum(axis=1, keepdims=True)
    found = np.zeros(shifted.shape, dtype=int)
    for place, month in enumerate(months):
        leaves = shifted[:, place] * usual[:, words.HALL]
        chances = usual + leaves[:, None] * away
        chances[:, words.HALL] -= leaves
        draw = uniforms(seed, (rows, np.full(len(rows), month)), [_WAY])
        found[:, place] = (draw > np.cumsum(chances, axis=1)[:, :-1]).sum(axis=1)
    return np.asarray(CODES[found])


def agent_calls(truth: Truth, rows: Integers, months: Sequence[int], shifted: Numbers, seed: int) -> Integers:
    """Calls to an agent in each month (customers × months) when `shifted` has moved."""
    rate = call_rate(_habit(truth, rows), truth.column("asks", rows))
    found = np.zeros(shifted.shape, dtype=int)
    for place, month in enumerate(months):
        draw = uniforms(seed, (rows, np.full(len(rows), month)), [_CALLS])[:, 0]
        found[:, place] = _poisson(rate * (1 - shifted[:, place]), draw)
    return found


def call_rate(habit: Numbers, asks: Numbers) -> Numbers:
    """Calls to an agent a customer makes in a month, by habit and by how often the operator is turned to."""
    rate = np.zeros(len(habit))
    for often, business in zip(behaviour.ASKED, words.BUSINESS_OF_REASON, strict=True):
        chances = channels.chances(habit, np.full(len(habit), business))
        rate += often * (chances @ _split(business))[:, words.HOTLINE]
    return np.asarray(rate * np.exp(asks))


def _habit(truth: Truth, rows: Integers) -> Numbers:
    phone, sms, online, hall = (truth.column(f"habit_{name}", rows) for name in habits.CHANNELS)
    web = online * truth.column("web_share", rows)
    habit = np.stack([phone, sms, web, online - web, hall], axis=1).astype(float)
    return habits.of_month(habit, truth.column("new", rows))


def _split(business: int) -> Numbers:
    """Share of each finer channel in what a habit does of a business (words.HABITS × words.CHANNELS)."""
    split = np.eye(len(words.HABITS), len(words.CHANNELS))
    for habit, finer in channels.FINER.items():
        for code, share in finer:
            split[habit, code] = share[business]
            split[habit, habit] -= share[business]
    return split


def _poisson(rate: Numbers, draw: Numbers) -> Integers:
    # by inversion, up to a number of calls that nobody makes
    chance = np.exp(-rate)
    reached, count = chance.copy(), np.zeros(len(rate), dtype=int)
    for number in range(1, 60):
        above = draw >= reached
        if not above.any():
            break
        count[above] = number
        chance = chance * rate / number
        reached = reached + chance
    return count
