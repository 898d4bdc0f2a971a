"""Definitions as YAML: what is not one is refused with its place, and none brings its own approval."""

import pytest

from tests.builders import NOW
from yuelao.common.errors import Refused
from yuelao.operations import audit, campaigns, customers, products
from yuelao.workflows.import_definitions import import_definitions, read_definitions

PRODUCT = """\
kind: product
code: data_50gb
title: {en: 50 GB, zh: 50GB}
price: 50
margin: 200
handling_minutes: 5
benefit: {en: More, zh: 更多}
"""
CAMPAIGN = """\
kind: campaign
name: my-own
title: {en: Mine, zh: 我的}
products: [data_10gb]
script: data-upgrade
resources: [{name: {en: All, zh: 全部}, minutes: 60}]
"""


def load(house, text, **more):
    with house.database.transaction() as session:
        return import_definitions(session, list(read_definitions(text, "mine.yaml")), "planner", NOW, **more)


def test_several_documents_are_saved_and_audited(office):
    assert load(office, f"{PRODUCT}---\n{CAMPAIGN}---\n") == {"product": ["data_50gb"], "campaign": ["my-own"]}
    with office.database.transaction(read_only=True) as session:
        assert products.current(session, "data_50gb").margin == 200
        assert campaigns.get(session, "my-own").state == "draft"
        assert audit.trail(session, "workspace")[0].actor == "planner"


def test_the_same_content_is_no_new_version(office):
    load(office, CAMPAIGN)
    load(office, CAMPAIGN)
    with office.database.transaction(read_only=True) as session:
        assert [campaign.version for campaign in campaigns.versions(session, "my-own")] == [1]


def test_a_change_of_what_runs_is_a_draft_beside_it(office):
    load(office, CAMPAIGN.replace("my-own", "data-upgrade"))
    with office.database.transaction(read_only=True) as session:
        assert [(each.version, each.state) for each in campaigns.versions(session, "data-upgrade")] == [
            (2, "draft"),
            (1, "running"),
        ]
        assert campaigns.get(session, "data-upgrade").version == 1


@pytest.mark.parametrize("state", ["running", "approved", "submitted"])
def test_nobody_brings_their_own_approval(office, state):
    with pytest.raises(Refused, match="its own approval"):
        load(office, f"{CAMPAIGN}state: {state}\n")


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        ("kind: product\ncode: [1\nprice: 2", "not YAML", "mine.yaml, line 3"),
        ("name: x", "needs a `kind`", "mine.yaml, document 1"),
        ("- 1\n- 2", "needs a `kind`", "mine.yaml, document 1"),
        (f"{PRODUCT}---\nkind: produkt", "no kind 'produkt'", "mine.yaml, document 2"),
        (PRODUCT.replace("price: 50", "price: dear"), "price", "mine.yaml, document 1"),
        (PRODUCT + "colour: red\n", "colour", "mine.yaml, document 1"),
        (CAMPAIGN.replace("products: [data_10gb]\n", ""), "products", "mine.yaml, document 1"),
    ],
)
def test_what_is_no_definition_is_refused_with_its_place(office, text, message, where):
    with pytest.raises(Refused) as refusal:
        load(office, text)
    assert message in str(refusal.value)
    assert refusal.value.where.startswith(where)


def test_one_bad_document_keeps_all_out(office):
    with pytest.raises(Refused):
        load(office, f"{PRODUCT}---\nkind: nothing\n")
    with office.database.transaction(read_only=True) as session, pytest.raises(Refused):
        products.current(session, "data_50gb")


def test_an_empty_file_changes_nothing(office):
    assert load(office, "") == {}


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("data_10gb", "data_10g", "names a product that does not exist: 'data_10g'", "data_10gb"),
        ("script: data-upgrade", "script: data-upgrad", "names a script that does not exist: 'data-upgrad'", "data-up"),
    ],
)
def test_a_campaign_cannot_name_what_does_not_exist(office, old, new, message, hint):
    with pytest.raises(Refused, match=message) as refusal:
        load(office, CAMPAIGN.replace(old, new))
    assert refusal.value.where == "mine.yaml, document 1"
    assert hint in refusal.value.hint


def test_a_campaign_may_stand_before_its_product(office):
    text = f"{CAMPAIGN.replace('data_10gb', 'data_50gb')}---\n{PRODUCT}"
    assert load(office, text) == {"campaign": ["my-own"], "product": ["data_50gb"]}


FIT = """\
kind: plan_fit
name: plan_fit
title: {en: Plan fit, zh: 套餐适配}
months: 3
classes:
  A: {use_below: 0.4, saving: 5}
  D: {use_above: 1.2, saving: 5}
"""


def test_the_pack_brings_every_model_of_the_view(office):
    with office.database.transaction(read_only=True) as session:
        assert {kind for kind in customers.KINDS if customers.current_definition(session, kind)} == set(customers.KINDS)


def test_a_model_of_the_view_becomes_a_version(office):
    load(office, FIT)
    with office.database.transaction(read_only=True) as session:
        kept = customers.current_definition(session, "plan_fit")
        assert kept is not None
        assert (kept.version, kept.saved_by, kept.content["classes"]["A"]["use_below"]) == (2, "planner", 0.4)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("use_below: 0.4", "use_belo: 0.4", r"line 6: classes\.A"),
        ("saving: 5}\n  D", "saving: much}\n  D", r"line 6: classes\.A\.saving"),
        ("months: 3", "months: 0", "line 4: months"),
        ("months: 3", "weights: {a: 1}", "weights"),
    ],
)
def test_what_is_wrong_in_a_model_is_refused_with_its_line(office, old, new, place):
    with pytest.raises(Refused, match=f"mine.yaml, document 1.*{place}"):
        load(office, FIT.replace(old, new))


def test_a_model_that_asks_for_a_feature_that_is_not_there_is_refused(trained):
    tree = "tree: {name: value, children: [{feature: arpu_3x}]}"
    cutoffs = "cutoffs: {by: share, A1: 0.02, A2: 0.08, B1: 0.2, B2: 0.3, C: 0.2, D: 0.2}"
    text = f"kind: value_segmentation\nname: mine\ntitle: {{en: Mine, zh: 我的}}\n{tree}\n{cutoffs}\n"
    with trained.lake.snapshot() as snapshot, pytest.raises(Refused) as refusal:
        load(trained, text, snapshot=snapshot)
    assert "There is no feature 'arpu_3x'" in str(refusal.value)
    assert "arpu_3m" in str(refusal.value.hint)


@pytest.mark.parametrize("feature", ["city", "plan_id", "value_level"])
def test_an_indicator_that_is_no_number_is_refused_at_its_place_even_before_there_are_customers(office, feature):
    tree = f"tree:\n  name: value\n  children:\n  - feature: arpu_3m\n  - feature: {feature}\n"
    cutoffs = "cutoffs: {by: share, A1: 0.02, A2: 0.08, B1: 0.2, B2: 0.3, C: 0.2, D: 0.2}"
    text = f"kind: value_segmentation\nname: mine\ntitle: {{en: Mine, zh: 我的}}\n{tree}{cutoffs}\n"
    with pytest.raises(Refused, match="has none") as refusal:
        load(office, text)
    assert refusal.value.where == "mine.yaml, document 1, line 8: tree.children[1].feature"
    load(office, text.replace(f"feature: {feature}", "feature: tenure_months"))
