"""What is true of the customers of a block and no extract tells; the columns of `truth/`, one value per customer.

    number, left                      the customer, and whether gone by the day
    need_P, baseline_P, persuasion_P  hidden need of product P; chance to order it in 30 days uncontacted; chance that
                                      talk sells it to another
    response_P_C, uplift_P_C          chance to order within 30 days when contacted about P on channel C at an ordinary
                                      hour and after a time of rest, and what of it the contact adds
    habit_C, top_channel              shares of business by channel, and the greatest
    reach, rhythm, tolerance, number_state, recent, openness, asks, web_share, new, as_of
                                      what play goes by: how likely reached and when, contacts of the last 30 days, of
                                      the online share that on the web, newly joined, ordinal of the day
    replacement                       chance to come to another handset, wherever bought, in 90 days
    fatigue, hazard, margin           contacts not yet forgotten; chance to leave within a month; yuan expected of the
                                      next 12 months, costs and survival counted
    cheapest_plan, bill_now, bill_cheapest   of the last 3 months' use, in yuan over all of them, data packs left out;
                                      the cheapest of the plans on sale and the one held

Use and business of the months to come are not forecast by a formula: the block lives a few of them on a copy.
"""

from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuelao.simulation import behaviour, campaigns, catalogue, churn, habits, purchases, response, words
from yuelao.simulation.behaviour import Block, Log
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.needs import needs
from yuelao.simulation.population import Integers

Columns = dict[str, NDArray[Any]]
_EPOCH = 719_163  # proleptic ordinal of 1 January 1970
_FUTURE = 55  # stream of the months lived on a copy
_MONTHS_AHEAD, _HORIZON, _BILLED = 4, 12, 3
_MINUTE_COST, _GB_COST, _SHARE_OF_VAS = 0.04, 0.35, 0.5  # yuan a minute off-net, yuan a GB, what partners take
# yuan for one piece of business, by words.CHANNELS: an agent's or a clerk's time is dear, a machine's is not
_TOUCH_COST = np.array([6.0, 0.1, 0.2, 0.2, 8.0, 0.3, 1.0, 0.0, 3.0, 0.3, 0.2, 0.1])


def truth(block: Block, until: np.datetime64) -> Columns:
    """The hidden columns of a block as of `until`."""
    gone = ~np.isnat(block.state.left)
    source = block.state.source
    columns = {name: values[source] for name, values in _own(block, until).items()}
    for name in columns:
        if name.startswith(("baseline", "persuasion", "response", "uplift", "margin", "replacement")):
            columns[name] = np.where(gone, 0.0, columns[name])
    columns["hazard"] = np.where(gone, 1.0, columns["hazard"])
    columns["number_state"] = np.where(gone, 1, block.traits.number_state)
    columns["recent"] = campaigns.recent_contacts(block)
    columns["as_of"] = np.full(len(gone), until.astype("datetime64[D]").astype(int) + _EPOCH, dtype=np.int32)
    narrow = {name: values.astype(np.float32) if values.dtype == float else values for name, values in columns.items()}
    return {"number": block.profile.number, "left": gone, **narrow, **_plan_fit(block, until)}


def _own(block: Block, until: np.datetime64) -> Columns:
    """What belongs together and is given to another customer where a test cuts the link."""
    traits, state = block.traits, block.state
    need = needs(traits, state, until)
    chances = campaigns.Chances.of(block, need)
    shares = habits.four(traits.habit)
    columns: Columns = {name: getattr(traits, name) for name in ("reach", "rhythm", "tolerance", "openness", "asks")}
    columns["fatigue"] = state.fatigue
    columns["new"] = habits.is_new(block.profile.joined, until)
    columns["top_channel"] = np.array(habits.CHANNELS)[np.argmax(shares, axis=1)]
    columns["web_share"] = traits.habit[:, words.WEB] / shares[:, habits.ONLINE]
    columns |= {f"habit_{name}": shares[:, index] for index, name in enumerate(habits.CHANNELS)}
    columns |= _demand(block, need, chances)
    columns["replacement"] = _replacement(need)
    return columns | _worth(block, until)


def _demand(block: Block, need: Numbers, chances: campaigns.Chances) -> Columns:
    columns: Columns = {}
    reach = ordinary_reach(block.traits.reach, block.traits.rhythm, chances.lean)
    every = np.arange(len(habits.CHANNELS))
    for index, code in enumerate(catalogue.PRODUCT_CODES):
        anyway, talked = chances.baseline[:, index], chances.persuasion[:, index]
        columns |= {f"need_{code}": need[:, index], f"baseline_{code}": anyway, f"persuasion_{code}": talked}
        uplift = reach * (1 - anyway[:, None]) * response.by_channel(talked[:, None], every, chances.lean)
        for place, channel in enumerate(habits.CHANNELS):
            columns[f"response_{code}_{channel}"] = anyway + uplift[:, place]
            columns[f"uplift_{code}_{channel}"] = uplift[:, place]
    return columns


