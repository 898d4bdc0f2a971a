"""Audit: who did what to what, kept for good."""

from yuelao.operations.audit.queries import trail
from yuelao.operations.audit.schemas import Entry
from yuelao.operations.audit.service import record

__all__ = ["Entry", "record", "trail"]
