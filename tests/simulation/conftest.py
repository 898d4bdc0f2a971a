"""One simulated operator, shared by the tests that only read it."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow.parquet
import pytest

from yuelao.simulation import Simulated, Truth, load_truth, simulate

UNTIL = date(2026, 11, 1)
CUSTOMERS, MONTHS = 20_000, 6


@dataclass(frozen=True)
class Operator:
    """Its folder, with the rows of each extract."""

    folder: Path
    result: Simulated

    def rows(self, name: str) -> list[dict[str, str]]:
        """The data rows of a CSV extract."""
        with (self.folder / name).open(encoding="gb18030", newline="") as file:
            return list(csv.DictReader(file))

    def table(self, name: str) -> pyarrow.Table:
        """A Parquet extract: one file, or by a name with `*` those of all months."""
        paths = sorted(self.folder.glob(name))
        return pyarrow.concat_tables([pyarrow.parquet.read_table(path) for path in paths])

    def truth(self) -> Truth:
        """Its hidden truth."""
        return load_truth(self.folder)


@pytest.fixture(scope="session")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    folder = tmp_path_factory.mktemp("operator")
    return Operator(folder, simulate(CUSTOMERS, MONTHS, 7, folder, UNTIL))
