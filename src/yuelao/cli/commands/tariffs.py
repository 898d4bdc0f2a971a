"""The command that rehearses tariffs on anybody's files; it needs no workspace."""

from pathlib import Path
from typing import Annotated

import typer

from yuelao.cli.edge import Edge, table
from yuelao.workflows.rehearse_tariffs import SetAside, rehearse


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("rehearse")(rehearse_command)


def rehearse_command(
    ctx: typer.Context,
    users: Annotated[Path, typer.Option(help="Customers and the plans they hold")],
    plans: Annotated[Path, typer.Option(help="The plan catalogue")],
    rules: Annotated[Path, typer.Option(help="How the files are read and plans charge (examples/megaline/rules.yaml)")],
    out: Annotated[Path, typer.Option(help="Where the bills go: .csv, .xlsx or .parquet")],
    calls: Annotated[Path | None, typer.Option(help="Calls")] = None,
    data: Annotated[Path | None, typer.Option(help="Internet sessions")] = None,
    messages: Annotated[Path | None, typer.Option(help="Messages")] = None,
) -> None:
    """Bill anybody's usage (CSV, Excel, Parquet) under every plan, and find who would pay less on another."""
    edge: Edge = ctx.obj
    given = {"calls": calls, "data": data, "messages": messages, "users": users, "plans": plans}
    with edge.progress() as progress:
        done, aside = rehearse({name: path for name, path in given.items() if path is not None}, rules, out, progress)
    if aside is not None:
        _tell(edge, aside)
    saving = done.bill_now - done.bill_best
    rows: list[list[object]] = [
        ["customers", done.customers],
        ["calendar months", done.months],
        ["bills under the plans held", f"{done.bill_now:,.2f}"],
        ["bills under the cheapest plans", f"{done.bill_best:,.2f}"],
        ["saved", f"{saving:,.2f}"],
        ["customers who should change", done.switchers],
    ]
    edge.answer(done, table("Rehearsal", ["", ""], rows), f"Every bill: {out} ({done.seconds:.1f} s)")


def _tell(edge: Edge, aside: SetAside) -> None:
    """Say on standard error which rows could not be used."""
    counted = ", ".join(f"{name} {count:,}" for name, count in aside.rows.items())
    edge.say(f"Rows set aside: {counted}. All of them, with reasons: {aside.file}")
    for line in aside.first:
        edge.say(f"  {line}")
