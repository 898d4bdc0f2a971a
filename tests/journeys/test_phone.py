"""The screens on a phone: the order of the desk, and tables whose columns stay in reach."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from scripts.screenshot import serving, sign_in
from tests.web.furnished import PASSWORD
from tests.web.simulated import MATCHED
from yuelao.workflows.house import open_house
from yuelao.workflows.launch_campaign import launch

_PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size(_PHONE)
    return page


def test_the_desk_says_who_then_what_then_what_to_do(phone, address):
    sign_in(phone, address, "agent", PASSWORD)
    phone.keyboard.press("n")
    expect(phone.locator("#call-step")).to_be_visible()
    tops = [phone.locator(part).bounding_box()["y"] for part in (".who", ".what", ".do")]
    assert tops == sorted(tops)


def test_the_groups_of_a_result_can_be_read(phone, simulated, clock):
    launch(open_house(simulated, clock), MATCHED)
    with serving(simulated, clock) as address:
        sign_in(phone, address, "city_lead", PASSWORD)
        phone.goto(f"{address}/reports/{MATCHED}")
        assert phone.evaluate("document.documentElement.scrollWidth") <= _PHONE["width"]
        first = phone.locator("table.counts td").first.bounding_box()
        assert first["width"] > 60
        assert first["height"] < 60
        rate = phone.locator("table.counts").first.locator("tbody tr").first.locator("td").nth(5)
        rate.scroll_into_view_if_needed()
        box = rate.bounding_box()
        assert box["x"] + box["width"] <= _PHONE["width"]
