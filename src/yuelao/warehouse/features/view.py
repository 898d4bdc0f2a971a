"""The customer view: one row per customer as of a date, from what was known before that date and nothing later."""

from collections.abc import Iterable
from datetime import date

import ibis
import ibis.expr.types as ir

from yuelao.warehouse.features.family import KEY, Family, Tables
from yuelao.warehouse.features.registry import FAMILIES, FEATURES, derived

_IDENTITY = FAMILIES[0]


def build_view(tables: Tables, as_of: date) -> ir.Table:
    """The view of every customer known at `as_of`: customer_id, all features, the extra attributes as they stand."""
    return _view(tables, as_of, _IDENTITY.known(tables, as_of).select(KEY).distinct(), None)


def view_of(tables: Tables, as_of: date, customers: ir.Table) -> ir.Table:
    """The view of the given customers (customer_id, unique); attributes not yet known at `as_of` are null."""
    chosen = customers.select(KEY)
    return _view(tables, as_of, chosen, chosen)


def _view(tables: Tables, as_of: date, customers: ir.Table, only: ir.Table | None) -> ir.Table:
    """The families joined onto `customers`, counts filled up, then what is derived from them.

    An extra attribute that has a feature's name takes its place: the source knows better than our sum.
    """
    extras = list(tables.extras())
    view = customers
    for family in FAMILIES:
        columns = family.columns(tables, as_of, only, extras if family is _IDENTITY else ())
        view = view.left_join(columns, view[KEY] == columns[KEY], rname=f"{{name}}_of_{family.name}")
    view = _with_counts(view, tables, as_of, extras)
    view = view.mutate(**{f.name: f.expression(view) for f in derived.features.values() if f.name not in extras})
    return view.select(KEY, *(name for name in FEATURES if name not in extras), *extras)


def _with_counts(view: ir.Table, tables: Tables, as_of: date, extras: Iterable[str]) -> ir.Table:
    """The view, where who has no rows in a table has a count of 0, if the table had any row by then at all.

    Without any row the source says nothing of the matter, and unknown is not 0.
    """
    view = view.mutate(**{f"some_{family.name}": _has_rows(family, tables, as_of) for family in FAMILIES})
    return view.mutate(
        **{
            feature.name: view[feature.name].fill_null(ibis.ifelse(view[f"some_{family.name}"], feature.absent, None))
            for family in FAMILIES
            for feature in family.features.values()
            if feature.absent is not None and feature.name not in extras
        }
    )


def _has_rows(family: Family, tables: Tables, as_of: date) -> ir.BooleanValue:
    return family.known(tables, as_of).limit(1).count().as_scalar() > 0
