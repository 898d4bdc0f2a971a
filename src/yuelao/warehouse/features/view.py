"""The customer view: one row per customer as of a date, from what was known before that date and nothing later."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from yuelao.warehouse.features.earlier import Earlier
from yuelao.warehouse.features.family import Feature, Pass
from yuelao.warehouse.features.registry import FEATURES, PASSES, derived
from yuelao.warehouse.tables import KEY, Tables


def build_view(
    tables: Tables,
    as_of: date,
    sources: Mapping[str, bool] | None = None,
    earlier: Earlier | None = None,
    wanted: Collection[str] | None = None,
) -> ir.Table:
    """The view of every customer known at `as_of`: customer_id, all features, the extra attributes as they stand.

    sources: what `known_sources` says, where the tables are a part of those that it was asked of. earlier: a view to
    build on, with the sources as they are now. wanted: the features and extra attributes that it is to have; what the
    rest needs is not read.
    """
    choice = _choose(tables, wanted)
    given = {name: ibis.literal(has) for name, has in sources.items()} if sources is not None else None
    known = _asked(choice.beside(tables), tables, as_of) if given is None else given
    return _with_passes(_identities(tables, as_of, choice), choice, tables, as_of, known, earlier=earlier)


def known_customers(tables: Tables, as_of: date) -> ir.Table:
    """customer_id of everybody known at `as_of`."""
    return _identities(tables, as_of, _choose(tables, ()))


def view_of(tables: Tables, as_of: date, customers: ir.Table, sources_by: date | None = None) -> ir.Table:
    """The view of the given customers (customer_id, unique); attributes not yet known at `as_of` are null.

    sources_by: the day by which a table must have had a row to count as a source at all; later than `as_of` where
    views of several days are laid side by side and a 0 must mean the same in each.
    """
    chosen = customers.select(KEY)
    choice = _choose(tables)
    known = _identities(tables, as_of, choice, chosen)
    view = chosen.left_join(known, KEY, rname="{name}_known")
    return _with_passes(view, choice, tables, as_of, _asked(choice.beside(tables), tables, sources_by or as_of), chosen)


def known_sources(tables: Tables, by: date) -> dict[str, bool]:
    """Table → whether it had any row by a day: without any, its source says nothing, and unknown is not 0."""
    asked = _asked(_choose(tables).beside(tables), tables, by)
    one = ibis.memtable(pa.table({"one": [1]}))
    found: dict[str, bool] = one.select(**asked).to_pyarrow().to_pylist()[0] if asked else {}
    return found


def _asked(passes: Iterable[Pass], tables: Tables, by: date) -> dict[str, ir.BooleanValue]:
    return {each.name: each.has_rows(tables, by) for each in passes}


@dataclass(frozen=True)
class _Choice:
    """What is computed of a view: the passes, what is derived from them, extra attributes, and the columns to show.

    An extra attribute that has a feature's name takes its place: the source knows better than our sum.
    """

    passes: Sequence[Pass]
    derived: Sequence[Feature]
    extras: Sequence[str]
    columns: Sequence[str]

    def beside(self, tables: Tables) -> Sequence[Pass]:
        """The passes that are joined onto the customers: those over tables that have rows."""
        return [each for each in self.passes[1:] if each.features and tables.has(each.name)]


def _choose(tables: Tables, wanted: Collection[str] | None = None) -> _Choice:
    """What is to be computed for the wanted columns; all of them where nothing is said."""
    given = list(tables.extras())
    own = [name for name in FEATURES if name not in given]
    shown = [name for name in (*own, *given) if wanted is None or name in wanted]
    later = [derived.features[name] for name in shown if name in derived.features and name in own]
    needed = {*shown, *(name for feature in later for name in feature.inputs)}
    passes = [each.only(needed.difference(given)) for each in PASSES]
    return _Choice(passes, later, [name for name in given if name in needed], shown)


def _identities(tables: Tables, as_of: date, choice: _Choice, only: ir.Table | None = None) -> ir.Table:
    """The features of the customers themselves, with the extra attributes."""
    return choice.passes[0].columns(tables, as_of, only, choice.extras)


def _with_passes(
    view: ir.Table,
    choice: _Choice,
    tables: Tables,
    as_of: date,
    sources: Mapping[str, ir.BooleanValue],
    only: ir.Table | None = None,
    earlier: Earlier | None = None,
) -> ir.Table:
    """The other passes joined onto the customers, counts filled up, then what is derived from them."""
    present = choice.beside(tables)
    for each in present:
        whose = earlier.touched_by(each) if earlier and each.name in earlier.passes else only
        columns = each.columns(tables, as_of, whose).mutate(**{f"rows_of_{each.name}": True})
        view = view.left_join(columns, KEY, rname=f"{{name}}_of_{each.name}")
    unknown = {name: null for each in choice.passes[1:] if each not in present for name, null in each.unknown.items()}
    view = _with_counts(view.mutate(**unknown), present, sources)
    view = earlier.taken_over(view, present) if earlier else view
    view = view.mutate(**{feature.name: feature.expression(view) for feature in choice.derived})
    return view.select(KEY, *choice.columns)


def _with_counts(view: ir.Table, passes: Sequence[Pass], sources: Mapping[str, ir.BooleanValue]) -> ir.Table:
    """The view, where who has no rows in a table has a count of 0, if the table is a source at all."""
    view = view.mutate(**{f"some_{each.name}": sources[each.name] for each in passes})
    counts = {
        feature.name: ibis.ifelse(
            view[f"rows_of_{each.name}"].isnull() & view[f"some_{each.name}"], feature.absent, view[feature.name]
        )
        for each in passes
        for feature in each.features.values()
        if feature.absent is not None
    }
    return view.mutate(**counts)
