"""Texts and values in both languages, and translations complete and all of use."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract_from_dir

import yuelao
from yuelao.common import language as words
from yuelao.warehouse.features import FEATURES

_SOURCE = Path(yuelao.__file__).parent
_SAME_IN_CHINESE = {"", "G", "MB", "GB", "level", "share"}  # symbols, and units that are never said


def _used() -> dict[str, str]:
    """Every marked text and where it stands; the units of the features are shown too."""
    found = extract_from_dir(
        _SOURCE,
        method_map=[("**.py", "python"), ("**/templates/**.html", "jinja2")],
        keywords={"_": None},
        directory_filter=lambda path: not path.endswith("vendor"),
    )
    texts = {str(message): file for file, _line, message, _comments, _context in found}
    units = {part for feature in FEATURES.values() for part in feature.unit.split("/")} - _SAME_IN_CHINESE
    return texts | dict.fromkeys(units, "warehouse/features")


def test_every_text_has_a_chinese_translation():
    missing = {text: file for text, file in _used().items() if words.translate(text, "zh") == text}
    assert not missing


def test_no_translation_is_left_over():
    used = _used()
    translated = [str(message.id) for _room, catalog in words.catalogs("zh") for message in catalog if message.id]
    assert [text for text in translated if text not in used] == []


def test_no_text_is_translated_twice():
    translated = [str(message.id) for _room, catalog in words.catalogs("zh") for message in catalog if message.id]
    assert len(translated) == len(set(translated))


def test_a_translation_asks_for_the_same_values():
    fields = {
        str(message.id): (_placeholders(str(message.id)), _placeholders(str(message.string)))
        for _room, catalog in words.catalogs("zh")
        for message in catalog
    }
    assert {text: names for text, names in fields.items() if names[0] != names[1]} == {}


def _placeholders(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}


def test_translate_fills_values_in():
    assert words.translate("Saved: {outcome}", "en", outcome="Sold") == "Saved: Sold"
    assert words.translate("Saved: {outcome}", "zh", outcome="成功") == "已保存：成功"


def test_translate_leaves_an_unknown_text_and_its_braces_alone():
    assert words.translate("no such {text}", "zh") == "no such {text}"


def test_pick_takes_what_there_is():
    assert words.pick({"en": "Data", "zh": "流量"}, "zh") == "流量"
    assert words.pick({"en": "Data"}, "zh") == "Data"
    assert words.pick({}, "zh") == ""


@pytest.mark.parametrize(("wishes", "chosen"), [(("en", "zh"), "en"), ((None, "fr", "en"), "en"), ((None,), "zh")])
def test_choose_takes_the_first_language_we_speak(wishes, chosen):
    assert words.choose(*wishes) == chosen


@pytest.mark.parametrize(
    ("value", "unit", "english", "chinese"),
    [
        (1240, "minutes", "1,240 minutes", "1,240分钟"),
        (1, "months", "1 month", "1个月"),
        (3277, "MB/month", "3.2 GB/month", "3.2 GB/月"),
        (800, "MB", "800 MB", "800 MB"),
        (7, "", "7", "7"),
    ],
)
def test_quantities_carry_their_unit(value, unit, english, chinese):
    assert words.quantity(value, unit, "en") == english
    assert words.quantity(value, unit, "zh") == chinese


@pytest.mark.parametrize(
    ("value", "text"), [(31400, "¥31,400"), (20, "¥20"), (18.5, "¥18.50"), (-4200, "-¥4,200"), (12345.67, "¥12,346")]
)
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_money_shows_cents_only_where_they_matter(value, text, language):
    assert words.money(value, "CNY", language) == text


def test_numbers_and_shares():
    assert words.number(27011.4, "zh") == "27,011"
    assert words.number(1.25, "en", 1) == "1.2"
    assert words.share(0.1626, "zh") == "16.3%"


def test_days_and_moments():
    assert words.day(date(2026, 11, 3), "zh") == "2026年11月3日"
    assert words.day(date(2026, 11, 3), "en") == "3 Nov 2026"
    at = datetime(2026, 11, 3, 2, 5, tzinfo=UTC)
    assert words.moment(at, ZoneInfo("Asia/Shanghai"), "zh") == "11月3日 10:05"
    assert words.moment(at, ZoneInfo("Asia/Shanghai"), "en") == "3 Nov 10:05"
