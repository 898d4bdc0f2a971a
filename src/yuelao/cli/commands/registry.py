"""Commands about trained models: train one, and models list, show, promote, rollback."""

from typing import Annotated

import typer

from yuelao.cli.commands.data import Day, day
from yuelao.cli.edge import Edge, Part, table
from yuelao.operations.models import ModelVersion
from yuelao.workflows.gather_training import MODELS, Lesson
from yuelao.workflows.keep_model import put_into_use, registered, take_back, version_of
from yuelao.workflows.train_model import Trained, train

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
    product: Annotated[str | None, typer.Option(help="Of a look-alike: whose buyers to resemble")] = None,
    months: Annotated[int | None, typer.Option(help="How far ahead; default: as far as the history allows")] = None,
    exclude: Annotated[str, typer.Option(help="Inputs to leave out: A,B,C")] = "",
    allow: Annotated[str, typer.Option(help="Inputs to keep although they look like leaks: A,B,C")] = "",
    seed: Annotated[int, typer.Option(help="Of all draws")] = 0,
) -> None:
    """Train a model on what was known before a date; it is used from then on unless the one in use did better."""
    edge: Edge = ctx.obj
    lesson = Lesson(model, product, months)
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
    """The card of a version, how it was trained, and the hash of its files."""
    edge: Edge = ctx.obj
    found = version_of(edge.house(), model, version)
    shown = {**_short(found), "digest": found.digest, "trained_by": found.trained_by, **found.recipe}
    edge.answer(found, table("Model", ["", ""], [[name, value] for name, value in shown.items()]))


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
        ["AUC", f"{done.auc:.3f}"],
        ["lift of the first tenth", f"{done.lift_top_decile:.2f}"],
        ["calibration error", f"{done.calibration_error:.4f}"],
        ["family", done.family],
    ]
    said = [f"The likeliest of them, because: {'; '.join(done.reasons_example['en'])}"]
    return [table("Model card", ["", ""], rows), *said, *done.warnings]
