"""The outcomes a contact can have and what each means: one list for desk, ledger, policy and models."""

from enum import StrEnum


class Outcome(StrEnum):
    """The disposition of one contact."""

    SOLD = "sold"
    CALL_BACK = "call_back"
    THINKING = "thinking"
    REFUSED = "refused"
    REFUSED_ALL = "refused_all"
    COMPLAINT = "complaint"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"
    EMPTY_NUMBER = "empty_number"
    WRONG_NUMBER = "wrong_number"

    @property
    def reached(self) -> bool:
        """Whether the customer was spoken to."""
        return self in _REACHED

    @property
    def retry(self) -> bool:
        """Whether the same task may be tried again later."""
        return self in _RETRY


_REACHED = frozenset(
    {Outcome.SOLD, Outcome.CALL_BACK, Outcome.THINKING, Outcome.REFUSED, Outcome.REFUSED_ALL, Outcome.COMPLAINT}
)
_RETRY = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.VOICEMAIL})

REACHED: tuple[str, ...] = tuple(outcome.value for outcome in Outcome if outcome.reached)
