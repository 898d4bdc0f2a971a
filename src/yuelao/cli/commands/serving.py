"""Commands that keep running: serve (the screens), worker (what leaves the house), demo (all of it, at once).

The application and the worker are this room's siblings: they are started by name, not imported.
"""

import logging
import os
import shutil
import socket
from pathlib import Path
from pkgutil import resolve_name
from threading import Event
from typing import Annotated

import typer
import uvicorn

from yuelao.cli.edge import Edge, Part, table
from yuelao.common.errors import Unavailable
from yuelao.common.settings import WORKSPACE_VARIABLE, Workspace, open_workspace
from yuelao.workflows.demonstrate import Demonstrated, demonstrate, is_demonstration
from yuelao.workflows.write_report import points

Host = Annotated[str, typer.Option(help="The address to listen on")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("serve")(serve)
    app.command("worker")(worker)
    app.command("demo")(demo)


def serve(ctx: typer.Context, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Serve the web application until stopped."""
    edge: Edge = ctx.obj
    workspace = open_workspace(edge.workspace)
    edge.house().close()  # brought to the present schema before the first request; the application opens its own
    _serve(edge, workspace, host, port)


def worker(ctx: typer.Context, once: Annotated[bool, typer.Option(help="Send what is due, then end")] = False) -> None:
    """Send what operations wrote to the outbox, such as order confirmations."""
    edge: Edge = ctx.obj
    house = edge.house()
    if once:
        sent = resolve_name("yuelao.worker:work_once")(house)
        edge.answer({"sent": sent}, f"{sent} messages sent")
    else:
        resolve_name("yuelao.worker:work")(house, Event())


def demo(
    ctx: typer.Context,
    customers: Annotated[int, typer.Option(help="How many customers the simulated operator has")] = 50_000,
    serving: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the screens at the end")] = True,
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Simulate an operator, load it, run campaigns, play the customers, and serve the screens."""
    edge: Edge = ctx.obj
    if serving:
        _check_port(host, port)
    path = _demo_workspace(edge)
    with edge.progress() as progress:
        done = demonstrate(path, customers, progress)
    edge.answer(done, *_story(done))
    if serving:
        _serve(edge, open_workspace(path), host, port)


def _demo_workspace(edge: Edge) -> Path:
    """`-w` names it, else ./demo; an earlier demonstration there is replaced, anything else is left alone."""
    path = edge.workspace if edge.workspace != Path() else Path("demo")
    if is_demonstration(path):
        shutil.rmtree(path)
    return path


def _serve(edge: Edge, workspace: Workspace, host: str, port: int) -> None:
    _check_port(host, port)
    os.environ[WORKSPACE_VARIABLE] = str(workspace.path)  # where the served application looks for it
    edge.say(f"Yuelao serves {workspace.path} on http://{host}:{port}   (Ctrl-C ends it)")
    uvicorn.run(
        "yuelao.main:served_app", factory=True, host=host, port=port, log_level=logging.WARNING, server_header=False
    )


def _check_port(host: str, port: int) -> None:
    """Refuse a port in use before any long work, not after it."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        where, hint = f"{host}:{port}", "Choose another with --port, or end what listens there"
        raise Unavailable(f"Cannot listen: {error.strerror}", where=where, hint=hint, code="port") from error


def _story(done: Demonstrated) -> list[Part]:
    columns = ["read", "accepted", "rejected", "unchanged"]
    today = [
        [name, c.targets, sum(c.refused.values()), c.assigned, c.held_out, c.tasks]
        for name, c in done.campaigns.items()
    ]
    past = [
        [name, c.past_assigned, c.past_called, c.past_buyers, c.past_held_out, _increment(c.effect, c.interval)]
        for name, c in done.campaigns.items()
    ]
    card = done.model
    return [
        table("Loaded", ["table", *columns], [[n, *(t[c] for c in columns)] for n, t in done.tables.items()]),
        table("Value levels", ["level", "customers"], list(done.levels.items())),
        f"Response model: AUC {card.auc:.3f}, lift in the top tenth {card.lift_top_decile:.1f}, "
        f"calibration error {card.calibration_error:.3f} ({card.rows:,} outcomes)\n",
        table(
            "The month before: called by simulated agents, measured against the held out",
            ["campaign", "assigned", "called", "bought", "held out", "increment, points"],
            past,
        ),
        table("Today", ["campaign", "targets", "refused", "assigned", "held out", "call tasks"], today),
        table("Sign in as", ["name", "password"], list(done.sign_in.items())),
        f"{done.customers:,} customers, {done.tasks:,} call tasks, in {done.seconds:.0f} s. "
        "Calling hours are switched off in the demonstration.",
    ]


def _increment(effect: float | None, interval: tuple[float, float] | None) -> str:
    if effect is None or interval is None:
        return "–"
    return f"{points(effect)} ({points(interval[0])} … {points(interval[1])})"
