"""Coming and going."""

from datetime import timedelta

import pytest

from tests.web.furnished import PASSWORD, operations, visit
from yuelao.operations import staff


def test_who_is_not_signed_in_is_sent_to_the_form_and_then_back(visitor):
    assert visitor.get("/desk").headers["location"] == "/sign-in?back=/desk"
    form = visitor.get("/sign-in?back=/desk").text
    assert 'name="back" value="/desk"' in form
    assert visitor.sign_in("agent", back="/desk").headers["location"] == "/desk"


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("agent", "/desk"),
        ("planner", "/campaigns"),
        ("approver", "/campaigns"),
        ("analyst", "/data"),
        ("administrator", "/people"),
    ],
)
def test_each_role_begins_at_its_first_page(visitor, name, page):
    assert visitor.sign_in(name).headers["location"] == page
    assert visitor.get("/").headers["location"] == page
    assert visitor.get("/sign-in").headers["location"] == page


def test_the_name_may_be_typed_in_capitals(visitor):
    assert visitor.sign_in(" Agent ").status_code == 303


def test_a_wrong_password_says_so_and_keeps_the_name(visitor):
    answer = visitor.sign_in("agent", "not-the-password")
    assert answer.status_code == 401
    assert "用户名或密码错误" in answer.text
    assert 'value="agent"' in answer.text
    assert "not-the-password" not in answer.text


def test_an_unknown_name_gets_the_same_answer(visitor):
    assert "用户名或密码错误" in visitor.sign_in("nobody").text


def test_after_five_wrong_passwords_one_waits(visitor, clock):
    for _ in range(5):
        assert visitor.sign_in("agent", "wrong-password").status_code == 401
    answer = visitor.sign_in("agent")
    assert answer.status_code == 429
    assert "15 分钟" in answer.text
    clock.advance(timedelta(minutes=16))
    assert visitor.sign_in("agent").status_code == 303


def test_signing_in_does_not_lead_to_another_site(visitor):
    for elsewhere in ("https://example.org/", "//example.org/", "/\\example.org"):
        assert visitor.sign_in("agent", back=elsewhere).headers["location"] == "/desk"
        visitor.post("/sign-out")


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(visitor):
    cookie = visitor.sign_in("agent").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_over_https_cookies_are_secure(furnished, clock):
    with visit(furnished, clock) as browser:
        browser.client.base_url = "https://testserver"
        answer = browser.sign_in("agent")
        assert "Secure" in answer.headers["set-cookie"]
        assert answer.headers["Strict-Transport-Security"]


def test_signing_out_ends_the_session(agent):
    token = agent.client.cookies["yuelao_session"]
    assert agent.post("/sign-out").headers["location"] == "/sign-in"
    agent.client.cookies.set("yuelao_session", token)
    assert agent.get("/desk").status_code == 303


def test_a_session_ends_by_itself(agent, clock):
    clock.advance(timedelta(hours=13))
    assert agent.get("/desk").headers["location"].startswith("/sign-in")


def test_the_language_changes_for_the_person_for_good(furnished, clock, agent):
    assert "工作台" in agent.get("/desk").text
    assert agent.post("/language", language="en", back="/desk").headers["location"] == "/desk"
    assert "Next customer" in agent.get("/desk").text
    with visit(furnished, clock, "agent") as elsewhere:
        assert "Next customer" in elsewhere.get("/desk").text
    with operations(furnished) as session:
        assert staff.find_user(session, "agent").language == "en"


def test_the_language_can_be_changed_before_signing_in(visitor):
    visitor.post("/language", page="/sign-in", language="en", back="/sign-in")
    assert "Password" in visitor.get("/sign-in").text


def test_a_language_we_do_not_speak_is_refused(visitor):
    answer = visitor.post("/language", page="/sign-in", language="fr")
    assert answer.status_code == 400


def test_a_role_without_screens_is_told_so(visitor):
    visitor.sign_in("agent")
    assert "这里暂时没有您的工作" in visitor.get("/nothing-here").text


def test_bad_input_is_told_without_the_password(visitor):
    answer = visitor.post("/sign-in", page="/sign-in", name="x" * 200, password=PASSWORD)
    assert answer.status_code == 400
    assert PASSWORD not in answer.text
