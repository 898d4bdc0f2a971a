"""What is said of the features: complete, true, and on the page."""

from datetime import date
from pathlib import Path

import pytest

from tests.warehouse.given import Given
from yuelao.conditions import Kind, parse
from yuelao.warehouse.contract import Field
from yuelao.warehouse.features import FAMILIES, FEATURES, build_view, contact_fields, describe, view_fields
from yuelao.warehouse.features.page import render

PAGE = Path(__file__).parents[3] / "docs" / "features.md"


def test_the_page_is_fresh():
    assert PAGE.read_text(encoding="utf-8") == render(), "run `make docs`"


@pytest.mark.parametrize("feature", describe(), ids=lambda feature: feature.name)
def test_each_feature_says_what_it_means(feature):
    assert feature.en
    assert feature.zh
    assert feature.en != feature.zh
    assert feature.sources
    assert feature.unit or feature.type in ("text", "boolean")


def test_there_is_a_description_for_each_column_of_the_view():
    view = build_view(Given(), date(2026, 11, 1))
    assert view.columns == ("customer_id", *FEATURES)
    assert [feature.name for feature in describe()] == list(FEATURES)
    assert len(FEATURES) >= 125


def test_every_feature_is_of_a_family_and_every_family_has_features():
    assert {feature.family for feature in describe()} == set(FAMILIES)
    at = [FAMILIES.index(feature.family) for feature in describe()]
    assert at == sorted(at)


def test_a_feature_of_several_tables_names_them_all():
    sources = {feature.name: feature.sources for feature in describe()}
    assert sources["plan_fee"] == ("customers", "subscriptions", "plans")
    assert set(sources["data_use_ratio_3m"]) == {"usage_monthly", "customers", "subscriptions", "plans"}


def test_a_view_without_any_source_is_typed_like_any_other():
    full = Given(**{name: [{"customer_id": "a"}] for name in ("usage_monthly", "payments", "devices", "contacts")})
    assert build_view(Given(), date(2026, 11, 1)).schema() == build_view(full, date(2026, 11, 1)).schema()


def test_conditions_may_name_features_extras_and_levels():
    fields = view_fields(Given({"job": Field("job", "text", "Job", "职业")}))
    condition = parse("arpu_3m >= 80 and value_level >= 'B1' and job = 'clerk' and not is_staff", fields)
    assert condition.names == {"arpu_3m", "value_level", "job", "is_staff"}
    assert fields["arpu_3m"].kind is Kind.NUMBER
    assert "value_level" not in view_fields(Given(), with_levels=False)


def test_contact_policy_may_name_the_contact_facts():
    condition = parse("contacts_7d >= 2 or days_since_complaint < 90 or do_not_call", contact_fields())
    assert condition.names == {"contacts_7d", "days_since_complaint", "do_not_call"}
