"""The page of a trained model: its versions, which is in use, and putting another one into use."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from yuelao.common.errors import NotFound
from yuelao.common.language import _
from yuelao.operations import models
from yuelao.operations.models import ModelState
from yuelao.web.pages import ThePage
from yuelao.web.planner.states import Look
from yuelao.web.requests import Person, Transaction, requires
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
}
"""Why the machine put a version into use; a person's own words stand as they are."""
MAKERS = {"command line": _("command line"), "system": _("the system")}


@router.get("/{name}")
def model_page(
    page: ThePage, session: Transaction, _reader: Annotated[Person, requires("data.read")], name: str
) -> Response:
    """Every version of the model, the newest first, and when each was put into use."""
    versions = models.versions(session, name)
    if not versions:
        raise NotFound(_("No such model has been trained"), where=name)
    said = [(each, page.say(REASONS.get(each.reason, each.reason))) for each in models.promotions(session, name)]
    return page.show(
        "data/model.html",
        name=name,
        title=page.pick(model_title(name)),
        versions=versions,
        looks=STATES,
        makers=MAKERS,
        promotions=said,
    )


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
