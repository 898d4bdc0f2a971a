"""The call list of a campaign's newest match: page by page, and as a file."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from yuelao.operations import campaigns
from yuelao.web.pages import ThePage
from yuelao.web.requests import House, Person, Transaction, requires
from yuelao.web.titles import product_titles, team_titles
from yuelao.workflows.export_call_list import export_call_list
from yuelao.workflows.read_decisions import newest_run, read_call_list

router = APIRouter(prefix="/campaigns")
PAGE_LENGTH = 50
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/{name}/calls")
def call_list(
    page: ThePage,
    session: Transaction,
    house: House,
    _reader: Annotated[Person, requires("campaign.read")],
    name: str,
    number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
) -> Response:
    """One page of the list, best first."""
    campaign = campaigns.get(session, name)
    run = newest_run(house, name)
    listed = read_call_list(house, run, (number - 1) * PAGE_LENGTH, PAGE_LENGTH, page.language) if run else None
    titles = product_titles(page, session)
    last = max(1, -(-listed.total // PAGE_LENGTH)) if listed else 1
    return page.show(
        "planner/calls.html",
        campaign=campaign,
        run=run,
        listed=listed,
        titles=titles,
        teams=team_titles(page, campaign.definition),
        number=number,
        last=last,
    )


@router.get("/{name}/calls.{suffix}")
def export(
    house: House, person: Annotated[Person, requires("campaign.launch")], name: str, suffix: Literal["csv", "xlsx"]
) -> Response:
    """The whole list as a file; the export is audited."""
    day: date = house.today()
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"list.{suffix}"
        export_call_list(house, name, file, person.user.name)
        content = file.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{name}-{day}.{suffix}"'}
    return Response(content, media_type=_TYPES[suffix], headers=headers)
