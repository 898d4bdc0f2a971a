"""Commands of the campaign's day: screen, match, launch, run, report, call-list; and its states under `campaign`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from yuelao.cli.commands.data import Day, day
from yuelao.cli.commands.upkeep import told
from yuelao.cli.edge import Edge, Part, table
from yuelao.operations import campaigns
from yuelao.workflows.export_call_list import export_call_list
from yuelao.workflows.launch_campaign import launch
from yuelao.workflows.manage_campaign import ACTIONS, move
from yuelao.workflows.match_offers import MatchSummary, match
from yuelao.workflows.run_campaigns import run
from yuelao.workflows.screen_targets import StepCount, screen
from yuelao.workflows.write_report import write_report

Name = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The campaign's name")]
Out = Annotated[Path, typer.Option("--out", help="The file to write")]

steps = typer.Typer(help="List campaigns and move them through their states.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("screen")(screen_command)
    app.command("match")(match_command)
    app.command("launch")(launch_command)
    app.command("run")(run_command)
    app.command("report")(report_command)
    app.command("call-list")(call_list_command)


def screen_command(ctx: typer.Context, campaign: Name, as_of: Day = None) -> None:
    """Count a campaign's funnel."""
    edge: Edge = ctx.obj
    done = screen(edge.house(), campaign, day(as_of))
    edge.answer(
        done, _funnel(done.steps), f"{done.targets:,} targets of {done.customers:,} customers as of {done.as_of}"
    )


def match_command(ctx: typer.Context, campaign: Name, as_of: Day = None) -> None:
    """Plan a campaign's contacts; nothing is launched."""
    edge: Edge = ctx.obj
    house = edge.house()
    with edge.progress() as progress:
        done = match(house, campaign, day(as_of), progress=progress)
    edge.answer(done, *_plan(done))


def launch_command(ctx: typer.Context, campaign: Name) -> None:
    """Turn the campaign's newest match into call tasks."""
    edge: Edge = ctx.obj
    done = launch(edge.house(), campaign)
    edge.answer(done, f"{done.tasks:,} call tasks, {done.held_out:,} held out", _refused(done.refused))


def run_command(
    ctx: typer.Context,
    as_of: Annotated[datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day of the view")],
) -> None:
    """Screen, match and launch every running campaign, then train again what is due; twice it does nothing twice."""
    edge: Edge = ctx.obj
    house = edge.house()
    with edge.progress() as progress:
        done = run(house, as_of.date(), progress=progress)
    rows = [
        [name, c.match.targets, sum(c.match.refused.values()), c.match.assigned, c.match.held_out, c.launch.tasks]
        for name, c in done.campaigns.items()
    ]
    columns = ["campaign", "targets", "refused", "assigned", "held out", "new tasks"]
    edge.answer(done, table("Run", columns, rows), *told(done.models))


def report_command(ctx: typer.Context, campaign: Name, out: Out) -> None:
    """Write a campaign's result as one self-contained HTML file."""
    edge: Edge = ctx.obj
    done = write_report(edge.house(), campaign, out)
    edge.answer(done, done.headline, f"Written to {done.file}")


def call_list_command(ctx: typer.Context, campaign: Name, out: Out) -> None:
    """Write the campaign's call list as CSV or Excel (by the file's ending); phone numbers are masked."""
    edge: Edge = ctx.obj
    done = export_call_list(edge.house(), campaign, out)
    edge.answer(done, f"{done.rows:,} customers written to {done.file}")


@steps.command("list")
def list_command(ctx: typer.Context) -> None:
    """All campaigns and their states."""
    edge: Edge = ctx.obj
    with edge.house().database.transaction(read_only=True) as session:
        found = campaigns.all_current(session)
    rows = [[c.definition.name, c.definition.title["en"], c.state, c.version] for c in found]
    columns = ["name", "title", "state", "version"]
    listed = [dict(zip(columns, row, strict=True)) for row in rows]
    edge.answer({"campaigns": listed}, table("Campaigns", columns, rows))


@steps.command("move")
def move_command(
    ctx: typer.Context,
    action: Annotated[str, typer.Argument(help=", ".join(ACTIONS))],
    campaign: Name,
    reason: Annotated[str, typer.Option(help="Why; needed to reject")] = "",
) -> None:
    """Submit, approve, reject, start, pause, resume, stop or close a campaign, as the workspace's owner."""
    edge: Edge = ctx.obj
    house = edge.house()
    with house.database.transaction() as session:
        done = move(session, campaign, action, by="cli", now=house.now(), reason=reason)
    edge.answer({"campaign": campaign, "state": done.state}, f"Campaign {campaign} is now {done.state}")


def _funnel(counts: list[StepCount]) -> Part:
    return table("Funnel", ["step", "left", "dropped"], [[step.name, step.left, step.dropped] for step in counts])


def _refused(refused: dict[str, int]) -> Part:
    return table("Refused by the contact policy", ["rule", "customers"], list(refused.items())) if refused else ""


def _plan(done: MatchSummary) -> list[Part]:
    prices = [[p.resource, p.price, p.used, p.upper] for p in done.prices]
    return [
        _funnel(done.steps),
        _refused(done.refused),
        table("Decisions", ["decision", "customers"], list(done.decisions.items())),
        table("Prices", ["resource", "one more unit brings", "used", "available"], prices),
        f"Run {done.run}: expected {done.objective:,.0f}, bound {done.bound:,.0f}, gap {done.gap:.4%} ({done.method})",
    ]
