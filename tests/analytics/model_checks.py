"""What every model of the customer view must hold to, written once: parametrize over `CHECKS`, call `check(SUBJECT)`.

    SUBJECT = Subject(Preference, definition, view, touches=touches, contacts=contacts)

    @pytest.mark.parametrize("check", CHECKS)
    def test_preference_passes_the_suite(check):
        check(SUBJECT)

A definition is as `from_definition` gets it, without kind, name and title.
"""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pytest
import yaml

from yuelao.analytics.evidence import KEY, Evidence
from yuelao.common.errors import Refused

AS_OF = date(2026, 11, 1)
NEAR = 1e-9


@dataclass(frozen=True)
class Subject:
    """A model under check, with a definition and the tables it is fitted to.

    free: places of the definition whose keys are the planner's own, as `tree.children[0].scale.values`.
    silent: inputs whose absence need not be named in `missing`.
    """

    model: Any
    definition: Mapping[str, Any]
    view: pa.Table
    usage: pa.Table | None = None
    plans: Sequence[Mapping[str, object]] = ()
    contacts: pa.Table | None = None
    touches: pa.Table | None = None
    subscriptions: pa.Table | None = None
    earlier: pa.Table | None = None
    as_of: date = AS_OF
    free: Sequence[str] = field(default_factory=tuple)
    silent: Sequence[str] = field(default_factory=tuple)

    def read(self) -> Any:
        return self.model.from_definition(self.definition)

    def fit(self) -> tuple[Any, ir.Table]:
        """The fitted model, and the view as a table of the engine."""
        evidence = self.evidence()
        return self.read().fit(evidence), evidence.view

    def evidence(self) -> Evidence:
        sides = {name: None if table is None else ibis.memtable(table) for name, table in self.sides().items()}
        return Evidence(ibis.memtable(self.view), self.as_of, kept, plans=self.plans, **sides)

    def sides(self) -> dict[str, pa.Table | None]:
        return {name: getattr(self, name) for name in ("usage", "contacts", "touches", "subscriptions", "earlier")}

    def scored(self) -> pa.Table:
        """The view with the model's columns, in the order of customers."""
        model, view = self.fit()
        return in_order(model.score(view))

    def added(self) -> pa.Table:
        """Customer and the model's columns only."""
        return self.only(self.scored())

    @cached_property
    def plain(self) -> pa.Table:
        """`scored` of the subject as it is, worked out once for all checks."""
        return self.scored()

    def only(self, scored: pa.Table) -> pa.Table:
        return scored.select([KEY, *(output.name for output in self.read().outputs())])

    def with_view(self, view: pa.Table) -> "Subject":
        return replace(self, view=view)

    def inputs(self) -> list[str]:
        """The inputs that the view has."""
        return [name for name in self.read().inputs() if name in self.view.column_names]


def kept(table: ir.Table) -> ir.Table:
    return ibis.memtable(table.to_pyarrow())


def in_order(table: ir.Table) -> pa.Table:
    return table.to_pyarrow().sort_by(KEY)


def assert_same(left: pa.Table, right: pa.Table) -> None:
    """Texts and levels equal, numbers within 1e-9."""
    assert left.column_names == right.column_names
    assert left.num_rows == right.num_rows
    for name in left.column_names:
        if pa.types.is_floating(left[name].type):
            assert left[name].is_null().equals(right[name].is_null()), name
            here, there = (np.array(table[name].to_pylist(), dtype=float) for table in (left, right))
            np.testing.assert_allclose(here, there, rtol=NEAR, atol=NEAR, err_msg=name)
        else:
            assert left[name].to_pylist() == right[name].to_pylist(), name


def shuffled(table: pa.Table | None) -> pa.Table | None:
    return None if table is None else table.take(np.random.default_rng(5).permutation(table.num_rows))


def nulled(table: pa.Table, names: Sequence[str]) -> pa.Table:
    for name in names:
        table = table.set_column(table.column_names.index(name), name, pa.nulls(table.num_rows, table[name].type))
    return table


def adds_the_columns_it_says(subject: Subject) -> None:
    scored = subject.plain
    outputs = {output.name: output for output in subject.read().outputs()}
    assert set(scored.column_names) == set(subject.view.column_names) | set(outputs)
    for name, output in outputs.items():
        column = scored[name]
        if output.kind == "number":
            assert pa.types.is_floating(column.type) or pa.types.is_integer(column.type), name
            assert np.isfinite(column.drop_null().to_numpy(zero_copy_only=False).astype(float)).all(), name
        else:
            assert pa.types.is_string(column.type) or pa.types.is_large_string(column.type), name
        if output.kind == "level":
            assert set(column.drop_null().to_pylist()) <= set(output.levels), name
        assert output.en
        assert output.zh


def leaves_its_input_as_it_was(subject: Subject) -> None:
    definition = copy.deepcopy(subject.definition)
    scored = subject.scored().select(subject.view.column_names)
    assert subject.definition == definition
    assert_same(scored, subject.view.sort_by(KEY))


def keeps_every_row_once(subject: Subject) -> None:
    assert subject.plain[KEY].to_pylist() == sorted(subject.view[KEY].to_pylist())


