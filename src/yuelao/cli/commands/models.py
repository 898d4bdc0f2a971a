"""The command that tries the product's own recipe on anybody's table; it needs no workspace."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from yuelao.analytics.propensity.evaluating import Protocol
from yuelao.cli.edge import Edge, Part, table
from yuelao.workflows.evaluate_recipe import Evaluated, evaluate_recipe


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("evaluate")(evaluate_command)


def evaluate_command(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A table with a header line: CSV, Excel or Parquet")],
    target: Annotated[str, typer.Option(help="The column that is to be foreseen")],
    positive: Annotated[str, typer.Option(help="Its value that is the event")],
    order: Annotated[str, typer.Option(help="The column that tells the time; `rows`: the file is in time order")],
    exclude: Annotated[str, typer.Option(help="Columns not known beforehand, and ids: A,B,C")] = "",
    protocol: Annotated[
        Literal["forward", "rolling", "kfold"],
        typer.Option(help="The newest part tested; in steps, trained before each; or shuffled folds"),
    ] = "forward",
    test: Annotated[float, typer.Option(help="The share tested, the newest rows")] = 1 / 3,
    steps: Annotated[int, typer.Option(help="Steps of a rolling test")] = 10,
    folds: Annotated[int, typer.Option(help="Folds of k-fold")] = 5,
    repeats: Annotated[int, typer.Option(help="Repeats of k-fold")] = 1,
    seed: Annotated[int, typer.Option(help="Of all draws")] = 0,
) -> None:
    """How well the product's own recipe, chosen on the rows before the test only, foresees an event in any table."""
    edge: Edge = ctx.obj
    without = [name.strip() for name in exclude.split(",") if name.strip()]
    how = Protocol(protocol, test, steps, folds, repeats, seed)
    found = evaluate_recipe(file, target, positive, order, how, without)
    edge.answer(found, *_told(found))


def _told(found: Evaluated) -> list[Part]:
    low, high = found.interval
    rows: list[list[object]] = [
        ["AUC", f"{found.auc:.3f} [{low:.3f}, {high:.3f}]"],
        ["reached by half of the calls", f"{found.reached_at_half:.1%}"],
        ["area under reached against called", f"{found.alift:.3f}"],
        ["lift of the first tenth", f"{found.lift_top_decile:.2f}"],
        ["calibration error", f"{found.calibration_error:.3f}"],
    ]
    ended = f"{found.tested:,} of {found.rows:,} rows tested ({found.seconds:.1f} s)"
    parts: list[Part] = [table(f"The recipe, {found.protocol}", ["", ""], rows), f"Chosen: {found.chosen['family']}"]
    dropped = found.chosen["does_not_carry_over"]
    return [*parts, *([f"What does not carry over in time: {', '.join(dropped)}"] if dropped else []), ended]
