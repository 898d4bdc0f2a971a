"""Spark for tests: one for all tests of a module, that starts quickly rather than runs long."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from yuelao.warehouse.spark import SparkEngine

# Java compiles what runs often, first quickly, then well; what runs here for seconds only is not worth the second.
_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
MEMORY, THREADS = "2GB", 2


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Spark that runs as long as the module's tests do; the folder it works in."""
    home = tmp_path_factory.mktemp("spark")
    (home / "spark-defaults.conf").write_text(f"spark.driver.extraJavaOptions {_JAVA}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(home))
        patch.delenv("SPARK_MASTER", raising=False)
        engine = SparkEngine(home, MEMORY, THREADS)
        yield home
        engine.close()
