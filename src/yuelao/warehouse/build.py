"""Building the view of a day and scoring it: bucket by bucket into files that nobody sees, then shown all at once."""

import shutil
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import ibis
import ibis.expr.types as ir

from yuelao.analytics.evidence import Detailed, Fitted, Model, Output, Weighted
from yuelao.common.errors import Refused
from yuelao.common.ids import new_id
from yuelao.common.progress import Progress, silent
from yuelao.warehouse import buckets
from yuelao.warehouse.buckets import Bucket, Within
from yuelao.warehouse.engine import unmerged
from yuelao.warehouse.evidence import evidence
from yuelao.warehouse.features import build_view, known_sources
from yuelao.warehouse.lake import Lake
from yuelao.warehouse.manifest import Part
from yuelao.warehouse.model_scores import Trained, refusals, write_scores
from yuelao.warehouse.remarks import DATASET as REMARKS
from yuelao.warehouse.remarks import Remarks, remarks_table
from yuelao.warehouse.reuse import ORIGINS, Origin, Reuse, find_reuse, origin_of
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.tables import KEY
from yuelao.warehouse.views import ALWAYS, DATASET, DETAILS, OUTPUTS, SCORES, outputs_table, read_view, type_of

_MATURE = timedelta(days=28)
"""A view of so long ago tells what came after it."""


@dataclass
class Build:
    """The view of a day on its way: `view` and `scores` are its files, one for each bucket; `show` ends it.

    size: about so many customers are computed at a time. full: build on no earlier view. reuse: the view that this one
    was built on. missing: inputs of models that no source gave; notes: what the models did about the quality of their
    data; remarks: both, by the kind of model. details: what models say beside the scores.
    """

    lake: Lake
    snapshot: Snapshot
    as_of: date
    size: int = buckets.SIZE
    full: bool = False
    reuse: Reuse | None = None
    view: list[Part] = field(default_factory=list)
    scores: list[Part] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    remarks: dict[str, Remarks] = field(default_factory=dict)
    details: dict[str, list[Part]] = field(default_factory=dict)
    _buckets: Sequence[Bucket] = ()
    _origin: Origin = field(init=False)

    @property
    def customers(self) -> int:
        """How many the view has."""
        return sum(part.rows for part in self.view)

    @property
    def recomputed(self) -> dict[str, int]:
        """Table → for how many customers its features were computed, not taken over."""
        taken = self.reuse.customers if self.reuse else {}
        return {name: taken.get(name, self.customers) for name in self._origin.sources}

    @unmerged()
    def build(self, progress: Progress = silent) -> ir.Table:
        """Write the view; the table of it."""
        sources = known_sources(self.snapshot, self.as_of)
        self._origin = origin_of(self.snapshot, sources)
        self.reuse = None if self.full else find_reuse(self.snapshot, self.as_of, self._origin)
        self._buckets = buckets.cut(self.snapshot.table("customers"), self.size)
        for place, bucket in enumerate(self._buckets):
            progress("build the view", place, len(self._buckets))
            earlier = self.reuse.within(bucket) if self.reuse else None
            view = build_view(Within(self.snapshot, bucket), self.as_of, sources, earlier)
            self.view.append(self._write(DATASET, view))
        progress("build the view", len(self._buckets), len(self._buckets))
        return self.snapshot.read(self.view)

    @unmerged()
    def score(
        self, models: Mapping[str, Model], progress: Progress = silent, trained: Sequence[Trained] = ()
    ) -> ir.Table:
        """Ask trained models, fit the others on the view, each knowing what those before it said; the table of it all.

        `models` by kind. Where none says value_score and value_level, these are null: every view has them.
        """
        scratch = self.lake.root / "tmp" / new_id()
        scratch.mkdir(parents=True)
        steps = {kind: (f"score {kind.replace('_', ' ')}", place) for place, kind in enumerate(models, start=1)}
        whole = len(models) + 2
        try:
            progress("ask trained models", 0, whole)
            said = self._ask(trained, scratch) if trained else None
            *before, last = _groups(models) or [{}]
            for group in before:
                table = self._say(group, said, lambda kind: progress(*steps[kind], whole))
                said = self._put_by(table, scratch)
            table = self._say(last, said, lambda kind: progress(*steps[kind], whole))
            progress("write the scores", whole - 1, whole)
            self._write_scores(table)
        finally:
            shutil.rmtree(scratch)
        return self.snapshot.read(self.scores)

    def show(self) -> None:
        """Show view and scores to readers, at once."""
        day = self.as_of.isoformat()
        told = self.lake.write_rows(OUTPUTS, day, outputs_table(self.outputs))
        origin = self.lake.write_rows(ORIGINS, day, self._origin.rows())
        remarks = self.lake.write_rows(REMARKS, day, remarks_table(self.remarks))
        beside = {(ORIGINS, day): [origin], (OUTPUTS, day): [told], (REMARKS, day): [remarks]}
        beside |= {(name, day): self.details.get(name, []) for name in {*DETAILS, *self.details}}
        self.lake.show({(DATASET, day): self.view, (SCORES, day): self.scores, **beside})

    def _ask(self, trained: Sequence[Trained], scratch: Path) -> ir.Table:
        """What trained models expect of the customers; nulls of one that this view cannot answer, and a note."""
        whole = self.snapshot.read(self.view)
        refused = refusals(trained, whole)
        asked = [each for each in trained if each.name not in refused]
        files = [scratch / f"{new_id()}.parquet" for _ in self.view if asked]
        for part, file in zip(self.view, files, strict=False):
            write_scores(self.snapshot.engine, self.snapshot.read([part]), asked, file)
        self.outputs += [each.output for each in trained]
        self.notes += refused.values()
        self.remarks |= {each.name: Remarks(notes=tuple(filter(None, [refused.get(each.name)]))) for each in trained}
        found = self.snapshot.engine.read(files) if files else whole.select(KEY)
        lacking = {each.output.name: ibis.null("float64") for each in trained if each.name in refused}
        return found.mutate(**lacking) if lacking else found

    def _say(self, models: Mapping[str, Model], said: ir.Table | None, begin: Callable[[str], None]) -> ir.Table:
        """Fit models on the view and what those before them `said`; the customers with what all of them say, lazy."""
        view = self.snapshot.read(self.view)
        spoken = [output.name for output in self.outputs]
        told = _narrowed(view, said, {*spoken, *chain.from_iterable(model.inputs() for model in models.values())})
        for kind, model in models.items():
            begin(kind)
            given = _narrowed(view, said, set(model.inputs()))
            fitted = self._fit(kind, model, given)
            told = fitted.score(told, True)
            self._note(kind, model, fitted, given)
        return told.select(KEY, *(output.name for output in self.outputs))

    def _note(self, kind: str, model: Model, fitted: Fitted, view: ir.Table) -> None:
        """Keep what a model tells beside its scores."""
        for name, table in fitted.details(view).items() if isinstance(fitted, Detailed) else ():
            parts = [bucket.of(table) for bucket in self._buckets] if KEY in table.columns else [table]
            self.details[name] = [self._write(name, part) for part in parts]
        self.outputs += model.outputs()
        self.missing += [name for name in fitted.missing if name not in self.missing]
        self.notes += [note for note in fitted.notes if note not in self.notes]
        weights = fitted.weights if isinstance(fitted, Weighted) else {}
        self.remarks[kind] = Remarks(tuple(fitted.missing), tuple(fitted.notes), weights=weights)

    def _fit(self, kind: str, model: Model, view: ir.Table) -> Fitted:
        day = earlier_view_day(self.snapshot, self.as_of)
        earlier = _narrowed(read_view(self.snapshot, day), None, set(model.inputs())) if day else None
        try:
            return model.fit(evidence(self.snapshot, view, self.as_of, earlier, day, everybody=True))
        except Refused as refusal:
            raise Refused(refusal.message, where=f"{kind}: {refusal.where}", hint=refusal.hint) from refusal

    def _put_by(self, table: ir.Table, scratch: Path) -> ir.Table:
        """Write what models said, for those after them."""
        files = [scratch / f"{new_id()}.parquet" for _ in self._buckets]
        for bucket, file in zip(self._buckets, files, strict=True):
            self.snapshot.engine.write(bucket.of(table), file)
        self.snapshot.engine.forget()
        return self.snapshot.engine.read(files)

    def _write_scores(self, table: ir.Table) -> None:
        """Write the scores: what all models said of each customer of the view."""
        lacking = [output for output in ALWAYS if output.name not in table.columns]
        self.outputs = [*lacking, *self.outputs]
        table = table.mutate(**{output.name: ibis.null(type_of(output)) for output in lacking})
        table = table.select(KEY, *(output.name for output in self.outputs))
        self.scores += [self._write(SCORES, bucket.of(table)) for bucket in self._buckets]
        self.snapshot.engine.forget()

    def _write(self, dataset: str, table: ir.Table) -> Part:
        return self.lake.write(self.snapshot.engine, dataset, self.as_of.isoformat(), table)


