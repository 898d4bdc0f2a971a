"""What features say of a customer: every one has its sentences, in both languages, true of the value."""

from datetime import date

import pytest

from yuelao.common.language import LANGUAGES
from yuelao.warehouse.features import FEATURES, describe
from yuelao.warehouse.features.spoken import sentence, sentences, spoken

BESIDE = {"product", "channel", "hour", "weekday"}
"""What models see of a contact."""
PLACES = {"value", "n", "size", "amount", "times", "change"}
ALWAYS = {"reach_rate", "plan_generation", "device_generation"}
"""Numbers that are never 0."""


def cases(kind: str, name: str) -> set[str]:
    """The cases that a feature of this type must have a sentence for."""
    if kind == "boolean":
        return {"yes", "no"}
    if kind == "text":
        return {"male", "female", "unknown"} if name == "gender" else {"some", "unknown"}
    rated = name in ALWAYS or "satisfaction" in name
    return {"some", *(() if rated else ("none",)), *(() if FEATURES[name].absent is not None else ("unknown",))}


def test_every_feature_has_its_sentences():
    lacking = {each.name: cases(each.type, each.name) - set(sentences().get(each.name, {})) for each in describe()}
    assert {name: forms for name, forms in lacking.items() if forms} == {}
    assert set(sentences()) == set(FEATURES) | BESIDE


def test_a_sentence_is_whole_in_both_languages():
    for name, forms in sentences().items():
        for case, texts in forms.items():
            assert set(texts) == set(LANGUAGES), (name, case)
            assert texts["en"].isascii(), (name, case)
            assert any("\u4e00" <= letter <= "\u9fff" for letter in texts["zh"]), (name, case)
            for text in texts.values():
                assert {part.split("}")[0] for part in text.split("{")[1:]} <= PLACES, (name, case)


@pytest.mark.parametrize(
    ("name", "value", "english", "chinese"),
    [
        ("overage_months_3m", 3, "data allowance exceeded in 3 of 3 months", "近三个月有3个月流量超套"),
        ("tenure_months", 5.0, "on the network for 5 months", "在网5个月"),
        ("days_since_complaint", None, "no complaint so far on record", "至今没有投诉记录"),
        ("days_since_complaint", float("nan"), "no complaint so far on record", "至今没有投诉记录"),
        ("complaints_12m", 2, "complained twice in the last 12 months", "近十二个月投诉2次"),
        ("age", None, "age not known", "年龄不详"),
        ("gender", "female", "a woman", "女性客户"),
        ("is_staff", False, "not an employee of the firm", "不是公司员工"),
        ("data_change_3m", -0.12, "data use down 12% on the 3 months before", "近三个月月均流量较前三个月下降12%"),
        ("voice_change_3m", 0.004, "call minutes up less than 1% on the 3 months before",
         "近三个月月均通话较前三个月上升不到1%"),
        ("arpu_3m", -20.0, "was credited ¥20 a month in the last 3 months", "近三个月月均退费¥20"),
        ("plan_voice_price", 0.15, "pays ¥0.15 for each minute beyond the plan", "套外通话每分钟¥0.15"),
        ("data_mb_3m", 3277.0, "uses 3.2 GB of data a month (last 3 months)", "近三个月月均使用 3.2 GB 流量"),
        ("generation_headroom", -1, "device is one network generation behind the plan", "终端比套餐落后一代"),
        ("weekday", 0, "called on a Monday", "周一外呼"),
    ],
)  # fmt: skip
def test_a_value_is_said_as_a_person_would(name, value, english, chinese):
    assert (sentence(name, value, "en"), sentence(name, value, "zh")) == (english, chinese)


def test_what_has_no_sentence_is_left_to_others():
    assert sentence("shoe_size", 42, "en") is None
    assert sentence("complaints_12m", None, "en") is None


def test_a_date_and_a_price_by_themselves():
    assert spoken("joined", date(2026, 11, 3), "en") == "3 Nov 2026"
    assert spoken("plan_data_price", 0.29, "zh") == "¥0.29"
