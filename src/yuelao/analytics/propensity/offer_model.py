"""An offer model: a response model that tells products and channels apart, the ones never tried included."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from yuelao.analytics.calibration import Calibration
from yuelao.analytics.family import Floats
from yuelao.analytics.inputs import Input, Inputs, check_columns
from yuelao.analytics.model_files import read_model, write_model
from yuelao.analytics.propensity.blend import Blend
from yuelao.analytics.propensity.card import Card
from yuelao.analytics.propensity.catalogue import PRODUCT
from yuelao.analytics.propensity.offers import CHANNEL, Offers
from yuelao.analytics.reasons import strongest


@dataclass(frozen=True, eq=False)
class OfferModel:
    """A fitted score, the levels of products on channels upon it, and the card.

    `known`: the inputs of the score, attributes of products among them, which the model keeps by itself.
    """

    kind: ClassVar[str] = "offers"
    score: Blend
    known: Inputs
    offers: Offers
    calibration: Calibration
    card: Card

    @property
    def inputs(self) -> Inputs:
        """The columns a table must have: those of customers, `product` and `channel`."""
        grid = self.offers.grid
        own = [column for column in self.known.columns if column.name not in grid.columns]
        offer = [Input(PRODUCT, grid.catalogue.products), Input(CHANNEL, grid.channels)]
        return Inputs(tuple(sorted([*own, *offer], key=lambda column: column.name)))

    def predict(self, table: pa.Table) -> Floats:
        """Probabilities, shape (rows,). Raises Refused where an input is missing or of another type.

        A product that nothing is known of answers as its channel does on average; of one with attributes only
        (`offering`) the level is that of products like it.
        """
        table = self._complete(table)
        raw = self.score.log_odds(self.known.matrix(table))
        return self.calibration.apply(self.offers.apply(raw, self.offers.grid.cells(table)))

    def reasons(self, table: pa.Table, k: int = 3) -> list[list[tuple[str, float]]]:
        """For each row up to `k` inputs that speak most for a yes, with their part of the log-odds."""
        return strongest(*self.parts(table), k)

    def parts(self, table: pa.Table) -> tuple[list[str], Floats]:
        """The inputs about the customer, and what each adds to the log-odds of each row, shape (rows, inputs).

        What is offered is none of them: the question is why this customer.
        """
        table = self._complete(table)
        own = [place for place, name in enumerate(self.known.names) if name not in self.offers.grid.columns]
        slope = self.offers.slope[self.offers.grid.cells(table)]
        parts: Floats = slope[:, None] * self.score.parts(self.known.matrix(table))[:, own]
        return [self.known.names[place] for place in own], parts

    def offering(self, products: pa.Table) -> "OfferModel":
        """The same model that also knows the attributes of products that came after it was trained."""
        return replace(self, offers=self.offers.offering(products, self.score, self.known))

    def unheard_of(self, products: list[str]) -> list[str]:
        """Those of the products of which neither contacts nor attributes are known."""
        return [product for product in products if product not in self.offers.grid.catalogue.products]

    def save(self, folder: Path) -> None:
        """Write `model.json` (all it needs to score) and `card.json` into the folder."""
        saved = {
            "inputs": self.known.as_dict(),
            "score": self.score.as_dict(),
            "offers": self.offers.as_dict(),
            "calibration": self.calibration.as_dict(),
        }
        write_model(folder, self.kind, saved, self.card.as_dict())

    @classmethod
    def load(cls, folder: Path) -> "OfferModel":
        """Read what `save` wrote. Raises NotFound where there is no model, Refused where it is of another kind."""

        def make(saved: dict[str, Any], card: dict[str, Any]) -> "OfferModel":
            return cls(
                Blend.from_dict(saved["score"]),
                Inputs.from_dict(saved["inputs"]),
                Offers.from_dict(saved["offers"]),
                Calibration.from_dict(saved["calibration"]),
                Card.from_dict(card),
            )

        return read_model(folder, cls.kind, make)

    def _complete(self, table: pa.Table) -> pa.Table:
        names = self.inputs.names
        check_columns(table, names)
        return self.offers.grid.catalogue.complete(table.select(names))
