"""A small source to load: files of an operator, a mapping for them, and a lake to load them into."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from yuelao.warehouse.ingest import TableLoad, stage
from yuelao.warehouse.lake import Lake

SECRET = "the key of the tests"
TODAY = date(2026, 11, 1)

CUSTOMERS = """\
客户编号,姓名,手机号码,性别,地市,入网日期,积分
1001,张三,13800000001,男,海州,20200105,120
1002,李四,13800000002,女,临江,20210630,0
1003,王五,13800000003,,海州,20220228,35.5
"""

MAPPING = """\
source: crm
today: 2026-11-01
defaults: {encoding: utf-8, dates: "%Y%m%d"}
tables:
  - table: customers
    files: customers*.csv
    columns:
      customer_id: 客户编号
      name: 姓名
      phone: 手机号码
      gender: {column: 性别, codes: {男: male, 女: female}}
      city: 地市
      joined_on: 入网日期
      points_balance: 积分
"""


def mapping_of(table: str, file: str, columns: str, **more: str) -> str:
    """A mapping of one table and file; `columns` as YAML without its braces."""
    others = "".join(f", {key}: {value}" for key, value in more.items())
    return f"source: crm\ntables:\n- {{table: {table}, files: {file}{others}, columns: {{{columns}}}}}\n"


class Source:
    """A folder with a mapping and files, and the lake beside it."""

    def __init__(self, folder: Path, mapping: str = MAPPING) -> None:
        self.folder = folder / "source"
        self.folder.mkdir()
        self.lake = Lake(folder / "lake")
        self.mapping = self.folder / "mapping.yaml"
        self.map(mapping)

    def map(self, text: str) -> None:
        """Write the mapping."""
        self.mapping.write_text(text, encoding="utf-8")

    def put(self, name: str, content: str | bytes) -> Path:
        """Write a file."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, max_line_bytes: int = 65_536) -> Mapping[str, TableLoad]:
        """Load everything and publish it."""
        with stage(self.mapping, self.lake, secret=SECRET, today=TODAY, max_line_bytes=max_line_bytes) as staged:
            return staged.publish()

    def identities(self) -> list[dict[str, object]]:
        """The identities of a load as they were handed over, sorted by source id."""
        with stage(self.mapping, self.lake, secret=SECRET, today=TODAY) as staged:
            rows: list[dict[str, object]] = [row for batch in staged.identities() for row in batch.to_pylist()]
        return sorted(rows, key=lambda row: str(row["source_id"]))

    def rows(self, table: str) -> list[dict[str, object]]:
        """What the lake holds of a table."""
        with self.lake.snapshot() as snapshot:
            rows: list[dict[str, object]] = snapshot.table(table).to_pyarrow().to_pylist()
        return rows


def rejects(load: TableLoad) -> list[str]:
    """The lines of the rejects file, without its header."""
    assert load.rejects_file is not None
    header, *lines = Path(load.rejects_file).read_text(encoding="utf-8-sig").splitlines()
    assert header == "source,line,field,value,reason"
    return lines
