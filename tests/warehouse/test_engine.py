"""What the engine computes is what common computes, row by row."""

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelao.common import ids
from yuelao.warehouse.duck import connect
from yuelao.warehouse.engine import draw, in_share, pseudonym_sql, safe_divide

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    backend = connect(tmp_path_factory.mktemp("spill"))
    yield backend
    backend.disconnect()


@given(TEXTS, TEXTS, st.floats(0, 1))
def test_the_draw_is_the_same(engine, salt, customer, share):
    table = ibis.memtable(pa.table({"id": pa.array([customer])}))
    made = table.select(draw=draw(salt, table.id), chosen=in_share(salt, table.id, share))
    row = engine.to_pyarrow(made).to_pylist()[0]
    assert row == {"draw": ids.draw(salt, customer), "chosen": ids.in_share(salt, customer, share)}


@given(TEXTS, TEXTS)
def test_the_pseudonym_is_the_same(engine, secret, source_id):
    engine.con.execute("SET VARIABLE pseudonym_key = ?", [secret])
    row = engine.con.execute(f"SELECT {pseudonym_sql('?')}", [source_id]).fetchone()
    assert row == (ids.pseudonym(secret, source_id),)


def test_division_by_nothing_is_unknown(engine):
    table = ibis.memtable(pa.table({"a": [1, 1, None], "b": [2, 0, 1]}))
    divided = engine.to_pyarrow(table.select(q=safe_divide(table.a, table.b)))
    assert divided["q"].to_pylist() == [0.5, None, None]


def test_nothing_is_fetched(engine):
    settings = "SELECT current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions')"
    assert engine.con.execute(settings).fetchone() == (False, False)
