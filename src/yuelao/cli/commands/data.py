"""Commands that bring data in: simulate, ingest, refresh."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from yuelao.cli.edge import Edge, table
from yuelao.common.settings import open_workspace
from yuelao.workflows.ingest_extract import ingest
from yuelao.workflows.refresh_customers import refresh
from yuelao.workflows.simulate_operator import simulate

Day = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Use only what was known before it")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("simulate")(simulate_command)
    app.command("ingest")(ingest_command)
    app.command("refresh")(refresh_command)


def day(given: datetime | None) -> date | None:
    """The date of an option."""
    return given.date() if given else None


def simulate_command(
    ctx: typer.Context,
    customers: Annotated[int, typer.Option(help="How many customers")] = 50_000,
    months: Annotated[int, typer.Option(help="How many months")] = 6,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world")] = 1,
    dirt: Annotated[float, typer.Option(help="Share of rows spoilt as in real extracts; 0: clean files")] = 0.005,
    out: Annotated[Path | None, typer.Option(help="Where to write; default: extracts in the workspace")] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day after the last month; default: this month")
    ] = None,
) -> None:
    """Write the raw extracts of a simulated operator, and the mapping that brings them in."""
    edge: Edge = ctx.obj
    target = out or open_workspace(edge.workspace).extracts
    with edge.progress() as progress:
        done = simulate(customers, months, seed, target, day(until) or date.today(), progress, dirt=dirt)
    answer = {
        "files": done.files,
        "rows": done.rows,
        "rows_per_customer": round(done.rows_per_customer, 2),
        "seconds": done.seconds,
        "peak_memory_mb": round(done.peak_memory_mb),
        "as_of": done.as_of,
    }
    edge.answer(
        answer,
        table("Extracts", ["file"], [[name] for name in done.files]),
        f"{done.rows:,} rows ({done.rows_per_customer:.1f} a customer) in {done.seconds:.1f} s, "
        f"with {done.peak_memory_mb:,.0f} MB of memory",
        f"Load them with: yuelao ingest {target / 'mapping.yaml'}",
    )


def ingest_command(ctx: typer.Context, mapping: Annotated[Path, typer.Argument(help="The mapping file")]) -> None:
    """Load a source's files through a mapping."""
    edge: Edge = ctx.obj
    house = edge.house()
    with edge.progress() as progress:
        done = ingest(house, mapping, progress)
    columns = ["read", "accepted", "rejected", "unchanged"]
    rows = [[name, *(load[column] for column in columns)] for name, load in done.tables.items()]
    set_aside = [
        f"Rejected, with reasons: {load['rejects_file']}" for load in done.tables.values() if load["rejects_file"]
    ]
    edge.answer(done, table("Loaded", ["table", *columns], rows), *set_aside)


def refresh_command(
    ctx: typer.Context,
    as_of: Day = None,
    full: Annotated[bool, typer.Option("--full", help="Take nothing over from an earlier view.")] = False,
) -> None:
    """Build the customer view, score it, publish the profiles."""
    edge: Edge = ctx.obj
    house = edge.house()
    with edge.progress() as progress:
        done = refresh(house, day(as_of), progress, full=full)
    edge.answer(
        done,
        f"{done.customers:,} customers, {done.features} features as of {done.as_of}, in {done.seconds:.1f} s",
        table(f"Computed anew since {done.built_on}", ["table", "customers"], list(done.recomputed.items()))
        if done.built_on
        else "All features were computed from scratch",
        table("Value levels", ["level", "customers"], list(done.levels.items()))
        if done.levels
        else "No value levels: the workspace has no value segmentation (kind: value_segmentation)",
        *(f"{column}: by the trained model {version}" for column, version in done.scored.items()),
        *(f"Without a source: {name}" for name in done.missing),
        *done.notes,
        *([_unsayable(done.unsayable)] if done.unsayable else []),
        *([f"Desks go on seeing {done.desk_as_of}, the later day"] if done.desk_as_of > done.as_of else []),
    )


def _unsayable(fields: list[str]) -> str:
    return f"Scripts ask for what nothing tells, and leave those sentences out: {', '.join(fields)}"
