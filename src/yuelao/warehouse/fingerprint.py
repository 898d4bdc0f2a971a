"""The fingerprint of a table: a hash of what it holds, whatever its chunks and the order of its columns."""

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def fingerprint(table: pa.Table) -> str:
    """SHA-256, in hex, of the columns by name: each one's type, which rows are null, and the values of the others.

    >>> one, other = pa.table({"a": [1, None], "b": ["x", "y"]}), pa.table({"b": ["x", "y"], "a": [1, None]})
    >>> fingerprint(one) == fingerprint(other), fingerprint(one) == fingerprint(one.slice(0, 1))
    (True, False)
    """
    digest = hashlib.sha256()
    for name in sorted(table.column_names):
        column = table[name]
        digest.update(f"{name}\0{column.type}\0{len(column)}\0".encode())
        digest.update(np.packbits(np.asarray(pc.is_valid(column))).tobytes())
        digest.update(_values(column.drop_null()))
    return digest.hexdigest()


def _values(column: Any) -> bytes:
    kind = column.type
    if (
        pa.types.is_temporal(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
    ):
        return bytes(np.ascontiguousarray(column.to_numpy()).tobytes())
    return "\0".join(column.cast(pa.string()).to_pylist()).encode()
