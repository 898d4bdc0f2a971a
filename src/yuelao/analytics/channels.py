"""The four channels on which a customer can be met, and how the finer channel codes roll up to them.

The table is data: `channels.yaml`. Features and models both read it here, so that they always mean the same.
"""

from collections.abc import Mapping
from importlib.resources import files

import ibis
import ibis.expr.types as ir
import yaml

_RAW = yaml.safe_load(files(__package__).joinpath("channels.yaml").read_text(encoding="utf-8"))

CODES: Mapping[str, tuple[str, ...]] = {channel: tuple(codes) for channel, codes in _RAW["channels"].items()}
"""Channel (phone, sms, online, hall) → the codes of the data contract that belong to it."""
CHANNELS: tuple[str, ...] = tuple(CODES)
"""The four channels in their order."""
BUSINESSES: tuple[str, ...] = tuple(_RAW["businesses"])
"""The kinds of business of the data contract."""
CHANNEL_OF: Mapping[str, str] = {code: channel for channel, codes in CODES.items() for code in codes}
"""Code of the data contract → its channel; a code that belongs to none is not in it."""


def rolled_up(code: ir.StringValue) -> ir.StringValue:
    """The channel of each code of a column; null where it has none.

    >>> import pyarrow
    >>> table = ibis.memtable(pyarrow.table({"code": ["ivr", "kiosk", "bank"]}))
    >>> rolled_up(table.code).to_pyarrow().to_pylist()
    ['phone', 'hall', None]
    """
    return ibis.cases(*((code.isin(codes), channel) for channel, codes in CODES.items()), else_=ibis.null("string"))
