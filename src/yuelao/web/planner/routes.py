"""The planner's and the approver's screens: list, page, count, steps from state to state, match and launch."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from yuelao.common.errors import Conflict, NotFound, nearest
from yuelao.common.language import _
from yuelao.common.progress import Progress
from yuelao.operations import campaigns, decisions
from yuelao.web.jobs import Job, TheJobs
from yuelao.web.pages import Page, ThePage
from yuelao.web.planner import states, view
from yuelao.web.requests import House, Person, Transaction, requires
from yuelao.workflows.launch_campaign import launch
from yuelao.workflows.manage_campaign import move
from yuelao.workflows.match_offers import MatchSummary, match
from yuelao.workflows.screen_targets import screen_version

router = APIRouter(prefix="/campaigns")
Reader = Annotated[Person, requires("campaign.read")]
Launcher = Annotated[Person, requires("campaign.launch")]
_STEPS = {
    "screen": _("Screening the customers"),
    "value and assign": _("Valuing the offers and assigning the seats"),
    "keep the decisions": _("Writing the decisions down"),
}


@router.get("")
def campaign_list(page: ThePage, session: Transaction, _reader: Reader, q: str = "") -> Response:
    """All campaigns, or those a search finds."""
    lines = view.campaign_list(session, q)
    return page.show("planner/list.html", lines=lines, q=q, looks=states.CAMPAIGN)


@router.get("/{name}")
def campaign_page(
    page: ThePage,
    session: Transaction,
    reader: Reader,
    jobs: TheJobs,
    name: str,
    version: Annotated[int | None, Query()] = None,
) -> Response:
    """One campaign: its plan, funnel, match, tasks and history."""
    campaign = view.shown_version(session, name, version)
    values = view.campaign_page(page, session, reader, campaign)
    found = values["match"]
    funnel = view.funnel_values(page, campaign, found.summary.steps) if found and found.fits else {}
    return page.show("planner/campaign.html", values | funnel | _job(jobs.find(name)), counted=None)


@router.get("/{name}/count")
def count(page: ThePage, session: Transaction, _reader: Reader, house: House, name: str, version: int) -> Response:
    """The funnel, counted now over the newest view."""
    campaign = view.shown_version(session, name, version)
    counted = screen_version(house, campaign.definition)
    values = view.funnel_values(page, campaign, counted.steps)
    return page.show("planner/funnel.html", values, campaign=campaign, counted=counted)


@router.post("/{name}/move")
def take_step(
    page: ThePage,
    session: Transaction,
    person: Reader,
    name: str,
    action: Annotated[str, Form(max_length=20)],
    version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Bring the version that was read one step further."""
    choice = states.CHOICES.get(action)
    if choice is None:
        raise NotFound(_("There is no such step"), where=action, hint=nearest(action, list(states.CHOICES)))
    person.user.require(choice.permission)
    if version not in (campaigns.newest(session, name).version, campaigns.get(session, name).version):
        raise Conflict(_("There is a newer version than the one you read"), where=name, hint=_("Read it first"))
    moved = move(session, name, action, person.user.name, page.web.now(), reason.strip())
    done = page.say(states.HISTORY["start" if action == "start" else action])
    return page.go(f"/campaigns/{name}?version={moved.version}", f"{page.pick(moved.definition.title)}: {done}")


@router.post("/{name}/match")
def start_match(page: ThePage, session: Transaction, planner: Launcher, jobs: TheJobs, name: str) -> Response:
    """Plan the contacts of the version that counts; takes some seconds, which the page shows."""
    campaigns.get(session, name)
    by = planner.user.name

    def work(progress: Progress) -> str:
        return _matched(page, match(page.web, name, by=by, progress=progress))

    return _begin(page, jobs, name, "match", by, work)


@router.post("/{name}/launch")
def start_launch(
    page: ThePage,
    session: Transaction,
    planner: Launcher,
    jobs: TheJobs,
    name: str,
    run: Annotated[str, Form(max_length=60)],
) -> Response:
    """Make the call tasks of the match on the page."""
    if decisions.get(session, run).campaign != name:
        raise NotFound(_("This match belongs to another campaign"), where=f"run {run}")
    by = planner.user.name

    def work(_progress: Progress) -> str:
        launched = launch(page.web, name, by=by, run=run)
        refused = sum(launched.refused.values())
        if not refused:
            return page.say(_("{n} call tasks created"), n=launched.tasks)
        told = _("{n} call tasks created; the policy has refused {refused} since the match")
        return page.say(told, n=launched.tasks, refused=refused)

    return _begin(page, jobs, name, "launch", by, work)


@router.get("/{name}/job")
def watch(page: ThePage, _reader: Reader, jobs: TheJobs, name: str) -> Response:
    """How far the work is; at its end the whole page anew, with what came of it."""
    job = jobs.find(name)
    if job is not None and not job.over:
        return page.show("planner/job.html", _job(job), name=name)
    if job is None or job.failure:
        return page.go(f"/campaigns/{name}")  # the page shows the failure in its place
    jobs.forget(name)
    return page.go(f"/campaigns/{name}", job.said)


@router.post("/{name}/job/forget")
def forget_job(page: ThePage, _reader: Reader, jobs: TheJobs, name: str) -> Response:
    """The failure was read."""
    jobs.forget(name)
    return page.go(f"/campaigns/{name}")


def _begin(page: Page, jobs: TheJobs, name: str, kind: str, by: str, work: Callable[[Progress], str]) -> Response:
    jobs.start(name, kind, by, page.web.now(), work)
    return page.go(f"/campaigns/{name}#match")


def _matched(page: Page, summary: MatchSummary) -> str:
    return page.say(
        _("Matched in {seconds} s: {assigned} of {targets} targets assigned, {held_out} held out"),
        seconds=summary.seconds,
        assigned=summary.assigned,
        targets=summary.targets,
        held_out=summary.held_out,
    )


def _job(job: Job | None) -> dict[str, object]:
    return {"job": job, "job_step": _STEPS.get(job.step, _("Beginning")) if job else ""}
