"""The floor at this moment."""

from datetime import timedelta

from tests.web.furnished import visit


def test_the_floor_shows_the_queue_and_who_holds_what(furnished, clock):
    with visit(furnished, clock, "agent") as agent:
        agent.post("/desk/next")
    clock.advance(timedelta(minutes=6))
    with visit(furnished, clock, "floor_manager") as manager:
        page = manager.get("/floor").text
        board = manager.get("/floor", **{"HX-Request": "true"}).text
    assert "李静" in page
    assert "6:00" in page
    assert "流量升档" in page
    assert "<html" not in board


def test_an_agent_does_not_watch_the_floor(agent):
    assert agent.get("/floor").status_code == 403
