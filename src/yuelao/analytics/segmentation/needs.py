"""Needs: products a customer has shown a wish for (explicit), or that like customers hold and this one lacks (latent).

Like customers stand in the same cell of the matrix of the five dimensions, or in a cell whose levels differ by at
most `distance` in all. Support is the share of them that holds the product, lift that share against everybody's.
Counting goes by cell and never by pairs of customers: customers of one cell who hold and have shown the same are one
situation, and the first need is found once for each situation; the others are ranked when one customer is asked for.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product as combinations
from operator import add
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yuelao.analytics import reading
from yuelao.analytics.evidence import KEY, Evidence
from yuelao.analytics.segmentation.rules import Rule, read_tests

LEVELS = 5
MOST_PRODUCTS = 62  # a customer's holdings are the bits of one whole number
_KEYS = ["distance", "minimum_support", "minimum_lift", "minimum_customers", "top", "kinds", "products"]
COLUMNS = tuple(f"{name}_level" for name in ("identity", "consumption", "channel", "tenure", "vas"))
_CELL, _HELD, _SHOWN = "need cell", "need held", "need shown"
_SITUATION = (_CELL, _HELD, _SHOWN)
_NO_LIFT = -1.0
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Sign:
    """What shows the need of a product: `rule.gives` says why, as in asked, browsed, exceeded."""

    product: str
    rule: Rule


@dataclass(frozen=True)
class Needs:
    """How needs are looked for; `kinds` of subscriptions that count as products; `definition`: as it was read."""

    signs: tuple[Sign, ...]
    distance: int = 1
    minimum_support: float = 0.02
    minimum_lift: float = 1.2
    minimum_customers: int = 30
    top: int = 3
    kinds: tuple[str, ...] = ("pack", "vas", "contract")
    definition: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    def features(self) -> tuple[str, ...]:
        """The features its signs ask about."""
        return tuple(dict.fromkeys(test.feature for sign in self.signs for test in sign.rule.tests))


def read_needs(raw: object, place: str) -> Needs:
    """Read `{distance, minimum_support, minimum_lift, minimum_customers, top, kinds, products: {code: [{why, when}]}}`.

    Refused, its `where` the path of the place.
    """
    content = reading.mapping(raw, place, _KEYS)
    products = reading.mapping(content.get("products", {}), f"{place}.products")
    signs = tuple(
        s for code, listed in sorted(products.items()) for s in _signs(code, listed, f"{place}.products.{code}")
    )
    if len(signs) > MOST_PRODUCTS:
        raise reading.wrong(f"More than {MOST_PRODUCTS} signs", f"{place}.products", "Leave some out")
    kinds = reading.items(content.get("kinds", list(Needs.kinds)), f"{place}.kinds")
    return Needs(
        signs,
        reading.whole(content, "distance", place, 1, 0, 4),
        reading.number(content, "minimum_support", place, Needs.minimum_support, 0, 1),
        reading.number(content, "minimum_lift", place, Needs.minimum_lift, 0),
        reading.whole(content, "minimum_customers", place, Needs.minimum_customers, 1),
        reading.whole(content, "top", place, Needs.top, 1),
        tuple(reading.name(kind, f"{place}.kinds[{i}]") for i, kind in enumerate(kinds)),
        content,
    )


def _signs(code: str, listed: object, place: str) -> list[Sign]:
    signs = []
    for i, raw in enumerate(reading.items(listed, place)):
        at = f"{place}[{i}]"
        content = reading.mapping(raw, at, ["why", "when"], ["why", "when"])
        rule = Rule(reading.name(content["why"], f"{at}.why"), read_tests(content["when"], f"{at}.when"))
        signs.append(Sign(code, rule))
    return signs


@dataclass(frozen=True)
class Ranking:
    """How needs follow from what like customers hold; it speaks of cells and products, not of customers.

    products: their places are the bits of what is held.
    """

    needs: Needs
    products: tuple[str, ...]

    def told(self) -> ir.Table:
        """The ranking for `read_ranking`: one row with its `text`."""
        content = {"definition": self.needs.definition, "products": self.products}
        return ibis.memtable(pa.table({"text": [json.dumps(content, ensure_ascii=False, default=str)]}))

    def needs_in(self, held: int, shown: int, like: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The best `top` needs of a situation in order: product, kind, why, support, lift; like: rows of its cell.

        kind: explicit before latent; why: the sign of an explicit need, else None; support and lift are None where
        too few are like the customer. Nothing a customer holds is a need.
        """
        counted = {row["like_product"]: (row["support"], row["lift"]) for row in like}
        why: dict[str, str] = {}
        for sign in (sign for i, sign in enumerate(self.needs.signs) if shown >> i & 1):
            why.setdefault(sign.product, sign.rule.gives)
        found = []
        for code in (code for i, code in enumerate(self.products) if not held >> i & 1):
            support, lift = counted.get(code, (None, None))
            enough = lift is not None and support >= self.needs.minimum_support and lift >= self.needs.minimum_lift
            if code in why or enough:
                kind = "explicit" if code in why else "latent"
                found.append({"product": code, "kind": kind, "why": why.get(code), "support": support, "lift": lift})
        return sorted(found, key=_place)[: self.needs.top]


