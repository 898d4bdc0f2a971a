"""What holds for every page: permissions, forged forms, headers, errors in the form that was asked for."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from tests.web.furnished import visit
from yuelao.main import create_app
from yuelao.web import navigation
from yuelao.web.requests import Permission

_OPEN = {"/", "/sign-in", "/sign-out", "/language", "/health", "/nothing-here", "/{path:path}"}


def _permissions(dependant: Dependant) -> Iterator[str]:
    if isinstance(dependant.call, Permission):
        yield dependant.call.name
    for part in dependant.dependencies:
        yield from _permissions(part)


def _permissions_by_path(app: FastAPI) -> dict[str, list[str]]:
    """Every route, those of included routers too, with what it asks for."""
    return {
        str(context.path): list(_permissions(context.original_route.dependant))
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
    }


def test_every_route_declares_a_permission(furnished, clock):
    routes = _permissions_by_path(create_app(furnished, clock))
    assert "/desk/close" in routes
    assert {path for path, permissions in routes.items() if not permissions} == _OPEN


def test_a_role_without_the_permission_is_refused(furnished, clock):
    with visit(furnished, clock, "planner") as planner:
        answer = planner.get("/desk")
        assert answer.status_code == 403
        assert "您没有此项权限" in answer.text


@pytest.mark.parametrize("path", ["/desk/next", "/desk/close", "/sign-out", "/language"])
def test_a_form_without_the_token_of_its_session_is_refused(agent, path):
    assert agent.client.post(path, data={}, follow_redirects=False).status_code == 403
    assert agent.client.post(path, data={"csrf_token": "0" * 64}, follow_redirects=False).status_code == 403
    assert agent.get("/desk").status_code == 200


def test_the_token_of_another_session_is_refused(furnished, clock, agent):
    with visit(furnished, clock, "agent2") as other:
        token = other.token("/desk")
    assert agent.client.post("/desk/next", data={"csrf_token": token}, follow_redirects=False).status_code == 403


def test_htmx_sends_the_token_as_a_header(agent):
    headers = {"X-CSRF-Token": agent.token("/desk"), "HX-Request": "true"}
    assert agent.client.post("/desk/next", headers=headers).headers["HX-Redirect"] == "/desk"


def test_signing_in_needs_the_token_of_its_page(visitor):
    answer = visitor.client.post("/sign-in", data={"name": "agent", "password": "x"}, follow_redirects=False)
    assert answer.status_code == 403


def test_pages_forbid_framing_foreign_scripts_and_keeping(agent):
    headers = agent.get("/desk").headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/desk", "/sign-in", "/no-such-page"])
def test_pages_hold_no_inline_scripts_or_styles(agent, visitor, path):
    for text in (agent.get(path).text, visitor.get(path).text):
        assert "style=" not in text
        assert "<style" not in text
        assert all("src=" in tag or "application/json" in tag for tag in text.split("<script")[1:])
        assert " on" + "click=" not in text


def test_static_files_may_be_kept_for_ever(agent):
    page = agent.get("/desk").text
    path = page.split('href="')[1].split('"')[0]
    answer = agent.get(path)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_page_that_does_not_exist_says_so_in_the_frame(agent):
    answer = agent.get("/no-such-page")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text
    assert "李静" in answer.text


def test_errors_come_as_json_to_programs(agent):
    answer = agent.client.get("/no-such-page", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_errors_come_to_the_message_place_for_htmx(agent):
    answer = agent.post("/desk/dial", htmx=True, task_id="none", lease_version=1)
    assert answer.status_code == 404
    assert answer.headers["HX-Retarget"] == "#message"
    assert "<html" not in answer.text


def test_who_was_signed_out_meanwhile_is_led_to_the_form_by_htmx(agent):
    token = agent.token("/desk")
    agent.post("/sign-out")
    headers = {"HX-Request": "true", "X-CSRF-Token": token}
    answer = agent.client.post("/desk/next", headers=headers)
    assert answer.status_code in (401, 403)


def test_a_body_over_the_limit_is_refused(agent):
    answer = agent.client.post("/desk/close", data={"note": "x" * 1_100_000}, headers={"Accept": "text/html"})
    assert answer.status_code == 413


def test_a_mistake_of_ours_gives_a_number_and_no_traceback(agent, monkeypatch, caplog):
    def broken(*_args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("yuelao.web.desk.routes.hand_out_task.current", broken)
    answer = agent.get("/desk")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    number = answer.text.split('class="where">')[1].split("<")[0]
    assert number in caplog.text


def test_health_answers_without_signing_in(visitor):
    assert visitor.client.get("/health").json() == {"status": "ok"}


def test_nobody_sees_more_than_seven_entries():
    everything = {entry.permission for entry in navigation.ENTRIES}
    assert 0 < len(navigation.entries(everything)) <= navigation.MOST_ENTRIES
