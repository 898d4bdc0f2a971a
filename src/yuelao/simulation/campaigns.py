"""Whom the operator contacted in earlier months: blanket campaigns, a few better aimed, and what came of them.

Calls, messages, pages pushed to web and app, and offers made in the hall; each leaves its outcome by channel.
"""

from dataclasses import dataclass

import numpy as np

from yuelao.common.outcomes import Outcome
from yuelao.simulation import catalogue, habits, purchases, response, words
from yuelao.simulation.behaviour import Block, complain_of_calls
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.population import Days, Flags, Integers

CALLING_HOURS = np.array([9, 10, 11, 14, 15, 16, 17, 18, 19])
RETRY = 0.35
"""Share of those not reached who are dialled once more within the same campaign."""
_CALL, _MESSAGE, _WEB_PAGE, _APP_PAGE, _COUNTER = range(len(words.CAMPAIGN_CHANNELS))
OF_WORD = np.array([habits.PHONE, habits.SMS, habits.ONLINE, habits.ONLINE, habits.HALL])
"""The channel (of habits.CHANNELS) of each of words.CAMPAIGN_CHANNELS."""
_ORDERED_BY = np.array([words.OUTBOUND, words.SMS, words.WEB, words.APP, words.HALL])


@dataclass(frozen=True, slots=True)
class Campaign:
    """An earlier campaign, run every month: its product, the share of the base it contacted, and whom it aimed at."""

    name: str
    product: int
    share: float
    aim: str = ""  # "": anybody; overage, old_handset: aimed at what the operator could see
    by: int = _CALL  # of words.CAMPAIGN_CHANNELS


CAMPAIGNS = (
    Campaign("10GB流量包普呼", catalogue.DATA_10GB, 0.026),
    Campaign("30GB流量包普呼", catalogue.DATA_30GB, 0.022),
    Campaign("5G套餐升档普呼", catalogue.PLAN_UPGRADE, 0.021),
    Campaign("中端机普呼", catalogue.HANDSET_MID, 0.014),
    Campaign("千元机普呼", catalogue.HANDSET_VALUE, 0.006),
    Campaign("旗舰机普呼", catalogue.HANDSET_FLAGSHIP, 0.008),
    Campaign("彩铃普呼", catalogue.RINGTONE, 0.012),
    Campaign("流量超套精选", catalogue.DATA_30GB, 0.016, "overage"),
    Campaign("老旧终端精选", catalogue.HANDSET_MID, 0.010, "old_handset"),
    Campaign("流量包短信", catalogue.DATA_10GB, 0.08, by=_MESSAGE),
    Campaign("5G套餐短信", catalogue.PLAN_UPGRADE, 0.06, by=_MESSAGE),
    Campaign("新机短信", catalogue.HANDSET_MID, 0.04, by=_MESSAGE),
    Campaign("流量包网厅弹窗", catalogue.DATA_30GB, 0.04, by=_WEB_PAGE),
    Campaign("流量包掌厅推送", catalogue.DATA_10GB, 0.06, by=_APP_PAGE),
    Campaign("营业厅换机推荐", catalogue.HANDSET_MID, 0.03, by=_COUNTER),
)


def call(block: Block, month: np.datetime64, active: Flags, need: Numbers, rng: np.random.Generator) -> Flags:
    """Run the month's campaigns in turn. Returns who was spoken to about what (n × products)."""
    state = block.state
    state.contacts_before, state.contacts_now = state.contacts_now, np.zeros_like(state.contacts_now)
    spoken = np.zeros(need.shape, dtype=bool)
    chances = Chances.of(block, need)
    willing = active & (block.profile.staff == 0) & (block.profile.do_not_call == 0)
    for place, campaign in enumerate(CAMPAIGNS):
        chance = campaign.share * _aim(block, campaign, month, rng)
        who = np.flatnonzero(willing & ~state.refused_all & (rng.random(len(active)) < chance))
        day = (2 + 3 * place) % 24 + rng.integers(0, 3, len(who))
        reached = _contact(block, month, campaign, who, day, chances, rng)
        if campaign.by == _CALL:
            again = ~reached & (rng.random(len(who)) < RETRY)
            reached[again] = _contact(block, month, campaign, who[again], day[again] + 1, chances, rng)
        spoken[who[reached], campaign.product] = True
    return spoken


