"""Tables of `operations/campaigns`: each version of a campaign with its state, and who moved it and why."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from yuelao.storage.tables.stored import Sequence, Stored


class CampaignVersionRow(Stored):
    """One version of a campaign; its content may change only while it is a draft."""

    __tablename__ = "campaign_versions"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    state: Mapped[str]
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]


class CampaignHistoryRow(Stored):
    """One step in the life of a campaign; rows are only ever added."""

    __tablename__ = "campaign_history"
    __table_args__ = (
        ForeignKeyConstraint(["campaign", "version"], ["campaign_versions.name", "campaign_versions.version"]),
        Index("ix_campaign_history_campaign", "campaign", "version"),
    )

    step: Mapped[Sequence]
    campaign: Mapped[str]
    version: Mapped[int]
    action: Mapped[str]
    state: Mapped[str]
    actor: Mapped[str]
    reason: Mapped[str]
    happened_at: Mapped[datetime]
