"""Reading calls: an agent's day, a campaign's numbers, a customer's calls."""

from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from yuelao.common.outcomes import REACHED, Outcome
from yuelao.operations.calls.schemas import Call, CallNumbers
from yuelao.storage.tables import CallRow


def agent_day(session: Session, agent: str, since: datetime) -> CallNumbers:
    """What an agent's calls since a moment came to."""
    return _numbers(session, CallRow.agent == agent, CallRow.started_at >= since)


def by_campaign(session: Session, campaign: str) -> CallNumbers:
    """What a campaign's calls came to."""
    return _numbers(session, CallRow.campaign == campaign)


def of_customer(session: Session, customer_id: str, limit: int = 20) -> list[Call]:
    """A customer's calls, the newest first."""
    rows = session.scalars(
        select(CallRow).where(CallRow.customer_id == customer_id).order_by(CallRow.started_at.desc()).limit(limit)
    )
    return [Call.model_validate(row) for row in rows]


def last_of_task(session: Session, task_id: str, agent: str) -> Call | None:
    """The newest call of this task that this agent made."""
    row = session.scalars(
        select(CallRow)
        .where(CallRow.task_id == task_id, CallRow.agent == agent)
        .order_by(CallRow.started_at.desc())
        .limit(1)
    ).first()
    return Call.model_validate(row) if row else None


def _numbers(session: Session, *which: ColumnElement[bool]) -> CallNumbers:
    counted = session.execute(
        select(
            func.count(),
            func.sum(case((CallRow.outcome.in_(REACHED), 1), else_=0)),
            func.sum(case((CallRow.outcome == Outcome.SOLD.value, 1), else_=0)),
            func.sum(CallRow.talk_seconds),
        ).where(CallRow.outcome.is_not(None), *which)
    ).one()
    dialled, connected, sold, seconds = (int(number or 0) for number in counted)
    return CallNumbers(dialled=dialled, connected=connected, sold=sold, talk_seconds=seconds)
