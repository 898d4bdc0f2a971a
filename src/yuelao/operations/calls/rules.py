"""How long a call lasted. Pure."""

from datetime import datetime


def talk_seconds(connected_at: datetime | None, ended_at: datetime) -> int:
    """Whole seconds from the answer to the end; 0 when nobody answered or a clock was set back."""
    return 0 if connected_at is None else max(int((ended_at - connected_at).total_seconds()), 0)
