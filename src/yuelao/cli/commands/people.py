"""Commands about the people who sign in: user add, user list."""

import secrets
from typing import Annotated

import typer

from yuelao.cli.edge import Edge, table
from yuelao.operations import audit, staff

app = typer.Typer(help="The people who sign in.", no_args_is_help=True)


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The name to sign in with")],
    role: Annotated[str, typer.Option(help=", ".join(staff.Role))],
    team: Annotated[str, typer.Option(help="The agent's team")] = "",
    display_name: Annotated[str, typer.Option(help="The name colleagues see")] = "",
    password: Annotated[
        str, typer.Option(envvar="YUELAO_PASSWORD", help="Made up and printed once when not given")
    ] = "",
) -> None:
    """Add a person."""
    edge: Edge = ctx.obj
    house = edge.house()
    chosen = password or secrets.token_urlsafe(9)
    with house.database.transaction() as session:
        user = staff.add_user(
            session, name, role, chosen, now=house.now(), display_name=display_name, team=team or None
        )
        audit.record(session, "cli", "user.add", user.name, {"role": role}, house.now())
    shown = {"name": user.name, "role": user.role, **({} if password else {"password": chosen})}
    edge.answer(shown, f"Added {user.name} ({user.role})" + ("" if password else f", password {chosen}"))


@app.command("list")
def list_people(ctx: typer.Context) -> None:
    """All people, by role."""
    edge: Edge = ctx.obj
    with edge.house().database.transaction(read_only=True) as session:
        users = staff.users(session)
    rows = [[user.name, user.display_name, user.role, user.team or "", user.active] for user in users]
    edge.answer(
        {"users": [user.model_dump(mode="json") for user in users]},
        table("People", ["name", "shown as", "role", "team", "active"], rows),
    )