def recent_contacts(block: Block) -> Numbers:
    """Contacts of the last 30 days or so, weighed by channel: this month's and half of last month's."""
    return np.asarray(block.state.contacts_now + block.state.contacts_before / 2)


@dataclass(frozen=True, slots=True)
class Chances:
    """What contacts can hope for: to meet one who buys anyway, to persuade another, and leanings to channels."""

    baseline: Numbers  # n × products
    persuasion: Numbers  # n × products
    lean: Numbers  # n × habits.CHANNELS

    @classmethod
    def of(cls, block: Block, need: Numbers) -> "Chances":
        """The chances of a block in a month."""
        traits = block.traits
        return cls(
            baseline=response.intent(need) * response.completion(traits.habit)[:, None],
            persuasion=response.persuasion(need, traits.persuadable),
            lean=response.leaning(habits.four(traits.habit)),
        )


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


def _contact(
    block: Block,
    month: np.datetime64,
    campaign: Campaign,
    who: Integers,
    day: Integers,
    chances: Chances,
    rng: np.random.Generator,
) -> Flags:
    traits, product = block.traits, campaign.product
    hour = CALLING_HOURS[rng.integers(0, len(CALLING_HOURS), len(who))]
    channel = np.full(len(who), OF_WORD[campaign.by])
    called = response.Called(
        reach=traits.reach[who],
        rhythm=traits.rhythm[who],
        tolerance=traits.tolerance[who],
        number_state=traits.number_state[who],
        baseline=chances.baseline[who, product],
        persuasion=chances.persuasion[who, product],
        hour=hour,
        recent=recent_contacts(block)[who],
        channel=channel,
        lean=chances.lean[who, channel],
    )
    outcome, talk = response.answer(called, rng.random((len(who), response.DRAWS)))
    second = day * 86_400 + hour * 3600 + rng.integers(0, 3600, len(who))
    moment = month.astype("datetime64[s]") + second.astype("timedelta64[s]")
    contact = _write(block, campaign, who, moment, outcome, talk)
    block.state.contacts_now[who] += response.INTRUSION[channel]
    _follow(block, campaign, who, moment + talk.astype("timedelta64[s]"), outcome, contact, rng)
    return np.asarray(response.REACHED[outcome])


def _write(
    block: Block, campaign: Campaign, who: Integers, moment: Days, outcome: Integers, talk: Integers
) -> Integers:
    def all_of(value: int) -> Integers:
        return np.full(len(who), value)

    channel = all_of(int(OF_WORD[campaign.by]))
    return block.log.add(
        "contacts",
        number=block.profile.number[who],
        moment=moment,
        campaign=all_of(CAMPAIGNS.index(campaign)),
        product=all_of(campaign.product),
        channel=all_of(campaign.by),
        outcome=outcome,
        seconds=talk,
        replied=np.where(channel == habits.SMS, response.replied(channel, outcome), -1),
    )


def _follow(
    block: Block,
    campaign: Campaign,
    who: Integers,
    moment: Days,
    outcome: Integers,
    contact: Integers,
    rng: np.random.Generator,
) -> None:
    sold = outcome == response.CODES.index(Outcome.SOLD)
    count = int(sold.sum())
    product, channel = np.full(count, campaign.product), np.full(count, _ORDERED_BY[campaign.by])
    purchases.order(block, who[sold], product, moment[sold], channel, contact[sold], rng)
    complained = outcome == response.CODES.index(Outcome.COMPLAINT)
    complain_of_calls(block, moment[complained] + np.timedelta64(1800, "s"), who[complained])
    block.state.refused_all[who[outcome == response.CODES.index(Outcome.REFUSED_ALL)]] = True
