"""Who may sign in, and who did what."""

import pytest

from tests.web.furnished import operations, visit
from yuelao.operations import audit, staff


@pytest.fixture
def administrator(furnished, clock):
    with visit(furnished, clock, "administrator") as browser:
        yield browser


def _password(text: str) -> str:
    return text.split('class="password">')[1].split("<")[0]


def test_a_new_person_signs_in_with_the_password_shown_once(administrator, furnished, clock):
    fields = {"name": "Wang.Fang", "role": "agent", "display_name": "王芳", "team": "north"}
    shown = administrator.post("/people", page="/people", **fields).text
    password = _password(shown)
    assert password not in administrator.get("/people").text
    with visit(furnished, clock) as browser:
        assert browser.sign_in("wang.fang", password).headers["location"] == "/desk"
    with operations(furnished) as session:
        entry = audit.trail(session, object="user:wang.fang")[0]
    assert entry.action == "staff.add"
    assert password not in str(entry.detail)


@pytest.mark.parametrize(
    ("name", "role"), [("agent", "agent"), ("two words", "agent"), ("neu", "king"), ("x" * 60, "agent")]
)
def test_somebody_who_cannot_be_added_is_told_in_the_form(administrator, name, role):
    answer = administrator.post("/people", page="/people", name=name, role=role, display_name="王小明")
    assert answer.status_code == 400
    assert "王小明" in answer.text


def test_a_new_password_replaces_the_old_one(administrator, furnished, clock):
    password = _password(administrator.post("/people/agent/password", page="/people").text)
    with visit(furnished, clock) as browser:
        assert browser.sign_in("agent", password).status_code == 303
    assert administrator.post("/people/nobody/password", page="/people").status_code == 404


def test_who_was_let_go_cannot_sign_in(administrator, furnished, clock):
    assert administrator.post("/people/agent/let-go", page="/people").status_code == 303
    with visit(furnished, clock) as browser:
        assert browser.sign_in("agent").status_code == 401
    assert administrator.post("/people/administrator/let-go", page="/people").status_code == 400
    with operations(furnished) as session:
        assert staff.find_user(session, "administrator").active


def test_the_trail_is_filtered_by_who_and_by_what(administrator):
    administrator.post("/people/agent/let-go", page="/people")
    page = administrator.get("/audit").text
    assert "操作人" in page
    assert "停用人员" in page
    assert "staff.let_go" in administrator.get("/audit?actor=administrator&what=user:agent").text
    assert "没有记录" in administrator.get("/audit?actor=nobody").text


def test_others_see_neither_people_nor_trail(agent, furnished, clock):
    assert agent.get("/people").status_code == 403
    assert agent.get("/audit").status_code == 403
    with visit(furnished, clock, "inspector") as inspector:
        assert inspector.get("/audit").status_code == 200
        assert inspector.post("/people", page="/audit", name="x", role="agent").status_code == 403
