"""Read the profile of a customer view: of every column its shape, its nulls, and how far it has moved."""

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any

from pydantic import BaseModel, ConfigDict

from yuelao.analytics.drift import band
from yuelao.common.errors import NotFound, Refused, nearest
from yuelao.warehouse.features import describe
from yuelao.warehouse.profile import DATASET, read_profile
from yuelao.workflows.describe_data import feature_title
from yuelao.workflows.house import House

SCORES = "scores"
EXTRAS = "extras"
"""Where columns stand that are no features: what models add, and the attributes outside the contract."""


class Bin(BaseModel):
    """One bar: `holds` is range (above `lower` up to `upper`, None: unbounded), code, other or null.

    The shares are of the sampled customers, of this view and of the one before (None without one).
    """

    model_config = ConfigDict(frozen=True)

    holds: str
    lower: float | None
    upper: float | None
    code: str | None
    share: float
    share_before: float | None


class ColumnProfile(BaseModel):
    """One column of the view; `type` is number or code, the latter for texts, levels and yes or no.

    nulls, least, mean and most are of all customers; `psi` and its `band` (steady, watch, shifted) against the view
    before, None where that lacks the column. Dates are in days since 1970.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    title: dict[str, str]
    family: str
    unit: str
    type: str
    null_share: float
    null_share_before: float | None
    least: float | None
    mean: float | None
    most: float | None
    psi: float | None
    band: str | None
    bins: list[Bin]


class ViewProfile(BaseModel):
    """The profile of the view of a day; `before` is the day of the view it is compared with, `days` all with a profile.

    `bands` counts the compared columns by band.
    """

    model_config = ConfigDict(frozen=True)

    as_of: date
    before: date | None
    days: list[date]
    customers: int
    bands: dict[str, int]
    columns: list[ColumnProfile]


def profile_of_view(house: House, as_of: date | None = None) -> ViewProfile:
    """The profile of a day, without one the newest; Refused where there is none at all, NotFound where not of the day.

    Columns stand in the order of the view.
    """
    with house.lake.snapshot() as snapshot:
        days = snapshot.partitions(DATASET)
        if not days:
            raise Refused("No view has a profile yet", where="lake", hint="Build a view with `yuelao refresh`")
        day = as_of.isoformat() if as_of else days[-1]
        if day not in days:
            raise NotFound(f"The view as of {day} has no profile", where="lake", hint=nearest(day, days))
        rows = read_profile(snapshot, date.fromisoformat(day)).to_pylist()
        extras = set(snapshot.extras())
    columns = [_column(name, list(bins), extras) for name, bins in groupby(rows, key=lambda row: row["name"])]
    bands = [column.band for column in columns]
    return ViewProfile(
        as_of=date.fromisoformat(day),
        before=max((row["before"] for row in rows if row["before"]), default=None),
        days=[date.fromisoformat(each) for each in days],
        customers=rows[0]["customers"] if rows else 0,
        bands={name: bands.count(name) for name in ("steady", "watch", "shifted")},
        columns=columns,
    )


def _column(name: str, rows: list[Mapping[str, Any]], extras: set[str]) -> ColumnProfile:
    first = rows[0]
    described = {feature.name: feature for feature in describe()}.get(name) if name not in extras else None
    unknown = next((row["share_before"] for row in rows if row["holds"] == "null"), None)
    return ColumnProfile(
        name=name,
        title=feature_title(name),
        family=described.family if described else EXTRAS if name in extras else SCORES,
        unit=described.unit if described else "",
        null_share=first["nulls"] / max(first["customers"], 1),
        null_share_before=unknown,
        band=None if first["psi"] is None else band(first["psi"]),
        bins=[Bin.model_validate({part: row[part] for part in Bin.model_fields}) for row in rows],
        **{part: first[part] for part in ("type", "least", "mean", "most", "psi")},
    )
