"""The world keeps to the figures of published practice, and its data is driven by its hidden needs."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.simulation.conftest import CUSTOMERS, MONTHS, Operator
from yuelao.simulation import behaviour, catalogue, response, world
from yuelao.simulation.behaviour import Block

_REACHED = {"已购买", "预约回拨", "考虑", "拒绝", "拒绝一切营销", "投诉"}
_SPAN = np.datetime64("2026-11", "M") + np.arange(-MONTHS, 0)


def _share(rows: list[dict[str, str]], outcome: str) -> float:
    return sum(row["外呼结果"] == outcome for row in rows) / len(rows)


def test_earlier_campaigns_do_as_well_as_practice_reports(operator: Operator) -> None:
    contacts = operator.rows("contacts.csv")
    spoken = [row for row in contacts if row["外呼结果"] in _REACHED]
    assert 0.45 < len(spoken) / len(contacts) < 0.60
    blanket = [row for row in spoken if row["营销活动"].endswith("普呼")]
    assert 0.01 < _share(blanket, "已购买") < 0.03
    aimed = [row for row in spoken if row["营销活动"].endswith("精选")]
    assert _share(aimed, "已购买") > 1.3 * _share(blanket, "已购买")
    flagship = [row for row in spoken if row["营销活动"] == "旗舰机普呼"]
    assert _share(flagship, "已购买") < 0.012
    assert 0.0015 < _share(contacts, "投诉") < 0.006
    assert 0.005 < _share(spoken, "拒绝一切营销") < 0.02


def test_a_tenth_of_the_base_is_called_each_month(operator: Operator) -> None:
    months: dict[str, set[str]] = {}
    for row in operator.rows("contacts.csv"):
        months.setdefault(row["外呼时间"][:7], set()).add(row["客户编号"])
    called = [len(customers) / CUSTOMERS for month, customers in months.items() if month < "2027"]
    assert len(called) == MONTHS
    assert all(0.09 < share < 0.15 for share in called)


def test_electronic_channels_fail_as_often_as_reported(operator: Operator) -> None:
    attempts = operator.rows("transactions.csv")
    for channel, expected in (("网上营业厅", 0.87), ("手机营业厅", 0.64), ("短信营业厅", 0.91)):
        results = [row["办理结果"] == "成功" for row in attempts if row["办理渠道"] == channel]
        assert np.mean(results) == pytest.approx(expected, abs=0.02)


def test_every_sold_contact_has_its_order(operator: Operator) -> None:
    sold = {row["外呼流水号"] for row in operator.rows("contacts.csv") if row["外呼结果"] == "已购买"}
    orders = operator.rows("orders.csv")
    assert sold <= {row["外呼流水号"] for row in orders}
    assert sum(not row["外呼流水号"] for row in orders) > len(sold)  # most demand comes unprompted


def test_nobody_is_called_after_refusing_for_good(operator: Operator) -> None:
    contacts = sorted(operator.rows("contacts.csv"), key=lambda row: row["外呼流水号"])
    refused: dict[str, str] = {}
    for row in contacts:
        if row["外呼结果"] == "拒绝一切营销":
            refused.setdefault(row["客户编号"], row["外呼流水号"])
    later = [row for row in contacts if refused.get(row["客户编号"], "X") < row["外呼流水号"]]
    assert refused
    assert not later


def _buyers(block: Block) -> NDArray[np.bool_]:
    orders = block.log.table("orders")
    bought = np.zeros(block.traits.wishes.shape, dtype=bool)
    unprompted = orders["contact"] < 0  # the others were also chosen, by what the operator could see
    bought[orders["number"][unprompted] - 1, orders["product"][unprompted]] = True
    return bought


def _first_looks(block: Block) -> NDArray[np.float64]:
    pages = block.log.table("browsing")
    seen = np.zeros(block.traits.wishes.shape)
    # of the first month, before purchases can have stilled a need
    products = (pages["product"] >= 0) & (pages["moment"] < _SPAN[1].astype("datetime64[s]"))
    np.add.at(seen, (pages["number"][products] - 1, pages["product"][products]), 1)
    return seen


def _separation(score: NDArray[np.float64], bought: NDArray[np.bool_]) -> float:
    """Mean over products of the chance that a buyer scores above a customer who did not buy (ties count half)."""
    found = []
    for product in range(len(catalogue.PRODUCTS)):
        values = score[:, product]
        buyers, others = np.sort(values[bought[:, product]]), np.sort(values[~bought[:, product]])
        below = np.searchsorted(others, buyers, "left") + np.searchsorted(others, buyers, "right")
        found.append(below.mean() / 2 / len(others))
    return float(np.mean(found))


def _first_needs() -> NDArray[np.float64]:
    begun = world.begin(11, 0, _SPAN[0].astype("datetime64[D]"), np.datetime64("2026-11-01"))
    return behaviour.needs(begun.traits, begun.state, _SPAN[0].astype("datetime64[D]"))


def test_hidden_needs_drive_purchases_and_the_traces_before_them() -> None:
    lived = world.live(11, 0, _SPAN)
    assert _separation(_first_needs(), _buyers(lived)) > 0.75
    assert _separation(_first_looks(lived), _buyers(lived)) > 0.55


def test_with_the_link_cut_nothing_foretells_a_purchase(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden, intent, persuasion = _first_needs(), response.intent, response.persuasion
    rng = np.random.default_rng(3)

    # behaviour still follows the customer's own needs; demand and answers follow somebody else's
    def another(need: NDArray[np.float64]) -> NDArray[np.float64]:
        return need[rng.permutation(len(need))]

    monkeypatch.setattr(response, "intent", lambda need: intent(another(need)))
    monkeypatch.setattr(response, "persuasion", lambda need, trait: persuasion(another(need), trait))
    lived = world.live(11, 0, _SPAN)
    assert _separation(hidden, _buyers(lived)) == pytest.approx(0.5, abs=0.05)
    assert _separation(_first_looks(lived), _buyers(lived)) == pytest.approx(0.5, abs=0.05)
