"""Reading the parts of a plan: exact numbers, money, choices; what is wrong is told with the path of its place."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import isfinite

from yuelao.common.errors import Refused, nearest

_FLOAT_DENOMINATOR = 10_000_000
"""A float stands for the simplest fraction near it: 0.29/1024, read from a file, is 29/102400 again."""


def wrong(message: str, where: str, hint: str = "") -> Refused:
    """The refusal of a plan."""
    return Refused(message, where=where, hint=hint, code="tariff")


def join(where: str, key: str) -> str:
    """The path of a part."""
    return f"{where}.{key}" if where else key


def check_keys(given: Mapping[str, object], known: Sequence[str], where: str) -> None:
    """Refused for a key that is not known."""
    for key in given:
        if key not in known:
            raise wrong(f"{key!r} is not known here", join(where, str(key)), nearest(str(key), list(known)))


def part(given: Mapping[str, object], key: str, where: str) -> Mapping[str, object]:
    """The mapping under `key`."""
    found = given[key]
    if not isinstance(found, Mapping):
        raise wrong("Here stands a set of keys", join(where, key), "As in `voice: {included: 100, price: 0.15}`")
    return found


def text(given: Mapping[str, object], key: str, where: str) -> str:
    """The text under `key`."""
    found = given.get(key)
    if not isinstance(found, str) or not found:
        raise wrong(f"{key!r} is missing or no text", join(where, key))
    return found


def boolean(given: Mapping[str, object], key: str, where: str, *, default: bool) -> bool:
    """The boolean under `key`."""
    found = given.get(key)
    if found is None:
        return default
    if not isinstance(found, bool):
        raise wrong(f"{key!r} is true or false, not {found!r}", join(where, key))
    return found


def choice(given: Mapping[str, object], key: str, where: str, known: Sequence[str], *, default: str) -> str:
    """One of the known words."""
    found = given.get(key)
    if found is None:
        return default
    if found not in known:
        raise wrong(f"{key!r} is not {found!r}", join(where, key), nearest(str(found), list(known)))
    return str(found)


def number(given: Mapping[str, object], key: str, where: str, default: Fraction | None = None) -> Fraction:
    """A number of 0 or more, exactly."""
    found = given.get(key)
    if found is None and default is not None:
        return default
    value = _exact(found)
    if value is None:
        raise wrong(f"{key!r} is missing or no number", join(where, key))
    if value < 0:
        raise wrong(f"{key!r} must not be negative", join(where, key))
    return value


def whole(given: Mapping[str, object], key: str, where: str, *, default: int) -> int:
    """A whole number of 1 or more."""
    value = number(given, key, where, default=Fraction(default))
    if value.denominator != 1 or value < 1:
        raise wrong(f"{key!r} must be a whole number of 1 or more", join(where, key))
    return int(value)


def cents(given: Mapping[str, object], key: str, where: str, *, needed: bool = False) -> int | None:
    """An amount of money as whole cents; None where there is none."""
    if given.get(key) is None and not needed:
        return None
    value = number(given, key, where) * 100
    if value.denominator != 1:
        raise wrong(f"{key!r} must be an amount of whole cents", join(where, key))
    if value > 10**11:
        raise wrong(f"{key!r} is no amount that a month can cost", join(where, key))
    return int(value)


def tiers(given: object, where: str) -> list[Mapping[str, object]]:
    """Tiers as a list of `{upto, price}`; text is read as `100:0.25, 500:0.15, 0.10`."""
    if isinstance(given, str):
        pairs = [piece.strip().rpartition(":") for piece in given.split(",")]
        return [{"price": price, **({"upto": upto} if mark else {})} for upto, mark, price in pairs]
    if not isinstance(given, Sequence) or not given:
        raise wrong("Tiers are a list, or text like `100:0.25, 0.10`", where)
    for place, tier in enumerate(given):
        if not isinstance(tier, Mapping):
            raise wrong("A tier has `upto` and `price`", f"{where}[{place}]")
    return list(given)


def _exact(value: object) -> Fraction | None:
    try:
        match value:
            case bool():
                return None
            case int() | Fraction():
                return Fraction(value)
            case float():
                return Fraction(value).limit_denominator(_FLOAT_DENOMINATOR) if isfinite(value) else None
            case Decimal():
                return Fraction(value) if value.is_finite() else None
            case str():
                return Fraction(Decimal(value.strip())) if Decimal(value.strip()).is_finite() else None
    except (ValueError, ArithmeticError):
        return None
    return None
