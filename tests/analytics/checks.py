"""What every estimator must hold to, written once: parametrize a test over `CHECKS` and call `check(SUBJECT)`."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from yuelao.common.errors import Refused

Numbers = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Subject:
    """An estimator under check, with a table it can learn from.

    `refuses_missing`: a table without an input is refused; else it is answered (and the gap reported elsewhere).
    """

    table: pa.Table
    inputs: Sequence[str]
    fit: Callable[[pa.Table], Any]
    predict: Callable[[Any, pa.Table], Numbers]
    refuses_missing: bool = True

    def fitted(self) -> Any:
        return self.fit(self.table)

    def inputs_null(self) -> pa.Table:
        table = self.table
        for name in self.inputs:
            at = table.column_names.index(name)
            table = table.set_column(at, name, pa.nulls(table.num_rows, table[name].type))
        return table

    def same(self, model: Any, other: Any) -> bool:
        return bool((self.predict(model, self.table) == self.predict(other, self.table)).all())


def leaves_its_input_as_it_was(subject: Subject) -> None:
    before = pickle.dumps(subject.table.to_pydict())
    subject.predict(subject.fitted(), subject.table)
    assert pickle.dumps(subject.table.to_pydict()) == before


def scores_rows_in_any_order(subject: Subject) -> None:
    model, order = subject.fitted(), shuffled(subject.table)
    there, here = subject.predict(model, subject.table.take(order)), subject.predict(model, subject.table)
    assert (there == here[order]).all()


def learns_from_rows_in_any_order(subject: Subject) -> None:
    assert subject.same(subject.fitted(), subject.fit(subject.table.take(shuffled(subject.table))))


def takes_columns_in_any_order(subject: Subject) -> None:
    turned = subject.table.select(subject.table.column_names[::-1])
    model = subject.fit(turned)
    assert subject.same(subject.fitted(), model)
    assert (subject.predict(model, turned) == subject.predict(model, subject.table)).all()


def repeats_itself(subject: Subject) -> None:
    assert subject.same(subject.fitted(), subject.fitted())


def ignores_columns_it_does_not_know(subject: Subject) -> None:
    model = subject.fitted()
    wider = subject.table.append_column("unheard_of", pa.nulls(subject.table.num_rows, pa.string()))
    assert (subject.predict(model, wider) == subject.predict(model, subject.table)).all()


def names_a_missing_column(subject: Subject) -> None:
    model, without = subject.fitted(), subject.table.drop_columns([subject.inputs[0]])
    if subject.refuses_missing:
        with pytest.raises(Refused, match=subject.inputs[0]):
            subject.predict(model, without)
    else:
        assert np.isfinite(subject.predict(model, without)).all()


def scores_rows_without_any_value(subject: Subject) -> None:
    scores = subject.predict(subject.fitted(), subject.inputs_null())
    assert len(scores) == subject.table.num_rows
    assert np.isfinite(scores).all()
    assert len(set(scores)) == 1


def scores_nothing_as_nothing(subject: Subject) -> None:
    assert subject.predict(subject.fitted(), subject.table.slice(0, 0)).shape == (0,)


def survives_pickling(subject: Subject) -> None:
    model = subject.fitted()
    assert subject.same(model, pickle.loads(pickle.dumps(model)))


def shuffled(table: pa.Table) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.random.default_rng(5).permutation(table.num_rows)


CHECKS = [
    leaves_its_input_as_it_was,
    scores_rows_in_any_order,
    learns_from_rows_in_any_order,
    takes_columns_in_any_order,
    repeats_itself,
    ignores_columns_it_does_not_know,
    names_a_missing_column,
    scores_rows_without_any_value,
    scores_nothing_as_nothing,
    survives_pickling,
]
