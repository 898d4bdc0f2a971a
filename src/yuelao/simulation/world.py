"""Lives the world: one block of customers from the day before the first month to the day `until`."""

from dataclasses import replace

import numpy as np

from yuelao.simulation import (
    behaviour,
    campaigns,
    catalogue,
    churn,
    habits,
    population,
    purchases,
    registers,
    response,
    services,
)
from yuelao.simulation.behaviour import Block, Log
from yuelao.simulation.catalogue import Numbers
from yuelao.simulation.needs import needs
from yuelao.simulation.population import Days, Integers
from yuelao.simulation.truth import truth

__all__ = ["begin", "dirt_generator", "generator", "live", "truth"]

Months = np.ndarray
_PEOPLE, _DIRT, _MONTH, _LAW, _CUT, _HOLDINGS = range(6)  # streams of one block


def generator(seed: int, block: int, stream: int, part: int = 0) -> np.random.Generator:
    """The generator of one stream of one block."""
    return np.random.default_rng([seed, block, stream, part])


def dirt_generator(seed: int, block: int) -> np.random.Generator:
    """The generator that soils the extracts of a block; apart, so that dirt never changes the world."""
    return generator(seed, block, _DIRT)


def live(seed: int, block: int, months: Months, *, cut_link: bool = False) -> Block:
    """All rows block `block` leaves in `months` (datetime64[M], consecutive), and its state at the end.

    `cut_link` is for tests: each month demand, answers and the truth then follow the needs and habits of another
    customer, drawn anew, so that nothing a customer does tells of what the same customer wants.
    """
    start = months[0].astype("datetime64[D]")
    world = begin(seed, block, start, (months[-1] + 1).astype("datetime64[D]"))
    for month in months:
        _live_month(world, seed, month, cut_link)
    registers.close(world, (months[-1] + 1).astype("datetime64[D]"), generator(seed, block, _HOLDINGS, 1))
    if cut_link:
        world.state.source = _strangers(seed, block, months[-1] + 1)
    return world


def _live_month(world: Block, seed: int, month: np.datetime64, cut_link: bool) -> None:
    # months are drawn by their own number: a longer history repeats the chances of a shorter one
    block, number, day = world.log.block, int(month.astype(int)), month.astype("datetime64[D]")
    rng, law = generator(seed, block, _MONTH, number), generator(seed, block, _LAW, number)
    state, joined = world.state, world.profile.joined
    active = (joined < day) & np.isnat(state.left)
    need = needs(world.traits, state, day)
    marks = {table: len(world.log.pieces[table]) for table in ("complaints", "transactions")}
    habit = habits.of_month(world.traits.habit, habits.is_new(joined, month))
    acting = replace(world, traits=replace(world.traits, habit=habit))
    services.change(world.services, world.profile, world.log, month, active, generator(seed, block, _HOLDINGS, number))
    charge = behaviour.use(acting, month, active, rng)
    behaviour.pay(acting, month, active, charge, rng)
    behaviour.ask(acting, month, active, need, rng)
    behaviour.look(acting, month, active, need, rng)
    purchases.routine(acting, month, active, law)
    wanted, answering = need, world
    if cut_link:
        strangers = _strangers(seed, block, month)
        wanted, answering = need[strangers], replace(world, traits=world.traits.of(strangers))
    spoken = campaigns.call(answering, month, active, wanted, law)
    # who was spoken to and would have bought anyway has bought in that conversation
    wants = (law.random(need.shape) < response.intent(wanted)) & ~spoken & active[:, None]
    purchases.unprompted(acting, month, wants, law)
    purchases.elsewhere(world, month, active, wanted, law)
    churn.remember(state, state.contacts_now, _bad_turns(world, marks))
    pull = churn.market(seed, month)[world.profile.city]
    pressure = churn.Pressure(charge / 100, pull, churn.bound(world.profile, day))
    leaves = active & (law.random(len(active)) < churn.hazard(world.traits, state, pressure))
    state.left[leaves] = (month + 1).astype("datetime64[D]")


