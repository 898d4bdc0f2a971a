"""A claim looks at a handful of rows, however many wait: every question it asks is answered from an index, in order."""

import pytest
from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from tests.builders import NOW
from yuelao.operations.tasks.queries import own_call_backs, pool
from yuelao.storage.session import Database
from yuelao.storage.tables import TaskRow
from yuelao.storage.tables.tasks import IS_LIVE, IS_PUT_OFF, IS_WAITING

_QUESTIONS = {
    "ix_tasks_pool": pool("north"),
    "ix_tasks_call_back": own_call_backs("wang", NOW),
    "ix_tasks_lease": select(TaskRow).where(IS_LIVE, TaskRow.lease_until <= NOW),
    "ix_tasks_expiry": select(TaskRow).where(IS_WAITING, TaskRow.expires_at <= NOW),
    "ix_tasks_due": select(TaskRow).where(IS_PUT_OFF, TaskRow.state == "recycled", TaskRow.due_at <= NOW),
}


def _plan(session: Session, question: Select[TaskRow]) -> str:
    compiled = question.limit(1).compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if session.get_bind().dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(str(row) for row in session.execute(text(f"{explain} {compiled}")))


@pytest.mark.parametrize("index", _QUESTIONS)
def test_an_index_answers_in_order(database: Database, index: str) -> None:
    with database.transaction() as session:
        if database.engine.dialect.name == "postgresql":  # on an empty table it would rather read the table
            session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = _plan(session, _QUESTIONS[index])
    assert index in plan
    assert "sort" not in plan.lower()
    assert "temp b-tree" not in plan.lower()
