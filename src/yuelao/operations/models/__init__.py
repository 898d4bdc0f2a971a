"""Models: the register of what was trained, which version is in use, how it came to be, and the upkeep of it."""

from yuelao.operations.models.queries import champion, get, last_upkeep, names, promotions, versions
from yuelao.operations.models.rules import (
    SYSTEM,
    Answer,
    Bounds,
    Fall,
    Moved,
    Reason,
    Standing,
    Verdict,
    answer,
    judge,
    may_answer,
    rested,
    why_due,
)
from yuelao.operations.models.schemas import ModelState, ModelVersion, NewVersion, Promotion, Upkeep, UpkeepOutcome
from yuelao.operations.models.service import add, note, promote, roll_back

__all__ = [
    "SYSTEM",
    "Answer",
    "Bounds",
    "Fall",
    "ModelState",
    "ModelVersion",
    "Moved",
    "NewVersion",
    "Promotion",
    "Reason",
    "Standing",
    "Upkeep",
    "UpkeepOutcome",
    "Verdict",
    "add",
    "answer",
    "champion",
    "get",
    "judge",
    "last_upkeep",
    "may_answer",
    "names",
    "note",
    "promote",
    "promotions",
    "rested",
    "roll_back",
    "versions",
    "why_due",
]
