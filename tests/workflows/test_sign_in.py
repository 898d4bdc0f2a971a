"""Signing in: a password takes long to try, and nobody waits for it."""

import pytest

from tests.builders import PASSWORD, a_user
from yuelao.operations import audit, staff
from yuelao.workflows.sign_in import sign_in


def test_trying_a_password_does_not_hold_the_database(office, monkeypatch):
    with office.database.transaction() as session:
        a_user(session, "wang")
    trying = staff.try_password

    def slow(stored: str, password: str) -> staff.Attempt:
        with office.database.transaction() as session:  # another one writes meanwhile; would time out behind a lock
            audit.record(session, "li", "note.write", "x", {}, office.now())
        return trying(stored, password)

    monkeypatch.setattr(staff, "try_password", slow)
    begun = sign_in(office, "wang", PASSWORD)
    assert begun is not None
    with office.database.transaction(read_only=True) as session:
        assert staff.session_user(session, begun.token, office.now()).user.name == "wang"
        assert audit.trail(session, "x")


@pytest.mark.parametrize("name", ["wang", "nobody"])
def test_a_wrong_password_is_on_record(office, name):
    with office.database.transaction() as session:
        a_user(session, "wang")
    assert [sign_in(office, name, "wrong") for _ in range(5)] == [None] * 5
    with pytest.raises(Exception, match="Too many"):
        sign_in(office, name, PASSWORD)
