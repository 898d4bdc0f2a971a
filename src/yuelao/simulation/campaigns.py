"""Whom the operator called in earlier months: blanket campaigns, a few better aimed, and what came of the calls."""

from dataclasses import dataclass

import numpy as np

from yuelao.common.outcomes import Outcome
from yuelao.simulation import catalogue, purchases, response, words
from yuelao.simulation.behaviour import Block, complain_of_calls
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.population import Flags, Integers

CALLING_HOURS = np.array([9, 10, 11, 14, 15, 16, 17, 18, 19])
RETRY = 0.35
"""Share of those not reached who are dialled once more within the same campaign."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """An earlier campaign, run every month: its product, the share of the base it called, and whom it aimed at."""

    name: str
    product: int
    share: float
    aim: str = ""  # "": anybody; overage, old_handset: aimed at what the operator could see


CAMPAIGNS = (
    Campaign("10GB流量包普呼", catalogue.DATA_10GB, 0.026),
    Campaign("30GB流量包普呼", catalogue.DATA_30GB, 0.022),
    Campaign("5G套餐升档普呼", catalogue.PLAN_UPGRADE, 0.021),
    Campaign("中端机普呼", catalogue.HANDSET_MID, 0.020),
    Campaign("旗舰机普呼", catalogue.HANDSET_FLAGSHIP, 0.008),
    Campaign("彩铃普呼", catalogue.RINGTONE, 0.012),
    Campaign("流量超套精选", catalogue.DATA_30GB, 0.016, "overage"),
    Campaign("老旧终端精选", catalogue.HANDSET_MID, 0.010, "old_handset"),
)


def call(block: Block, month: np.datetime64, active: Flags, need: Numbers, rng: np.random.Generator) -> Flags:
    """Run the month's campaigns in turn. Returns who was spoken to about what (n × products)."""
    state = block.state
    state.calls_before, state.calls_now = state.calls_now, np.zeros_like(state.calls_now)
    spoken = np.zeros(need.shape, dtype=bool)
    baseline = response.intent(need) * response.completion(block.traits.habit)[:, None]
    persuasion = response.persuasion(need, block.traits.persuadable)
    willing = active & (block.profile.staff == 0) & (block.profile.do_not_call == 0)
    for place, campaign in enumerate(CAMPAIGNS):
        chance = campaign.share * _aim(block, campaign, month, rng)
        who = np.flatnonzero(willing & ~state.refused_all & (rng.random(len(active)) < chance))
        chances = baseline[who, campaign.product], persuasion[who, campaign.product]
        day = 2 + 3 * place + rng.integers(0, 3, len(who))
        reached = _dial(block, month, campaign, who, day, chances, rng)
        again = ~reached & (rng.random(len(who)) < RETRY)
        reached[again] = _dial(
            block, month, campaign, who[again], day[again] + 1, (chances[0][again], chances[1][again]), rng
        )
        spoken[who[reached], campaign.product] = True
    return spoken


def recent_calls(block: Block) -> Integers:
    """Contacts of the last 30 days or so: this month's and half of last month's."""
    return np.asarray(block.state.calls_now + block.state.calls_before // 2)


def _aim(block: Block, campaign: Campaign, month: np.datetime64, rng: np.random.Generator) -> Numbers:
    n = len(block.profile.number)
    if campaign.aim == "overage":
        seen = np.log1p(block.state.overage_mb / 200) + rng.normal(0, 1.0, n) > 2.2
    elif campaign.aim == "old_handset":
        age = (month.astype("datetime64[D]") - block.state.device_since).astype(float) / 30
        seen = age + rng.normal(0, 10, n) > 36
    else:
        return np.ones(n)
    return np.where(seen, 4.0, 0.15)


def _dial(
    block: Block,
    month: np.datetime64,
    campaign: Campaign,
    who: Integers,
    day: Integers,
    chances: tuple[Numbers, Numbers],
    rng: np.random.Generator,
) -> Flags:
    traits, state = block.traits, block.state
    hour = CALLING_HOURS[rng.integers(0, len(CALLING_HOURS), len(who))]
    called = response.Called(
        reach=traits.reach[who],
        rhythm=traits.rhythm[who],
        tolerance=traits.tolerance[who],
        number_state=traits.number_state[who],
        baseline=chances[0],
        persuasion=chances[1],
        hour=hour,
        recent=recent_calls(block)[who],
    )
    outcome, talk = response.answer(called, rng.random((len(who), response.DRAWS)))
    second = day * 86_400 + hour * 3600 + rng.integers(0, 3600, len(who))
    moment = month.astype("datetime64[s]") + second.astype("timedelta64[s]")
    number, product = block.profile.number[who], np.full(len(who), campaign.product)
    names = np.full(len(who), CAMPAIGNS.index(campaign))
    columns = {"campaign": names, "product": product, "outcome": outcome, "seconds": talk}
    contact = block.log.add("contacts", number=number, moment=moment, **columns)
    state.calls_now[who] += 1
    _follow(block, who, product, moment + talk.astype("timedelta64[s]"), outcome, contact, rng)
    return np.asarray(response.REACHED[outcome])


def _follow(
    block: Block,
    who: Integers,
    product: Integers,
    moment: np.ndarray,
    outcome: Integers,
    contact: Integers,
    rng: np.random.Generator,
) -> None:
    sold = outcome == response.CODES.index(Outcome.SOLD)
    channel = np.full(int(sold.sum()), words.OUTBOUND)
    purchases.order(block, who[sold], product[sold], moment[sold], channel, contact[sold], rng)
    complained = outcome == response.CODES.index(Outcome.COMPLAINT)
    complain_of_calls(block, moment[complained] + np.timedelta64(1800, "s"), who[complained])
    block.state.refused_all[who[outcome == response.CODES.index(Outcome.REFUSED_ALL)]] = True