def _strangers(seed: int, block: int, month: np.datetime64) -> Integers:
    return generator(seed, block, _CUT, int(month.astype(int))).permutation(population.BLOCK)


def _bad_turns(world: Block, marks: dict[str, int]) -> Numbers:
    # complaints of the month, whatever they are about, and failed attempts; calls about the network are complaints
    first, log = world.profile.number[0], world.log
    turns = np.zeros(len(world.profile.number))
    for piece in log.pieces["complaints"][marks["complaints"] :]:
        np.add.at(turns, piece["number"] - first, 1.0)
    for piece in log.pieces["transactions"][marks["transactions"] :]:
        failed = piece["failure"] > 0
        np.add.at(turns, piece["number"][failed] - first, 0.25)
    return turns


def begin(seed: int, block: int, start: np.datetime64, until: np.datetime64) -> Block:
    """Block `block` on the first day: people, what they hold, and the rows of what came before."""
    rng = generator(seed, block, _PEOPLE)
    second = population.second_lines(rng)
    traits = population.draw_traits(rng, second)
    first = block * population.BLOCK + 1
    profile = population.draw_profile(rng, first, second, traits, until)
    world = Block(
        profile,
        traits,
        population.draw_state(rng, traits, start),
        Log(block),
        services.begin(traits, profile, start, generator(seed, block, _HOLDINGS)),
    )
    _register(world, start)
    _earlier_holdings(world)
    _earlier_devices(world, rng)
    return world


def _register(world: Block, start: np.datetime64) -> None:
    # the register as it was before the first month: what came later is for the other extracts to tell
    profile = world.profile
    columns = {name: getattr(profile, name) for name in profile.__slots__}
    observed = np.maximum(profile.joined, start - 1)
    world.log.add("customers", observed=observed, plan=world.state.plan.copy(), **columns)


def _earlier_holdings(world: Block) -> None:
    state, profile = world.state, world.profile
    everybody = np.arange(len(profile.number))
    never = np.datetime64("NaT", "D")
    plan_product = len(catalogue.PRODUCTS) + state.plan
    for who, product, kind, fee in (
        (everybody, plan_product, 0, catalogue.PLAN_FEE[state.plan].astype(int)),
        (np.flatnonzero(state.pack_mb > 0), np.full_like(plan_product, catalogue.DATA_10GB), 1, None),
        (np.flatnonzero(state.ringtone), np.full_like(plan_product, catalogue.RINGTONE), 2, None),
    ):
        fees = purchases.FEES[product[who]] if fee is None else fee
        world.log.add(
            "subscriptions",
            number=profile.number[who],
            product=product[who],
            kind=np.full(len(who), kind),
            fee=fees,
            started=profile.joined[who],
            ended=np.full(len(who), never),
        )


def _earlier_devices(world: Block, rng: np.random.Generator) -> None:
    state, profile = world.state, world.profile
    since = np.maximum(state.device_since, profile.joined)
    world.log.add("devices", number=profile.number, day=since, device=state.device.copy())
    earlier = rng.poisson(np.exp(-0.2 + 0.5 * world.traits.novelty))
    who = np.repeat(np.arange(len(earlier)), np.minimum(earlier, 8))
    back = _running_gaps(who, rng)
    day: Days = np.asarray(since[who] - back)
    known = day >= profile.joined[who]
    device = np.clip(state.device[who] - rng.integers(0, 3, len(who)), 0, None)
    world.log.add("devices", number=profile.number[who][known], day=day[known], device=device[known])


def _running_gaps(who: Integers, rng: np.random.Generator) -> Integers:
    # days back to each earlier device: gaps add up within a customer, whose rows are consecutive
    gap = 60 + rng.gamma(2.0, 160, len(who)).astype(int)
    total = np.cumsum(gap)
    first = np.flatnonzero(np.diff(who, prepend=-1))
    before = (total - gap)[first]
    return np.asarray(total - np.repeat(before, np.diff(np.append(first, len(who)))))
