"""What became of a campaign's customers, by intention to treat."""

from datetime import date, datetime

import pyarrow as pa
import pytest

from tests.warehouse.given import Given, Row
from yuelao.warehouse.results import outcomes

SINCE, UNTIL = date(2026, 11, 1), date(2026, 12, 1)
CUSTOMERS = pa.table({"customer_id": ["a", "b"], "decision": ["assigned", "held_out"], "product": ["p", "p"]})


def order(customer_id: str, state: str = "placed", moment: datetime = datetime(2026, 11, 5), **values: object) -> Row:
    return {"customer_id": customer_id, "state": state, "ordered_at": moment, "product": "p", **values}


def contact(customer_id: str, outcome: str, product: str = "p", day: int = 3) -> Row:
    return {
        "contact_id": f"{customer_id}{day}",
        "customer_id": customer_id,
        "outcome": outcome,
        "product": product,
        "contacted_at": datetime(2026, 11, day),
    }


def became(**tables: list[Row]) -> dict[str, tuple[bool, int, int]]:
    rows = outcomes(Given(**tables), CUSTOMERS, ["p", "q"], SINCE, UNTIL).to_pylist()
    assert [(row["customer_id"], row["decision"]) for row in rows] == [("a", "assigned"), ("b", "held_out")]
    return {row["customer_id"]: (row["bought"], row["contacts"], row["reached"]) for row in rows}


def test_a_held_out_customer_who_orders_unprompted_has_bought():
    assert became(orders=[order("b", product="q")]) == {"a": (False, 0, 0), "b": (True, 0, 0)}


@pytest.mark.parametrize("state", ["placed", "paid", "shipped", "delivered", "activated"])
def test_an_order_that_stands_is_bought(state):
    assert became(orders=[order("a", state)])["a"][0]


@pytest.mark.parametrize("state", ["offered", "awaiting_confirmation", "failed", "cancelled", "returned", "refunded"])
def test_one_that_does_not_is_not(state):
    assert not became(orders=[order("a", state)])["a"][0]


@pytest.mark.parametrize(
    ("moment", "bought"),
    [
        (datetime(2026, 10, 31, 23, 59), False),
        (datetime(2026, 11, 1), True),
        (datetime(2026, 11, 30, 23, 59), True),
        (datetime(2026, 12, 1), False),
    ],
)
def test_the_window_has_its_first_day_and_not_its_last(moment, bought):
    assert became(orders=[order("a", moment=moment)])["a"][0] is bought


def test_another_product_is_not_what_the_campaign_sells():
    assert became(orders=[order("a", product="z")], contacts=[contact("a", "sold", "z")])["a"] == (False, 0, 0)


def test_a_contact_that_sold_counts_as_its_order_stands_and_by_itself_where_no_order_is_known():
    sold = [contact("a", "sold")]
    assert became(contacts=sold)["a"] == (True, 1, 1)
    assert became(contacts=sold, orders=[order("a", "placed", contact_id="a3")])["a"][0]
    for state in ("awaiting_confirmation", "cancelled"):
        assert not became(contacts=sold, orders=[order("a", state, contact_id="a3")])["a"][0]


def test_contacts_and_those_that_reached_are_counted_and_rows_stay_one_per_customer():
    contacts = [contact("a", "no_answer", day=2), contact("a", "sold", day=3), contact("a", "thinking", "q", day=4)]
    assert became(contacts=contacts, orders=[order("a"), order("a", product="q")])["a"] == (True, 3, 2)
