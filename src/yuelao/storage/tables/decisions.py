"""Table of `operations/decisions`: the runs of the match; the decisions themselves lie in the lake, by run."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from yuelao.storage.tables.stored import Stored


class MatchRunRow(Stored):
    """One match of a campaign as of a date."""

    __tablename__ = "match_runs"
    __table_args__ = (Index("ix_match_runs_campaign", "campaign", "as_of"),)

    run: Mapped[str] = mapped_column(primary_key=True)
    campaign: Mapped[str]
    version: Mapped[int]
    as_of: Mapped[date]
    state: Mapped[str]
    summary: Mapped[dict[str, Any]]
    ledger_sequence: Mapped[int] = mapped_column(BigInteger())
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    launched_at: Mapped[datetime | None]
