"""Writing a campaign's definition as text: a new version of one, or a new one from a copy."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from yuelao.common.errors import Refused
from yuelao.common.language import _
from yuelao.operations import campaigns
from yuelao.web.pages import Page, ThePage
from yuelao.web.requests import House, Person, Transaction, requires
from yuelao.web.segments.view import mistake
from yuelao.workflows.edit_campaign import as_text, save_text

router = APIRouter()
Planner = Annotated[Person, requires("campaign.edit")]
Text = Annotated[str, Form(max_length=100_000)]


@router.get("/campaigns/{name}/edit")
def edit(page: ThePage, session: Transaction, _planner: Planner, name: str) -> Response:
    """The newest version as text."""
    return _form(page, name, as_text(campaigns.newest(session, name).definition))


@router.post("/campaigns/{name}/edit")
def save(page: ThePage, session: Transaction, house: House, planner: Planner, name: str, text: Text) -> Response:
    """Save the text as a version of this campaign; what cannot be saved is told in its place."""
    campaigns.newest(session, name)
    return _save(page, session, house, planner, name, text)


@router.get("/new-campaign")
def new(page: ThePage, session: Transaction, _planner: Planner, copy: str = "") -> Response:
    """A new campaign from a copy of `copy`, else of the first there is."""
    names = [each.name for each in campaigns.all_current(session)]
    if not names:
        return _form(page, "", "kind: campaign\n")
    copied = campaigns.newest(session, copy or names[0]).definition
    return _form(page, "", as_text(copied.model_copy(update={"name": f"{copied.name[:57]}-copy"})))


@router.post("/new-campaign")
def create(page: ThePage, session: Transaction, house: House, planner: Planner, text: Text) -> Response:
    """Save a new campaign as a draft."""
    return _save(page, session, house, planner, "", text)


def _save(page: Page, session: Transaction, house: House, planner: Person, name: str, text: str) -> Response:
    try:
        saved = save_text(session, house, text, name, planner.user.name, house.now())
    except Refused as refusal:
        return _form(page, name, text, refusal)
    told = page.say(_("Saved as version {version}"), version=saved.version)
    return page.go(f"/campaigns/{saved.name}?version={saved.version}", told)


def _form(page: Page, name: str, text: str, refusal: Refused | None = None) -> Response:
    status = refusal.status if refusal else 200
    told = mistake(page, refusal, of_text=True) if refusal else None
    return page.show("planner/edit.html", status=status, name=name, text=text, mistake=told)
