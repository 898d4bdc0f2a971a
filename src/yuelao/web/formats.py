"""Template filters: texts and values as the language of the page writes them."""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from yuelao.common import language as languages


@pass_context
def say(context: Context, message: str, **values: object) -> str:
    """`message` in the language of the page, with `{name}` replaced by `values`."""
    return languages.translate(message, context["language"], **values)


@pass_context
def _pick(context: Context, texts: Mapping[str, str]) -> str:
    return languages.pick(texts, context["language"])


@pass_context
def _money(context: Context, value: float) -> str:
    return languages.money(value, context["currency"], context["language"])


@pass_context
def _quantity(context: Context, value: float, unit: str = "", digits: int = 0) -> str:
    return languages.quantity(value, unit, context["language"], digits)


@pass_context
def _moment(context: Context, value: Any) -> str:
    return languages.moment(value, context["zone"], context["language"])


def _in_language(write: Callable[..., str]) -> Callable[..., str]:
    @pass_context
    def written(context: Context, value: Any, *options: Any) -> str:
        return write(value, context["language"], *options)

    return written


FILTERS: dict[str, Callable[..., str]] = {
    "say": say,
    "pick": _pick,
    "money": _money,
    "quantity": _quantity,
    "moment": _moment,
    "number": _in_language(languages.number),
    "share": _in_language(languages.share),
    "unit": _in_language(languages.unit),
    "day": _in_language(languages.day),
    "short_day": _in_language(languages.short_day),
}
