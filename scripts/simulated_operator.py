"""Writes docs/simulated_operator.md: the reported cases, played on a simulated world of 100,000 customers."""

from datetime import date
from pathlib import Path

from yuelao.simulation.comparison import compare, page
from yuelao.simulation.observed import observe

_PAGE = Path(__file__).parent.parent / "docs/simulated_operator.md"
_SEED, _BLOCKS = 1, 10


def main() -> None:
    """Write the page."""
    world = observe(_SEED, _BLOCKS, date(2026, 11, 1))
    described = f"On {world.customers:,} customers over 6 months, seed {_SEED}"
    command = ".venv/bin/python scripts/simulated_operator.py"
    _PAGE.write_text(page(compare(world), command, described), encoding="utf-8")
    print(_PAGE.relative_to(Path.cwd()) if _PAGE.is_relative_to(Path.cwd()) else _PAGE)


if __name__ == "__main__":
    main()
