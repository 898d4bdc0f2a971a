"""Judging a policy by the log of another, from anybody's files; no workspace."""

from pathlib import Path

import pyarrow as pa

from yuelao.analytics.offpolicy.judge import Judgement, judge_policy
from yuelao.analytics.offpolicy.log import Columns
from yuelao.warehouse.table_file import need_columns, read_table


def judge_logs(log: Path, target: Path, columns: Columns, clip: float | None = None) -> Judgement:
    """What the policy of the file `target` earns, told from the file `log`. Refused where they are no such logs."""
    return judge_policy(_read(log, columns), _read(target, columns), columns, clip)


def _read(path: Path, columns: Columns) -> pa.Table:
    table = read_table(path)
    need_columns(table, [columns.action, columns.reward, columns.probability, *columns.context], path)
    return table
