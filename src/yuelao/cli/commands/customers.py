"""Commands about one customer: explain, why they are called or not, or what a trained model expects of them."""

from typing import Annotated

import typer

from yuelao.cli.edge import Edge, Part, table
from yuelao.common.errors import Refused
from yuelao.workflows.expect_reach import best_time_sentence
from yuelao.workflows.explain_customer import explain
from yuelao.workflows.explain_score import ScoreExplained, explain_score


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("explain")(explain_command)


def explain_command(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(help="Source id, pseudonym or phone number")],
    model: Annotated[str | None, typer.Option(help="Tell what this model expects of them, and why")] = None,
    product: Annotated[
        str | None, typer.Option(help="With --model response: the offer; default: the likeliest")
    ] = None,
) -> None:
    """Tell why a customer is, or is not, being called; or what a trained model in use expects of them, and why."""
    edge: Edge = ctx.obj
    if model is not None:
        told = explain_score(edge.house(), customer, model, product)
        edge.answer(told, *_score(told))
        return
    if product is not None:
        raise Refused("A product is asked about with a model", where="--product", hint="As in: --model response")
    done = explain(edge.house(), customer)
    parts: list[Part] = []
    for each in done.campaigns:
        rows = [
            [step.name, step.kept, step.condition, ", ".join(f"{k} = {v}" for k, v in step.values.items())]
            for step in each.steps
        ]
        parts += [
            table(each.campaign, ["step", "kept", "condition", "values"], rows),
            f"→ {each.decision}: {each.why}\n",
        ]
    edge.answer(done, *parts)


def _score(told: ScoreExplained) -> list[Part]:
    expected = f"{told.title['en']}: {told.probability:.1%}" + (f" ({told.product})" if told.product else "")
    best = told.best_times.best if told.best_times else None
    if told.above is not None:
        expected += f", higher for {told.above:.0%} of customers"
    return [
        f"{expected}, as of {told.as_of}, by {told.model} {told.version}",
        *(f"  + {reason}" for reason in told.reasons["en"]),
        *(f"  − {reason}" for reason in told.against["en"]),
        *([best_time_sentence(best, "en")] if best else []),
    ]