def _place(need: Mapping[str, Any]) -> tuple[bool, float, str]:
    return need["why"] is None, -(_NO_LIFT if need["lift"] is None else need["lift"]), need["product"]


def read_ranking(text: str) -> Ranking:
    """The ranking that `told` the text."""
    told = json.loads(text)
    return Ranking(read_needs(told["definition"], "needs"), tuple(told["products"]))


@dataclass(frozen=True)
class FittedNeeds:
    """What like customers hold, and the customers it was fitted to.

    matrix: cell, like_product, support, lift. held: customer_id, held (bits of the products), or None. situated: what
    `situated` gives for the base, kept.
    """

    ranking: Ranking
    matrix: ir.Table
    held: ir.Table | None
    situated: ir.Table
    notes: tuple[str, ...] = ()

    def tops(self, situated: ir.Table) -> ir.Table:
        """customer_id, the five levels, and the first need of each customer with its lift: top_need, top_need_lift."""
        pairs = self._needed(situated)
        order = {"explicit": pairs.why.notnull(), "lift": pairs.lift.fill_null(_NO_LIFT), "place": pairs.place}
        best = pairs.group_by(_SITUATION).aggregate(best=ibis.struct(order).max())  # quicker than ranking them all
        best = best.select(*_SITUATION, lift=best.best["lift"], best_place=best.best["place"])
        offered = self._offered()
        named = best.join(offered, best.best_place == offered.place)
        met = named.select(
            **{f"met {name}": named[name] for name in _SITUATION},
            top_need=named["product"],
            top_need_lift=ibis.ifelse(named.lift >= 0.0, named.lift, ibis.null("float64")),
        )
        joined = situated.left_join(met, [situated[name] == met[f"met {name}"] for name in _SITUATION])
        return joined.select(KEY, *COLUMNS, "top_need", "top_need_lift")

    def _needed(self, situated: ir.Table) -> ir.Table:
        """The needs of each situation: product, why, support, lift, place (of `_offered`)."""
        pairs = situated.select(*_SITUATION).distinct().cross_join(self._offered())
        pairs = pairs.filter((pairs[_HELD] & pairs.bit) == 0)
        like = self.matrix
        pairs = pairs.left_join(like, [pairs[_CELL] == like.cell, pairs["product"] == like.like_product])
        pairs = pairs.mutate(why=self._why(pairs))
        enough = (pairs.support >= self.ranking.needs.minimum_support) & (pairs.lift >= self.ranking.needs.minimum_lift)
        return pairs.filter(pairs.why.notnull() | enough.fill_null(False))

    def _offered(self) -> ir.Table:
        """The products with their bits, and their place by name, the first the highest."""
        bits = [1 << i for i in range(len(self.ranking.products))]
        places = [-sorted(self.ranking.products).index(code) for code in self.ranking.products]
        columns = {"bit": pa.array(bits, pa.int64()), "place": pa.array(places, pa.int64())}
        return ibis.memtable(pa.table({"product": pa.array(self.ranking.products, pa.string()), **columns}))

    def _why(self, pairs: ir.Table) -> ir.StringValue:
        cases = [
            ((pairs["product"] == sign.product) & ((pairs[_SHOWN] & (1 << i)) != 0), ibis.literal(sign.rule.gives))
            for i, sign in enumerate(self.ranking.needs.signs)
        ]
        return ibis.cases(*cases, else_=ibis.null("string")) if cases else ibis.null("string")

    def details(self, situated: ir.Table) -> Mapping[str, ir.Table]:
        """What tells the needs of one customer any time: situations (cell, held, shown), ranking and like customers."""
        situations = situated.select(KEY, cell=situated[_CELL], held=situated[_HELD], shown=situated[_SHOWN])
        return {"situations": situations, "need_ranking": self.ranking.told(), "like_customers": self.matrix}


def situated(needs: Needs, held: ir.Table | None, levelled: ir.Table) -> ir.Table:
    """The customers (customer_id and five levels) with their cell, what they hold and what they have shown, as bits."""
    shown = [sign.rule.holds(levelled).ifelse(1 << i, 0).cast("int64") for i, sign in enumerate(needs.signs)]
    table = levelled.mutate(**{_CELL: _cell(levelled), _SHOWN: reduce(add, shown, ibis.literal(0, "int64"))})
    if held is None:
        return table.mutate(**{_HELD: ibis.literal(0, "int64")}).select(KEY, *COLUMNS, *_SITUATION)
    holders = held.select(holder=held[KEY], bits=held.held)
    joined = table.left_join(holders, table[KEY] == holders.holder)
    return joined.mutate(**{_HELD: joined.bits.fill_null(0).cast("int64")}).select(KEY, *COLUMNS, *_SITUATION)


