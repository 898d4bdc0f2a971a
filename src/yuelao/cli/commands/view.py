"""Commands about the customer view: view describe."""

from dataclasses import asdict
from typing import Annotated

import typer

from yuelao.cli.edge import Edge
from yuelao.common.errors import NotFound, nearest
from yuelao.warehouse.features import FAMILIES, FeatureDescription, describe

app = typer.Typer(help="The customer view.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `describe` a command of its own, though it is the only one."""


@app.command("describe")
def describe_command(
    ctx: typer.Context,
    family: Annotated[str, typer.Option(help=f"Only one of: {', '.join(FAMILIES)}")] = "",
) -> None:
    """Say what every feature of the view means; no workspace is needed."""
    edge: Edge = ctx.obj
    wanted = family.strip().lower()
    if wanted and wanted not in FAMILIES:
        raise NotFound(f"The view has no family {family!r}", where="--family", hint=nearest(wanted, list(FAMILIES)))
    found = [feature for feature in describe() if wanted in ("", feature.family)]
    families = {name: [f for f in found if f.family == name] for name in FAMILIES if wanted in ("", name)}
    edge.answer(
        {
            "families": {name: len(features) for name, features in families.items()},
            "features": [asdict(feature) for feature in found],
        },
        *("\n".join([name.capitalize(), *map(_line, features), ""]) for name, features in families.items()),
        f"{len(found)} features",
    )


def _line(feature: FeatureDescription) -> str:
    unit = f" ({feature.unit})" if feature.unit else ""
    return f"  {feature.name}{unit}: {feature.en} · {feature.zh} ← {', '.join(feature.sources)}"
