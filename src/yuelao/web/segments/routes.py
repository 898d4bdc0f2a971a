"""The list of the models of the customer view, the page of each, trying a change and saving it."""

import json
from collections.abc import Mapping
from concurrent.futures import TimeoutError as StillGoing
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from yuelao.common.errors import NotFound, Refused, nearest
from yuelao.common.language import _
from yuelao.common.progress import Progress
from yuelao.operations import audit, customers
from yuelao.operations.customers import ViewModelDefinition, ViewModelVersion
from yuelao.web.jobs import Job, TheJobs
from yuelao.web.pages import Page, ThePage
from yuelao.web.requests import House, Person, Transaction, requires
from yuelao.web.segments import view, words
from yuelao.web.segments.form import parts_of
from yuelao.web.segments.text import placed
from yuelao.web.segments.typed import changed
from yuelao.workflows.check_definition import as_text, checked_definition
from yuelao.workflows.compare_definition import Comparison, compare
from yuelao.workflows.describe_segments import describe_segments, export_members, lacking, members
from yuelao.workflows.import_definitions import read_definitions

router = APIRouter(prefix="/segments")
Reader = Annotated[Person, requires("segment.read")]
Editor = Annotated[Person, requires("segment.edit")]


async def _typed(request: Request) -> dict[str, str]:
    """Every field of the form as text; kept, so that a refusal can show what was typed."""
    form = await request.form()
    request.state.form = form
    return {name: value for name, value in form.items() if isinstance(value, str)}


Typed = Annotated[dict[str, str], Depends(_typed)]
PAGE_LENGTH = 50
_AT_ONCE = 1.5  # seconds that an answer waits for a try before it shows how far it is
_TEXT, _DRAFT = "text", "draft"
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_STEPS = {
    "read the customers": _("Reading the customers"),
    "score as it is now": _("Scoring them as it is now"),
    "score as proposed": _("Scoring them as proposed"),
    "count the targets": _("Counting whom campaigns would choose"),
    "count the moves": _("Counting who moves"),
}


@router.get("")
def segment_list(page: ThePage, house: House, _reader: Reader) -> Response:
    """The five models, each with its version and how many customers stand where."""
    segments = describe_segments(house)
    return page.show("segments/list.html", segments=segments, lines=view.lines(page, segments))


@router.get("/{kind}")
def model(
    page: ThePage, session: Transaction, house: House, _reader: Reader, kind: str,
    version: Annotated[int | None, Query()] = None, tab: Literal["form", "text", "history"] = "form",
) -> Response:  # fmt: skip
    """One model: its definition as a form or as text, and its versions; `version` fills the form with an older one."""
    segments = describe_segments(house)
    current = segments.definitions[_known(kind)]
    shown = customers.definition_at(session, kind, version) if version is not None else current
    values = view.model_page(page, segments, kind, shown)
    versions = _history(page, session, kind) if tab == "history" else []
    return page.show("segments/model.html", values, tab=tab, versions=versions, lack=lacking(house))


@router.get("/{kind}/definition.yaml")
def download(session: Transaction, _reader: Reader, kind: str, version: int | None = None) -> Response:
    """The definition as YAML."""
    found = _version(session, _known(kind), version)
    name = f"{kind}-{found.version}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(as_text(found.definition), media_type="application/yaml; charset=utf-8", headers=headers)


@router.post("/{kind}/try")
def try_out(
    page: ThePage, typed: Typed, session: Transaction, house: House, editor: Editor, jobs: TheJobs, kind: str
) -> Response:
    """Count what the typed definition would do; what takes long is watched from the page."""
    try:
        proposed = _proposed(typed, session, _known(kind))
    except Refused as refusal:
        return _mistaken(page, kind, refusal, typed)
    digest, by = _digest(proposed), editor.user.name
    if lack := lacking(house):
        return page.show("segments/tried.html", kind=kind, state="nobody", lack=lack)

    def work(progress: Progress) -> str:
        return compare(house, proposed, progress).model_dump_json()

    job = jobs.start(_job_name(kind, by, digest), "try", by, house.now(), work)
    with suppress(StillGoing, Refused):
        job.future.result(timeout=_AT_ONCE)
    return _tried(page, jobs, kind, by, digest, job)


@router.post("/{kind}/form")
def grow(page: ThePage, typed: Typed, session: Transaction, _editor: Editor, kind: str) -> Response:
    """The fields again, with what was typed to be added; nothing is saved. A mistake is told beside the form."""
    try:
        proposed = _proposed(typed, session, _known(kind))
    except Refused as refusal:
        response = _mistaken(page, kind, refusal, typed)
        response.headers.update({"HX-Retarget": "#tried", "HX-Reswap": "innerHTML"})
        return response
    parts = parts_of(proposed.content, page.language)
    return page.show("segments/fields.html", kind=kind, parts=parts, draft=json.dumps(proposed.content))


@router.get("/{kind}/tried/{digest}")
def tried(page: ThePage, editor: Editor, jobs: TheJobs, kind: str, digest: str) -> Response:
    """How far a try is, or what it found."""
    by = editor.user.name
    return _tried(page, jobs, _known(kind), by, digest, jobs.find(_job_name(kind, by, digest)))


