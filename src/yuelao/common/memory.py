"""How much memory this process has taken so far."""

import contextlib
import sys
from pathlib import Path


def peak_memory_mb() -> float:
    """The most memory that this process held at once, in MB (its own, without processes it started)."""
    # what getrusage tells of a new process includes the one it was forked from, so ask the system first
    with contextlib.suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/self/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    import resource  # not on every system

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024**2 if sys.platform == "darwin" else peak / 1024
