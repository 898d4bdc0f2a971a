"""The interface of an SMS gateway."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class ShortMessage:
    """One message; a gateway that sees the same `key` again must not send it again."""

    key: str
    phone: str
    text: str


class Gateway(Protocol):
    """Sends short messages."""

    def send(self, message: ShortMessage) -> None:
        """Hand the message over; raises Unavailable when the gateway cannot take it now."""
        ...
