"""Simulate: write the raw extracts of an operator whose truth is known."""

from datetime import date
from pathlib import Path

from yuelao.common.errors import Refused
from yuelao.common.progress import Progress, silent
from yuelao.simulation import Simulated
from yuelao.simulation import simulate as simulate_operator

_MOST_CUSTOMERS = 20_000_000


def simulate(
    customers: int,
    months: int,
    seed: int,
    out: Path,
    until: date,
    progress: Progress = silent,
    *,
    dirt: float = 0.005,
) -> Simulated:
    """Write extracts and `mapping.yaml` to `out`; `until` is the day after the last simulated month.

    `dirt` is the share of rows spoilt as real extracts are. Raises Refused for numbers out of range.
    """
    if not 1 <= customers <= _MOST_CUSTOMERS:
        raise Refused(
            f"{customers} customers cannot be simulated", where="--customers", hint="Between 1 and 20,000,000"
        )
    if not 1 <= months <= 60:
        raise Refused(f"{months} months cannot be simulated", where="--months", hint="Between 1 and 60")
    if not 0 <= dirt <= 0.5:
        raise Refused(f"A share of {dirt} of the rows cannot be spoilt", where="--dirt", hint="Between 0 and 0.5")
    return simulate_operator(customers, months, seed, out, until.replace(day=1), progress, dirt=dirt)
