"""Gather a trial from the workspace's own hold-outs: whom past runs assigned and held out, and who bought since.

By intention to treat: whom nobody called or reached still counts as assigned. A draw decided who was held out, so the
two differ in nothing else; where campaigns held out different shares, the assigned are thinned by another draw until
all shares are alike, or the mix of campaigns would differ between the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yuelao.analytics.assignment.decisions import ASSIGNED
from yuelao.analytics.replacement.reduction import reduct_of
from yuelao.analytics.uplift.trial import FEWEST_OF_AN_ARM
from yuelao.common.errors import Refused
from yuelao.common.ids import in_share
from yuelao.operations import campaigns
from yuelao.operations import decisions as runs
from yuelao.operations.campaigns import CampaignDefinition
from yuelao.operations.decisions import MatchRun
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.training import training_set
from yuelao.warehouse.trial import with_outcomes
from yuelao.workflows.decide_offers import HELD_OUT
from yuelao.workflows.house import House
from yuelao.workflows.measure_campaign import window_of

TREATED, BOUGHT, MEASURED_ON, PRODUCT = "treated", "bought", "measured_on", "product"
_THIN = "uplift"


@dataclass(frozen=True)
class _Wave:
    """A run whose outcome is known: what its campaign was, and from which day up to which (not included) it counts."""

    run: MatchRun
    definition: CampaignDefinition
    since: date
    until: date


def gather_trial(house: House, snapshot: Snapshot, product: str | None, as_of: date) -> pa.Table:
    """A row each customer and campaign: `treated`, `product`, `bought`, `measured_on` (the last day that counted) and
    the features that told who buys before the first of the runs, all of them where no earlier contact tells.

    A trial is small, so few features may speak; which ones, no outcome of the trial decides. product: of one product
    alone. Refused where too few were assigned or held out.
    """
    waves = _waves(house, as_of)
    decided = [_decided(snapshot, wave, product) for wave in waves]
    _check([len(_rows(decided, kind)) for kind in (ASSIGNED, HELD_OUT)], len(waves), as_of)
    counted = [(wave, table) for wave, table in zip(waves, _once_each(waves, decided), strict=True) if table.num_rows]
    contacted = 1.0 - house.workspace.settings.global_holdout
    shares = [contacted * (1.0 - wave.definition.holdout) for wave, _table in counted]
    parts = [
        _outcomes(snapshot, wave, thinned(table, share, min(shares)), as_of)
        for (wave, table), share in zip(counted, shares, strict=True)
    ]
    table = pa.concat_tables(parts, promote_options="default")
    telling = [name for name in _telling(snapshot, min(wave.since for wave in waves)) if name in table.column_names]
    return table.select([PRODUCT, TREATED, BOUGHT, MEASURED_ON, *telling]) if telling else table


def _waves(house: House, as_of: date) -> list[_Wave]:
    """The launched runs of all campaigns whose outcome was known before a day, the oldest first."""
    zone, found = house.workspace.timezone, []
    with house.database.transaction(read_only=True) as session:
        for name in [each.name for each in campaigns.all_current(session)]:
            versions = {each.version: each.definition for each in campaigns.versions(session, name)}
            for run in runs.launched(session, name):
                since, until = window_of([run], versions[run.version].measure_days, zone)
                if until <= as_of:
                    found.append(_Wave(run, versions[run.version], since, until))
    return sorted(found, key=lambda wave: (wave.until, wave.run.run))


def _decided(snapshot: Snapshot, wave: _Wave, product: str | None) -> pa.Table:
    """customer_id, product and whether treated, of those the run assigned or held out."""
    table = snapshot.dataset("decisions", wave.run.run)
    chosen = table.filter(table.decision.isin([ASSIGNED, HELD_OUT]))
    if product is not None:
        chosen = chosen.filter(chosen[PRODUCT] == product)
    found: pa.Table = chosen.select("customer_id", PRODUCT, treated=chosen.decision == ASSIGNED).to_pyarrow()
    return found


def _rows(decided: Sequence[pa.Table], kind: str) -> list[str]:
    """Who was assigned, or held out, in any run."""
    wanted = pa.scalar(kind == ASSIGNED)
    return list({c for t in decided for c in t.filter(pc.equal(t[TREATED], wanted))["customer_id"].to_pylist()})


def _check(arms: Sequence[int], waves: int, as_of: date) -> None:
    if min(arms) < FEWEST_OF_AN_ARM:
        told = f"{arms[0]} assigned and {arms[1]} held out in {waves} launched runs whose outcome was known by {as_of}"
        hint = f"Both need {FEWEST_OF_AN_ARM} or more: launch more runs, hold out a larger share, or wait"
        raise Refused(f"{told} are too few to learn from", where="train uplift", hint=hint, code="too_little_data")


def _once_each(waves: Sequence[_Wave], decided: Sequence[pa.Table]) -> list[pa.Table]:
    """A customer counts with the first run of a campaign that assigned or held them out."""
    known: dict[str, set[str]] = {}
    found = []
    for wave, table in zip(waves, decided, strict=True):
        before = known.setdefault(wave.run.campaign, set())
        ids = table["customer_id"].to_pylist()
        found.append(table.filter(pa.array([each not in before for each in ids], pa.bool_())))
        before.update(ids)
    return found


def thinned(table: pa.Table, share: float, wanted: float) -> pa.Table:
    """Without some of the treated, drawn by id, so that of a draw that treats `share` only `wanted` are treated."""
    if share <= wanted:
        return table
    kept = wanted / (1.0 - wanted) * (1.0 - share) / share
    drawn = np.array([in_share(_THIN, each, kept) for each in table["customer_id"].to_pylist()], dtype=bool)
    return table.filter(pc.or_(pc.invert(table[TREATED]), pa.array(drawn)))


def _outcomes(snapshot: Snapshot, wave: _Wave, decided: pa.Table, as_of: date) -> pa.Table:
    table = with_outcomes(snapshot, decided, wave.definition.products, wave.since, wave.until, as_of)
    last = pa.array([wave.until - timedelta(days=1)] * table.num_rows, pa.date32())
    return table.append_column(MEASURED_ON, last).drop_columns(["customer_id"])


def _telling(snapshot: Snapshot, day: date) -> list[str]:
    """The features that told, in contacts before a day, who buys; none where there were too few."""
    contacts = training_set(snapshot, day)
    names = [name for name in contacts.column_names if name not in (PRODUCT, "channel", "contacted_at", "label")]
    return reduct_of(contacts, "label", "contacted_at", names) if contacts.num_rows else []
