"""Ids: new ones, the pseudonyms by which history knows customers, and the stable draw that makes hold-outs.

The pseudonym and the draw are also computed inside the engines (`warehouse/ingest`, `warehouse/engine`), from the
same text by the same hash; tests hold the two forms equal.
"""

import base64
import hashlib
import secrets
import time

PSEUDONYM_LENGTH = 12
_DRAW_DIGITS = 8


def new_id() -> str:
    """A new id of 20 hexadecimal digits that sorts by the time of its making."""
    return f"{time.time_ns() // 1_000_000:012x}"[-12:] + secrets.token_hex(4)


def pseudonym(secret: str, source_id: str) -> str:
    """The 12-character pseudonym of a source's customer id (71 bits of a keyed SHA-256; one way without the key)."""
    digest = hashlib.sha256(f"{secret}:{source_id}".encode()).digest()[:9]
    return base64.b64encode(digest).decode().replace("+", "z").replace("/", "Z")


def draw(salt: str, customer_id: str) -> str:
    """A uniform draw in [0, 1) as eight hexadecimal digits: the first digits of md5("salt:customer_id")."""
    return hashlib.md5(f"{salt}:{customer_id}".encode(), usedforsecurity=False).hexdigest()[:_DRAW_DIGITS]


def draw_limit(share: float) -> str:
    """The text below which a draw falls with probability `share`; draws and limits compare as strings."""
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"a share lies in [0, 1], not {share}")
    return "g" if share == 1.0 else f"{int(share * 16**_DRAW_DIGITS):0{_DRAW_DIGITS}x}"


def in_share(salt: str, customer_id: str, share: float) -> bool:
    """Whether the customer falls into the first `share` of the draw named `salt`."""
    return draw(salt, customer_id) < draw_limit(share)
