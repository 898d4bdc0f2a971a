"""What a planner defines of the channel preference, and how the definition is read and refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from yuelao.analytics import reading
from yuelao.analytics.channels import BUSINESSES, CHANNELS
from yuelao.common.errors import nearest

HAND, LEARNED, BEST = "hand", "learned", "best"
SCALES = ("linear", "log", "order")
_KEYS = ("weights", "tilt", "levels", "touches", "businesses", "quality", "learning", "channels")
_FACTOR_KEYS = ("feature", "weight", "scale", "direction", "values")
_TO_LEARN = "learned"


@dataclass(frozen=True)
class Factor:
    """One factor of a channel: a feature of the view, its weight, its direction (`up`: more of it, more preference).

    scale: `linear`, `log` (of 1 + value), or `order`: the place of a text among `values`, from least to most.
    """

    channel: str
    feature: str
    weight: float = 1.0
    scale: str = "linear"
    direction: str = "up"
    values: tuple[str, ...] = ()

    @property
    def sign(self) -> float:
        """1 where more of it means more preference, else −1."""
        return -1.0 if self.direction == "down" else 1.0


@dataclass(frozen=True)
class Touches:
    """How touches count; a strength of None is estimated from the data.

    fewest: touches from which they say something. known: share of the factors' weight that does so too.
    strength, business_strength: how many touches the expectation of a customer, and of a business, is worth.
    """

    fewest: int = 1
    known: float = 0.5
    strength: float | None = None
    business_strength: float | None = None


@dataclass(frozen=True)
class Quality:
    """When a factor is dropped; see `quality.examine`."""

    nulls: float = 0.6
    distinct: int = 2
    contradiction: float = 0.05
    touches: int = 5


@dataclass(frozen=True)
class Learning:
    """What learned weights need of a channel (contacts, successes), and the outcomes that count as an answer."""

    contacts: int = 500
    successes: int = 50
    ridge: float = 1.0
    answers: tuple[str, ...] = ("sold", "call_back", "thinking", "refused", "refused_all", "complaint")


@dataclass(frozen=True)
class Definition:
    """The whole definition; `factors` by CHANNELS, within a channel as they are written.

    businesses: how much a touch of each kind of business counts for the channel, by BUSINESSES; 1 like another.
    """

    factors: tuple[Factor, ...]
    weights: str = BEST
    tilt: float = 1.5
    levels: tuple[float, ...] = (1.0, 2.0, 3.0, 4.0)
    touches: Touches = Touches()
    businesses: tuple[float, ...] = (1.0,) * len(BUSINESSES)
    quality: Quality = Quality()
    learning: Learning = Learning()

    def of(self, channel: str) -> tuple[Factor, ...]:
        """The factors of a channel."""
        return tuple(factor for factor in self.factors if factor.channel == channel)


def read(content: Mapping[str, object]) -> Definition:
    """Read the mapping of `packs/telecom/preference.yaml` (without kind, name, title).

    Raises Refused whose `where` is the path of the place, as in `channels.phone[2].weight`.

    >>> read({"channels": {"sms": [{"feature": "uses_secretary", "weight": 2}]}}).factors[0].weight
    2.0
    """
    whole = reading.mapping(content, "preference", _KEYS, ["channels"])
    return Definition(
        factors=_factors(whole["channels"]),
        weights=reading.choice(whole, "weights", "preference", (BEST, HAND, LEARNED)),
        tilt=reading.as_number(whole.get("tilt", 1.5), "tilt", 0, 10),
        levels=_bands(whole.get("levels", [1, 2, 3, 4])),
        touches=_touches(whole.get("touches", {})),
        businesses=_businesses(whole.get("businesses", {})),
        quality=_quality(whole.get("quality", {})),
        learning=_learning(whole.get("learning", {})),
    )


def _factors(raw: object) -> tuple[Factor, ...]:
    found: list[Factor] = []
    for channel, factors in reading.mapping(raw, "channels").items():
        place = f"channels.{channel}"
        if channel not in CHANNELS:
            raise reading.wrong(f"There is no channel {channel}", place, nearest(channel, list(CHANNELS)))
        names: list[str] = []
        for i, item in enumerate(reading.items(factors, place, least=0)):
            factor = _factor(channel, item, f"{place}[{i}]")
            if factor.feature in names:
                raise reading.wrong(f"The factor {factor.feature} stands there twice", f"{place}[{i}]", "Keep one")
            names.append(factor.feature)
            found.append(factor)
    return tuple(sorted(found, key=lambda factor: CHANNELS.index(factor.channel)))  # by channel, then as written


def _factor(channel: str, item: object, place: str) -> Factor:
    content = reading.mapping(item, place, _FACTOR_KEYS, ["feature"])
    values = reading.items(content["values"], f"{place}.values", least=2) if "values" in content else []
    scale = reading.choice(content, "scale", place, SCALES, "order" if values else "linear")
    if (scale == "order") != bool(values):
        raise reading.wrong(
            "Only a scale by order has values, and it needs them", f"{place}.scale", "As in [none, gold]"
        )
    return Factor(
        channel=channel,
        feature=reading.name(content["feature"], f"{place}.feature"),
        weight=reading.number(content, "weight", place, 1.0, least=0),
        scale=scale,
        direction=reading.choice(content, "direction", place, ("up", "down")),
        values=tuple(reading.name(value, f"{place}.values[{i}]") for i, value in enumerate(values)),
    )


def _bands(raw: object) -> tuple[float, ...]:
    bands = [reading.as_number(band, f"levels[{i}]", 0, 5) for i, band in enumerate(reading.items(raw, "levels"))]
    if len(bands) != 4 or any(low >= high for low, high in pairwise(bands)):
        raise reading.wrong("Levels 2, 3, 4 and 5 begin at four rising scores", "levels", "As in [1, 2, 3, 4]")
    return tuple(bands)


def _touches(raw: object) -> Touches:
    place = "touches"
    content = reading.mapping(raw, place, list(Touches.__dataclass_fields__))
    strengths = {
        key: None if content.get(key, _TO_LEARN) == _TO_LEARN else reading.number(content, key, place, least=0.01)
        for key in ("strength", "business_strength")
    }
    fewest = reading.whole(content, "fewest", place, 1, least=1)
    return Touches(fewest, reading.number(content, "known", place, 0.5, 0, 1), **strengths)


def _businesses(raw: object) -> tuple[float, ...]:
    content = reading.mapping(raw, "businesses", BUSINESSES)
    weights = tuple(reading.number(content, name, "businesses", 1.0, 0, 10) for name in BUSINESSES)
    if not any(weights):
        raise reading.wrong("Some kind of business must count", "businesses", "Give one a weight above 0")
    return weights


def _quality(raw: object) -> Quality:
    place = "quality"
    content = reading.mapping(raw, place, list(Quality.__dataclass_fields__))
    return Quality(
        nulls=reading.number(content, "nulls", place, 0.6, 0, 1),
        distinct=reading.whole(content, "distinct", place, 2, least=2),
        contradiction=reading.number(content, "contradiction", place, 0.05, 0, 1),
        touches=reading.whole(content, "touches", place, 5, least=1),
    )


def _learning(raw: object) -> Learning:
    place = "learning"
    content = reading.mapping(raw, place, list(Learning.__dataclass_fields__))
    answers = reading.items(content.get("answers", list(Learning().answers)), f"{place}.answers")
    return Learning(
        contacts=reading.whole(content, "contacts", place, 500, least=10),
        successes=reading.whole(content, "successes", place, 50, least=1),
        ridge=reading.number(content, "ridge", place, 1.0, least=0.001),
        answers=tuple(reading.name(answer, f"{place}.answers[{i}]") for i, answer in enumerate(answers)),
    )