def fit_needs(needs: Needs, levelled: ir.Table, evidence: Evidence) -> FittedNeeds:
    """Count what the customers of every cell hold: one pass over the subscriptions, one over the customers.

    `levelled`: the view's customers with their five levels and the features that signs ask about.
    """
    products, notes = _products(needs, evidence)
    held = None if evidence.subscriptions is None else evidence.keep(_held(products, needs, evidence.subscriptions))
    base = evidence.keep(situated(needs, held, levelled))
    counts = base.group_by(_CELL, _HELD).aggregate(rows=base.count()).to_pyarrow()
    cells, bits, rows = (counts[name].to_numpy().astype(np.int64) for name in (_CELL, _HELD, "rows"))
    holders = np.zeros((LEVELS**5, len(products) + 1), dtype=np.int64)
    np.add.at(holders[:, -1], cells, rows)
    for i in range(len(products)):
        np.add.at(holders[:, i], cells, rows * ((bits >> i) & 1))
    matrix = ibis.memtable(like_customers(holders, products, needs))
    return FittedNeeds(Ranking(needs, products), matrix, held, base, notes)


def like_customers(holders: Whole, products: Sequence[str], needs: Needs) -> pa.Table:
    """The table cell, like_product, support, lift, from counts of shape (cells, products + 1), the last everybody.

    Only where enough are like, and somebody at all holds the product.
    """
    near = _with_neighbours(holders, needs.distance)
    everybody = holders.sum(axis=0)
    like = near[:, -1:].astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        support = near[:, :-1] / like
        lift = support / (everybody[:-1] / everybody[-1])
    known = (like >= needs.minimum_customers) & (everybody[:-1] > 0)
    cells, places = np.nonzero(known)
    return _matrix(cells.tolist(), [products[int(i)] for i in places], support[known], lift[known])


def _matrix(cells: list[int], products: list[str], support: NDArray[np.float64], lift: NDArray[np.float64]) -> pa.Table:
    return pa.table({
        "cell": pa.array(cells, pa.int64()), "like_product": pa.array(products, pa.string()),
        "support": pa.array(support.ravel(), pa.float64()), "lift": pa.array(lift.ravel(), pa.float64()),
    })  # fmt: skip


def _with_neighbours(counts: Whole, distance: int) -> Whole:
    """Sums over all cells whose levels differ by at most `distance` in all (Manhattan)."""
    grid = counts.reshape(*[LEVELS] * 5, -1)
    total = np.zeros_like(grid)
    for steps in combinations(range(-distance, distance + 1), repeat=5):
        if sum(map(abs, steps)) <= distance:
            here = tuple(slice(max(s, 0), LEVELS + min(s, 0)) for s in steps)
            there = tuple(slice(max(-s, 0), LEVELS + min(-s, 0)) for s in steps)
            total[here] += grid[there]
    return total.reshape(counts.shape)


def _cell(levelled: ir.Table) -> ir.IntegerValue:
    """The number of the cell, 0 … 3124, the first dimension counting most."""
    places = [levelled[name].cast("int64") - 1 for name in COLUMNS]
    return reduce(lambda sofar, place: sofar * LEVELS + place, places).cast("int64")


def _products(needs: Needs, evidence: Evidence) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The products looked at, those with signs first, then those most held; and a note if some were left out."""
    shown = tuple(dict.fromkeys(sign.product for sign in needs.signs))
    if evidence.subscriptions is None:
        return shown, ("Nothing is known of what customers hold: no latent needs",)
    table = _of_kinds(needs, evidence.subscriptions).distinct()
    rows = table.group_by("product").aggregate(rows=table.count()).to_pyarrow().to_pylist()
    most = [row["product"] for row in sorted(rows, key=lambda row: (-row["rows"], row["product"]))]
    found = tuple(dict.fromkeys((*shown, *most)))
    left_out = len(found) - MOST_PRODUCTS
    notes = (f"{left_out} products with the fewest holders were not looked at",) if left_out > 0 else ()
    return found[:MOST_PRODUCTS], notes


def _of_kinds(needs: Needs, subscriptions: ir.Table) -> ir.Table:
    return subscriptions.filter(subscriptions.kind.isin(list(needs.kinds)), subscriptions["product"].notnull())


def _held(products: Sequence[str], needs: Needs, subscriptions: ir.Table) -> ir.Table:
    """customer_id and the bits of the products held."""
    table = _of_kinds(needs, subscriptions)
    bit = ibis.cases(
        *((table["product"] == code, ibis.literal(1 << i, "int64")) for i, code in enumerate(products)),
        else_=ibis.literal(0, "int64"),
    ) if products else ibis.literal(0, "int64")  # fmt: skip
    bits = table.select(KEY, bit=bit)
    return bits.group_by(KEY).aggregate(held=bits.bit.bit_or().cast("int64"))
