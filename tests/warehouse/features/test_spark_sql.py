"""Every expression also has a form for Spark, so that a lake that outgrows one machine keeps its features."""

from datetime import date, datetime
from types import SimpleNamespace

import ibis.expr.types as ir
import pytest
import sqlglot
from ibis.backends.sql.compilers import PySparkCompiler

from yuelao.warehouse.contact_facts import contact_facts, recent_history
from yuelao.warehouse.features import build_view
from yuelao.warehouse.features.family import Unbound
from yuelao.warehouse.features.registry import PASSES

AS_OF = date(2026, 11, 1)
EXPRESSIONS: dict[str, ir.Table] = {
    **{each.name: each.columns(Unbound(), AS_OF) for each in PASSES},
    "view": build_view(Unbound(), AS_OF),
    "contact facts": contact_facts(Unbound(), datetime(2026, 11, 1, 9)),
    "recent history": recent_history(Unbound(), datetime(2026, 11, 1, 9)),
}


COMPILER_OPTIONS = "ibis.backends.sql.compilers.pyspark.options"
SPARK_DEFAULTS = SimpleNamespace(pyspark=SimpleNamespace(treat_nan_as_null=False))  # what the absent backend would set


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_there_is_spark_sql_for(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(COMPILER_OPTIONS, SPARK_DEFAULTS)
    sql = PySparkCompiler().to_sqlglot(EXPRESSIONS[name]).sql(dialect="spark")
    read = sqlglot.parse_one(sql, read="spark")
    assert isinstance(read, sqlglot.exp.Query)
    assert read.named_selects == list(EXPRESSIONS[name].columns)
