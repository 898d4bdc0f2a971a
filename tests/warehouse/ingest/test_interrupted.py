"""Loads that are killed, and loads that meet: the lake shows the state before or the state after, never one between."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.warehouse.ingest.sample import CUSTOMERS, SECRET, TODAY, Source
from yuelao.common.errors import Conflict
from yuelao.warehouse.ingest import TableLoad, stage

ROOT = Path(__file__).parents[3]


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """The sample source, loaded, with a further customer waiting."""
    made = Source(tmp_path)
    made.put("customers.csv", CUSTOMERS)
    made.load()
    made.put("customers.csv", CUSTOMERS + "1004,赵六,13800000004,男,海州,20200101,1\n")
    return made


@contextmanager
def half_way(source: Source) -> Iterator["subprocess.Popen[str]"]:
    """Another process that has staged the load of `source` and not published it."""
    command = [sys.executable, "-m", "tests.warehouse.ingest.killed_load", str(source.mapping), str(source.lake.root)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "staged\n"
            yield process
        finally:
            process.kill()


def test_a_load_killed_half_way_leaves_the_previous_state_and_can_be_repeated(source):
    with half_way(source) as process:
        process.kill()
        assert process.wait() == -9
    assert len(source.rows("customers")) == 3
    assert source.load() == {"customers": TableLoad(read=4, accepted=1, unchanged=3)}
    assert len(source.rows("customers")) == 4


def test_a_second_load_at_the_same_time_is_told_to_wait(source):
    with half_way(source):
        with pytest.raises(Conflict, match=r"Another load is writing to this lake.*Wait"):
            source.load()
        assert len(source.rows("customers")) == 3
    assert source.load()["customers"].accepted == 1


def test_a_reader_keeps_its_snapshot_while_a_load_is_published(source):
    with source.lake.snapshot() as before:
        table = before.table("customers")
        with stage(source.mapping, source.lake, secret=SECRET, today=TODAY) as staged:
            assert table.count().to_pyarrow().as_py() == 3
            staged.publish()
        assert table.count().to_pyarrow().as_py() == 3
    assert len(source.rows("customers")) == 4
