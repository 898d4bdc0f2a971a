"""The commands that measure what a treatment changes and what another policy would earn; they need no workspace."""

from pathlib import Path
from typing import Annotated

import typer

from yuelao.analytics.offpolicy.log import Columns
from yuelao.analytics.uplift.model import FOLDS, REPEATS, UpliftCard
from yuelao.cli.edge import Edge, Part, table
from yuelao.workflows.estimate_uplift import Arms, estimate_uplift
from yuelao.workflows.judge_policy import judge_logs


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("uplift")(uplift_command)
    app.command("offpolicy")(offpolicy_command)


def uplift_command(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A randomised experiment, a row a customer: CSV or Parquet")],
    treatment: Annotated[str, typer.Option(help="The column that tells the arms")],
    treated: Annotated[str, typer.Option(help="Its value of those who were treated")],
    control: Annotated[str, typer.Option(help="Its value of those who were held out")],
    outcome: Annotated[str, typer.Option(help="The column the treatment is to raise: 0/1, true/false, or an amount")],
    exclude: Annotated[str, typer.Option(help="Columns not known before the treatment: A,B,C")] = "",
    folds: Annotated[int, typer.Option(help="Parts of a cross-validation")] = FOLDS,
    repeats: Annotated[int, typer.Option(help="Cross-validations")] = REPEATS,
    share: Annotated[float | None, typer.Option(help="The share that was to be treated, if not as it came")] = None,
    seed: Annotated[int, typer.Option(help="Of all draws")] = 0,
    out: Annotated[Path | None, typer.Option(help="A CSV for the effect and place of every row")] = None,
) -> None:
    """Whom a treatment changes, by S-, T-, X- and DR-learner, and whether ranking by it beats random."""
    edge: Edge = ctx.obj
    arms = Arms(column=treatment, treated=treated, control=control)
    with edge.progress() as progress:
        card, seconds = estimate_uplift(
            file, arms, outcome, exclude=_names(exclude), folds=folds, repeats=repeats, share=share, seed=seed, out=out,
            progress=progress,
        )  # fmt: skip
    for name, reason in card.left_out.items():
        edge.say(f"Left out: {name} ({reason})")
    edge.answer(card.as_dict() | {"seconds": seconds}, *_told(card))


def offpolicy_command(
    ctx: typer.Context,
    log: Annotated[Path, typer.Argument(help="The log to judge by, a row a decision: CSV or Parquet")],
    target_log: Annotated[Path, typer.Option(help="A log of the policy to be judged, with the same columns")],
    action: Annotated[str, typer.Option(help="The column of the action taken")],
    reward: Annotated[str, typer.Option(help="The column of what it earned: 0/1, true/false, or an amount")],
    probability: Annotated[str, typer.Option(help="The column of the action's probability under the log's own policy")],
    context: Annotated[str, typer.Option(help="Columns of the situation, the weightiest first: A,B,C")] = "",
    clip: Annotated[float | None, typer.Option(help="The largest weight of a row; √rows unless given")] = None,
) -> None:
    """What a policy earns, told from the log of another: IPS, SNIPS and doubly robust, beside what was observed."""
    edge: Edge = ctx.obj
    columns = Columns(action, reward, probability, tuple(_names(context)))
    found = judge_logs(log, target_log, columns, clip)
    for warning in found.warnings:
        edge.say(warning)
    values = {"ips": found.ips, "snips": found.snips, "dr": found.dr, "observed": found.observed}
    rows = [[name, value, _span(found.intervals[name])] for name, value in values.items()]
    edge.answer(
        found.as_dict(),
        table("Mean reward of the target policy", ["", "estimate", "95 %"], rows),
        f"What the target would do: {found.policy}. {found.rows:,} rows tell as much as {found.effective_rows:,.0f}",
    )


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


def _told(card: UpliftCard) -> list[Part]:
    ranked = [("recipe", card.qini, card.qini_interval, card.uplift_top_30, card.uplift_top_30_interval)]
    ranked += [(e.name, e.qini, e.qini_interval, e.uplift_top_30, e.uplift_top_30_interval) for e in card.learners]
    rows = [[name, qini, _span(within), top, _span(top_within)] for name, qini, within, top, top_within in ranked]
    adds = f"treating all adds {card.ate:.4g} {_span(card.interval)}"
    return [
        f"{card.treated:,} treated, {card.held_out:,} held out; {adds}",
        table("Ranked by fits that never saw the customer", ["learner", "Qini", "95 %", "top 30 %", "95 %"], rows),
        f"{card.evidence}. In use: {card.chosen}",
    ]


def _span(interval: tuple[float, float]) -> str:
    return f"[{interval[0]:.4g}, {interval[1]:.4g}]"
