"""Refresh: build the customer view as of a date, score it with every model, and publish what operations may know."""

from datetime import date
from time import perf_counter

from pydantic import BaseModel, ConfigDict

from yuelao.analytics.evidence import Model
from yuelao.common.errors import Refused
from yuelao.common.memory import peak_memory_mb
from yuelao.common.progress import Progress, silent
from yuelao.operations import customers
from yuelao.warehouse.build import Build, counts
from yuelao.warehouse.profile import publish_profile
from yuelao.warehouse.snapshot import Snapshot
from yuelao.workflows.check_definition import model_of
from yuelao.workflows.house import House
from yuelao.workflows.publish_ledgers import publish_ledgers
from yuelao.workflows.publish_profiles import publish_profiles, unsayable
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
    missing: list[str]
    notes: list[str]
    unsayable: list[str]
    stages: dict[str, float]
    seconds: float
    peak_memory_mb: float


def refresh(house: House, as_of: date | None = None, progress: Progress = silent, *, full: bool = False) -> Refreshed:
    """Build, score and publish the view as of `as_of`; without one, the newest date the data supports.

    The view takes over from the nearest one what did not change, unless it shall be built in `full`; both are equal.
    Desks that see profiles of a later day keep them. Conflict while another refresh runs.
    """
    started = perf_counter()
    publish_ledgers(house)
    with house.lake.refreshing(), house.lake.bulk_snapshot() as snapshot:
        as_of = _day(house, snapshot, as_of)
        build = Build(house.lake, snapshot, as_of, full=full)
        before = perf_counter()
        view = build.build(progress)
        built = perf_counter()
        found = counts(build.score(current_models(house), progress), build.outputs)
        build.show()
        scored = perf_counter()
        progress("publish profiles", 0, 1)
        desk_as_of = publish_profiles(house, as_of)
        publish_profile(house.lake, as_of)
        progress("publish profiles", 1, 1)
        stages = {"view": built - before, "models": scored - built, "publish": perf_counter() - scored}
        return Refreshed(
            as_of=as_of,
            desk_as_of=desk_as_of,
            built_on=build.reuse.day if build.reuse else None,
            recomputed=build.recomputed,
            customers=sum(part.rows for part in build.view),
            features=len(view.columns) - 1,
            levels=found["value_level"],
            preference={
                name.removesuffix(_PREFERENCE_LEVEL): levels
                for name, levels in found.items()
                if name.endswith(_PREFERENCE_LEVEL)
            },
            plan_fit=found.get("plan_fit", {}),
            handset_demand=found.get("handset_demand", {}),
            missing=build.missing,
            notes=build.notes,
            unsayable=unsayable(house),
            stages={name: round(seconds, 2) for name, seconds in stages.items()},
            seconds=round(perf_counter() - started, 2),
            peak_memory_mb=round(peak_memory_mb()),
        )


def current_models(house: House) -> dict[str, Model]:
    """The models that the workspace defines, by kind, in the order they are scored."""
    with house.database.transaction(read_only=True) as session:
        found = {kind: customers.current_definition(session, kind) for kind in MODELS}
    return {kind: model_of(version.definition) for kind, version in found.items() if version is not None}


def _day(house: House, snapshot: Snapshot, as_of: date | None) -> date:
    """The day to build; refused without customers, and for a day to come."""
    if not snapshot.has("customers"):
        raise Refused("There are no customers yet", where="lake", hint="Load an extract with `yuelao ingest MAPPING`")
    day = as_of or min(snapshot.newest_as_of(), house.today())
    if day > house.today():
        raise Refused(f"{day} lies in the future", where="--as-of", hint=f"Today is {house.today()}")
    return day
