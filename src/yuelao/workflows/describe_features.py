"""Describe the features: of every column of a view its meaning, its nulls, its shape and how far it moved."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from pydantic import BaseModel, ConfigDict

from yuelao.analytics.drift import band
from yuelao.analytics.evidence import Output
from yuelao.common.errors import NotFound, nearest
from yuelao.common.language import _
from yuelao.warehouse.contract import CONTRACT, Field
from yuelao.warehouse.features import FEATURES
from yuelao.warehouse.profile import DATASET, read_profile
from yuelao.warehouse.shape import Shape, shape_of
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.views import scored_outputs
from yuelao.workflows.describe_data import feature_title
from yuelao.workflows.explain_drift import EVENTS, MEASURE, Cause, cause_of
from yuelao.workflows.house import House

STEADY = "steady"
SCORES, EXTRAS = "scores", "own attributes"
"""Families of the columns that no feature is: what models give, and attributes of this operator's customers."""
_EPOCH = date(1970, 1, 1)


class Bin(BaseModel):
    """A part of a column's values: `holds` range (above `lower` up to `upper`), code, other or null.

    Shares are of all customers; `share_before` of the view before, None where there is none.
    """

    model_config = ConfigDict(frozen=True)

    holds: str
    lower: float | None
    upper: float | None
    code: str | None
    share: float
    share_before: float | None


class Profile(BaseModel):
    """A column of the view. `sources`: tables and their titles.

    `band`: steady, watch or shifted since the view `before`; both None without one. `cause`: why it had to move, where
    it did and the known months tell.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    title: dict[str, str]
    family: str
    unit: str
    sources: dict[str, dict[str, str]]
    customers: int
    nulls: int
    least: float | None
    mean: float | None
    most: float | None
    before: date | None
    psi: float | None
    cause: Cause | None = None
    bins: list[Bin]

    @property
    def band(self) -> str | None:
        """What the PSI means."""
        return None if self.psi is None else band(self.psi)

    @property
    def null_share(self) -> float:
        """Share of the customers without a value."""
        return self.nulls / self.customers if self.customers else 0.0


class Profiled(BaseModel):
    """The columns of the view of a day, in its order; `days`: all days with a profile, the newest first."""

    model_config = ConfigDict(frozen=True)

    as_of: date | None
    days: list[date]
    profiles: list[Profile]


def describe_features(house: House, as_of: date | None = None) -> Profiled:
    """The profile of the view of a day, without one of the newest; NotFound for a day that has none."""
    with house.lake.snapshot() as snapshot:
        days = _days(snapshot)
        if not days:
            return Profiled(as_of=None, days=[], profiles=[])
        day = as_of or days[0]
        if day not in days:
            hint = nearest(str(day), [str(known) for known in days])
            raise NotFound(_("The view of this day has no profile"), where=str(day), hint=hint)
        return Profiled(as_of=day, days=days, profiles=_profiles(snapshot, day))


def describe_feature(house: House, name: str, as_of: date | None = None) -> tuple[Profiled, list[Profile]]:
    """One column of the view of a day, and the same column on every day it has a profile of, the newest first."""
    whole = describe_features(house, as_of)
    found = [each for each in whole.profiles if each.name == name]
    if not found:
        raise NotFound(
            "The view has no such column", where=name, hint=nearest(name, [each.name for each in whole.profiles])
        )
    with house.lake.snapshot() as snapshot:
        over_time = [each for day in whole.days for each in _profiles(snapshot, day, name)]
    return whole.model_copy(update={"profiles": found}), over_time


def describe_shape(house: House, name: str, as_of: date) -> Shape | None:
    """How the numbers of a column of the view of a day lie; None of codes, and where all have the same."""
    with house.lake.snapshot() as snapshot:
        return shape_of(snapshot, as_of, name)


def day_of(number: float) -> date:
    """The day that a bin's limit stands for in a column of dates."""
    return _EPOCH + timedelta(days=round(number))


def _days(snapshot: Snapshot) -> list[date]:
    return sorted((date.fromisoformat(day) for day in snapshot.partitions(DATASET)), reverse=True)


def _profiles(snapshot: Snapshot, day: date, only: str = "") -> list[Profile]:
    rows = read_profile(snapshot, day).to_pylist()
    extras = snapshot.extras()
    given = {output.name: output for output in scored_outputs(snapshot)}
    months = {table: snapshot.months(table) for table in EVENTS}
    chosen = [row for row in rows if not only or row["name"] == only]
    found = [
        _profile(name, list(bins), extras.get(name), given.get(name))
        for name, bins in groupby(chosen, key=itemgetter("name"))
    ]
    return [each.model_copy(update={"cause": _cause(each, months, day)}) for each in found]


def _cause(profile: Profile, months: Mapping[str, Sequence[str]], day: date) -> Cause | None:
    """Why the column had to move, where it did."""
    if profile.before is None or profile.band in (None, STEADY):
        return None
    sources = (MEASURE,) if profile.family == SCORES else tuple(profile.sources)
    return cause_of(profile.name, sources, months, profile.before, day)


def _profile(name: str, bins: Sequence[dict[str, Any]], extra: Field | None, output: Output | None) -> Profile:
    first, known = bins[0], FEATURES.get(name)
    title = feature_title(name)
    if output and not known:
        title = {"en": output.en, "zh": output.zh}
    elif extra:
        title = {"en": extra.en, "zh": extra.zh}
    family = known.family if known else SCORES if output else EXTRAS
    whole = {key: first[key] for key in ("customers", "nulls", "least", "mean", "most", "before", "psi")}
    return Profile(
        name=name,
        title=title,
        family=family,
        unit=known.unit if known else output.unit if output else "",
        sources={source: _table_title(source) for source in known.sources} if known else {},
        bins=[Bin(**{key: row[key] for key in Bin.model_fields}) for row in bins],
        **whole,
    )


def _table_title(name: str) -> dict[str, str]:
    table = CONTRACT.table(name)
    return {"en": table.en, "zh": table.zh}
