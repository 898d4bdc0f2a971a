"""How a condition is refused: always with the place in its text."""

from yuelao.common.errors import Refused


def refused(text: str, start: int, message: str, *, hint: str = "") -> Refused:
    """The refusal of what stands at index `start` of `text`; people count positions from 1."""
    near = " ".join(text[start : start + 24].split())
    more = "…" if len(text) > start + 24 else ""
    return Refused(message, where=f"position {start + 1}: {near}{more}", hint=hint, code="condition")
