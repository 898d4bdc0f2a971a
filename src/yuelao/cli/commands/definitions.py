"""Commands that make a workspace and bring definitions into it: init, import."""

from pathlib import Path
from typing import Annotated

import typer

from yuelao.cli.edge import Edge
from yuelao.common.errors import NotFound, Refused
from yuelao.workflows.create_workspace import create
from yuelao.workflows.import_definitions import import_definitions, read_definitions


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("init")(init)
    app.command("import")(import_file)


def init(
    ctx: typer.Context,
    pack: Annotated[str, typer.Option(help="telecom or generic")] = "telecom",
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting that differs from its default")
    ] = None,
) -> None:
    """Make a workspace and fill it from a pack."""
    edge: Edge = ctx.obj
    house = edge.keep(create(edge.workspace, pack, dict(_pair(text) for text in settings or [])))
    edge.answer(
        {"workspace": str(house.workspace.path)}, f"Made the workspace {house.workspace.path} from the pack {pack}"
    )


def import_file(ctx: typer.Context, file: Annotated[Path, typer.Argument(help="YAML definitions")]) -> None:
    """Import products, scripts, policies and campaigns from YAML; a campaign arrives as a draft."""
    edge: Edge = ctx.obj
    if not file.is_file():
        raise NotFound("There is no such file", where=str(file), hint="Name a YAML file")
    house = edge.house()
    documents = list(read_definitions(_text(file), where=str(file)))
    with house.lake.snapshot() as snapshot, house.database.transaction() as session:
        known = snapshot if snapshot.has("customers") else None
        saved = import_definitions(session, documents, by="cli", now=house.now(), snapshot=known)
    edge.answer({"saved": saved}, "\n".join(f"{kind}: {', '.join(names)}" for kind, names in saved.items()))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        where = f"{file}, byte {error.start}"
        raise Refused("The definitions are not UTF-8", where=where, hint="Save the file as UTF-8") from error


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise Refused(f"{text!r} is not NAME=VALUE", where="--set", hint="As in --set global_holdout=0")
    return name.strip(), value.strip()
