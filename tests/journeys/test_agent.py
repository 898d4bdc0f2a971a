"""An agent's morning: sign in, take customers, call and close them, all by keyboard."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from scripts.screenshot import choose_language, sign_in
from tests.web.furnished import PASSWORD, PHONE, operations
from yuelao.operations import contact_policy
from yuelao.workflows.sweep_tasks import sweep


@pytest.fixture
def desk(page: Page, address: str) -> Page:
    """The agent's page, signed in."""
    sign_in(page, address, "agent", PASSWORD)
    return page


def _state(page: Page, name: str) -> None:
    expect(page.locator("#call-step")).to_have_attribute("data-state", name)
    page.wait_for_load_state("load")  # keys are heard from then on
    if name in ("dialling", "connected"):
        expect(page.locator("[data-needs-call]").first).to_be_enabled()  # and outcomes from now on


def test_a_whole_call_by_keyboard(desk, furnished):
    desk.keyboard.press("n")
    _state(desk, "leased")
    expect(desk.locator(".call-number")).to_have_text("139****5678")
    expect(desk.get_by_label("成功办理")).to_be_disabled()
    desk.keyboard.press("d")
    _state(desk, "dialling")
    expect(desk.locator(".call-number")).to_have_text(PHONE)
    desk.keyboard.press("c")
    _state(desk, "connected")
    expect(desk.locator(".call-number")).to_have_text(PHONE)
    desk.keyboard.press("ArrowRight")
    expect(desk.get_by_role("tabpanel")).to_contain_text("超出套餐3.2 GB")
    desk.keyboard.press("h")
    _state(desk, "wrap_up")
    desk.keyboard.press("3")
    desk.get_by_label("备注").fill("n 下周再联系")  # letters in a note are no commands
    desk.keyboard.press("Escape")
    desk.keyboard.press("s")
    expect(desk.get_by_role("heading", name="吴磊")).to_be_visible()
    with operations(furnished) as session:
        contact = contact_policy.recent(session, "cust-1", 1)[0]
    assert contact.outcome == "thinking"


def test_choosing_call_back_asks_when_and_selling_names_the_offer(desk):
    desk.keyboard.press("n")
    _state(desk, "leased")
    desk.keyboard.press("d")
    _state(desk, "dialling")
    desk.keyboard.press("2")
    expect(desk.get_by_label("回拨时间")).to_be_visible()
    desk.keyboard.press("1")
    expect(desk.get_by_label("回拨时间")).to_be_hidden()
    expect(desk.get_by_text("按中间选定的产品下单")).to_be_visible()


def test_a_lost_customer_is_told_in_place_and_the_note_stays(desk, furnished, clock):
    desk.keyboard.press("n")
    _state(desk, "leased")
    desk.keyboard.press("d")
    _state(desk, "dialling")
    desk.keyboard.press("3")
    desk.get_by_label("备注").fill("想要更大的流量包")
    clock.advance(timedelta(hours=2))
    with operations(furnished) as session:
        sweep(session, clock())
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.locator("#message")).to_contain_text("该任务已不在您名下")
    expect(desk.get_by_label("备注")).to_have_value("想要更大的流量包")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_scrolls_at_the_size_of_the_floors_screens(desk, language):
    choose_language(desk, language)
    desk.keyboard.press("n")
    _state(desk, "leased")
    desk.keyboard.press("d")
    _state(desk, "dialling")
    desk.keyboard.press("2")
    page = desk.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
    assert page == [768, 1366]
    assert desk.evaluate("document.querySelector('.words:not([hidden])').scrollHeight") <= desk.evaluate(
        "document.querySelector('.words:not([hidden])').clientHeight"
    )


def test_on_a_narrow_screen_nothing_sticks_out(desk):
    desk.set_viewport_size({"width": 390, "height": 844})
    assert desk.evaluate("document.documentElement.scrollWidth") == 390
    desk.keyboard.press("n")
    _state(desk, "leased")
    assert desk.evaluate("document.documentElement.scrollWidth") == 390


def test_a_wrong_password_is_told_and_the_name_kept(page, address):
    page.goto(f"{address}/desk")
    page.get_by_label("用户名").fill("agent")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码错误")
    expect(page.get_by_label("用户名")).to_have_value("agent")


def test_signing_out_by_the_persons_menu(desk):
    desk.get_by_text("李静").first.click()
    desk.get_by_role("button", name="退出登录").click()
    expect(desk.get_by_role("heading", name="登录")).to_be_visible()
