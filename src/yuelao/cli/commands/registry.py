"""Commands about trained models: train one, and models list, show, promote, rollback."""

from typing import Annotated

import typer

from yuelao.cli.commands.data import Day, day
from yuelao.cli.edge import Edge, Part, table
from yuelao.operations.models import ModelVersion
from yuelao.workflows.gather_training import MODELS, Lesson
from yuelao.workflows.judge_model import judge_model, limits
from yuelao.workflows.keep_model import put_into_use, registered, take_back, version_of
from yuelao.workflows.model_recipe import command_of
from yuelao.workflows.reproduce_model import reproduce
from yuelao.workflows.train_model import train
from yuelao.workflows.training_answer import Trained, TrainedByCost, TrainedUplift

app = typer.Typer(help="Trained models and their versions.", no_args_is_help=True)
Model = Annotated[str, typer.Argument(help="As `models list` names it")]
_BY = "command line"


def add_to(root: typer.Typer) -> None:
    """Add the commands of this file."""
    root.command("train")(train_command)
    root.add_typer(app, name="models")


def train_command(
    ctx: typer.Context,
    model: Annotated[str, typer.Argument(help=f"One of: {', '.join(MODELS)}")],
    as_of: Day = None,
    product: Annotated[
        str | None, typer.Option(help="Of a look-alike: whose buyers to resemble; of uplift: its hold-outs alone")
    ] = None,
    months: Annotated[int | None, typer.Option(help="How far ahead; default: as far as the history allows")] = None,
    call_cost: Annotated[float | None, typer.Option(help="Of a replacement: a call's cost; default: as set")] = None,
    margin: Annotated[
        float | None, typer.Option(help="Of a replacement: what a handset earns; default: the mean of those on offer")
    ] = None,
    exclude: Annotated[str, typer.Option(help="Inputs to leave out: A,B,C")] = "",
    allow: Annotated[str, typer.Option(help="Inputs to keep although they look like leaks: A,B,C")] = "",
    seed: Annotated[int, typer.Option(help="Of all draws")] = 0,
) -> None:
    """Train a model on what was known before a date; it is used from then on unless the one in use did better."""
    edge: Edge = ctx.obj
    lesson = Lesson(model, product, months, call_cost, margin)
    with edge.progress() as progress:
        done = train(
            edge.house(), lesson, day(as_of), progress, exclude=_names(exclude), allow=_names(allow), seed=seed, by=_BY
        )
    edge.answer(done, *_told(done))


@app.command("list")
def list_command(ctx: typer.Context) -> None:
    """Every version of every model: in use, waiting, in use once."""
    edge: Edge = ctx.obj
    found = registered(edge.house())
    rows = [[*_where(each), f"{each.trained_at:%Y-%m-%d %H:%M}", _auc(each)] for each in found]
    columns = ["model", "version", "state", "as of", "trained", "AUC"]
    shown = table("Models", columns, rows) if rows else "No model has been trained: yuelao train response"
    edge.answer({"models": [_short(each) for each in found]}, shown)


@app.command("show")
def show_command(
    ctx: typer.Context,
    model: Model,
    version: Annotated[str | None, typer.Option(help="Default: the one in use")] = None,
) -> None:
    """The card of a version, how far it can be trusted, its limits, its recipe and the command that makes it again."""
    edge: Edge = ctx.obj
    found = version_of(edge.house(), model, version)
    trust, heed, again = judge_model(found, "en"), limits(found, "en"), command_of(found.recipe)
    shown = {**_short(found), "trained_by": found.trained_by, **found.recipe}
    told = {**found.model_dump(mode="json"), "trust": trust.model_dump(), "limits": heed, "command": again}
    rows = [[name, value] for name, value in shown.items()]
    made = f"SHA-256 {found.digest}" + (f", made again by: {again}" if again else "")
    edge.answer(told, f"{trust.sentence}.", table("Model", ["", ""], rows), *(f"- {each}." for each in heed), made)


