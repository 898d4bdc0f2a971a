"""The attributes of products, as a table tells them: numbers and names by which products resemble each other."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yuelao.analytics.family import Floats
from yuelao.analytics.inputs import check_columns
from yuelao.common.errors import Refused

PRODUCT = "product"
NUMBERS = "attributes"
"""The kind of term that all numbers make up; each text attribute is a kind of its own."""
_NO_NUMBER = 0.0


@dataclass(frozen=True)
class Catalogue:
    """Products with their attributes: `numbers` by column, `names` by column, each a value a product (None: unknown).

    scale: mean and spread of each number, on its log scale, when the catalogue was first made; groups: the values of
    each name then. Products that come later are told in the same terms.
    """

    products: tuple[str, ...]
    numbers: dict[str, tuple[float | None, ...]]
    names: dict[str, tuple[str | None, ...]]
    scale: dict[str, tuple[float, float]]
    groups: dict[str, tuple[str, ...]]

    @classmethod
    def read(cls, table: pa.Table | None, others: Sequence[str] = ()) -> "Catalogue":
        """From a table with a row a product: `product` and attributes, numbers or text. others: products without any.

        Raises Refused where `product` is lacking, null, or stands twice.

        >>> offered = pa.table({"product": ["pack", "plan"], "price": [20, 129], "group": ["data", "plan"]})
        >>> Catalogue.read(offered).designs(["plan", "unheard of"])["group"].tolist()
        [[0.0, 1.0], [0.0, 0.0]]
        """
        given = _by_product(table) if table is not None else pa.table({PRODUCT: pa.array([], pa.string())})
        products = (*given[PRODUCT].to_pylist(), *sorted(set(others) - set(given[PRODUCT].to_pylist())))
        numbers, names = {}, {}
        for name in sorted(set(given.column_names) - {PRODUCT}):
            lacking = [None] * (len(products) - given.num_rows)
            if pa.types.is_string(given[name].type) or pa.types.is_large_string(given[name].type):
                names[name] = (*given[name].to_pylist(), *lacking)
            else:
                numbers[name] = (*given[name].cast(pa.float64()).to_pylist(), *lacking)
        scale = {name: _scale(values) for name, values in numbers.items()}
        groups = {name: tuple(sorted({value for value in values if value})) for name, values in names.items()}
        return cls(products, numbers, names, scale, groups)

    @property
    def columns(self) -> list[str]:
        """The names of the attributes."""
        return [*self.numbers, *self.names]

    @property
    def kinds(self) -> list[str]:
        """What `designs` has."""
        return [*([NUMBERS] if self.numbers else []), *self.names]

    def with_others(self, table: pa.Table) -> "Catalogue":
        """The same with products that it did not know, told in its terms; attributes it has not are passed by."""
        other = Catalogue.read(table)
        new = [place for place, product in enumerate(other.products) if product not in self.products]

        def joined(own: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
            return {
                name: (*values, *(others[name][place] if name in others else None for place in new))
                for name, values in own.items()
            }

        products = (*self.products, *(other.products[place] for place in new))
        numbers, names = joined(self.numbers, other.numbers), joined(self.names, other.names)
        return Catalogue(products, numbers, names, self.scale, self.groups)

    def complete(self, table: pa.Table) -> pa.Table:
        """The table with the attributes of each row's product as columns; null where it has none."""
        place = pc.index_in(table[PRODUCT].cast(pa.string()), value_set=pa.array(self.products, pa.string()))
        for name, values in self.numbers.items():
            table = table.append_column(name, pa.array(values, pa.float64()).take(_whole(place)))
        for name, texts in self.names.items():
            table = table.append_column(name, pa.array(texts, pa.string()).take(_whole(place)))
        return table

    def designs(self, products: Sequence[str | None]) -> dict[str, Floats]:
        """Kind → what products have of it, shape (products, terms); a row of zeros where nothing is known."""
        places = [self.products.index(product) if product in self.products else None for product in products]
        found: dict[str, Floats] = {}
        if self.numbers:
            columns = [[_scaled(_at(values, place), *self.scale[name]) for place in places]
                       for name, values in self.numbers.items()]  # fmt: skip
            found[NUMBERS] = np.array(columns, dtype=np.float64).T.reshape(len(places), -1)
        for name, texts in self.names.items():
            values = np.array([[_at(texts, place) == group for group in self.groups[name]] for place in places])
            found[name] = values.astype(np.float64).reshape(len(places), -1)
        return found

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Catalogue":
        """The inverse of `as_dict`, also after JSON has made lists of tuples."""
        parts = ("numbers", "names", "scale", "groups")
        tuples = {part: {name: tuple(values) for name, values in saved[part].items()} for part in parts}
        return cls(tuple(saved["products"]), **tuples)


def _by_product(table: pa.Table) -> pa.Table:
    """The table in the order of products, so that the order of its rows changes nothing."""
    check_columns(table, [PRODUCT])
    given = table.set_column(table.column_names.index(PRODUCT), PRODUCT, table[PRODUCT].cast(pa.string()))
    if given[PRODUCT].null_count or len(pc.unique(given[PRODUCT])) < given.num_rows:
        raise Refused("The attributes of products need one row a product", hint="No null, none twice", code="products")
    return given.sort_by(PRODUCT)


def _at(values: Sequence[Any], place: int | None) -> Any:
    return None if place is None else values[place]


def _whole(places: Any) -> Any:
    return places.combine_chunks() if isinstance(places, pa.ChunkedArray) else places


def _log(value: float) -> float:
    # prices and margins span orders of magnitude, and a margin may be negative
    return float(np.sign(value) * np.log1p(abs(value)))


def _scale(values: Sequence[float | None]) -> tuple[float, float]:
    known = [_log(value) for value in values if value is not None]
    return (float(np.mean(known)), float(np.std(known)) or 1.0) if known else (0.0, 1.0)


def _scaled(value: float | None, mean: float, spread: float) -> float:
    return _NO_NUMBER if value is None else (_log(value) - mean) / spread
