"""Refresh: build the customer view as of a date, score it with every model, and publish what operations may know."""

from collections.abc import Mapping, Sequence
from datetime import date
from time import perf_counter

from pydantic import BaseModel, ConfigDict

from yuelao.analytics.evidence import Model
from yuelao.common.errors import Refused
from yuelao.common.memory import peak_memory_mb
from yuelao.common.progress import Progress, silent
from yuelao.operations import customers
from yuelao.operations.customers import ViewModelVersion
from yuelao.warehouse.build import Build, counts
from yuelao.warehouse.model_scores import Trained
from yuelao.warehouse.profile import publish_profile
from yuelao.warehouse.remarks import with_versions
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.views import DATASET
from yuelao.workflows.check_definition import model_of
from yuelao.workflows.house import House
from yuelao.workflows.publish_ledgers import publish_ledgers
from yuelao.workflows.publish_profiles import publish_profiles, unsayable
from yuelao.workflows.score_customers import customer_models
from yuelao.workflows.view_models import MODELS

_PREFERENCE_LEVEL = "_preference_level"


class Refreshed(BaseModel):
    """What a refresh built.

    desk_as_of: the day of the profiles that desks see now: a refresh of an earlier day leaves theirs alone. built_on:
    the day of the view that this one was built on, None where all was computed from scratch. recomputed: table → for
    how many customers its features were computed, not taken over from that view. levels, preference (by channel),
    plan_fit, handset_demand: customers by level, empty without the model. missing: inputs of models that no source
    gave. notes: what the models did about the quality of their data. unsayable: what scripts ask for and nothing tells.
    stages: seconds of each.
    """

    model_config = ConfigDict(frozen=True)

    as_of: date
    desk_as_of: date
    built_on: date | None
    recomputed: dict[str, int]
    customers: int
    features: int
    levels: dict[str, int]
    preference: dict[str, dict[str, int]]
    plan_fit: dict[str, int]
    handset_demand: dict[str, int]
    scored: dict[str, str]
    missing: list[str]
    notes: list[str]
    unsayable: list[str]
    stages: dict[str, float]
    seconds: float
    peak_memory_mb: float


def refresh(house: House, as_of: date | None = None, progress: Progress = silent, *, full: bool = False) -> Refreshed:
    """Build, score and publish the view as of `as_of`; without one, the newest date there is a view of or data for.

    The view takes over from the nearest one what did not change, unless it shall be built in `full`; both are equal.
    Desks that see profiles of a later day keep them. Conflict while another refresh runs.
    """
    started = perf_counter()
    with house.lake.refreshing():
        publish_ledgers(house)
        with house.lake.bulk_snapshot() as snapshot:
            build = Build(house.lake, snapshot, _day(house, snapshot, as_of), full=full)
            before = perf_counter()
            features, defined = _view(build, progress), current_definitions(house)
            built = perf_counter()
            trained, build.notes = customer_models(house)
            found = counts(build.score(_models(defined), progress, trained), build.outputs)
            build.remarks = with_versions(build.remarks, _versions(defined, trained))
            build.show()
            scored = perf_counter()
        desk_as_of = _publish(house, build.as_of, progress)
    stages = {"view": built - before, "models": scored - built, "publish": perf_counter() - scored}
    return Refreshed(
        as_of=build.as_of,
        desk_as_of=desk_as_of,
        built_on=build.reuse.day if build.reuse else None,
        recomputed=build.recomputed,
        customers=build.customers,
        features=features,
        levels=found["value_level"],
        preference=_by_channel(found),
        plan_fit=found.get("plan_fit", {}),
        handset_demand=found.get("handset_demand", {}),
        scored={each.output.name: each.version for each in trained if not build.remarks[each.name].notes},
        missing=build.missing,
        notes=build.notes,
        unsayable=unsayable(house),
        stages={name: round(seconds, 2) for name, seconds in stages.items()},
        seconds=round(perf_counter() - started, 2),
        peak_memory_mb=round(peak_memory_mb()),
    )


def _view(build: Build, progress: Progress) -> int:
    """Build the view; how many features it has. Refused where it would be empty."""
    columns = build.build(progress).columns
    if not build.customers:
        hint = "Name a later day, or load the register of that time"
        raise Refused(f"No customer was known on {build.as_of}", where="--as-of", hint=hint)
    return len(columns) - 1


def _publish(house: House, as_of: date, progress: Progress) -> date:
    """Publish what desks and the page of the features read; the day that desks see now."""
    progress("publish profiles", 0, 1)
    desk_as_of = publish_profiles(house, as_of)
    publish_profile(house.lake, as_of)
    progress("publish profiles", 1, 1)
    return desk_as_of


def _models(defined: Mapping[str, ViewModelVersion]) -> dict[str, Model]:
    return {kind: model_of(version.definition) for kind, version in defined.items()}


def _versions(defined: Mapping[str, ViewModelVersion], trained: Sequence[Trained]) -> dict[str, int | str]:
    """What scored, by kind or name."""
    return {kind: each.version for kind, each in defined.items()} | {each.name: each.version for each in trained}


def _by_channel(found: Mapping[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Customers by level of each channel's preference."""
    levels = {name: counted for name, counted in found.items() if name.endswith(_PREFERENCE_LEVEL)}
    return {name.removesuffix(_PREFERENCE_LEVEL): counted for name, counted in levels.items()}


def current_definitions(house: House) -> dict[str, ViewModelVersion]:
    """The models that the workspace defines, by kind, in the order they are scored."""
    with house.database.transaction(read_only=True) as session:
        found = {kind: customers.current_definition(session, kind) for kind in MODELS}
    return {kind: version for kind, version in found.items() if version is not None}


def _day(house: House, snapshot: Snapshot, as_of: date | None) -> date:
    """The day to build; refused without customers, and for a day to come."""
    if not snapshot.has("customers"):
        raise Refused("There are no customers yet", where="lake", hint="Load an extract with `yuelao ingest MAPPING`")
    built = [date.fromisoformat(each) for each in snapshot.partitions(DATASET)]
    day = as_of or min(max([snapshot.newest_as_of(), *built]), house.today())
    if day > house.today():
        raise Refused(f"{day} lies in the future", where="--as-of", hint=f"Today is {house.today()}")
    return day
