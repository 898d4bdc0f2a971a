"""The catalogue of plans as tariffs: rows of the contract's `plans`, and what had to be left out of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yuelao.analytics.plan_fit.tariff import Tariff, read_plans
from yuelao.common.errors import Refused

_SERVICES = {
    "voice": ("voice_minutes", "voice_overage_price", "voice_tiers", "a further minute"),
    "data": ("data_mb", "data_overage_price", "data_tiers", "a further MB"),
    "messages": ("sms_count", "sms_overage_price", "", "a further message"),
}
_ROUNDING = {"voice": "voice_block_seconds", "data": "data_block_kb"}


@dataclass(frozen=True)
class Catalogue:
    """The plans that can be billed, the preferred first (`read_plans`), and one sentence on each that cannot."""

    tariffs: tuple[Tariff, ...]
    notes: tuple[str, ...]

    @property
    def shares(self) -> bool:
        """Whether any plan has shared lines."""
        return any(tariff.shared_lines > 1 for tariff in self.tariffs)


def read_catalogue(plans: Sequence[Mapping[str, object]]) -> Catalogue:
    """Read rows of the contract's `plans`.

    A plan without a price for a service that others charge, or with nonsense in it, cannot be billed and is left out;
    a service that no plan has a price for is not charged.
    """
    charged = [service for service in _SERVICES if any(_is_priced(plan, service) for plan in plans)]
    notes = [
        f"No plan has a price of {says}: it is not charged"
        for service, (*_, says) in _SERVICES.items()
        if service not in charged
    ]
    usable: dict[str, Mapping[str, object]] = {}
    for plan in sorted(plans, key=lambda plan: str(plan.get("plan_id"))):
        problem = _problem(plan, charged, usable)
        if problem:
            notes.append(f"The plan {plan.get('plan_id')} is left out: {problem}")
        else:
            usable[str(plan["plan_id"])] = _definition(plan, charged)
    return Catalogue(read_plans(list(usable.values())) if usable else (), tuple(notes))


def read_strictly(
    plans: Sequence[Mapping[str, object]], rounding: Mapping[str, Mapping[str, object]], places: Sequence[str]
) -> tuple[Tariff, ...]:
    """The same rows where every plan must be billed; Refused names the place of one that cannot.

    rounding: by service, what a tariff's definition says beside the row (`per`, `missed`), and the `block` where the
    row has none. places: where each row stands, for people.
    """
    charged = [service for service in _SERVICES if any(_is_priced(plan, service) for plan in plans)]
    found: dict[str, Mapping[str, object]] = {}
    for plan, place in zip(plans, places, strict=True):
        definition = _definition(plan, charged)
        for service, rule in rounding.items():
            rate = definition.get(service)
            if isinstance(rate, dict):
                rate |= {key: value for key, value in rule.items() if rate.get(key) is None}
        problem = _problem(plan, charged, found)
        if problem:
            raise Refused(f"The plan {plan.get('plan_id')} cannot be billed: {problem}", where=place)
        found[str(plan["plan_id"])] = definition
    return read_plans(list(found.values()))


def _is_priced(plan: Mapping[str, object], service: str) -> bool:
    _, price, tiers, _ = _SERVICES[service]
    return plan.get(price) is not None or bool(tiers and plan.get(tiers))


def _problem(plan: Mapping[str, object], charged: Sequence[str], before: Mapping[str, object]) -> str:
    """What forbids to bill the plan, in a few words; empty when nothing does."""
    if str(plan.get("plan_id")) in before:
        return "it is there twice"
    for service in charged:
        if not _is_priced(plan, service):
            return f"it has no price of {_SERVICES[service][-1]}"
    try:
        Tariff.from_definition(_definition(plan, charged))
    except Refused as refusal:
        return str(refusal)
    return ""


def _definition(plan: Mapping[str, object], charged: Sequence[str]) -> dict[str, object]:
    """A row of the contract as a tariff's definition."""
    found: dict[str, object] = {
        "plan": plan.get("plan_id"),
        "fee": plan.get("monthly_fee"),
        "overage_cap": plan.get("overage_cap"),
        "shared_lines": plan.get("shared_lines"),
        "on_sale": plan.get("on_sale"),
    }
    for service in charged:
        included, price, tiers, _ = _SERVICES[service]
        tiered = plan.get(tiers) if tiers else None
        rate: dict[str, object] = {"included": plan.get(included)}
        rate |= {"tiers": tiered} if tiered else {"price": plan.get(price)}
        if service in _ROUNDING:
            rate["block"] = plan.get(_ROUNDING[service])
        if service == "voice":
            rate["on_net_free"] = plan.get("on_net_free")
        found[service] = rate
    return found