def _groups(models: Mapping[str, Model]) -> list[dict[str, Model]]:
    """The models in order, in as few groups as may be: none uses what another of its group says."""
    groups: list[dict[str, Model]] = []
    for kind, model in models.items():
        here = groups[-1].values() if groups else ()
        needed = {output.name for other in here for output in other.outputs()} & set(model.inputs())
        if needed or not groups:
            groups.append({})
        groups[-1][kind] = model
    return groups


def _narrowed(view: ir.Table, said: ir.Table | None, names: Set[str]) -> ir.Table:
    """Of the view and of what models said, these columns: few are compiled sooner than all."""
    used = [name for name in said.columns if name in names] if said is not None else []
    own = view.select(KEY, *(name for name in view.columns if name in names and name != KEY))
    if said is None or not used:
        return own
    return own.left_join(said.select(KEY, *used), KEY, rname="{name}_joined").drop(f"{KEY}_joined")


def earlier_view_day(snapshot: Snapshot, as_of: date) -> date | None:
    """The newest day with a view that is long enough before `as_of` to learn from what came after it."""
    last = (as_of - _MATURE).isoformat()
    return max((date.fromisoformat(day) for day in snapshot.partitions(DATASET) if day <= last), default=None)


def counts(scores: ir.Table, outputs: Sequence[Output]) -> dict[str, dict[str, int]]:
    """Customers by level, for each output that is a level; who has none is not counted."""
    found = {}
    for output in outputs:
        if output.kind == "level":
            rows = scores.group_by(output.name).aggregate(customers=scores.count()).to_pyarrow().to_pylist()
            by_level = {row[output.name]: row["customers"] for row in rows}
            found[output.name] = {level: by_level[level] for level in output.levels if level in by_level}
    return found
