"""The command that sees to the models in use every night: models retrain."""

from typing import Annotated, Any

import typer

from yuelao.cli.commands.data import Day, day
from yuelao.cli.edge import Edge, Part, table
from yuelao.workflows.retrain_models import Retrained, retrain

_SAID = {
    "due": "due",
    "trained": "trained",
    "refused": "refused; the version in use stays",
    "rolled_back": "rolled back",
    "reported": "does worse than the one before",
    "busy": "left to the next time",
}


def add_to(models: typer.Typer) -> None:
    """Add the command of this file to those about models."""
    models.command("retrain")(retrain_command)


def retrain_command(
    ctx: typer.Context,
    model: Annotated[str | None, typer.Option(help="As `models list` names it; default: every one in use")] = None,
    as_of: Day = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what is due, and change nothing")] = False,
) -> None:
    """Train again what is due, and take back what does surely worse than the version before it."""
    edge: Edge = ctx.obj
    with edge.progress() as progress:
        done = retrain(edge.house(), model, day(as_of), progress, dry_run=dry_run)
    edge.answer(done, *(told(done) or [f"Nothing is due with the data up to {done.day}"]))


def told(done: Retrained) -> list[Part]:
    """What became of the models, a line each; nothing where nothing did."""
    found = done.model_dump()
    rows = [[each["name"], said, _why(each)] for kind, said in _SAID.items() for each in found[kind]]
    return [table(f"Models, with the data up to {done.day}", ["model", "", "why"], rows)] if rows else []


def _why(entry: dict[str, Any]) -> str:
    why = entry["why"]
    said = why if isinstance(why, str) else "; ".join(why)
    return f"{entry['version']}: {said}" if "version" in entry else said
