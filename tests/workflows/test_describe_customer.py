"""What is known of a customer beyond the columns of the view agrees with what those columns say."""

from contextlib import closing

import pytest

from yuelao.common.clock import FixedClock
from yuelao.common.settings import Workspace
from yuelao.warehouse.evidence import known_touches
from yuelao.warehouse.views import newest_view, read_view
from yuelao.workflows.describe_customer import Described, describe_customer
from yuelao.workflows.house import House, open_house


def one_of(house: House, column: str) -> dict[str, object]:
    """The scores of a customer of whom the column is known."""
    with house.lake.snapshot() as snapshot:
        view = read_view(snapshot, newest_view(snapshot))
        found = view.filter(view[column].notnull()).order_by("customer_id").limit(1)
        rows: list[dict[str, object]] = found.select("customer_id", column).to_pyarrow().to_pylist()
    return rows[0]


def test_needs_begin_with_the_one_that_the_view_names(trained: House):
    row = one_of(trained, "top_need")
    told = describe_customer(trained, str(row["customer_id"]))
    assert told.needs[0].product == row["top_need"]
    assert all(need.why or (need.lift or 0) >= 1.2 for need in told.needs)


def test_every_business_adds_up(trained: House):
    row = one_of(trained, "preferred_channel")
    told = describe_customer(trained, str(row["customer_id"]))
    assert told.businesses
    for business in told.businesses:
        assert sum(business.scores.values()) == pytest.approx(5)
    done = [sum(business.touches.values()) for business in told.businesses]
    assert done == sorted(done, reverse=True)
    with trained.lake.snapshot() as snapshot:
        touches = known_touches(snapshot, newest_view(snapshot), None)
        assert touches is not None
        everything = touches.filter(touches.customer_id == row["customer_id"]).count().to_pyarrow().as_py()
    assert 0 < sum(done) <= everything


def test_nobody_is_described_by_nothing(trained: House):
    told = describe_customer(trained, "nobody")
    assert (told.needs, told.businesses) == ([], [])
    assert told.as_of is not None


def test_without_a_view_nothing_is_known(workspace: Workspace, clock: FixedClock):
    with closing(open_house(workspace, clock)) as house:
        assert describe_customer(house, "anybody") == Described()


def test_who_needs_nothing_is_told_no_needs(trained: House):
    with trained.lake.snapshot() as snapshot:
        view = read_view(snapshot, newest_view(snapshot))
        customer = view.filter(view.top_need.isnull()).customer_id.min().to_pyarrow().as_py()
    assert describe_customer(trained, customer).needs == []
