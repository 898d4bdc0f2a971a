"""A planner changes a weight, sees who would move, and saves; a mistake is marked at its field."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from scripts.screenshot import choose_language, serving, sign_in
from tests.web.furnished import PASSWORD, operations
from yuelao.common.clock import FixedClock
from yuelao.common.settings import Workspace
from yuelao.operations import customers

VALUE = "/segments/value_segmentation"


@pytest.fixture
def operator(simulated: Workspace, clock: FixedClock) -> Iterator[str]:
    """Where the simulated operator is served."""
    with serving(simulated, clock) as where:
        yield where


def test_a_weight_is_changed_tried_and_saved(page, operator, simulated):
    sign_in(page, operator, "planner", PASSWORD)
    page.goto(operator + VALUE)
    weight = page.locator('[name="tree.children[0].weight"]')
    weight.fill("0.2")
    expect(page.locator('[data-node="tree.children[0]"] > .branch-head .effective .num')).to_have_text("33.3 %")
    page.get_by_role("button", name="试算").click()
    tried = page.locator("#tried")
    expect(tried).to_contain_text("会变动等级", timeout=60_000)
    expect(tried.locator("canvas")).to_be_visible(timeout=30_000)
    page.get_by_label("给同事的说明").fill("更看重潜力")
    tried.locator("summary", has_text="保存").click()
    expect(tried.locator(".confirm-box")).to_contain_text("等级会变动")
    page.get_by_role("button", name="保存为新版本").click()
    expect(page.locator(".page-head")).to_contain_text("版本 2")
    page.get_by_role("link", name="历史版本").click()
    expect(page.locator("main")).to_contain_text("更看重潜力")
    with operations(simulated) as session:
        kept = customers.current_definition(session, "value_segmentation")
        assert kept is not None
        assert (kept.version, kept.content["tree"]["children"][0]["weight"]) == (2, 0.2)


def test_what_is_typed_after_a_try_greys_its_result_until_it_is_tried_again(page, operator):
    sign_in(page, operator, "planner", PASSWORD)
    page.goto(f"{operator}/segments/plan_fit")
    months, stale, result = page.locator('[name="months"]'), page.locator("#stale"), page.locator("#tried .tried")
    save = page.locator("#tried summary", has_text="保存")
    months.fill("2")
    page.get_by_role("button", name="试算").click()
    expect(result).to_contain_text("变动", timeout=60_000)
    expect(stale).to_be_hidden()
    months.fill("1")
    expect(stale).to_be_visible()
    expect(result).to_have_class(re.compile("stale"))
    assert save.evaluate("it => it.closest('.save-box').inert")
    months.fill("2")
    expect(stale).to_be_hidden()
    months.fill("1")
    page.get_by_role("button", name="试算").click()
    expect(stale).to_be_hidden(timeout=60_000)
    assert not save.evaluate("it => it.closest('.save-box').inert")


def test_comparisons_in_pairs_show_their_consistency_as_they_are_typed(page, operator):
    sign_in(page, operator, "planner", PASSWORD)
    page.goto(operator + VALUE)
    node = page.locator('[data-node="tree.children[0].children[0]"]').first
    node.locator("select").first.select_option("ahp")
    ratio = node.locator(".ahp-ratio")
    expect(ratio).to_contain_text("0.000")
    for row, column, value in ((0, 1, "9"), (1, 2, "9"), (0, 2, "1/9")):
        node.locator(f'input[data-row="{row}"][data-column="{column}"]').fill(value)
    expect(ratio.locator(".bad-text")).to_be_visible()
    page.get_by_role("button", name="试算").click()
    expect(page.locator("#tried [role=alert]")).to_contain_text("一致性比率", timeout=60_000)


def test_a_mistake_is_marked_at_its_field_and_nothing_typed_is_lost(page, operator):
    sign_in(page, operator, "planner", PASSWORD)
    page.goto(operator + VALUE)
    page.locator('[name="cutoffs.A2"]').fill("11")
    page.locator('[name="cutoffs.A1"]').fill("viel")
    page.get_by_role("button", name="试算").click()
    wrong = page.locator('[name="cutoffs.A1"]')
    expect(wrong).to_have_attribute("aria-invalid", "true", timeout=60_000)
    expect(wrong).to_be_focused()
    expect(page.locator('[name="cutoffs.A2"]')).to_have_value("11")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_of_the_models_is_wider_than_a_phone(page, operator, language):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, operator, "analyst", PASSWORD)
    choose_language(page, language)
    for path in ("/segments", VALUE, f"{VALUE}?tab=text", "/segments/dimensions", "/segments/handset_demand",
                 f"{VALUE}/value_level/A1", "/data/features", "/data/features/arpu_3m"):  # fmt: skip
        page.goto(operator + path)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
