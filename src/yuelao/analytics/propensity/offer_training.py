"""Training an offer model: which product sells to whom on which channel, thin and new products included."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from yuelao.analytics.choosing import Choice
from yuelao.analytics.evaluation import auc
from yuelao.analytics.family import Floats, Rows
from yuelao.analytics.history import read_history
from yuelao.analytics.inputs import check_columns
from yuelao.analytics.propensity.card import Card
from yuelao.analytics.propensity.catalogue import PRODUCT, Catalogue
from yuelao.analytics.propensity.offer_fitting import Codes, FittedOffers, fit_offers, offer_cells
from yuelao.analytics.propensity.offer_model import OfferModel
from yuelao.analytics.propensity.offers import CHANNEL, Grid
from yuelao.analytics.propensity.training import Tested, learn, rows_of
from yuelao.common.errors import Refused

NOTES = (
    "The level of each product on each channel is drawn towards products like it and the channel, the more the fewer "
    "contacts it has; a new product begins with what its attributes tell.",
    "The AUC counts pairs of different products and channels too; among contacts of one product on one channel see "
    "auc_within.",
)


def train_offers(
    data: pa.Table,
    label: str,
    time: str,
    inputs: Sequence[str],
    products: pa.Table | None = None,
    seed: int = 0,
) -> tuple[OfferModel, Card, Tested]:
    """As `train_response`, for contacts that tell `product` and `channel` (text, no nulls; inputs without being named).

    products: what is known of products, also of those never offered yet: a row each, `product` and attributes, numbers
    or text. Raises Refused as `train_response` does, and where a product or channel is null (code: offer).

    >>> rng = np.random.default_rng(1)
    >>> age, day, sold = rng.integers(18, 80, 3000), np.arange(3000), rng.random(3000)
    >>> product = np.where(day % 3 == 0, "pack", "plan")
    >>> offered = {"age": age, "day": day, "product": product, "channel": ["phone"] * 3000}
    >>> data = pa.table(offered | {"sold": sold < age / np.where(product == "pack", 400, 200)})
    >>> model, card, tested = train_offers(data, "sold", "day", ["age"])
    >>> asked = {"age": [50, 50], "product": ["pack", "plan"], "channel": ["phone", "phone"]}
    >>> model.predict(pa.table(asked)).round(1).tolist()
    [0.1, 0.2]
    """
    grid = _grid(data, products)
    table = grid.catalogue.complete(data.drop_columns([n for n in grid.catalogue.columns if n in data.column_names]))
    history = read_history(table, label, time, sorted({*inputs, *grid.columns}), seed)
    cell = grid.cells(table)[history.places]
    rows = rows_of(history, seed)
    rows = replace(rows, x=np.column_stack([rows.x, cell]))

    def fit(known: Rows, choice: Choice) -> FittedOffers:
        return fit_offers(known, choice, history.inputs, grid)

    used, card, tested = learn(rows, history, table[time], fit)
    card = replace(
        card,
        notes=[*card.notes, *NOTES],
        offers=offer_cells(used, rows),
        spreads=used.pooled.spread,
        auc_within=auc_within(cell[-len(tested.rows) :], tested.happened, tested.probability),
    )
    kept = history.inputs.only(used.choice.inputs)
    return OfferModel(used.score, kept, used.offers, used.calibration, card), card, tested


def _grid(data: pa.Table, products: pa.Table | None) -> Grid:
    """The products and channels of the contacts; refused where one is null."""
    check_columns(data, [PRODUCT, CHANNEL])
    for name in (PRODUCT, CHANNEL):
        if data[name].null_count:
            raise Refused(f"{name} is null in {data[name].null_count} rows", hint="Leave those rows out", code="offer")
    offered, channels = (sorted(data[name].cast(pa.string()).unique().to_pylist()) for name in (PRODUCT, CHANNEL))
    return Grid(Catalogue.read(products, offered), tuple(channels))


def auc_within(cell: Codes, happened: Floats, probability: Floats) -> float | None:
    """The AUC over pairs of rows of one cell; None where no cell has both outcomes.

    >>> auc_within(np.array([0, 0, 1]), np.array([0.0, 1.0, 1.0]), np.array([0.1, 0.2, 0.0]))
    1.0
    """
    areas, pairs = [], []
    for place in np.unique(cell):
        of_cell = cell == place
        y = happened[of_cell]
        if 0 < y.sum() < len(y):
            areas.append(auc(y, probability[of_cell]))
            pairs.append(float(y.sum() * (len(y) - y.sum())))
    return float(np.average(areas, weights=pairs)) if areas else None
