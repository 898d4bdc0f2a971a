"""Staff: signing in and out, passwords that are never kept, and roles that bound what one may do."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher, Type
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, PASSWORD, a_user
from yuelao.common.errors import Forbidden, NotFound, NotSignedIn, Refused
from yuelao.operations import staff
from yuelao.operations.staff.rules import FAILURES_ALLOWED, FAILURES_WITHIN, wait_until
from yuelao.operations.staff.schemas import User
from yuelao.storage.session import Database
from yuelao.storage.tables import SessionRow, SignInFailureRow, UserRow

MINUTE = timedelta(minutes=1)


def _authenticate(session: Session, name: str, password: str, now: datetime) -> User | None:
    return staff.authenticate(session, name, staff.try_password(staff.password_hash(session, name, now), password), now)


def test_signing_in_and_out(database: Database) -> None:
    with database.transaction() as session:
        a_user(session, "wang", team="north")
        user = _authenticate(session, "wang", PASSWORD, NOW)
        assert user is not None
        token = staff.start_session(session, user.name, NOW, hours=1)
        signed_in = staff.session_user(session, token, NOW + 59 * MINUTE)
        assert (signed_in.user.name, signed_in.user.team) == ("wang", "north")
        staff.end_session(session, token)
        with pytest.raises(NotSignedIn):
            staff.session_user(session, token, NOW)


def test_a_session_ends_by_itself_and_a_made_up_one_never_began(database: Database) -> None:
    with database.transaction() as session:
        a_user(session, "wang")
        token = staff.start_session(session, "wang", NOW, hours=1)
        for wrong, moment in ((token, NOW + 60 * MINUTE), ("made up", NOW), ("", NOW)):
            with pytest.raises(NotSignedIn):
                staff.session_user(session, wrong, moment)


def test_outside_tests_a_guess_costs_time_and_memory(strong_hasher: PasswordHasher) -> None:
    assert strong_hasher.type is Type.ID
    assert strong_hasher.memory_cost >= 64 * 1024  # KiB
    assert strong_hasher.time_cost * strong_hasher.parallelism >= 3


def test_neither_password_nor_token_is_kept(database: Database) -> None:
    with database.transaction() as session:
        a_user(session, "wang")
        token = staff.start_session(session, "wang", NOW)
        csrf = staff.session_user(session, token, NOW).csrf_token
        kept = str(session.scalars(select(UserRow.password_hash)).all()) + str(
            [(row.token_hash, row.user_name) for row in session.scalars(select(SessionRow))]
        )
    assert PASSWORD not in kept
    assert token not in kept
    assert csrf not in kept


def test_five_wrong_passwords_make_one_wait_whether_the_name_exists_or_not(database: Database) -> None:
    with database.transaction() as session:
        a_user(session, "wang")
    for name in ("wang", "nobody"):
        for attempt in range(FAILURES_ALLOWED):
            with database.transaction() as session:
                assert _authenticate(session, name, "wrong", NOW + attempt * MINUTE) is None
        with database.transaction() as session:
            with pytest.raises(Refused) as refusal:
                _authenticate(session, name, PASSWORD, NOW + 5 * MINUTE)
            assert refusal.value.code == "too_many_attempts"
    with database.transaction() as session:
        assert _authenticate(session, "wang", PASSWORD, NOW + FAILURES_WITHIN) is not None


def test_the_right_password_forgets_the_wrong_ones(database: Database) -> None:
    with database.transaction() as session:
        a_user(session, "wang")
        for _ in range(2):
            for _ in range(FAILURES_ALLOWED - 1):
                assert _authenticate(session, "wang", "wrong", NOW) is None
            assert _authenticate(session, "wang", PASSWORD, NOW) is not None


def test_who_left_or_has_a_new_password_is_signed_out(database: Database) -> None:
    with database.transaction() as session:
        a_user(session, "wang"), a_user(session, "li")
        tokens = {name: staff.start_session(session, name, NOW) for name in ("wang", "li")}
        staff.deactivate(session, "wang")
        staff.set_password(session, "li", "another password")
        for token in tokens.values():
            with pytest.raises(NotSignedIn):
                staff.session_user(session, token, NOW)
        assert _authenticate(session, "wang", PASSWORD, NOW) is None
        assert _authenticate(session, "li", "another password", NOW) is not None


@pytest.mark.parametrize(
    "wrong",
    [{"name": "Wang Wu"}, {"name": "../etc"}, {"role": "plannr"}, {"password": "short"}, {"password": "x" * 300}],
)
def test_a_user_that_cannot_be_is_refused(database: Database, wrong: dict[str, Any]) -> None:
    with database.transaction() as session, pytest.raises(Refused):
        staff.add_user(session, **{"name": "wang", "role": "planner", "password": PASSWORD, **wrong}, now=NOW)


def test_a_name_is_taken_once_and_an_unknown_one_names_what_is_near(database: Database) -> None:
    with database.transaction() as session:
        a_user(session, "wang", language="zh")
        with pytest.raises(Refused) as refusal:
            a_user(session, "wang")
        assert refusal.value.code == "taken"
        staff.set_language(session, "wang", "en")
        assert staff.find_user(session, "wang").language == "en"
        assert [user.name for user in staff.users(session)] == ["wang"]
        with pytest.raises(NotFound, match="wang"):
            staff.set_language(session, "wan", "en")


def test_permissions_bound_what_a_role_may_do() -> None:
    staff.require("approver", "campaign.approve")
    with pytest.raises(Forbidden, match="approver"):
        staff.require("planner", "campaign.approve")
    assert {role for role in staff.ROLES if staff.may(role, "task.work")} == {"agent"}
    with pytest.raises(KeyError):
        staff.may("agent", "no.such.permission")


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(0, 60))
def test_waiting_ends_when_the_fifth_newest_failure_is_old(minutes: list[int], now: int) -> None:
    failures = [NOW + minute * MINUTE for minute in minutes if minute <= now]
    moment = NOW + now * MINUTE
    until = wait_until(failures, moment)
    if until is None:
        assert sum(failure > moment - FAILURES_WITHIN for failure in failures) < FAILURES_ALLOWED
    else:
        assert moment < until <= moment + FAILURES_WITHIN
        assert wait_until(failures, until) is None


def test_attempts_made_at_the_same_time_do_not_get_around_the_limit(database: Database) -> None:
    with database.transaction() as session:
        a_user(session, "wang")
        right = staff.try_password(staff.password_hash(session, "wang", NOW), PASSWORD)
        for _ in range(FAILURES_ALLOWED):
            assert _authenticate(session, "wang", "wrong", NOW) is None
        with pytest.raises(Refused):
            staff.authenticate(session, "wang", right, NOW)


def test_a_password_changed_meanwhile_is_wrong_and_old_failures_are_forgotten(database: Database) -> None:
    with database.transaction() as session:
        a_user(session, "wang")
        old = staff.try_password(staff.password_hash(session, "wang", NOW), PASSWORD)
        staff.set_password(session, "wang", "another password")
        assert staff.authenticate(session, "wang", old, NOW) is None
        assert _authenticate(session, "nobody", "wrong", NOW + FAILURES_WITHIN) is None
        assert session.scalars(select(SignInFailureRow.name)).all() == ["nobody"]
