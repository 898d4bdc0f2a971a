"""Scripts: what an agent says, filled with the customer's own values."""

from yuelao.operations.scripts.queries import current, list_all
from yuelao.operations.scripts.rules import placeholders, render
from yuelao.operations.scripts.schemas import Objection, Script, Step
from yuelao.operations.scripts.service import save

__all__ = ["Objection", "Script", "Step", "current", "list_all", "placeholders", "render", "save"]
