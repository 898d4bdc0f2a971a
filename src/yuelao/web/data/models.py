"""The page of a trained model: may it be trusted, does another version do better, and putting one into use."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from yuelao.common.errors import NotFound
from yuelao.common.language import _
from yuelao.operations import models
from yuelao.operations.models import ModelState, ModelVersion
from yuelao.web.data.model_view import newest_waiting, version_page
from yuelao.web.pages import Page, ThePage
from yuelao.web.planner.states import Look
from yuelao.web.requests import House, Person, Transaction, requires
from yuelao.web.titles import product_titles
from yuelao.workflows.find_uses import uses_of_model
from yuelao.workflows.gather_training import model_title
from yuelao.workflows.keep_model import use_version

router = APIRouter(prefix="/data/models")
STATES = {
    ModelState.CHAMPION: Look(_("In use"), "good", "check"),
    ModelState.CHALLENGER: Look(_("Not in use yet"), "plain", "clock"),
    ModelState.RETIRED: Look(_("In use once"), "plain"),
}
REASONS = {
    "first": _("the first version"),
    "better": _("surely better on the same later cases"),
    "as good and newer": _("as good, and it has learned from newer cases"),
    "surely worse than the one before on later outcomes": _("the version put into use did surely worse on later cases"),
}
"""Why the machine put a version into use; a person's own words stand as they are."""
GAUGES = {"auc": _("AUC"), "cost": _("Saved per 1,000 customers"), "qini": _("Qini")}
"""By what a version was told from the one in use: the gain in it."""
MAKERS = {"command line": _("command line"), "system": _("the system")}


@router.get("/{name}")
def model_page(
    page: ThePage, house: House, session: Transaction, _reader: Annotated[Person, requires("data.read")],
    name: str, version: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:  # fmt: skip
    """One version, that in use where none is named; every other below it, and when each was put into use."""
    versions = models.versions(session, name)
    if not versions:
        raise NotFound(_("No such model has been trained"), where=name)
    shown = models.get(session, name, version) if version else _shown(versions)
    said = [(each, page.say(REASONS.get(each.reason, each.reason))) for each in models.promotions(session, name)]
    return page.show(
        "data/model.html",
        version_page(page, shown, uses_of_model(house, name)),
        name=name,
        title=page.pick(model_title(name)),
        versions=versions,
        waiting=newest_waiting(versions),
        compared=_compared(page, shown, newest_waiting(versions)),
        gauges=GAUGES,
        looks=STATES,
        makers=MAKERS,
        products=product_titles(page, session),
        promotions=said,
    )


def _shown(versions: Sequence[ModelVersion]) -> ModelVersion:
    """The version in use, else the newest."""
    return next((each for each in versions if each.state is ModelState.CHAMPION), versions[0])


def _compared(
    page: Page, shown: ModelVersion, waiting: ModelVersion | None
) -> list[tuple[ModelVersion, dict[str, Any], str]]:
    """The version that waits beside the one in use, then the one shown beside the one in use when it was trained."""
    notes = [(waiting, page.say(_("waits"))), (shown, page.say(_("when it was trained")))]
    found = {each.version: (each, each.findings.get("comparison"), note) for each, note in reversed(notes) if each}
    return [(each, against, note) for each, against, note in found.values() if against]


@router.post("/{name}/use")
def use(
    page: ThePage,
    session: Transaction,
    analyst: Annotated[Person, requires("model.promote")],
    name: str,
    version: Annotated[str, Form(max_length=40)],
    reason: Annotated[str, Form(max_length=2000)],
) -> Response:
    """Put a version into use, with the reason that the register keeps."""
    use_version(session, name, version, reason.strip(), analyst.user.name, page.web.now())
    return page.go(f"/data/models/{name}", page.say(_("Version {version} is in use"), version=version))
