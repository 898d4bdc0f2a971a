"""Compiled loops: how a plain function over arrays becomes machine code, kept on disk where there is a place for it."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """The loop as machine code that lets other threads run; compiled at its first call, a second or so.

    What was compiled is kept beside the module, or in the person's own cache where the installation is read-only;
    where there is neither, each process compiles anew.
    """
    try:
        return cast(Loop, numba.njit(nogil=True, cache=True)(loop))
    except RuntimeError:  # numba found no folder it may write to
        return cast(Loop, numba.njit(nogil=True)(loop))
