"""Product attributes: what a model may know of products, so that one never sold begins like those it resembles."""

from collections.abc import Sequence

import pyarrow as pa

from yuelao.operations import products
from yuelao.operations.products import Product
from yuelao.workflows.house import House


def product_attributes(house: House) -> pa.Table:
    """Those of every product there is now."""
    with house.database.transaction(read_only=True) as session:
        return attributes_of(products.list_all(session))


def attributes_of(offered: Sequence[Product]) -> pa.Table:
    """A row a product: its code, its group, and in numbers its price, what a sale earns, and the minutes of a seat."""
    return pa.table(
        {
            "product": pa.array([each.code for each in offered], pa.string()),
            "product_group": pa.array([each.group or None for each in offered], pa.string()),
            "product_price": pa.array([each.price for each in offered], pa.float64()),
            "product_margin": pa.array([each.margin - each.cost for each in offered], pa.float64()),
            "product_minutes": pa.array([each.handling_minutes for each in offered], pa.float64()),
        }
    )
