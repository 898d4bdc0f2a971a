"""Compare targets: whom the campaigns in use would choose, were customers scored otherwise than they are.

A campaign's targets are the customers whom every step of its funnel keeps; the contact policy and the seats are not
asked. What other models say is taken as it is, also of a model that itself asks for the scores that change.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from yuelao.operations.campaigns import Campaign, State
from yuelao.warehouse.features import view_fields
from yuelao.warehouse.funnel import kept_before_and_after
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.tables import KEY
from yuelao.workflows.find_uses import Place, fields_of
from yuelao.workflows.screen_targets import funnel_steps

_NOBODY = (0, 0, 0)
IN_USE = frozenset({State.APPROVED, State.TRIAL, State.RUNNING, State.PAUSED})


class TargetMoves(BaseModel):
    """What becomes of one campaign's targets: `before` are chosen today; `leave` of them no more, `join` come in.

    fields: the columns of the model that it asks for, and places: where. lost: those that there would be no more, so
    that the campaign could choose nobody.
    """

    model_config = ConfigDict(frozen=True)

    campaign: str
    title: dict[str, str]
    state: str
    fields: list[str]
    places: list[Place]
    before: int
    leave: int
    join: int
    lost: list[str]

    @property
    def after(self) -> int:
        """Customers chosen as proposed."""
        return self.before - self.leave + self.join


def compare_targets(
    snapshot: Snapshot,
    campaigns: Sequence[Campaign],
    view: Any,
    before: pa.Table,
    after: pa.Table,
    as_of: date,
    total: int,
) -> list[TargetMoves]:
    """The campaigns in use that ask for a column of `before`, those with the most moves first.

    view: the lazy table of what else is known of the customers; before, after: customer_id and the scores as they are
    and as proposed, of the same customers, who stand for `total`.
    """
    fields, scores = view_fields(snapshot), set(before.column_names) - {KEY}
    chosen = [each for each in campaigns if each.state in IN_USE]
    asked = {each.name: fields_of(each.definition, fields) for each in chosen}
    using = [each for each in chosen if scores & _all(asked[each.name])]
    lost = {each.name: sorted(scores & _all(asked[each.name]) - set(after.column_names)) for each in using}
    steps = {each.name: funnel_steps(each.definition, fields) for each in using if not lost[each.name]}
    counts = kept_before_and_after(view, before, after, steps, as_of) if steps else {}
    factor = total / before.num_rows if before.num_rows else 0.0
    found = [
        _moves(each, asked[each.name], scores, counts.get(each.name, _NOBODY), factor, lost[each.name])
        for each in using
    ]
    return sorted(found, key=lambda each: (not each.lost, -each.leave - each.join, each.campaign))


def _all(asked: Mapping[Place, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*asked.values())


def _moves(
    campaign: Campaign,
    asked: Mapping[Place, frozenset[str]],
    scores: set[str],
    counts: tuple[int, int, int],
    factor: float,
    lost: list[str],
) -> TargetMoves:
    before, leave, join = (round(count * factor) for count in counts)
    return TargetMoves(
        campaign=campaign.name,
        title=dict(campaign.definition.title),
        state=campaign.state.value,
        fields=sorted(scores & _all(asked)),
        places=[place for place, names in asked.items() if names & scores],
        before=before,
        leave=leave,
        join=join,
        lost=lost,
    )
