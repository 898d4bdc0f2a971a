"""A plan's way to the agents: the planner reads the funnel, the approver decides, the planner matches and launches."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from scripts.screenshot import choose_language, serving, sign_in
from tests.web.furnished import PASSWORD, operations
from tests.web.simulated import MATCHED, SUBMITTED
from yuelao.common.clock import FixedClock
from yuelao.common.settings import Workspace
from yuelao.operations import campaigns, tasks


@pytest.fixture
def operator(simulated: Workspace, clock: FixedClock) -> Iterator[str]:
    """Where the simulated operator is served."""
    with serving(simulated, clock) as where:
        yield where


def _as(page: Page, operator: str, role: str) -> None:
    page.context.clear_cookies()
    sign_in(page, operator, role, PASSWORD)


def test_from_the_funnel_over_the_approval_to_the_call_tasks(page, operator, simulated):
    with operations(simulated) as session:
        steps = len(campaigns.get(session, SUBMITTED).definition.funnel)
    _as(page, operator, "approver")
    page.get_by_role("link", name="5G 迁转").click()
    funnel = page.locator("#funnel")
    expect(funnel).to_contain_text("刚刚统计")
    expect(funnel.locator("canvas")).to_be_visible()
    expect(funnel.locator("tbody tr")).to_have_count(steps + 1)
    page.locator("summary", has_text="批准").click()
    page.get_by_label("说明").fill("预算已核对")
    page.get_by_role("button", name="批准", exact=True).click()
    expect(page.locator(".page-head")).to_contain_text("已批准")

    _as(page, operator, "planner")
    page.goto(f"{operator}/campaigns/{SUBMITTED}")
    expect(page.locator("#history")).to_contain_text("预算已核对")
    page.locator("summary", has_text="启动").click()
    page.get_by_role("button", name="启动", exact=True).click()
    expect(page.locator(".page-head")).to_contain_text("运行中")
    page.get_by_role("button", name="立即匹配").click()
    expect(page.locator("#match .headline")).to_contain_text("预期收益", timeout=60_000)
    page.locator("summary", has_text="派单").click()
    expect(page.locator("#match .confirm-box")).to_contain_text("留在对照组")
    page.get_by_role("button", name="派单", exact=True).click()
    expect(page.locator("#tasks")).to_contain_text("待呼", timeout=60_000)
    with operations(simulated) as session:
        assert campaigns.get(session, SUBMITTED).state == "running"
        assert tasks.count_by_state(session, SUBMITTED)["ready"] > 0


def test_a_rejection_without_a_reason_does_not_leave_the_page(page, operator):
    _as(page, operator, "approver")
    page.goto(f"{operator}/campaigns/{SUBMITTED}")
    page.locator("summary", has_text="驳回").click()
    page.get_by_role("button", name="驳回", exact=True).click()
    expect(page.get_by_label("理由")).to_be_focused()
    expect(page.locator(".page-head")).to_contain_text("待审批")


def test_a_mistake_in_the_definition_is_selected_in_its_line(page, operator):
    _as(page, operator, "planner")
    page.goto(f"{operator}/campaigns/{MATCHED}/edit")
    text = page.locator("textarea")
    text.fill(text.input_value().replace("holdout: 0.15", "holdout: 15"))
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#mistake")).to_contain_text("holdout")
    assert (
        page.evaluate(
            "getSelection().toString() || document.activeElement.value.slice("
            "document.activeElement.selectionStart, document.activeElement.selectionEnd)"
        )
        == "holdout: 15"
    )


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", ["/campaigns", f"/campaigns/{MATCHED}", f"/campaigns/{MATCHED}/calls", "/customers"])
def test_no_page_is_wider_than_a_phone(page, operator, path, language):
    page.set_viewport_size({"width": 390, "height": 844})
    _as(page, operator, "planner")
    choose_language(page, language)
    page.goto(operator + path)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
