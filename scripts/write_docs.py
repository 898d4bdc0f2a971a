"""Writes the pages of docs/ that are generated; the test suite fails while one of them is stale."""

from collections.abc import Callable
from pathlib import Path

from yuelao.warehouse import contract_page
from yuelao.warehouse.features import page as features_page

ROOT = Path(__file__).parent.parent
PAGES: dict[str, Callable[[], str]] = {
    "docs/data_contract.md": contract_page.render,
    "docs/features.md": features_page.render,
}


def main() -> None:
    """Write every generated page anew."""
    for page, render in PAGES.items():
        (ROOT / page).write_text(render(), encoding="utf-8")
        print(page)


if __name__ == "__main__":
    main()
