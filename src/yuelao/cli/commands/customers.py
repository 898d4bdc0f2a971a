"""Commands about one customer: explain."""

from typing import Annotated

import typer

from yuelao.cli.edge import Edge, Part, table
from yuelao.workflows.explain_customer import explain


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("explain")(explain_command)


def explain_command(
    ctx: typer.Context, customer: Annotated[str, typer.Argument(help="Source id, pseudonym or phone number")]
) -> None:
    """Tell why a customer is, or is not, being called."""
    edge: Edge = ctx.obj
    done = explain(edge.house(), customer)
    parts: list[Part] = []
    for told in done.campaigns:
        rows = [
            [step.name, step.kept, step.condition, ", ".join(f"{k} = {v}" for k, v in step.values.items())]
            for step in told.steps
        ]
        parts += [
            table(told.campaign, ["step", "kept", "condition", "values"], rows),
            f"→ {told.decision}: {told.why}\n",
        ]
    edge.answer(done, *parts)
