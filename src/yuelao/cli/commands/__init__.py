"""The commands, one file for each part of the work."""

import typer

from yuelao.cli.commands import (
    campaigns,
    customers,
    data,
    definitions,
    models,
    people,
    reduct,
    registry,
    serving,
    tariffs,
    upkeep,
    uplift,
    view,
)

app = typer.Typer(
    name="yuelao",
    help="The right customer, the right product, the right channel, the right moment. "
    "-w DIRECTORY (or YUELAO_WORKSPACE) names the workspace, --json asks for one JSON object; "
    "both may stand before or after any command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for part in (definitions, data, registry, campaigns, customers, tariffs, reduct, uplift, models, serving):
    part.add_to(app)
upkeep.add_to(registry.app)
app.add_typer(campaigns.steps, name="campaign")
app.add_typer(people.app, name="user")
app.add_typer(view.app, name="view")
