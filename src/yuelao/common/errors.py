"""The one tree of errors a user can meet; each edge (web, api, cli) turns it into its own form of answer.

    YuelaoError
    ├── Refused          bad input: a file, an argument, a condition, a definition        400
    │   ├── Forbidden    signed in, but the role does not allow it                        403
    │   ├── NotSignedIn  no session, or it has ended                                      401
    │   ├── NotFound     what was named does not exist                                    404
    │   └── Conflict     the state has moved on: lease lost, already done, not approved   409
    └── Unavailable      something needed is not there: a port, a database, a library     503

Every error is one line that says what, where and what to do. A refusal is a normal result, never a traceback.
"""

from difflib import get_close_matches
from typing import ClassVar


class YuelaoError(Exception):
    """A failure that is told to a person: `message` (what), `where` (place), `hint` (what to do)."""

    status: ClassVar[int] = 500
    code = "error"

    def __init__(self, message: str, *, where: str = "", hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.code = code or type(self).code

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        advice = f". {self.hint}" if self.hint else ""
        return f"{self.message}{place}{advice}"

    def as_dict(self) -> dict[str, str]:
        """The machine's form: code, message, where, hint."""
        return {"code": self.code, "message": self.message, "where": self.where, "hint": self.hint}


class Refused(YuelaoError):
    """The input cannot be accepted; the same call, corrected, can succeed."""

    status = 400
    code = "refused"


class Forbidden(Refused):
    """The person is known, but their role does not allow this."""

    status = 403
    code = "forbidden"


class NotSignedIn(Refused):
    """Nobody is signed in, or the session has ended."""

    status = 401
    code = "not_signed_in"


class NotFound(Refused):
    """What was named does not exist."""

    status = 404
    code = "not_found"


class Conflict(Refused):
    """The state has moved on since the caller looked."""

    status = 409
    code = "conflict"


class Unavailable(YuelaoError):
    """Something Yuelao needs is missing or does not answer."""

    status = 503
    code = "unavailable"


def nearest(name: str, known: list[str]) -> str:
    """A hint that names what was probably meant: 'Did you mean a or b?', else the first few known names."""
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    if not known:
        return "There are none yet"
    listed = ", ".join(sorted(known)[:12])
    return f"Known: {listed}{' …' if len(known) > 12 else ''}"
