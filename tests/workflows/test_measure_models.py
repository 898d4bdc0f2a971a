"""How right the models of the view are on a simulated operator, and that nothing is left of it by chance."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.world import AS_OF, CUSTOMERS, MONTHS, SEED, house_at
from yuelao.simulation import habits
from yuelao.simulation.outcomes import load_truth
from yuelao.workflows.measure_models import KINDS, NO_CHANCE, Figure, Measured, World, judge, scored
from yuelao.workflows.model_quality_page import render

LINKED = World(CUSTOMERS, SEED, MONTHS, AS_OF)


@pytest.fixture(scope="module")
def found(trained_world: Path) -> dict[str, tuple[float, int]]:
    with house_at(trained_world) as house:
        return judge(house, LINKED)


def test_the_preferred_channel_is_nearly_as_often_right_as_the_oracle_can_be(found):
    assert 0.75 <= found["oracle"][0] <= 0.90
    assert found["preferred_channel_of_oracle"][0] >= 0.90
    assert found["preferred_channel"][1] > 0.8 * CUSTOMERS


def test_the_cheapest_plan_is_found_and_what_it_saves(found):
    assert found["best_plan"][0] >= 0.99
    assert found["plan_saving"][0] > 0.95


def test_scores_rank_customers_by_what_is_true_of_them(found):
    assert found["value"][0] > 0.7
    assert found["handset_demand"][0] > 0.2
    assert found["response"][0] > 0.03  # a few hundred sales to learn from


def test_with_the_link_cut_nothing_is_left(tmp_path: Path):
    cut = World(1_500, SEED, MONTHS, AS_OF, cut_link=True)

    with scored(tmp_path / "cut", cut, learned=()) as house:
        found = judge(house, cut)
        top = load_truth(house.workspace.extracts).column("top_channel")

    most_common = Counter(top.tolist()).most_common(1)[0][1] / len(top)
    assert found["preferred_channel"][0] < most_common + 0.04
    assert found["oracle"][0] < most_common + 0.04
    assert all(abs(found[name][0]) < 0.09 for name in ("value", "handset_demand"))
    assert set(np.unique(top)) <= set(habits.CHANNELS)


def test_the_page_has_every_figure_beside_its_bar_and_chance():
    figures = [
        Figure(
            name=name,
            en=kind.en,
            value=0.9531,
            customers=48_000,
            chance=None if name in NO_CHANCE else 0.0123,
            least=kind.least,
            most=kind.most,
        )
        for name, kind in KINDS.items()
    ]

    page = render(Measured(customers=50_000, months=6, seed=3, figures=figures, seconds=200.0))

    rows = {line.split(" | ")[0].strip("| "): line for line in page.splitlines() if line.startswith("| ")}
    assert all(kind.en in rows for kind in KINDS.values())
    assert "| 95.3% | 1.2% | 75.0% to 90.0% | 48,000 |" in rows[KINDS["oracle"].en]
    assert "| 0.953 | – | ≥ 0.900 |" in rows[KINDS["preferred_channel_of_oracle"].en]
    assert page.startswith("50,000 customers over 6 months, seed 3:")
    assert "200" not in page  # a measured time would differ each time


@pytest.mark.parametrize(
    ("value", "least", "most", "met"),
    [(0.9, 0.9, None, True), (0.89, 0.9, None, False), (0.91, 0.75, 0.9, False), (-1.0, None, None, True)],
)
def test_a_figure_is_met_between_its_limits(value, least, most, met):
    figure = Figure(name="value", en="", value=value, customers=1, chance=None, least=least, most=most)

    assert figure.met is met
