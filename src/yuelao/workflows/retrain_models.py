"""Retrain: the upkeep of the models in use. What is due learns again; what the machine chose and does worse goes back.

One step a model, under a lock of its own: killed anywhere it is repeated with the same result, and the note it ends
with keeps it from being done again with the same data.
"""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from yuelao.common.errors import Conflict, Refused
from yuelao.common.progress import Progress, silent
from yuelao.operations import audit, models
from yuelao.operations.models import Answer, ModelState, Upkeep, UpkeepOutcome
from yuelao.warehouse.manifest import locked
from yuelao.workflows.describe_upkeep import say_rule
from yuelao.workflows.house import House
from yuelao.workflows.inspect_models import Inspected, data_day, inspect, lesson_of
from yuelao.workflows.keep_model import SYSTEM, registered, version_of
from yuelao.workflows.publish_ledgers import publish_ledgers
from yuelao.workflows.train_model import train

WORSE = "surely worse than the one before on later outcomes"
"""Why the machine takes a version back; the figures are in the audit and in the note of the upkeep."""


class Retrained(BaseModel):
    """What became of the models in use, with the data up to `day`; each entry has its `name`.

    due: `why`, a sentence for each rule, and the `rules`. trained: `version`, `in_use` and `why` or why not. refused:
    `why` and its `code`; the version in use stays. rolled_back: from `version` to `before`, and `why`. reported: those
    that do worse than the one before, and that a person chose (in a dry run, that anybody did). busy: another process
    is at them.
    """

    model_config = ConfigDict(frozen=True)

    day: date
    dry_run: bool
    due: list[dict[str, Any]]
    trained: list[dict[str, Any]]
    refused: list[dict[str, Any]]
    rolled_back: list[dict[str, Any]]
    reported: list[dict[str, Any]]
    busy: list[dict[str, Any]]


_Told = list[tuple[str, dict[str, Any]]]
"""Entries of `Retrained`, with the list each belongs to."""


def retrain(
    house: House,
    model: str | None = None,
    as_of: date | None = None,
    progress: Progress = silent,
    *,
    dry_run: bool = False,
) -> Retrained:
    """See to every model in use, or to one, with the data up to `as_of` (the newest day the data supports).

    A refusal is a result of its model and no error. dry_run: tell what is due, train nothing and take nothing back.
    NotFound where no version of `model` is in use.
    """
    names = [version_of(house, model).name] if model else in_use(house)
    publish_ledgers(house)
    day = as_of or data_day(house)
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in _KINDS}
    for done, name in enumerate(names):
        progress("see to the models", done, len(names))
        for kind, entry in _see_to(house, name, day, dry_run):
            found[kind].append({"name": name, **entry})
    progress("see to the models", len(names), len(names))
    return Retrained(day=day, dry_run=dry_run, **found)


_KINDS = ("due", "trained", "refused", "rolled_back", "reported", "busy")


def in_use(house: House) -> list[str]:
    """The models that have a version in use, by name."""
    return [each.name for each in registered(house) if each.state is ModelState.CHAMPION]


def due_models(house: House, day: date | None = None) -> dict[str, list[str]]:
    """Name → why, a sentence for each rule, of the models in use that are due with the data up to a day.

    It reads views and outcomes, which takes seconds a model; what a page shows at once is the last `Upkeep`.
    """
    told = retrain(house, as_of=day, dry_run=True).due
    return {each["name"]: each["why"] for each in told}


def _see_to(house: House, name: str, day: date, dry_run: bool) -> _Told:
    """One step: inspect a model and act. What it needs and another process holds is left to the next time."""
    try:
        with locked(house.workspace.models / name, "upkeep", 0.0, "Another process sees to this model"):
            return _act(house, inspect(house, name, day), day, dry_run)
    except Conflict as error:
        return [("busy", {"why": str(error)})]
    except Refused as error:
        return [("refused", {"why": str(error), "code": error.code})]


def _act(house: House, found: Inspected, day: date, dry_run: bool) -> _Told:
    if found.answer is Answer.ROLL_BACK and not dry_run:
        return [("rolled_back", _take_back(house, found, day))]
    told: _Told = []
    if found.answer is not Answer.KEEP:
        told.append(("reported", {"version": found.version.version, "why": say_rule(found.compared), **found.compared}))
    if found.why:
        rules = _as_figures(found)
        told.append(
            ("due", {"version": found.version.version, "why": [say_rule(each) for each in rules], "rules": rules})
        )
        if not dry_run:
            told.append(_train(house, found, day))
    return told


def _as_figures(found: Inspected) -> list[dict[str, Any]]:
    return [{"rule": reason.rule, **reason.figures} for reason in found.why]


def _train(house: House, found: Inspected, day: date) -> tuple[str, dict[str, Any]]:
    """Train the model again by its own recipe. A refusal is noted too: the next try waits for newer data."""
    recipe = found.version.recipe
    chosen = {name: recipe[name] for name in ("exclude", "allow", "seed") if name in recipe}
    try:
        done = train(house, lesson_of(found.version), day, **chosen, by=SYSTEM)
    except Conflict:  # somebody loads data just now: no refusal of the model
        raise
    except Refused as error:
        _note(house, found, day, UpkeepOutcome.REFUSED, str(error))
        return "refused", {"why": str(error), "code": error.code}
    _note(house, found, day, UpkeepOutcome.TRAINED, done.why, done.version)
    return "trained", {"version": done.version, "in_use": done.in_use, "why": done.why}


def _note(
    house: House, found: Inspected, day: date, outcome: UpkeepOutcome, said: str, version: str | None = None
) -> None:
    with house.database.transaction() as session:
        models.note(session, _upkeep(house, found, day, outcome, said, version))


def _upkeep(
    house: House, found: Inspected, day: date, outcome: UpkeepOutcome, said: str, version: str | None
) -> Upkeep:
    rolled_back = outcome is UpkeepOutcome.ROLLED_BACK
    return Upkeep(
        name=found.version.name,
        day=day,
        outcome=outcome,
        version=version,
        why=[dict(found.compared)] if rolled_back else _as_figures(found),
        said=said,
        happened_at=house.now(),
    )


def _take_back(house: House, found: Inspected, day: date) -> dict[str, Any]:
    """Put the version before into use again; register, audit and note in one transaction."""
    name, judged, now = found.version.name, found.version.version, house.now()
    with house.database.transaction() as session:
        back = models.roll_back(session, name, SYSTEM, WORSE, now, judged=judged)
        detail = {"version": back.version, "reason": WORSE, "judged": judged, **found.compared}
        audit.record(session, SYSTEM, "model.roll_back", name, detail, now)
        models.note(session, _upkeep(house, found, day, UpkeepOutcome.ROLLED_BACK, WORSE, back.version))
    return {"version": judged, "why": say_rule(found.compared), **found.compared}
