"""The customer view: one row per customer as of a date, from what was known before that date and nothing later."""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from yuelao.warehouse.features.earlier import Earlier
from yuelao.warehouse.features.family import Pass
from yuelao.warehouse.features.registry import FEATURES, PASSES, derived
from yuelao.warehouse.tables import KEY, Tables


def build_view(
    tables: Tables, as_of: date, sources: Mapping[str, bool] | None = None, earlier: Earlier | None = None
) -> ir.Table:
    """The view of every customer known at `as_of`: customer_id, all features, the extra attributes as they stand.

    sources: what `known_sources` says, where the tables are a part of those that it was asked of. earlier: a view to
    build on, with the sources as they are now.
    """
    known = _asked(tables, as_of) if sources is None else {name: ibis.literal(has) for name, has in sources.items()}
    return _with_passes(_identities(tables, as_of), tables, as_of, known, earlier=earlier)


def known_customers(tables: Tables, as_of: date) -> ir.Table:
    """customer_id of everybody known at `as_of`."""
    return _identities(tables, as_of).select(KEY)


def view_of(tables: Tables, as_of: date, customers: ir.Table, sources_by: date | None = None) -> ir.Table:
    """The view of the given customers (customer_id, unique); attributes not yet known at `as_of` are null.

    sources_by: the day by which a table must have had a row to count as a source at all; later than `as_of` where
    views of several days are laid side by side and a 0 must mean the same in each.
    """
    chosen = customers.select(KEY)
    known = _identities(tables, as_of, chosen)
    view = chosen.left_join(known, KEY, rname="{name}_known")
    return _with_passes(view, tables, as_of, _asked(tables, sources_by or as_of), chosen)


def known_sources(tables: Tables, by: date) -> dict[str, bool]:
    """Table → whether it had any row by a day: without any, its source says nothing, and unknown is not 0."""
    asked = _asked(tables, by)
    one = ibis.memtable(pa.table({"one": [1]}))
    found: dict[str, bool] = one.select(**asked).to_pyarrow().to_pylist()[0] if asked else {}
    return found


def _asked(tables: Tables, by: date) -> dict[str, ir.BooleanValue]:
    return {each.name: each.has_rows(tables, by) for each in PASSES[1:] if tables.has(each.source.name)}


def _identities(tables: Tables, as_of: date, only: ir.Table | None = None) -> ir.Table:
    """The features of the customers themselves, with the extra attributes."""
    return PASSES[0].columns(tables, as_of, only, list(tables.extras()))


def _with_passes(
    view: ir.Table,
    tables: Tables,
    as_of: date,
    sources: Mapping[str, ir.BooleanValue],
    only: ir.Table | None = None,
    earlier: Earlier | None = None,
) -> ir.Table:
    """The other passes joined onto the customers, counts filled up, then what is derived from them.

    An extra attribute that has a feature's name takes its place: the source knows better than our sum.
    """
    extras = list(tables.extras())
    present = [each for each in PASSES[1:] if tables.has(each.source.name)]
    for each in present:
        whose = earlier.touched_by(each) if earlier and each.name in earlier.passes else only
        columns = each.columns(tables, as_of, whose).mutate(**{f"rows_of_{each.name}": True})
        view = view.left_join(columns, KEY, rname=f"{{name}}_of_{each.name}")
    unknown = {name: null for each in PASSES[1:] if each not in present for name, null in each.unknown.items()}
    view = view.mutate(**{name: null for name, null in unknown.items() if name not in extras})
    view = _with_counts(view, present, sources, extras)
    view = earlier.taken_over(view, present, extras) if earlier else view
    view = view.mutate(**{f.name: f.expression(view) for f in derived.features.values() if f.name not in extras})
    return view.select(KEY, *(name for name in FEATURES if name not in extras), *extras)


def _with_counts(
    view: ir.Table, passes: Sequence[Pass], sources: Mapping[str, ir.BooleanValue], extras: Sequence[str]
) -> ir.Table:
    """The view, where who has no rows in a table has a count of 0, if the table is a source at all."""
    view = view.mutate(**{f"some_{each.name}": sources[each.name] for each in passes})
    counts = {
        feature.name: ibis.ifelse(
            view[f"rows_of_{each.name}"].isnull() & view[f"some_{each.name}"], feature.absent, view[feature.name]
        )
        for each in passes
        for feature in each.features.values()
        if feature.absent is not None and feature.name not in extras
    }
    return view.mutate(**counts)
