"""The outcomes as keys of the desk: what was reached first, each under its own key; and their names for any list."""

from dataclasses import dataclass

from yuelao.common.language import _
from yuelao.common.outcomes import Outcome

TITLES: dict[str, str] = {
    Outcome.SOLD: _("Sold"),
    Outcome.CALL_BACK: _("Call back"),
    Outcome.THINKING: _("Thinks about it"),
    Outcome.REFUSED: _("Refused"),
    Outcome.REFUSED_ALL: _("No calls ever"),
    Outcome.COMPLAINT: _("Complains"),
    Outcome.NO_ANSWER: _("No answer"),
    Outcome.BUSY: _("Busy"),
    Outcome.VOICEMAIL: _("Voicemail"),
    Outcome.EMPTY_NUMBER: _("Empty number"),
    Outcome.WRONG_NUMBER: _("Wrong number"),
}
_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "-")


@dataclass(frozen=True)
class Choice:
    """One outcome on the desk, chosen by `key`."""

    value: str
    title: str
    key: str


CHOICES = tuple(Choice(outcome.value, TITLES[outcome], key) for outcome, key in zip(Outcome, _KEYS, strict=True))