@router.post("/{kind}/save")
def save(
    page: ThePage, typed: Typed, session: Transaction, house: House, editor: Editor, kind: str
) -> Response:  # fmt: skip
    """Save what was tried as a new version; refused when somebody else saved one since, or it was changed since."""
    try:
        proposed = _proposed(typed, session, _known(kind))
        if typed.get("tried") != _digest(proposed):
            message = _("You changed something since you tried it")
            raise Refused(message, hint=_("Try it again, then save"), code="not_tried")
        based_on = int(typed.get("based_on") or 0)
        note = typed.get("note", "").strip()[:500]
        saved = customers.save_definition(
            session, proposed, editor.user.name, house.now(), note=note, based_on=based_on
        )
    except Refused as refusal:
        return _mistaken(page, kind, refusal, typed)
    audit.record(session, editor.user.name, "segment.save", kind, {"version": saved, "note": note}, house.now())
    told = page.say(_("Saved as version {version}. It counts from the next refresh on."), version=saved)
    return page.go(f"/segments/{kind}", told)


@router.get("/{kind}/{output}/{level}.{suffix}")
def export(
    house: House, editor: Editor, kind: str, output: str, level: str, suffix: Literal["csv", "xlsx"]
) -> Response:
    """The customers of a level as a file, masked; the export is audited."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"list.{suffix}"
        export_members(house, _known(kind), output, level, file, editor.user.name)
        content = file.read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{output}-{level}-{house.today()}.{suffix}"'}
    return Response(content, media_type=_TYPES[suffix], headers=headers)


@router.get("/{kind}/{output}/{level}")
def level_page(
    page: ThePage, house: House, _reader: Reader, kind: str, output: str, level: str,
    number: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
) -> Response:  # fmt: skip
    """The customers of a level, page by page."""
    listed = members(house, _known(kind), output, level, (number - 1) * PAGE_LENGTH, PAGE_LENGTH)
    last = max(1, -(-listed.total // PAGE_LENGTH))
    return page.show(
        "segments/members.html", kind=kind, kind_title=words.kind(kind, page.language), output=output, level=level,
        listed=listed, number=number, last=last,
    )  # fmt: skip


def _known(kind: str) -> str:
    if kind not in customers.KINDS:
        raise NotFound(_("There is no such model"), where=kind, hint=nearest(kind, list(customers.KINDS)))
    return kind


def _version(session: Transaction, kind: str, version: int | None) -> ViewModelVersion:
    found = customers.current_definition(session, kind) if version is None else None
    if version is not None:
        return customers.definition_at(session, kind, version)
    if found is None:
        raise NotFound(_("This model has no definition yet"), where=kind)
    return found


def _proposed(typed: Mapping[str, str], session: Transaction, kind: str) -> ViewModelDefinition:
    """The definition that was typed: as text, or in the fields over the version that filled them."""
    if _TEXT in typed:
        return _of_text(typed[_TEXT], kind)
    shown = _version(session, kind, int(typed["shown"]) if typed.get("shown") else None)
    head = {"kind": kind, "name": shown.definition.name, "title": shown.definition.title}
    content = _draft(typed[_DRAFT], head) if typed.get(_DRAFT) else shown.content
    return checked_definition({**head, **changed(content, typed)})


def _draft(text: str, head: Mapping[str, object]) -> Mapping[str, Any]:
    """What the fields were last filled with, where that is no saved version; Refused where it is no definition."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise Refused(
            _("The draft cannot be read"), where=_DRAFT, hint=_("Begin again from the saved version")
        ) from error
    return checked_definition({**content, **head} if isinstance(content, dict) else content).content


def _of_text(text: str, kind: str) -> ViewModelDefinition:
    documents = list(read_definitions(text, _TEXT))
    if len(documents) != 1 or documents[0].get("kind") != kind:
        raise Refused(_("The text must hold this one model"), where=_TEXT, hint=f"kind: {kind}")
    content = {key: value for key, value in documents[0].items() if not key.startswith("_")}
    try:
        return checked_definition(content, _TEXT)
    except Refused as refusal:
        raise placed(text, refusal, _TEXT) from refusal


def _digest(definition: ViewModelDefinition) -> str:
    return sha256(definition.model_dump_json().encode()).hexdigest()[:16]


def _job_name(kind: str, by: str, digest: str) -> str:
    return f"try {kind} {by} {digest}"


def _tried(page: Page, jobs: TheJobs, kind: str, by: str, digest: str, job: Job | None) -> Response:
    """How far it is, why it failed, or what it found; what was told is forgotten."""
    if job is None:
        return page.show("segments/tried.html", kind=kind, state="gone")
    if not job.over:
        step = _STEPS.get(job.step, _("Beginning"))
        return page.show("segments/tried.html", kind=kind, state="going", job=job, step=step, digest=digest)
    jobs.forget(_job_name(kind, by, digest))
    if job.failure is not None:
        told = view.mistake(page, job.failure)
        return page.show("segments/tried.html", kind=kind, state="mistaken", mistake=told)
    found = Comparison.model_validate_json(job.said)
    return page.show("segments/tried.html", view.tried_page(page, kind, found), state="found", digest=digest)


def _mistaken(page: Page, kind: str, refusal: Refused, typed: Mapping[str, str]) -> Response:
    told = view.mistake(page, refusal, of_text=_TEXT in typed)
    return page.show("segments/tried.html", status=refusal.status, kind=kind, state="mistaken", mistake=told)


def _history(page: Page, session: Transaction, kind: str) -> list[tuple[ViewModelVersion, list[view.Change]]]:
    """Every version, the newest first, with what it changed."""
    versions = customers.definition_versions(session, kind)
    earlier = [*versions[1:], None]
    return [
        (each, view.changes(before.definition, each.definition, page.language) if before else [])
        for each, before in zip(versions, earlier, strict=True)
    ]
