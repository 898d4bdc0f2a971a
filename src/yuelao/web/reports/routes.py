"""Results of all campaigns, of one, and as a file to pass on."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from yuelao.operations import campaigns, decisions
from yuelao.web.pages import ThePage
from yuelao.web.planner.states import CAMPAIGN, TASK
from yuelao.web.planner.view import bars
from yuelao.web.reports.picture import WIDTH, picture
from yuelao.web.requests import House, Person, Transaction, requires
from yuelao.web.titles import product_titles, team_titles
from yuelao.workflows.measure_campaign import measure
from yuelao.workflows.write_report import headline, points, write_report

router = APIRouter(prefix="/reports")
Reader = Annotated[Person, requires("report.read")]


@router.get("")
def result_list(page: ThePage, session: Transaction, _reader: Reader) -> Response:
    """The campaigns that were launched; each result is measured as the page asks for it."""
    lines = [(each, decisions.launched(session, each.name)) for each in campaigns.all_current(session)]
    return page.show("reports/list.html", lines=[line for line in lines if line[1]], looks=CAMPAIGN)


@router.get("/{name}/headline")
def headline_of(page: ThePage, _reader: Reader, house: House, name: str) -> Response:
    """The result in one sentence, for the list."""
    measured = measure(house, name)
    return page.show("reports/headline.html", headline=headline(measured, page.language), measured=measured)


@router.get("/{name}/file")
def report_file(page: ThePage, _reader: Reader, house: House, name: str) -> Response:
    """The report as one file that opens anywhere."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "report.html"
        write_report(house, name, file, page.language)
        content = file.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{name}-{house.today()}.html"'}
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)


@router.get("/{name}")
def result(page: ThePage, session: Transaction, _reader: Reader, house: House, name: str) -> Response:
    """What one campaign changed, with its interval and its groups."""
    campaign = campaigns.get(session, name)
    launched = decisions.launched(session, name)
    if not launched:
        return page.show("reports/none.html", campaign=campaign)
    measured = measure(house, name)
    return page.show(
        "reports/result.html",
        campaign=campaign,
        look=CAMPAIGN[campaign.state],
        measured=measured,
        headline=headline(measured, page.language),
        picture=picture(measured),
        width=WIDTH,
        points=points,
        titles=product_titles(page, session),
        teams=team_titles(page, campaign.definition),
        tasks=bars({TASK[state].title: count for state, count in measured.tasks.items()}),
        launched_at=launched[-1].launched_at,
    )
