"""A tariff as data: what a plan costs a month, what that includes, and what use beyond it costs; exact to the cent.

Use is counted in whole steps: seconds of voice, KB of data, messages. Prices are fractions of a cent a step, so no bill
ever depends on the order or the engine of a sum. Money goes in as yuan (or any currency of a hundred cents), bills come
out in cents. The order of the rules for one month:

1. each service's use is rounded up to its block, per call or session or for the whole month (see `use.Measure`);
2. what exceeds the allowance is charged by graduated tiers: the first units at the first price, the next at the next;
3. a service's line is rounded half-up to the cent, once, and limited by the service's cap;
4. the lines together are limited by the tariff's cap on overage; the monthly fee is added.

Shared lines: the lines of one holder that are billed in a month share one fee and one allowance per `shared_lines` of
them (three lines on a plan for two: two fees, two allowances). Their use is summed and rated as one, caps too count per
subscription, and the bill is shared out in equal parts, odd cents to the first lines by customer id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from yuelao.analytics.plan_fit import reading
from yuelao.analytics.plan_fit.use import LIMITS, SERVICES, STEPS, Measure

EXACT = 2**47
"""Most that steps × price, counted in fractions of a cent, may come to: doubles hold 2^53, so 64 roundings of theirs
are still far below the quarter of a fraction that `rehearsal` leaves them."""


@dataclass(frozen=True)
class Tier:
    """A price in cents a step, up to so many steps beyond the allowance; None: for all the rest."""

    price: Fraction
    upto: int | None = None


@dataclass(frozen=True)
class Rate:
    """What one service costs. `included` in steps (None: without limit), `cap` in cents, no tiers: not charged."""

    measure: Measure
    included: int | None = 0
    tiers: tuple[Tier, ...] = ()
    cap: int | None = None

    def pieces(self) -> list[tuple[int, int | None, int]]:
        """Each tier as (steps before it, steps it holds, price in cents × `denominator`)."""
        found, before = [], 0
        for tier in self.tiers:
            width = None if tier.upto is None else tier.upto - before
            found.append((before, width, int(tier.price * self.denominator)))
            before = tier.upto or before
        return found

    @property
    def denominator(self) -> int:
        """What all prices of the service have in common."""
        return lcm(*(tier.price.denominator for tier in self.tiers))

    @property
    def whole_cents(self) -> bool:
        """Whether nothing is ever rounded: blocks, allowance and tiers are multiples of what costs whole cents."""
        ends = [self.measure.block, self.included or 0, *(tier.upto or 0 for tier in self.tiers)]
        return all(end % self.denominator == 0 for end in ends)

    def charge(self, steps: int, subscriptions: int = 1) -> int:
        """Cents for `steps` of use (already rounded to the block)."""
        if self.included is None or not self.tiers:
            return 0
        over = max(0, min(steps, LIMITS[self.measure.service]) - self.included * subscriptions)
        summed = 0
        for before, width, price in self.pieces():
            part = max(0, over - before * subscriptions)
            summed += price * (part if width is None else min(part, width * subscriptions))
        cents = (2 * summed + self.denominator) // (2 * self.denominator)
        return cents if self.cap is None else min(cents, self.cap * subscriptions)


@dataclass(frozen=True)
class Tariff:
    """A plan: `fee` in cents a month, one `Rate` per service, `cap` on all overage in cents, `shared_lines` ≥ 1.

    A plan that is not `on_sale` is billed, but nobody is told to move to it.
    """

    plan: str
    fee: int
    rates: tuple[Rate, ...]
    cap: int | None = None
    shared_lines: int = 1
    on_sale: bool = True

    @classmethod
    def from_definition(cls, definition: Mapping[str, object], where: str = "") -> "Tariff":
        """Read one plan; Refused whose `where` is the path of the place, as in `plans[2].data.tiers[0].price`.

            plan: text, fee: yuan, overage_cap: yuan, shared_lines: 1, on_sale: true
            voice: included (minutes), block (seconds, 1), per (call | month), price (yuan a minute) or tiers,
                   cap (yuan), on_net_free (false), missed (free | block: what a call of no length costs)
            data: included (MB), block (KB, 1), per (session | month), price (yuan a MB) or tiers, cap
            messages: included, price or tiers, cap
            tiers: [{upto: units beyond the allowance, price}, …, {price}], or text `100:0.25, 500:0.15, 0.10`

        `included: unlimited` charges nothing beyond. A service that is not there, or has neither price nor tiers, is
        not charged. Numbers may be int, Decimal, Fraction, text or float (the shortest decimal that is that float).

        >>> plan = {"plan": "s", "fee": 20, "voice": {"included": 500, "price": "0.03", "block": 60, "per": "call"}}
        >>> Tariff.from_definition(plan).bill(voice=510 * 60)
        2030
        """
        keys = ("plan", "fee", "overage_cap", "shared_lines", "on_sale", *SERVICES)
        reading.check_keys(definition, keys, where)
        plan = reading.text(definition, "plan", where)
        rates = tuple(
            _rate(service, reading.part(definition, service, where), reading.join(where, service))
            for service in SERVICES
            if definition.get(service) is not None
        )
        return cls(
            plan,
            fee=reading.cents(definition, "fee", where, needed=True) or 0,
            rates=rates,
            cap=reading.cents(definition, "overage_cap", where),
            shared_lines=reading.whole(definition, "shared_lines", where, default=1),
            on_sale=reading.boolean(definition, "on_sale", where, default=True),
        )

    def bill(self, voice: int = 0, data: int = 0, messages: int = 0, lines: int = 1) -> int:
        """Cents for a month's use in steps (rounded to the blocks) of `lines` lines together; use must not be negative.

        The rules in plain Python, to read and to test the expressions of `rehearsal` against.
        """
        used = {"voice": voice, "data": data, "messages": messages}
        subscriptions = -(-lines // self.shared_lines)
        over = sum(rate.charge(used[rate.measure.service], subscriptions) for rate in self.rates)
        limited = over if self.cap is None else min(over, self.cap * subscriptions)
        return self.fee * subscriptions + limited

    def rate(self, service: str) -> Rate | None:
        """The rate of a service; None where the plan does not charge it."""
        return next((rate for rate in self.rates if rate.measure.service == service), None)


def read_plans(definitions: Sequence[Mapping[str, object]], where: str = "plans") -> tuple[Tariff, ...]:
    """The tariffs of a catalogue, the lower fee first, then by name: the order in which equal bills are preferred.

    Raises Refused for a wrong plan, one that is there twice, or an empty catalogue.
    """
    tariffs = [Tariff.from_definition(plan, f"{where}[{place}]") for place, plan in enumerate(definitions)]
    if not tariffs:
        raise reading.wrong("There is no plan to bill", where)
    seen: set[str] = set()
    for place, tariff in enumerate(tariffs):
        if tariff.plan in seen:
            raise reading.wrong(f"The plan {tariff.plan!r} is there twice", f"{where}[{place}].plan")
        seen.add(tariff.plan)
    return tuple(sorted(tariffs, key=lambda tariff: (tariff.fee, tariff.plan)))


def _rate(service: str, given: Mapping[str, object], where: str) -> Rate:
    rounding = {"voice": ("block", "per", "on_net_free", "missed"), "data": ("block", "per"), "messages": ()}[service]
    reading.check_keys(given, ("included", "price", "tiers", "cap", *rounding), where)
    event = {"voice": "call", "data": "session", "messages": "month"}[service]
    measure = Measure(
        service,
        per=reading.choice(given, "per", where, ("month", event), default="month"),
        block=reading.whole(given, "block", where, default=1),
        on_net_free=reading.boolean(given, "on_net_free", where, default=False),
        missed=reading.choice(given, "missed", where, ("free", "block"), default="free"),
    )
    if measure.missed == "block" and measure.per == "month":
        raise reading.wrong("Only calls rounded one by one can charge missed calls", reading.join(where, "missed"))
    rate = Rate(measure, _included(service, given, where), _tiers(service, given, where), _cap(given, where))
    largest = max((price for _, _, price in rate.pieces()), default=0)
    if largest * LIMITS[service] + rate.denominator > EXACT:
        hint = "Give it with fewer decimals"
        raise reading.wrong("The prices have too many decimals to be billed exactly", where, hint)
    return rate


def _included(service: str, given: Mapping[str, object], where: str) -> int | None:
    if given.get("included") == "unlimited":
        return None
    return int(reading.number(given, "included", where, default=Fraction(0)) * STEPS[service])


def _cap(given: Mapping[str, object], where: str) -> int | None:
    return reading.cents(given, "cap", where)


def _tiers(service: str, given: Mapping[str, object], where: str) -> tuple[Tier, ...]:
    """The tiers of a service; one price is one tier."""
    if given.get("tiers") is None:
        if given.get("price") is None:
            return ()
        return (Tier(_price(service, given, where)),)
    if given.get("price") is not None:
        raise reading.wrong("Give one price or tiers, not both", reading.join(where, "price"))
    listed = reading.tiers(given["tiers"], reading.join(where, "tiers"))
    found: list[Tier] = []
    for place, tier in enumerate(listed):
        here = f"{reading.join(where, 'tiers')}[{place}]"
        reading.check_keys(tier, ("upto", "price"), here)
        last = place == len(listed) - 1
        if last != (tier.get("upto") is None):
            said = "The last tier has no end: leave out its `upto`" if last else "Only the last tier has no end"
            raise reading.wrong(said, reading.join(here, "upto"))
        upto = None if last else int(reading.number(tier, "upto", here) * STEPS[service])
        if upto is not None and upto <= (found[-1].upto or 0 if found else 0):
            raise reading.wrong("Each tier must end after the one before", reading.join(here, "upto"))
        found.append(Tier(_price(service, tier, here), upto))
    return tuple(found)


def _price(service: str, given: Mapping[str, object], where: str) -> Fraction:
    return reading.number(given, "price", where) * 100 / STEPS[service]
