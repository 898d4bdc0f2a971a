"""The ground that all tests stand on: nothing leaves the machine, each test has a database of its own."""

import socket

import pytest
from playwright.sync_api import Page
from sqlalchemy import inspect, text

from yuelao.storage.session import Database

_DRAW = """sign => {
    const paper = document.createElement("canvas").getContext("2d");
    paper.font = "32px sans-serif";
    paper.fillText(sign, 2, 34);
    return paper.canvas.toDataURL();
}"""


def test_no_connection_leaves_the_machine():
    with pytest.raises(UserWarning, match=r"tried to use socket\.socket\.connect"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)  # an address kept for documentation


@pytest.mark.parametrize("time", [1, 2])
def test_each_test_has_a_migrated_database_of_its_own(database: Database, time: int):
    with database.transaction() as session:
        tables = inspect(session.connection()).get_table_names()
        assert "mark" not in tables
        assert {"alembic_version", "tasks"} <= set(tables)
        session.execute(text(f"CREATE TABLE mark AS SELECT {time} AS time"))


def test_the_browser_runs_scripts_and_has_a_chinese_font(page: Page):
    # Without such a font both would be drawn as the same empty box.
    assert page.evaluate(_DRAW, "月") != page.evaluate(_DRAW, "老")