def does_not_mind_the_order_of_rows(subject: Subject) -> None:
    sides: dict[str, Any] = {name: shuffled(table) for name, table in subject.sides().items()}
    assert_same(replace(subject, view=shuffled(subject.view), **sides).added(), subject.only(subject.plain))


def does_not_mind_the_order_of_columns(subject: Subject) -> None:
    turned: dict[str, Any] = {
        name: None if table is None else table.select(table.column_names[::-1])
        for name, table in subject.sides().items()
    }
    view = subject.view.select(subject.view.column_names[::-1])
    assert_same(replace(subject, view=view, **turned).added(), subject.only(subject.plain))


def ignores_columns_it_does_not_know(subject: Subject) -> None:
    rows = subject.view.num_rows
    wider = subject.view.append_column("unheard_of", pa.array(["?"] * rows)).append_column("void", pa.nulls(rows))
    assert_same(subject.with_view(wider).added(), subject.only(subject.plain))


def repeats_itself(subject: Subject) -> None:
    assert_same(subject.added(), subject.only(subject.plain))


def scores_a_part_as_the_whole(subject: Subject) -> None:
    model, view = subject.fit()
    part = view.filter(view[KEY] > subject.view.sort_by(KEY)[KEY][subject.view.num_rows // 2].as_py())
    found, whole = (subject.only(in_order(model.score(table))) for table in (part, view))
    assert found.num_rows
    assert_same(found, whole.slice(whole.num_rows - found.num_rows))


def scores_those_it_was_fitted_to_beside_other_columns(subject: Subject) -> None:
    model, view = subject.fit()
    more = view.mutate(**{"said before": view[KEY].length()})
    found, plain = (in_order(table) for table in (model.score(more, True), model.score(view)))
    assert found["said before"].null_count == 0
    assert_same(subject.only(found.drop_columns(["said before"])), subject.only(plain))


def scores_customers_without_any_value(subject: Subject) -> None:
    void = subject.with_view(nulled(subject.view, subject.inputs()))
    assert void.scored().num_rows == subject.view.num_rows
    model, _ = subject.fit()
    assert model.score(ibis.memtable(void.view)).count().to_pyarrow().as_py() == subject.view.num_rows


def scores_nobody_as_nobody(subject: Subject) -> None:
    nothing: dict[str, Any] = {n: None if t is None else t.slice(0, 0) for n, t in subject.sides().items()}
    empty = replace(subject, **nothing)
    assert empty.with_view(subject.view.slice(0, 0)).scored().num_rows == 0
    model, view = subject.fit()
    assert model.score(view.filter(view[KEY].isnull())).count().to_pyarrow().as_py() == 0


def names_a_missing_column(subject: Subject) -> None:
    for name in (subject.inputs()[0], subject.inputs()[-1]):
        without = subject.with_view(subject.view.drop_columns([name]))
        model, view = without.fit()
        assert name in model.missing or name in subject.silent, name
        assert model.score(view).count().to_pyarrow().as_py() == subject.view.num_rows


def names_columns_without_values(subject: Subject) -> None:
    model, _ = subject.with_view(nulled(subject.view, subject.inputs())).fit()
    assert set(subject.inputs()) <= set(model.missing) | set(subject.silent)


def works_without_any_input(subject: Subject) -> None:
    bare = subject.with_view(subject.view.select([KEY]))
    model, view = bare.fit()
    assert set(subject.inputs()) <= set(model.missing) | set(subject.silent)
    assert model.score(view).count().to_pyarrow().as_py() == subject.view.num_rows


def refuses_an_unknown_key_with_its_place(subject: Subject) -> None:
    for place, change in _strangers(subject.definition):
        if place in subject.free:
            continue
        with pytest.raises(Refused) as refused:
            subject.model.from_definition(change)
        assert refused.value.where.startswith(place), (place, refused.value.where)
        assert "unheard_of" in str(refused.value)


def comes_back_from_yaml(subject: Subject) -> None:
    written = yaml.safe_dump(subject.definition, allow_unicode=True)
    assert subject.model.from_definition(yaml.safe_load(written)) == subject.read()


def _strangers(definition: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The definition with an unknown key, once in each of its mappings, and the place of that mapping."""
    for steps in _mappings(definition, ()):
        change = copy.deepcopy(dict(definition))
        target: Any = change
        for step in steps:
            target = target[step]
        target["unheard_of"] = 1
        yield _written(steps), change


def _mappings(value: Any, steps: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, Mapping):
        yield steps
        for key, below in value.items():
            yield from _mappings(below, (*steps, key))
    elif isinstance(value, list):
        for i, below in enumerate(value):
            yield from _mappings(below, (*steps, i))


def _written(steps: Sequence[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


CHECKS: Sequence[Callable[[Subject], None]] = [
    adds_the_columns_it_says,
    leaves_its_input_as_it_was,
    keeps_every_row_once,
    does_not_mind_the_order_of_rows,
    does_not_mind_the_order_of_columns,
    ignores_columns_it_does_not_know,
    repeats_itself,
    scores_a_part_as_the_whole,
    scores_those_it_was_fitted_to_beside_other_columns,
    scores_customers_without_any_value,
    scores_nobody_as_nobody,
    names_a_missing_column,
    names_columns_without_values,
    works_without_any_input,
    refuses_an_unknown_key_with_its_place,
    comes_back_from_yaml,
]
