"""What the lake holds, what was set aside, and the models' cards."""

from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from yuelao.analytics.propensity import Card
from yuelao.analytics.segmentation import LEVELS
from yuelao.common.language import _
from yuelao.web.data import charts
from yuelao.web.pages import Page, ThePage
from yuelao.web.planner.view import Bar
from yuelao.web.requests import House, Person, requires
from yuelao.workflows.describe_data import describe, feature_title, rejects_file
from yuelao.workflows.gather_training import model_title
from yuelao.workflows.keep_model import model_cards

router = APIRouter(prefix="/data")
_GAINS_SHOWN = 12


@router.get("")
def data_page(page: ThePage, house: House, _reader: Annotated[Person, requires("data.read")]) -> Response:
    """Tables, views, levels and models."""
    described = describe(house)
    return page.show(
        "data/data.html",
        described=described,
        levels=charts.levels(described.levels, LEVELS, page.say(_("customers")), page.language),
        order=LEVELS,
        models=[_model(page, name, version, card) for name, (version, card) in model_cards(house).items()],
    )


@router.get("/rejects/{table}")
def rejects(house: House, _analyst: Annotated[Person, requires("data.rejects")], table: str) -> Response:
    """The rows set aside by the table's last load: source, line, field, value, reason."""
    file = rejects_file(house, table)
    return FileResponse(file, media_type="text/csv; charset=utf-8", filename=f"rejects-{table}.csv")


def _model(page: Page, name: str, version: str, card: Card) -> dict[str, Any]:
    most = max(card.gains.values(), default=0.0)
    return {
        "name": name,
        "title": page.pick(model_title(name)),
        "version": version,
        "card": card,
        "deciles": charts.deciles(
            card.deciles, page.say(_("Predicted")), page.say(_("Observed")), page.say(_("% happened"))
        ),
        "gains": [
            (Bar(page.pick(feature_title(feature)), 0, gain / most if most else 0.0), gain)
            for feature, gain in list(card.gains.items())[:_GAINS_SHOWN]
        ],
        "left_out": [(page.pick(feature_title(feature)), why) for feature, why in card.left_out.items()],
        "drifted": [(page.pick(feature_title(feature)), index) for feature, index in card.drifted.items()],
        "missing": [page.pick(feature_title(feature)) for feature in card.missing_inputs],
    }
