"""What practice reports comes out in shape when its policies are played, and the page shows it."""

from datetime import date
from pathlib import Path

import pytest

from yuelao.simulation.cases import Figure
from yuelao.simulation.comparison import CASES, compare, render
from yuelao.simulation.observed import Observed, observe

_PAGE = Path(__file__).parents[2] / "docs/simulated_operator.md"


@pytest.fixture(scope="module")
def world() -> Observed:
    return observe(7, 6, date(2026, 11, 1))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_case_comes_out_in_shape(world: Observed, case) -> None:
    strays = [(each.name, each.reported, each.simulated) for each in case(world) if not each.holds]
    assert not strays


def test_the_page_shows_every_figure(world: Observed) -> None:
    page = _PAGE.read_text("utf-8")
    for figure in compare(world):
        assert f"| {figure.case} | {figure.name} |" in page


def test_a_stray_figure_is_marked() -> None:
    stray = Figure("blanket", "sales ÷ dialled", 0.01, 0.2, 100, (0.005, 0.02))
    assert not stray.holds
    assert "outside" in render([stray])
    assert "outside" not in render([Figure("blanket", "sales ÷ dialled", 0.01, 0.012, 100, (0.005, 0.02))])
