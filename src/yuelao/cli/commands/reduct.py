"""The command that reduces the attributes of anybody's table; it needs no workspace."""

from pathlib import Path
from typing import Annotated

import typer

from yuelao.analytics.rough_sets.discretise import Method
from yuelao.cli.edge import Edge, Part, table
from yuelao.workflows.reduce_attributes import Reduction, Wish, reduce_attributes


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("reduct")(reduct_command)


def reduct_command(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A table with a header line: CSV or Parquet")],
    decision: Annotated[str, typer.Option(help="The column that the others are to decide")],
    exclude: Annotated[str, typer.Option(help="Columns to leave out, ids above all: A,B,C")] = "",
    weights: Annotated[str | None, typer.Option(help="The column that tells how often a row counts")] = None,
    discretise: Annotated[
        Method | None, typer.Option(help="Numbers as intervals: by equal frequency, MDLP or a tree")
    ] = None,
    intervals: Annotated[int, typer.Option(help="Intervals an attribute at most (MDLP finds out itself)")] = 5,
    tolerance: Annotated[
        float | None, typer.Option(help="The share of what the attributes tell that may be lost, against noise")
    ] = None,
    exact: Annotated[bool, typer.Option("--exact", help="Prove the smallest; for small tables")] = False,
    rules: Annotated[int, typer.Option(min=0, help="So many decision rules as sentences")] = 0,
) -> None:
    """The few attributes that decide what all of them decide (rough sets), the core, and rules in words."""
    edge: Edge = ctx.obj
    without = [name.strip() for name in exclude.split(",") if name.strip()]
    wish = Wish(decision, without, weights, discretise, intervals, tolerance, exact, rules)
    with edge.progress() as progress:
        found = reduce_attributes(file, wish, progress)
    for note in found.notes:
        edge.say(note)
    edge.answer(found, *_told(found))


def _told(found: Reduction) -> list[Part]:
    rows = [[place, name, name in found.core] for place, name in enumerate(found.reduct, 1)]
    kind = "the smallest there is" if found.smallest else "none of them can go"
    size = f"{found.rows:,} rows: {len(found.reduct)} of {found.attributes} attributes, {kind}"
    determined = f"Decided for sure: by all {found.dependency:.1%} of the rows, by these {found.kept:.1%}"
    time = f"{found.seconds_reading:.1f} s reading, {found.seconds:.1f} s searching"
    parts: list[Part] = [table("Reduct", ["", "attribute", "in every reduct"], rows), size, determined, time]
    return parts + [f"  {rule.en}\n  {rule.zh}" for rule in found.rules]
