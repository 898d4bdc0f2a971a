"""The customer view: one row per customer as of a date, from what was known before that date and nothing later."""

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from yuelao.warehouse.features.family import KEY, Family, Tables
from yuelao.warehouse.features.registry import FAMILIES, FEATURES, derived


def build_view(tables: Tables, as_of: date) -> ir.Table:
    """The view of every customer known at `as_of`: customer_id, all features, the extra attributes as they stand."""
    return _with_families(_identities(tables, as_of), tables, as_of)


def view_of(tables: Tables, as_of: date, customers: ir.Table) -> ir.Table:
    """The view of the given customers (customer_id, unique); attributes not yet known at `as_of` are null."""
    chosen = customers.select(KEY)
    known = _identities(tables, as_of, chosen)
    return _with_families(chosen.left_join(known, KEY, rname="{name}_known"), tables, as_of, chosen)


def _identities(tables: Tables, as_of: date, only: ir.Table | None = None) -> ir.Table:
    """The family of the customers themselves, with the extra attributes."""
    return FAMILIES[0].columns(tables, as_of, only, list(tables.extras()))


def _with_families(view: ir.Table, tables: Tables, as_of: date, only: ir.Table | None = None) -> ir.Table:
    """The other families joined onto the customers, counts filled up, then what is derived from them.

    An extra attribute that has a feature's name takes its place: the source knows better than our sum.
    """
    extras = list(tables.extras())
    present = [family for family in FAMILIES[1:] if tables.has(family.source.name)]
    for family in present:
        columns = family.columns(tables, as_of, only)
        view = view.left_join(columns, KEY, rname=f"{{name}}_of_{family.name}")
    unknown = {name: null for family in FAMILIES[1:] if family not in present for name, null in family.unknown.items()}
    view = view.mutate(**{name: null for name, null in unknown.items() if name not in extras})
    view = _with_counts(view, present, tables, as_of, extras)
    view = view.mutate(**{f.name: f.expression(view) for f in derived.features.values() if f.name not in extras})
    return view.select(KEY, *(name for name in FEATURES if name not in extras), *extras)


def _with_counts(
    view: ir.Table, families: Sequence[Family], tables: Tables, as_of: date, extras: Sequence[str]
) -> ir.Table:
    """The view, where who has no rows in a table has a count of 0, if the table had any row by then at all.

    Without any row the source says nothing of the matter, and unknown is not 0.
    """
    view = view.mutate(**{f"some_{family.name}": family.has_rows(tables, as_of) for family in families})
    counts = {
        feature.name: view[feature.name].fill_null(ibis.ifelse(view[f"some_{family.name}"], feature.absent, None))
        for family in families
        for feature in family.features.values()
        if feature.absent is not None and feature.name not in extras
    }
    return view.mutate(**counts)
