"""What a planner defines of the channel preference, and how the definition is read and refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from yuelao.analytics.channels import CHANNELS
from yuelao.common.errors import Refused, nearest

HAND, LEARNED, BEST = "hand", "learned", "best"
SCALES = ("linear", "log", "order")
_KEYS = ("weights", "tilt", "levels", "touches", "quality", "learning", "channels")
_FACTOR_KEYS = ("feature", "weight", "scale", "direction", "values")


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

    fewest: float = 1
    known: float = 0.5
    strength: float | None = None
    business_strength: float | None = None


@dataclass(frozen=True)
class Quality:
    """When a factor is dropped; see `quality.examine`."""

    nulls: float = 0.6
    distinct: float = 2
    contradiction: float = 0.05
    touches: float = 5


@dataclass(frozen=True)
class Learning:
    """What learned weights need of a channel (contacts, successes), and the outcomes that count as an answer."""

    contacts: float = 500
    successes: float = 50
    ridge: float = 1.0
    answers: tuple[str, ...] = ("sold", "call_back", "thinking", "refused", "refused_all", "complaint")


@dataclass(frozen=True)
class Definition:
    """The whole definition; `factors` in the order they are written."""

    factors: tuple[Factor, ...]
    weights: str = BEST
    tilt: float = 1.5
    levels: tuple[float, ...] = (1.0, 2.0, 3.0, 4.0)
    touches: Touches = Touches()
    quality: Quality = Quality()
    learning: Learning = Learning()

    def of(self, channel: str) -> tuple[Factor, ...]:
        """The factors of a channel."""
        return tuple(factor for factor in self.factors if factor.channel == channel)


def read(content: Mapping[str, object]) -> Definition:
    """Read the mapping of `packs/telecom/preference.yaml` (without kind, name, title).

    Raises Refused (code "preference") whose `where` is the path of the place, as in `channels.phone[2].weight`.

    >>> read({"channels": {"sms": [{"feature": "uses_secretary", "weight": 2}]}}).factors[0].weight
    2.0
    """
    _known(content, _KEYS, "")
    weights = content.get("weights", BEST)
    if weights not in (HAND, LEARNED, BEST):
        raise _wrong(f"Weights are hand, learned or best, not {weights!r}", "weights")
    learning = dict(_mapping(content.get("learning", {}), "learning"))
    answers = learning.pop("answers", list(Learning().answers))
    if not isinstance(answers, Sequence) or isinstance(answers, str) or not answers:
        raise _wrong("The outcomes that are answers must be a list", "learning.answers")
    numbers = _numbers(learning, ("contacts", "successes", "ridge"), "learning")
    touches = _numbers(content.get("touches", {}), tuple(Touches.__dataclass_fields__), "touches", {"learned": None})
    quality = _numbers(content.get("quality", {}), tuple(Quality.__dataclass_fields__), "quality")
    return Definition(
        factors=_factors(content.get("channels")),
        weights=str(weights),
        tilt=_number(content.get("tilt", 1.5), "tilt"),
        levels=_bands(content.get("levels", [1, 2, 3, 4])),
        touches=Touches(**touches),  # type: ignore[arg-type]  # only the strengths may be learned, checked below
        quality=Quality(**quality),  # type: ignore[arg-type]  # nothing in it can be None
        learning=Learning(**numbers, answers=tuple(map(str, answers))),  # type: ignore[arg-type]  # the same
    )


def _factors(channels: object) -> tuple[Factor, ...]:
    found: list[Factor] = []
    for channel, factors in _mapping(channels, "channels").items():
        if channel not in CHANNELS:
            raise _wrong(f"There is no channel {channel}", "channels", nearest(str(channel), list(CHANNELS)))
        if not isinstance(factors, Sequence) or isinstance(factors, str):
            raise _wrong("The factors of a channel are a list", f"channels.{channel}")
        of_channel = [_factor(str(channel), item, f"channels.{channel}[{i}]") for i, item in enumerate(factors)]
        names = [factor.feature for factor in of_channel]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise _wrong(f"The factor {name} stands there twice", f"channels.{channel}[{i}].feature")
        found += of_channel
    return tuple(found)


def _factor(channel: str, item: object, where: str) -> Factor:
    content = _mapping(item, where)
    _known(content, _FACTOR_KEYS, where)
    feature = content.get("feature")
    if not isinstance(feature, str) or not feature:
        raise _wrong("A factor needs the name of a feature", f"{where}.feature")
    values = content.get("values", [])
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) == 1:
        raise _wrong("The values are a list of two or more, from least to most", f"{where}.values")
    scale, direction = content.get("scale", "order" if values else "linear"), content.get("direction", "up")
    if scale not in SCALES or (scale == "order") != bool(values):
        raise _wrong(f"A scale is one of {', '.join(SCALES)}; order, and only it, needs values", f"{where}.scale")
    if direction not in ("up", "down"):
        raise _wrong(f"A direction is up or down, not {direction!r}", f"{where}.direction")
    weight = _number(content.get("weight", 1), f"{where}.weight")
    return Factor(channel, feature, weight, str(scale), str(direction), tuple(map(str, values)))


def _bands(bands: object) -> tuple[float, ...]:
    if not isinstance(bands, Sequence) or isinstance(bands, str) or len(bands) != 4:
        raise _wrong("The levels are four scores: from which 2, 3, 4 and 5 begin", "levels")
    numbers = tuple(_number(band, f"levels[{i}]") for i, band in enumerate(bands))
    if numbers[-1] > 5 or any(low >= high for low, high in pairwise(numbers)):
        raise _wrong("The scores at which levels begin must rise, up to 5", "levels")
    return numbers


def _numbers(
    content: object, names: Sequence[str], where: str, words: Mapping[str, None] | None = None
) -> dict[str, float | None]:
    """The numbers of a mapping by name; `words` may stand in a strength's place."""
    given = _mapping(content, where)
    _known(given, names, where)
    strength = words or {}
    return {
        str(name): None
        if isinstance(value, str) and value in strength and "strength" in str(name)
        else _number(value, f"{where}.{name}")
        for name, value in given.items()
    }


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise _wrong(f"This must be a number of 0 or more, not {value!r}", where)
    return float(value)


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _wrong("This must be a mapping of names to values", where)
    return value


def _known(content: Mapping[str, object], names: Sequence[str], where: str) -> None:
    strange = [str(name) for name in content if name not in names]
    if strange:
        raise _wrong(
            f"{strange[0]!r} means nothing here", f"{where}.{strange[0]}".lstrip("."), nearest(strange[0], list(names))
        )


def _wrong(message: str, where: str, hint: str = "") -> Refused:
    return Refused(message, where=where, hint=hint, code="preference")
