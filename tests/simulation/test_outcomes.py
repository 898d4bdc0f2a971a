"""The customers as they are played: the same question gets the same answer, and the truth is what calls add."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.simulation.conftest import CUSTOMERS, Operator
from yuelao.common.errors import NotFound
from yuelao.common.outcomes import Outcome
from yuelao.simulation import load_truth
from yuelao.simulation.catalogue import PRODUCT_CODES
from yuelao.simulation.habits import CHANNELS

EVERYBODY = [f"KH{number:08d}" for number in range(1, CUSTOMERS + 1)]
EVENING = datetime(2026, 11, 5, 18, 20)


def test_answers_do_not_depend_on_order_or_company(operator: Operator) -> None:
    truth = operator.truth()
    ids = EVERYBODY[:600]
    products = [PRODUCT_CODES[index % len(PRODUCT_CODES)] for index in range(600)]
    moments = [EVENING.replace(hour=9 + index % 11) for index in range(600)]
    recent = [index % 4 for index in range(600)]
    on = [CHANNELS[index % 5 % 4] for index in range(600)]
    together = truth.answer(ids, products, moments, recent, 3, on)
    backwards = truth.answer(ids[::-1], products[::-1], moments[::-1], recent[::-1], 3, on[::-1])
    alone = [truth.answer([ids[at]], [products[at]], [moments[at]], [recent[at]], 3, [on[at]])[0] for at in range(600)]
    assert together == backwards[::-1] == alone
    assert truth.answer(ids, products, moments, recent, 4, on) != together


def test_only_the_reached_talk(operator: Operator) -> None:
    answers = operator.truth().answer(
        EVERYBODY, ["data_10gb"] * CUSTOMERS, [EVENING] * CUSTOMERS, [0] * CUSTOMERS, seed=1
    )
    assert 0.5 < np.mean([answer.outcome.reached for answer in answers]) < 0.75  # an hour at which people are free
    assert all(answer.talk_seconds > 0 for answer in answers if answer.outcome.reached)
    assert {answer.outcome for answer in answers} == set(Outcome)


def test_recent_contacts_cost_sales_and_bring_complaints(operator: Operator) -> None:
    truth = operator.truth()

    def share(outcome: Outcome, recent: int) -> float:
        count = [recent] * CUSTOMERS
        answers = truth.answer(EVERYBODY, ["data_10gb"] * CUSTOMERS, [EVENING] * CUSTOMERS, count, seed=1)
        return float(np.mean([answer.outcome is outcome for answer in answers]))

    assert share(Outcome.SOLD, 0) > share(Outcome.SOLD, 3) > share(Outcome.SOLD, 8)
    assert share(Outcome.COMPLAINT, 0) < share(Outcome.COMPLAINT, 3) < share(Outcome.COMPLAINT, 8)


@pytest.mark.parametrize("product", ["data_10gb", "plan_5g_129"])
def test_what_calls_add_is_the_true_effect(operator: Operator, product: str) -> None:
    truth = operator.truth()
    effect, baseline = truth.effect(EVERYBODY, product), truth.baseline(EVERYBODY, product)
    treated, control, expected = 0, 0, 0.0
    for seed in range(6):
        answers = truth.answer(EVERYBODY, [product] * CUSTOMERS, [EVENING] * CUSTOMERS, [0] * CUSTOMERS, seed=seed)
        anyway = truth.buys_anyway(EVERYBODY, [product] * CUSTOMERS, date(2026, 11, 1), seed)
        spoken = np.array([answer.outcome.reached for answer in answers])
        sold = np.array([answer.outcome is Outcome.SOLD for answer in answers])
        unprompted = np.array([moment is not None for moment in anyway])
        treated += int((sold | unprompted).sum())
        control += int(unprompted.sum())
        expected += float(effect[spoken].sum())
    assert control == pytest.approx(6 * baseline.sum(), rel=0.2)
    assert treated - control == pytest.approx(expected, rel=0.15)


def test_the_needy_tenth_buys_at_least_four_times_as_often(operator: Operator) -> None:
    truth = operator.truth()
    for product in PRODUCT_CODES:
        need, effect = truth.need(EVERYBODY, product), truth.effect(EVERYBODY, product)
        needy = np.argsort(-need)[: CUSTOMERS // 10]
        assert effect[needy].mean() > 4 * effect.mean()


def test_unprompted_orders_fall_into_the_thirty_days(operator: Operator) -> None:
    moments = operator.truth().buys_anyway(EVERYBODY, ["data_30gb"] * CUSTOMERS, date(2026, 11, 10), 5)
    bought = [moment for moment in moments if moment is not None]
    assert bought
    assert all(datetime(2026, 11, 10) <= moment < datetime(2026, 12, 10) for moment in bought)


@pytest.mark.parametrize("source_id", ["KH00000000", "KH00020001", "KH", "X1", ""])
def test_a_stranger_is_not_found(operator: Operator, source_id: str) -> None:
    with pytest.raises(NotFound, match="no customer"):
        operator.truth().answer([source_id], ["data_10gb"], [EVENING], [0], seed=1)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_contact_adds_the_true_uplift_of_its_channel(operator: Operator, channel: str) -> None:
    truth, product = operator.truth(), "handset_value"
    uplift = truth.column(f"uplift_{product}_{channel}")
    response, baseline = truth.column(f"response_{product}_{channel}"), truth.column(f"baseline_{product}")
    assert np.allclose(response - baseline, uplift, atol=1e-6)
    added = 0
    for seed in range(6):
        moments = [EVENING.replace(hour=9 + index % 11) for index in range(CUSTOMERS)]
        answers = truth.answer(EVERYBODY, [product] * CUSTOMERS, moments, [0] * CUSTOMERS, seed, [channel] * CUSTOMERS)
        sold = np.array([answer.outcome is Outcome.SOLD for answer in answers])
        anyway = np.array([at is not None for at in truth.buys_anyway(EVERYBODY, [product] * CUSTOMERS, EVENING, seed)])
        added += int((sold & ~anyway).sum())
    assert added == pytest.approx(6 * uplift.sum(), rel=0.2)


def test_an_unknown_channel_is_not_found(operator: Operator) -> None:
    with pytest.raises(NotFound, match="no channel fax"):
        operator.truth().answer(["KH00000001"], ["data_10gb"], [EVENING], [0], 1, ["fax"])


def test_an_unknown_product_is_not_found_and_the_near_one_named(operator: Operator) -> None:
    with pytest.raises(NotFound, match="data_10gb"):
        operator.truth().effect(["KH00000001"], "data_10g")


def test_no_calls_get_no_answers(operator: Operator) -> None:
    assert operator.truth().answer([], [], [], [], seed=1) == []


def test_without_a_simulation_there_is_no_truth(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="simulate"):
        load_truth(tmp_path)