@app.command("reproduce")
def reproduce_command(
    ctx: typer.Context,
    model: Model,
    version: Annotated[str | None, typer.Option(help="Default: the one in use")] = None,
) -> None:
    """Train once more by the recipe of a version, aside, and tell whether the same model comes out, by its hash."""
    edge: Edge = ctx.obj
    with edge.progress() as progress:
        done = reproduce(edge.house(), model, version, progress)
    said = "The same model, to the byte" if done.same else "Another model"
    data = "" if done.same_data in (True, None) else "; the data it learned from have changed"
    made = "".join(f"; {name} was {then}, is {now}" for name, (then, now) in done.made_otherwise.items())
    edge.answer(done, f"{said}: {done.version} {done.digest[:16]}…, now {done.again[:16]}…{data}{made}")


@app.command("promote")
def promote_command(
    ctx: typer.Context,
    model: Model,
    version: Annotated[str, typer.Argument(help="As `models list` names it")],
    reason: Annotated[str, typer.Option(help="Kept in the register and in the audit")] = "by hand",
) -> None:
    """Put a version into use."""
    edge: Edge = ctx.obj
    found = put_into_use(edge.house(), model, version, reason, _BY)
    edge.answer(_short(found), f"{found.name}: {found.version} is in use")


@app.command("rollback")
def rollback_command(
    ctx: typer.Context,
    model: Model,
    reason: Annotated[str, typer.Option(help="Kept in the register and in the audit")] = "rolled back",
) -> None:
    """Put the version into use that was before the present one."""
    edge: Edge = ctx.obj
    found = take_back(edge.house(), model, reason, _BY)
    edge.answer(_short(found), f"{found.name}: {found.version} is in use again")


def _names(given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]


def _where(found: ModelVersion) -> list[object]:
    return [found.name, found.version, found.state.value, found.as_of]


def _auc(found: ModelVersion) -> str:
    auc = found.card.get("auc")
    return "–" if auc is None else f"{auc:.3f}"


def _short(found: ModelVersion) -> dict[str, object]:
    return {
        "model": found.name,
        "version": found.version,
        "state": found.state.value,
        "as_of": found.as_of,
        "trained_at": found.trained_at,
        "auc": found.card.get("auc"),
    }


def _told(done: Trained) -> list[Part]:
    rows: list[list[object]] = [
        ["model", done.name],
        ["version", f"{done.version}, {'in use' if done.in_use else 'waiting'}: {done.why}"],
        ["rows, with the event", f"{done.rows:,}, {done.positives:,}"],
        ["trained on, tested on", f"{' – '.join(done.train_window)}, {' – '.join(done.test_window)}"],
        ["family", done.family],
        *_figures(done),
    ]
    because = "; ".join(done.reasons_example["en"])
    said = [f"The likeliest of them, because: {because}"] if because else []
    ways = [_ways(done)] if isinstance(done, TrainedByCost) else []
    return [table("Model card", ["", ""], rows), *ways, *said, *done.warnings]


def _figures(done: Trained) -> list[list[object]]:
    """What the kind of model is judged by."""
    if isinstance(done, TrainedUplift):
        return [
            ["assigned, held out", f"{done.treated:,}, {done.held_out:,}"],
            ["contacting all adds", f"{done.ate:+.2%} {_span(done.interval)}"],
            ["uplift of the best 30 %", f"{done.uplift_top_30:+.2%} {_span(done.uplift_top_30_interval)}"],
            ["Qini", f"{done.qini:.4f} [{done.qini_interval[0]:.4f}, {done.qini_interval[1]:.4f}]"],
            ["evidence", done.evidence],
        ]
    told = {"AUC": done.auc, "lift of the first tenth": done.lift_top_decile}
    return [[name, f"{value:.3f}"] for name, value in {**told, "calibration error": done.calibration_error}.items()]


def _span(interval: tuple[float, float]) -> str:
    return f"[{interval[0]:+.2%}, {interval[1]:+.2%}]"


def _ways(done: TrainedByCost) -> Part:
    """All ways side by side in the last window; the one used cost least in the window before."""
    columns = ["way", "earlier", "cost", "AUC", "called", "recall"]
    rows = [
        [("→ " if each["way"] == done.used else "") + " ".join(each["way"].values())]
        + [f"{each['validation_cost']:,.0f}", f"{each['cost']:,.0f}", f"{each['auc']:.3f}"]
        + [f"{each['called']:.0%}", f"{each['recall']:.0%}"]
        for each in done.ways
    ]
    nobody, everybody = f"{done.cost_of_none:,.0f}", f"{done.cost_of_all:,.0f}"
    return table(f"Cost per 1,000 customers; calling nobody {nobody}, everybody {everybody}", columns, rows)
