"""The tables of the operational database, one noun's a file; each table is written by one noun only."""

from yuelao.storage.tables.audit import AuditRow
from yuelao.storage.tables.calls import CallRow
from yuelao.storage.tables.campaigns import CampaignHistoryRow, CampaignVersionRow
from yuelao.storage.tables.contacts import ContactRow
from yuelao.storage.tables.customers import IdentityRow, ProfileGenerationRow, ProfileRow
from yuelao.storage.tables.decisions import MatchRunRow
from yuelao.storage.tables.definitions import (
    PolicyVersionRow,
    ProductVersionRow,
    ScriptVersionRow,
    VersionedRow,
    ViewModelVersionRow,
)
from yuelao.storage.tables.models import ModelPromotionRow, ModelUpkeepRow, ModelVersionRow
from yuelao.storage.tables.orders import OrderEventRow, OrderRow
from yuelao.storage.tables.outbox import OutboxRow
from yuelao.storage.tables.staff import SessionRow, SignInFailureRow, UserRow
from yuelao.storage.tables.stored import Moment, Stored
from yuelao.storage.tables.tasks import TaskRow

__all__ = [
    "AuditRow",
    "CallRow",
    "CampaignHistoryRow",
    "CampaignVersionRow",
    "ContactRow",
    "IdentityRow",
    "MatchRunRow",
    "ModelPromotionRow",
    "ModelUpkeepRow",
    "ModelVersionRow",
    "Moment",
    "OrderEventRow",
    "OrderRow",
    "OutboxRow",
    "PolicyVersionRow",
    "ProductVersionRow",
    "ProfileGenerationRow",
    "ProfileRow",
    "ScriptVersionRow",
    "SessionRow",
    "SignInFailureRow",
    "Stored",
    "TaskRow",
    "UserRow",
    "VersionedRow",
    "ViewModelVersionRow",
]
