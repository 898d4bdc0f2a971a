"""Compare: what a changed definition of a model of the customer view would do, before anybody saves it.

The proposed definition is fitted and scored on the newest view, and it is counted who moves from which of the published
levels to which, and whom the campaigns that ask for its scores would choose. Of a large base a sample of the customers
is looked at; there the definition that was published is scored on the same sample too: whoever lies at a cut-off does
not move because it was drawn.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from time import perf_counter
from typing import Any

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from yuelao.analytics.evidence import Evidence, Fitted, Model, Output
from yuelao.analytics.preference.model import FittedPreference
from yuelao.analytics.segmentation.dimensions import FittedDimensions
from yuelao.analytics.segmentation.value import FittedValue
from yuelao.common.progress import Progress, silent
from yuelao.operations import campaigns
from yuelao.operations.customers import ViewModelDefinition
from yuelao.warehouse.build import earlier_view_day
from yuelao.warehouse.evidence import evidence, some_customers
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.tables import KEY
from yuelao.warehouse.views import SCORES, newest_view, read_view
from yuelao.workflows.check_definition import check_inputs, known_inputs, model_of
from yuelao.workflows.compare_targets import TargetMoves, compare_targets
from yuelao.workflows.describe_segments import applied_definition, from_top
from yuelao.workflows.find_uses import models_asking
from yuelao.workflows.house import House

MOST_CUSTOMERS = 200_000
"""A larger base is compared on a sample of about so many, which is enough for a level of 1 % to be right to 0.05 %."""
_WITHOUT = "–"
_STEPS = 5


class LevelMoves(BaseModel):
    """The moves between the levels of one output: `matrix[i][j]` customers go from level i to level j.

    `levels` from top to bottom, as `from_top` has them; the last, "–", is who has none, where there are such customers.
    `moved` customers change their level.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    title: dict[str, str]
    levels: list[str]
    matrix: list[list[int]]
    moved: int

    @property
    def before(self) -> list[int]:
        """Customers by level as the definition is now."""
        return [sum(row) for row in self.matrix]

    @property
    def after(self) -> list[int]:
        """Customers by level as it is proposed."""
        return [sum(column) for column in zip(*self.matrix, strict=True)]


class Weight(BaseModel):
    """The effective weight of one factor or node, by its path; None where the definition has no such factor."""

    model_config = ConfigDict(frozen=True)

    path: str
    before: float | None
    after: float | None


class Accuracy(BaseModel):
    """How one set of a channel's weights told answered contacts from others, on contacts it was not learned from."""

    model_config = ConfigDict(frozen=True)

    channel: str
    weights: str
    contacts: int
    successes: int
    auc: float


