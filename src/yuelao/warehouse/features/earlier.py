"""An earlier view to build on: who keeps what it says, and who is computed anew."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from yuelao.warehouse.features.family import Feature, Pass
from yuelao.warehouse.tables import KEY


@dataclass(frozen=True)
class Earlier:
    """The view of another day, so many `days` before.

    touched: (customer_id, computed_by) of those whom a pass must be computed for anew, everybody who is not in the view
    among them. passes: the names of the passes that hold for all others.
    """

    view: ir.Table
    days: int
    touched: ir.Table
    passes: Collection[str]

    def touched_by(self, each: Pass) -> ir.Table:
        """customer_id of those whom the pass must be computed for."""
        return self.touched.filter(self.touched.computed_by == each.name).select(KEY)

    def taken_over(self, view: ir.Table, passes: Sequence[Pass]) -> ir.Table:
        """The new view, where those who are not touched keep what they had."""
        held = [each for each in passes if each.name in self.passes]
        features = {f.name: (each, f) for each in held for f in each.features.values()}
        view = view.left_join(self._kept(list(features)), KEY, rname="{name}_kept").drop(f"{KEY}_kept")
        view = view.left_join(self._flags(held), KEY, rname="{name}_flag").drop(f"{KEY}_flag")
        return view.mutate(
            **{
                name: ibis.ifelse(view[_flag(each)].fill_null(False), view[name], self._now(view, feature))
                for name, (each, feature) in features.items()
            }
        )

    def _kept(self, names: Sequence[str]) -> ir.Table:
        return self.view.select(KEY, **{f"{name} before": self.view[name] for name in names})

    def _flags(self, passes: Sequence[Pass]) -> ir.Table:
        """customer_id, and for each pass whether it touches the customer."""
        by = self.touched.computed_by
        return self.touched.group_by(KEY).aggregate(**{_flag(each): (by == each.name).any() for each in passes})

    def _now(self, view: ir.Table, feature: Feature) -> ir.Value:
        before = view[f"{feature.name} before"]
        return before + self.days if feature.ages else before


def _flag(each: Pass) -> str:
    return f"{each.name} touched"
