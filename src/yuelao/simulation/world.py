"""Lives the world: one block of customers from the day before the first month to the day `until`."""

import numpy as np

from yuelao.simulation import behaviour, campaigns, catalogue, population, purchases, response
from yuelao.simulation.behaviour import Block, Log
from yuelao.simulation.population import Days, Integers

Months = np.ndarray
_PEOPLE, _DIRT, _MONTH = 0, 1, 2  # streams of one block


def generator(seed: int, block: int, stream: int, part: int = 0) -> np.random.Generator:
    """The generator of one stream of one block."""
    return np.random.default_rng([seed, block, stream, part])


def dirt_generator(seed: int, block: int) -> np.random.Generator:
    """The generator that soils the extracts of a block; apart, so that dirt never changes the world."""
    return generator(seed, block, _DIRT)


def live(seed: int, block: int, months: Months) -> Block:
    """All rows block `block` leaves in `months` (datetime64[M], consecutive), and its state at the end."""
    start = months[0].astype("datetime64[D]")
    world = begin(seed, block, start, (months[-1] + 1).astype("datetime64[D]"))
    for month in months:
        day = month.astype("datetime64[D]")
        # months are drawn by their own number: a longer history repeats the chances of a shorter one
        rng = generator(seed, block, _MONTH, int(month.astype(int)))
        active = world.profile.joined < day
        need = behaviour.needs(world.traits, world.state, day)
        charge = behaviour.use(world, month, active, rng)
        behaviour.pay(world, month, active, charge, rng)
        behaviour.ask(world, month, active, need, rng)
        behaviour.look(world, month, active, need, rng)
        purchases.routine(world, month, active, rng)
        spoken = campaigns.call(world, month, active, need, rng)
        # who was spoken to and would have bought anyway has bought in that conversation
        wants = (rng.random(need.shape) < response.intent(need)) & ~spoken & active[:, None]
        purchases.unprompted(world, month, wants, rng)
        purchases.elsewhere(world, month, active, need, rng)
    return world


def truth(block: Block, until: np.datetime64) -> dict[str, np.ndarray]:
    """The hidden columns `outcomes` plays by, as of `until`, one value per customer."""
    traits = block.traits
    need = behaviour.needs(traits, block.state, until)
    baseline = response.intent(need) * response.completion(traits.habit)[:, None]
    persuasion = response.persuasion(need, traits.persuadable)
    columns: dict[str, np.ndarray] = {
        "number": block.profile.number,
        "reach": traits.reach,
        "rhythm": traits.rhythm,
        "tolerance": traits.tolerance,
        "number_state": traits.number_state,
        "recent": campaigns.recent_calls(block),
    }
    for index, code in enumerate(catalogue.PRODUCT_CODES):
        columns[f"need_{code}"] = need[:, index]
        columns[f"baseline_{code}"] = baseline[:, index]
        columns[f"persuasion_{code}"] = persuasion[:, index]
    return columns


def begin(seed: int, block: int, start: np.datetime64, until: np.datetime64) -> Block:
    """Block `block` on the first day: people, what they hold, and the rows of what came before."""
    rng = generator(seed, block, _PEOPLE)
    second = population.second_lines(rng)
    traits = population.draw_traits(rng, second)
    first = block * population.BLOCK + 1
    profile = population.draw_profile(rng, first, second, traits, until)
    world = Block(profile, traits, population.draw_state(rng, traits, start), Log(block))
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
