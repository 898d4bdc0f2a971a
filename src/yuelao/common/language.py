"""The languages of the screens: texts in Chinese or English, and numbers, money, dates and units as each writes them.

A text is written in English where it is used, marked with `_`, and said in Chinese by `common/locale/zh/*.po` (one file
a room). A definition carries both languages itself: `{en: …, zh: …}`.
"""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent

LANGUAGES = ("zh", "en")
NAMES: Mapping[str, str] = {"zh": "中文", "en": "English"}
_LOCALES = {"zh": Locale("zh", "CN", script="Hans"), "en": Locale("en", "GB")}
_MB_IN_GB = 1024
_UNSAID = ("level", "share")
_LONGEST_SYMBOL = 3  # "MB" and "GB" are symbols, "days" is a word
_LOCALE_FILES = files("yuelao.common") / "locale"


def _(message: str) -> str:
    """Mark a text for translation; it is translated where it is shown."""
    return message


def choose(*wishes: str | None) -> str:
    """The first wish that is one of our languages; Chinese when none is."""
    return next((wish for wish in wishes if wish in LANGUAGES), LANGUAGES[0])


def translate(message: str, language: str, **values: object) -> str:
    """Say `message` in `language`, with `{name}` replaced by `values`; English stands where no translation does."""
    text = _texts(language).get(message, message)
    return text.format(**values) if values else text


def pick(texts: Mapping[str, str], language: str) -> str:
    """The text of a definition in `language`, else in whichever language it has."""
    return texts.get(language) or next(iter(texts.values()), "")


def catalogs(language: str) -> list[tuple[str, Catalog]]:
    """The translations into `language` as (room, catalog); English has none."""
    folder = _LOCALE_FILES / language
    if not folder.is_dir():
        return []
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".po")), key=lambda entry: entry.name)
    read = []
    for entry in found:
        with entry.open("rb") as stream:
            read.append((entry.name.removesuffix(".po"), read_po(stream, locale=language, abort_invalid=True)))
    return read


@cache
def _texts(language: str) -> Mapping[str, str]:
    return {
        str(message.id): str(message.string)
        for _room, catalog in catalogs(language)
        for message in catalog
        if message.id and message.string
    }


def number(value: float, language: str, digits: int = 0) -> str:
    """`12345.6` → `12,346`: thousands separated, `digits` places at most."""
    places = "." + "#" * digits if digits else ""
    return format_decimal(value, "#,##0" + places, locale=_LOCALES[language])


def share(value: float, language: str, digits: int = 1) -> str:
    """`0.163` → `16.3%`."""
    places = "." + "0" * digits if digits else ""
    return format_percent(value, f"#,##0{places}%", locale=_LOCALES[language])


def money(value: float, currency: str, language: str) -> str:
    """An amount with its sign, `¥1,234` or `¥18.50`: cents only where there are any and the amount is small."""
    cents = abs(value) < 1000 and round(value, 2) != round(value)
    text = format_currency(
        value, currency, "¤#,##0.00" if cents else "¤#,##0", locale=_LOCALES[language], currency_digits=False
    )
    return text.replace("CN¥", "¥")


def quantity(value: float, unit: str, language: str, digits: int = 0) -> str:
    """A number with its unit as the language writes it: `1,240 minutes`, `1,240分钟`, `3.2 GB/月`; large MB as GB."""
    unit, _slash, per = unit.partition("/")
    if unit == "MB" and abs(value) >= _MB_IN_GB:
        value, unit, digits = value / _MB_IN_GB, "GB", max(digits, 1)
    text = number(value, language, digits)
    if not unit:
        return text
    named = _singular(unit) if language == "en" and text == "1" else translate(unit, language)
    rate = f"/{translate(per, language)}" if per else ""
    return f"{text}{'' if _is_chinese(named) else ' '}{named}{rate}"


def unit(name: str, language: str) -> str:
    """A unit by itself, `MB/month` or `MB/月`; empty for those that are not said beside a number."""
    return "" if name in _UNSAID else "/".join(translate(part, language) for part in name.split("/"))


def _singular(unit: str) -> str:
    return unit.removesuffix("s") if len(unit) > _LONGEST_SYMBOL else unit


def _is_chinese(text: str) -> bool:
    return text[:1] >= "\u2e80"


def day(value: date, language: str) -> str:
    """`23 Nov 2026`, `2026年11月23日`."""
    return format_date(value, "long" if language == "zh" else "medium", locale=_LOCALES[language])


def short_day(value: date, language: str) -> str:
    """`23 Nov`, `11月23日`: within a year nobody doubts."""
    return format_skeleton("MMMd", value, locale=_LOCALES[language])


def weekday(place: int, language: str) -> str:
    """A day of the week in short, 0 is Monday: `Mon`, `周一`."""
    return str(_LOCALES[language].days["format"]["abbreviated"][place])


def moment(value: datetime, zone: tzinfo, language: str) -> str:
    """An aware moment on the wall clock of `zone`: `23 Nov, 10:15`, `11月23日 10:15`."""
    local = value.astimezone(zone)
    return f"{short_day(local, language)} {format_datetime(local, 'HH:mm', locale=_LOCALES[language])}"
