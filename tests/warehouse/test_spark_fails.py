"""What is left of a Spark that fails half way: nothing. Without Java, which these tests only play."""

from pathlib import Path
from unittest.mock import Mock

import pytest
from py4j.protocol import Py4JError

from yuelao.common.errors import Unavailable
from yuelao.warehouse import spark
from yuelao.warehouse.spark import SparkEngine


@pytest.fixture
def pyspark(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """PySpark and a Java, both played, and no engine yet."""
    spark._pyspark()  # it silences what PySpark warns of when it is first imported
    played = Mock()
    monkeypatch.setattr(spark, "_pyspark", lambda: played)
    monkeypatch.setattr(spark, "_require_java", lambda: None)
    monkeypatch.setattr(spark, "_SPARK", spark._Spark())
    return played


@pytest.mark.parametrize("step", ["newSession", "connect"])
def test_an_engine_that_fails_takes_its_spark_with_it(pyspark, monkeypatch, tmp_path: Path, step: str):
    session, gateway = pyspark.sql.SparkSession.return_value, pyspark.java_gateway.launch_gateway.return_value
    failing = Mock(side_effect=Py4JError("no answer"))
    monkeypatch.setattr("yuelao.warehouse.spark_backend.ArrowBackend.connect", failing)
    if step == "newSession":
        session.newSession = failing
    with pytest.raises(Py4JError, match="no answer"):
        SparkEngine(tmp_path)
    failing.assert_called_once()
    session.stop.assert_called_once_with()
    gateway.shutdown.assert_called_once_with()


def test_a_start_that_fails_leaves_no_context_to_the_next(pyspark, tmp_path: Path):
    pyspark.sql.SparkSession.side_effect = Py4JError("no answer")
    with pytest.raises(Unavailable, match="Spark does not start"):
        SparkEngine(tmp_path)
    pyspark.SparkContext.return_value.stop.assert_called_once_with()
    pyspark.java_gateway.launch_gateway.return_value.shutdown.assert_called_once_with()
