"""What the lake holds, what was set aside, and how far each model in use can be trusted."""

from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from yuelao.analytics.segmentation import LEVELS
from yuelao.common.language import _
from yuelao.operations.models import ModelState, ModelVersion
from yuelao.web.data import charts
from yuelao.web.data.model_view import TRUST
from yuelao.web.pages import Page, ThePage
from yuelao.web.requests import House, Person, requires
from yuelao.workflows.describe_data import describe, rejects_file
from yuelao.workflows.describe_upkeep import say_upkeep
from yuelao.workflows.gather_training import model_title
from yuelao.workflows.judge_model import judge_model
from yuelao.workflows.keep_model import registered

router = APIRouter(prefix="/data")


@router.get("")
def data_page(page: ThePage, house: House, _reader: Annotated[Person, requires("data.read")]) -> Response:
    """Tables, views, levels and models."""
    described = describe(house)
    return page.show(
        "data/data.html",
        described=described,
        levels=charts.levels(described.levels, LEVELS, page.say(_("customers")), page.language),
        order=LEVELS,
        models=[_model(page, house, each) for each in registered(house) if each.state is ModelState.CHAMPION],
    )


@router.get("/rejects/{table}")
def rejects(house: House, _analyst: Annotated[Person, requires("data.rejects")], table: str) -> Response:
    """The rows set aside by the table's last load: source, line, field, value, reason."""
    file = rejects_file(house, table)
    return FileResponse(file, media_type="text/csv; charset=utf-8", filename=f"rejects-{table}.csv")


def _model(page: Page, house: House, version: ModelVersion) -> dict[str, Any]:
    """A model in use, in short."""
    trust = judge_model(version, page.language)
    return {
        "title": page.pick(model_title(version.name)),
        "version": version,
        "trust": trust,
        "look": TRUST[trust.level],
        "figures": version.findings.get("assessment"),
        "card": version.card,
        "upkeep": say_upkeep(house, version, page.language),
    }
