"""Estimating uplift from anybody's experiment: whom a treatment changes, and whether that can be told; no workspace."""

import csv
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from yuelao.analytics.uplift.model import FOLDS, REPEATS, Study, UpliftCard, study
from yuelao.common.errors import NotFound, Refused, nearest
from yuelao.common.progress import Progress, silent
from yuelao.warehouse.table_file import need_columns, read_table


class Arms(BaseModel):
    """Which column tells the arms, and its values of the two to be compared; rows of other arms are not used."""

    model_config = ConfigDict(frozen=True)

    column: str
    treated: str
    control: str


def estimate_uplift(
    file: Path, arms: Arms, outcome: str, *, exclude: Sequence[str] = (), folds: int = FOLDS, repeats: int = REPEATS,
    seed: int = 0, share: float | None = None, out: Path | None = None, progress: Progress = silent,
) -> tuple[UpliftCard, float]:  # fmt: skip
    """The card of the trial in `file` and the seconds it took; every column but those named serves as an input.

    `out`: a CSV with a line for every row of the file. Refused where the file is not such a trial.
    """
    started = time.perf_counter()
    table = read_table(file)
    need_columns(table, [arms.column, outcome, *exclude], file)
    _check_out(out, file)
    arm = _arm(table, arms, file)
    used = pc.is_valid(arm)
    treatment = _free_name(table)
    trial = table.append_column(treatment, arm).filter(used)
    inputs = [name for name in table.column_names if name not in (arms.column, outcome, *exclude)]
    found = study(
        trial, treatment, outcome, inputs, seed=seed, share=share, folds=folds, repeats=repeats,
        progress=lambda done, total: progress("rank by fits that never saw the customer", done, total),
    )  # fmt: skip
    if out is not None:
        _write(out, table, arm, found)
    return found.model.card, time.perf_counter() - started


def _check_out(out: Path | None, file: Path) -> None:
    if out is None:
        return
    if out.suffix.lower() != ".csv" or out.resolve() == file.resolve():
        raise Refused("The scores go to a .csv of their own", where=str(out), code="out")
    if not out.parent.is_dir():
        raise NotFound("There is no such folder", where=str(out.parent), hint="Make it first")


def _arm(table: pa.Table, arms: Arms, file: Path) -> pa.ChunkedArray:
    """True for the treated, false for the control, null for everybody else."""
    column = pc.cast(table[arms.column], pa.string())
    for value in (arms.treated, arms.control):
        if not pc.any(pc.equal(column, value)).as_py():
            known = [str(each) for each in pc.unique(column).to_pylist()[:50]]
            raise Refused(
                f"{arms.column} is {value!r} in no row", where=str(file), hint=nearest(value, known), code="arm"
            )
    if arms.treated == arms.control:
        raise Refused("The treated and the control are the same value", where=arms.column, code="arm")
    held_out = pc.equal(column, arms.control)
    return pc.if_else(pc.equal(column, arms.treated), True, pc.if_else(held_out, False, pa.scalar(None, pa.bool_())))


def _free_name(table: pa.Table) -> str:
    """A name that no column has."""
    name = "treated"
    while name in table.column_names:
        name += "_"
    return name


def _write(out: Path, table: pa.Table, arm: pa.ChunkedArray, found: Study) -> None:
    """The effect by the model in use; and, of the rows of the trial, the mean place by fits that never saw them."""
    place = np.full(table.num_rows, np.nan)
    place[np.asarray(pc.is_valid(arm))] = found.place
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["row", "uplift", "place"])
        for row, (effect, rank) in enumerate(zip(found.model.predict(table), place, strict=True), start=1):
            writer.writerow([row, f"{effect:.6g}", "" if np.isnan(rank) else f"{rank:.6f}"])
