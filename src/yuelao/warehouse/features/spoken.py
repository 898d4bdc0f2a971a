"""How the value of a feature is said: by itself with its unit, and as a sentence about the customer.

The sentences are data: `sentences.yaml`, beside this file.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

import yaml

from yuelao.common import language as words
from yuelao.common.language import _
from yuelao.warehouse.features.registry import FEATURES

Sentences = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Input of a model → case → language → sentence."""

_SMALL = 10
_TINY = 0.1
_HARDLY = 0.01
_TIMES = {"1": "once", "2": "twice"}


@cache
def sentences() -> Sentences:
    """The sentences of every input that has some."""
    text = (files("yuelao.warehouse.features") / "sentences.yaml").read_text(encoding="utf-8")
    read: Sentences = yaml.safe_load(text)
    return read


def sentence(name: str, value: object, language: str, currency: str = "CNY") -> str | None:
    """What the value says of a customer; None where no sentence fits.

    >>> sentence("overage_months_3m", 3, "en"), sentence("overage_months_3m", 3, "zh")
    ('data allowance exceeded in 3 of 3 months', '近三个月有3个月流量超套')
    >>> sentence("tenure_months", 5, "en"), sentence("complaints_12m", 0, "en"), sentence("age", None, "en")
    ('on the network for 5 months', 'no complaint in the last 12 months', 'age not known')
    """
    forms = sentences().get(name, {})
    form = forms.get(_own_case(value)) or forms.get(_case(value))
    return words.pick(form, language).format(**_filled(name, value, language, currency)) if form else None


def spoken(name: str, value: object, language: str, currency: str = "CNY") -> str:
    """A feature's value as one says it: a share in per cent, an amount with its unit."""
    known = FEATURES.get(name)
    unit = known.unit if known else ""
    if isinstance(value, bool):
        return words.translate(_("yes") if value else _("no"), language)
    if isinstance(value, date):
        return words.day(value, language)
    if not isinstance(value, int | float):
        return str(value)
    if unit == "share":
        return words.share(value, language, 0)
    if unit.startswith("yuan"):  # the contract's yuan stand for the workspace's currency
        return words.money(value if abs(value) < 1 else round(value), currency, language)
    return words.quantity(value, unit, language, _digits(value))


def _own_case(value: object) -> str:
    """The name that a text or a whole number has among the cases."""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _case(value: object) -> str:
    if value is None or value != value:  # NaN
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float) or value > 0:
        return "some"
    return "less" if value < 0 else "none"


def _filled(name: str, value: object, language: str, currency: str) -> dict[str, str]:
    """What the places of a sentence hold."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return {"value": str(value)}
    size, unit = abs(value), FEATURES[name].unit if name in FEATURES else ""
    bare = words.number(size, language, _digits(size))
    hardly = 0 < size < _HARDLY
    return {
        "value": _hardly(language) if hardly and unit == "share" else spoken(name, value, language, currency),
        "size": spoken(name, size, language, currency),
        "n": bare,
        "times": _TIMES.get(bare, f"{bare} times"),
        "amount": words.quantity(size, unit.partition("/")[0], language, _digits(size)),
        "change": _hardly(language) if hardly else words.share(size, language, 0),
    }


def _hardly(language: str) -> str:
    return words.translate(_("less than {share}"), language, share=words.share(_HARDLY, language, 0))


def _digits(value: float) -> int:
    size = abs(value)
    return 0 if size >= _SMALL else 1 if size >= _TINY or not size else 2