def ordinary_reach(reach: Numbers, rhythm: Integers, lean: Numbers) -> Numbers:
    """Chance to be reached on each of habits.CHANNELS at an ordinary hour, valid number, no recent contacts (n × 4)."""
    still = np.zeros(len(reach), dtype=int)
    nothing = still.astype(float)
    found = np.zeros((len(reach), len(habits.CHANNELS)))
    for channel in range(len(habits.CHANNELS)):
        hours = campaigns.CALLING_HOURS if channel == habits.PHONE else campaigns.CALLING_HOURS[:1]
        for hour in hours:
            at = still + hour
            on = still + channel
            called = response.Called(reach, rhythm, nothing, still, nothing, nothing, at, nothing, on, lean[:, channel])
            found[:, channel] += response.chance_of_reach(called) / len(hours)
    return found


def _replacement(need: Numbers) -> Numbers:
    stays = 1 - purchases.chance_elsewhere(need)
    stays *= np.prod(1 - response.intent(need)[:, list(catalogue.HANDSETS)], axis=1)
    return np.asarray(1 - stays**3)


def _worth(block: Block, until: np.datetime64) -> Columns:
    """Hazard of the coming month, and the margin expected of the next twelve."""
    charge, earned = _ahead(block, until)
    state = copy(block.state)
    pressure = churn.Pressure(charge, np.zeros(len(charge)), churn.bound(block.profile, until))
    first = churn.hazard(block.traits, state, pressure)
    margin, here = np.zeros(len(charge)), np.ones(len(charge))
    for _month in range(_HORIZON):
        here = here * (1 - churn.hazard(block.traits, state, pressure))
        margin += here * earned
        churn.remember(state, np.zeros(len(charge)), np.zeros(len(charge)))
    return {"hazard": first, "margin": margin}


def _ahead(block: Block, until: np.datetime64) -> tuple[Numbers, Numbers]:
    """Mean bill and mean margin of a month, in yuan, over some months lived on a copy."""
    log = Log(block.log.block)
    lives = replace(block, state=copy(block.state), log=log)
    everybody = np.ones(len(block.profile.number), dtype=bool)
    need = needs(block.traits, block.state, until)
    for ahead in range(_MONTHS_AHEAD):
        month = until.astype("datetime64[M]") + ahead
        rng = np.random.default_rng([block.log.block, _FUTURE, ahead])
        charge = behaviour.use(lives, month, everybody, rng)
        behaviour.pay(lives, month, everybody, charge, rng)
        behaviour.ask(lives, month, everybody, need, rng)
    use, first, n = log.table("usage_monthly"), block.profile.number[0], len(everybody)
    cost = _MINUTE_COST * use["off_net"] + _GB_COST * use["data_kb"] / 1024**2 + _SHARE_OF_VAS * use["vas"] / 100
    charge = np.bincount(use["number"] - first, use["charge"] / 100, n)
    costs = np.bincount(use["number"] - first, cost, n)
    for table in ("interactions", "payments"):
        rows = log.table(table)
        costs += np.bincount(rows["number"] - first, _TOUCH_COST[rows["channel"]], n)
    return charge / _MONTHS_AHEAD, (charge - costs) / _MONTHS_AHEAD


def _plan_fit(block: Block, until: np.datetime64) -> Columns:
    use, first, n = block.log.table("usage_monthly"), block.profile.number[0], len(block.profile.number)
    recent = use["month"] >= until.astype("datetime64[M]") - _BILLED
    row = (use["number"] - first)[recent]
    kinds = (use[name][recent].astype(int) for name in ("minutes", "off_net", "data_kb", "messages"))
    used, every = catalogue.Use(*kinds), np.arange(len(catalogue.PLANS))[:, None]
    bills = 100 * catalogue.PLAN_FEE[:, None].astype(int) + catalogue.beyond(every, used, np.zeros(1))
    total = np.stack([np.bincount(row, bill, n) for bill in bills], axis=1)
    # nobody can move to a plan that is not sold any more
    offered = np.array([plan.on_sale for plan in catalogue.PLANS]) | (block.state.plan[:, None] == every.T)
    cheapest = np.argmin(np.where(offered, total, np.iinfo(np.int64).max), axis=1)
    billed = np.bincount(row, minlength=n) > 0
    codes = np.array([plan.code for plan in catalogue.PLANS])
    return {
        "cheapest_plan": np.where(billed, codes[cheapest], ""),
        "bill_now": total[np.arange(n), block.state.plan] / 100,
        "bill_cheapest": total[np.arange(n), cheapest] / 100,
    }