class Comparison(BaseModel):
    """What the proposed definition does to the newest view.

    `share` of the customers was looked at; below 1 all counts are estimates, scaled up to `customers`. `moved`: who
    changes any level. `targets`: what becomes of the targets of the campaigns in use that ask for what the model says,
    and `models`: the other models that do, whose own scores follow at the next refresh and are not counted here.
    `consistency`: node compared in pairs → ratio. `first`: there is no definition to compare with,
    so everybody comes from no level.
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    as_of: date
    customers: int
    share: float
    first: bool
    moves: list[LevelMoves]
    moved: int
    targets: list[TargetMoves]
    models: list[str]
    notes: list[str]
    missing: list[str]
    weights: list[Weight]
    consistency: dict[str, float]
    accuracy: list[Accuracy]
    seconds: float

    @property
    def estimated(self) -> bool:
        """Whether counts are estimates from a sample."""
        return self.share < 1


def compare(
    house: House, proposed: ViewModelDefinition, progress: Progress = silent, most: int = MOST_CUSTOMERS
) -> Comparison:
    """The effect of `proposed` on at most about `most` customers of the newest view; refused where there is none."""
    started = perf_counter()
    model = model_of(proposed)
    with house.lake.snapshot() as snapshot:
        _check(house, snapshot, proposed)
        present = applied_definition(house, snapshot, proposed.kind)
        former = model_of(present.definition) if present else None
        progress("read the customers", 0, _STEPS)
        total, share, given = _evidence(snapshot, most, [model, *([former] if former else [])])
        progress("score as it is now", 1, _STEPS)
        old = former.fit(given) if former else None
        before = _published(snapshot, given.as_of, former) if former and share == 1 else None
        if before is None and old is not None:
            before = _scored(old, given)
        progress("score as proposed", 2, _STEPS)
        new = model.fit(given)
        after = _scored(new, given)
        progress("count the targets", 3, _STEPS)
        with house.database.transaction(read_only=True) as session:
            current, models = campaigns.all_current(session), models_asking(session, after.column_names)
        targets = (
            compare_targets(snapshot, current, given.view, before, after, given.as_of, total)
            if before is not None
            else []
        )
    progress("count the moves", 4, _STEPS)
    outputs = [output for output in model.outputs() if output.kind == "level"]
    return Comparison(
        kind=proposed.kind,
        as_of=given.as_of,
        customers=total,
        share=share,
        first=before is None,
        moves=[_moves(output, before, after, total) for output in outputs],
        moved=_moved(outputs, before, after, total),
        targets=targets,
        models=[kind for kind in models if kind != proposed.kind],
        notes=list(new.notes),
        missing=list(new.missing),
        weights=_weights(old, new),
        consistency=_consistency(new),
        accuracy=_accuracy(new),
        seconds=round(perf_counter() - started, 2),
    )


def _check(house: House, snapshot: Snapshot, proposed: ViewModelDefinition) -> None:
    """Refused where the model asks for a feature that neither the view nor another model has, or cannot count."""
    with house.database.transaction(read_only=True) as session:
        check_inputs(proposed, known_inputs(session, snapshot))


def _evidence(snapshot: Snapshot, most: int, models: Sequence[Model]) -> tuple[int, float, Evidence]:
    """How many customers the newest view has, the share looked at, and the evidence for those: not what models said."""
    own = {output.name for model in models for output in model.outputs()}
    as_of = newest_view(snapshot)
    view = read_view(snapshot, as_of)
    total = int(view.count().to_pyarrow().as_py())
    share = min(1.0, most / total) if total else 1.0
    earlier_as_of = earlier_view_day(snapshot, as_of)
    earlier = some_customers(read_view(snapshot, earlier_as_of), share) if earlier_as_of else None
    unsaid = view.select(*(name for name in view.columns if name not in own))
    kept = snapshot.engine.keep(some_customers(unsaid, share))
    return total, share, evidence(snapshot, kept, as_of, earlier, earlier_as_of)


def _scored(fitted: Fitted, given: Evidence) -> pa.Table:
    """customer_id and what the model says, by customer_id."""
    told = fitted.score(given.view)
    own = [name for name in told.columns if name not in given.view.columns]
    return told.select(KEY, *own).to_pyarrow().sort_by(KEY)


def _published(snapshot: Snapshot, as_of: date, model: Model) -> pa.Table | None:
    """customer_id and what was published of the model, by customer_id; None where some of it was not."""
    day, names = as_of.isoformat(), [output.name for output in model.outputs()]
    if day not in snapshot.partitions(SCORES):
        return None
    scores = snapshot.dataset(SCORES, day)
    if not all(name in scores.columns for name in names):
        return None
    return scores.select(KEY, *names).to_pyarrow().sort_by(KEY)


def _moves(output: Output, before: pa.Table | None, after: pa.Table, total: int) -> LevelMoves:
    rows = after.num_rows
    old = before[output.name].to_pylist() if before is not None else [None] * rows
    counts = Counter(zip(old, after[output.name].to_pylist(), strict=True))
    names: list[str | None] = [*from_top(output.levels)]
    if any(None in pair for pair in counts):
        names.append(None)
    matrix = [[_scaled(counts[(i, j)], rows, total) for j in names] for i in names]
    moved = sum(n for (i, j), n in counts.items() if i != j)
    return LevelMoves(
        name=output.name,
        title={"en": output.en, "zh": output.zh},
        levels=[name or _WITHOUT for name in names],
        matrix=matrix,
        moved=_scaled(moved, rows, total),
    )


def _moved(outputs: Sequence[Output], before: pa.Table | None, after: pa.Table, total: int) -> int:
    """Customers who change any level."""
    if before is None:
        return total
    names = [output.name for output in outputs]
    pairs = zip(before.select(names).to_pylist(), after.select(names).to_pylist(), strict=True)
    return _scaled(sum(old != new for old, new in pairs), after.num_rows, total)


def _scaled(count: int, rows: int, total: int) -> int:
    """A count among the rows looked at, as one of all customers."""
    return round(count * total / rows) if rows else 0


def _weights(before: Fitted | None, after: Fitted) -> list[Weight]:
    """The effective weights side by side, in the order of the proposed definition."""
    old, new = _paths(before), _paths(after)
    return [Weight(path=path, before=old.get(path), after=new.get(path)) for path in {**new, **old}]


def _paths(fitted: object) -> Mapping[str, float]:
    """Path of a factor or node → what it weighs: a share of the score; log odds of a channel for the preference."""
    if isinstance(fitted, FittedValue):
        return fitted.weights
    if isinstance(fitted, FittedDimensions):
        return {f"{name}.{path}": weight for name, tree in fitted.weights.items() for path, weight in tree.items()}
    if isinstance(fitted, FittedPreference):
        rows: Sequence[Mapping[str, Any]] = fitted.weight_table()
        return {f"{row['channel']}.{row['feature']}": row["used"] for row in rows}
    return {}


def _consistency(fitted: object) -> dict[str, float]:
    return dict(fitted.consistency) if isinstance(fitted, FittedValue) else {}


def _accuracy(fitted: object) -> list[Accuracy]:
    if not isinstance(fitted, FittedPreference):
        return []
    return [
        Accuracy(channel=c.channel, weights=c.weights, contacts=c.contacts, successes=c.successes, auc=c.auc)
        for c in fitted.comparison
    ]
