"""Commands about the customer view: view describe, view quality."""

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from yuelao.cli.edge import Edge, table
from yuelao.common.errors import NotFound, nearest
from yuelao.warehouse.features import FAMILIES, FeatureDescription, describe
from yuelao.workflows.measure_models import measure
from yuelao.workflows.model_quality_page import bar, render, shown

app = typer.Typer(help="The customer view.", no_args_is_help=True)


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


@app.command("quality")
def quality_command(
    ctx: typer.Context,
    customers: Annotated[int, typer.Option(help="How many customers to simulate", min=1_000)] = 50_000,
    months: Annotated[int, typer.Option(help="How many months", min=4)] = 6,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world")] = 1,
    out: Annotated[Path | None, typer.Option(help="Write it as Markdown to this file")] = None,
) -> None:
    """Measure the models of the view on a simulated operator; no workspace is needed."""
    edge: Edge = ctx.obj
    with TemporaryDirectory(prefix="yuelao-") as folder, edge.progress() as progress:
        done = measure(Path(folder), customers, seed, months, progress)
    if out:
        out.write_text(render(done), encoding="utf-8")
    rows = [
        [f.en, shown(f.name, f.value), "–" if f.chance is None else shown(f.name, f.chance), bar(f), f.customers]
        for f in done.figures
    ]
    edge.answer(done, table("Quality of the models", ["figure", "value", "by chance", "must be", "customers"], rows))


def _line(feature: FeatureDescription) -> str:
    unit = f" ({feature.unit})" if feature.unit else ""
    return f"  {feature.name}{unit}: {feature.en} · {feature.zh} ← {', '.join(feature.sources)}"
