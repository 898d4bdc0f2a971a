"""How a phone number is masked. Pure."""

HIDDEN = "****"


def mask_phone(phone: str | None) -> str | None:
    """199****1234: the first three and the last four characters; shorter numbers show less, never the whole."""
    if phone is None:
        return None
    if len(phone) >= 11:
        return phone[:3] + HIDDEN + phone[-4:]
    shown = len(phone) // 4
    return phone[:shown] + HIDDEN + (phone[-shown:] if shown else "")
