"""What the pages of the segments are given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yuelao.common.errors import YuelaoError
from yuelao.common.language import _
from yuelao.operations.customers import ViewModelDefinition, ViewModelVersion
from yuelao.warehouse.remarks import Remarks
from yuelao.web.pages import Page
from yuelao.web.segments import charts, sentences, words
from yuelao.web.segments.form import parts_of
from yuelao.workflows.check_definition import as_text
from yuelao.workflows.compare_definition import Comparison, LevelMoves
from yuelao.workflows.describe_segments import UNKNOWN, Levels, Segments

MOST_CHANGES = 12


@dataclass(frozen=True)
class LevelBar:
    """One level with its customers: `share` of all, `url` of the list of them."""

    level: str
    count: int
    share: float
    url: str


@dataclass(frozen=True)
class LevelBars:
    """The levels of one output."""

    title: str
    bars: Sequence[LevelBar]


@dataclass(frozen=True)
class ModelLine:
    """One model of the list."""

    kind: str
    title: str
    hint: str
    version: ViewModelVersion | None
    levels: Sequence[LevelBars]
    remarks: Sequence[str] | None
    """What it did about the data of the newest view, a sentence each; None where that was not kept."""
    applied: int | None
    """The version that gave the levels, as far as that was kept."""
    waits: bool
    """Whether the version saved last counts from the next refresh only."""


@dataclass(frozen=True)
class Mistake:
    """A refusal in the page's words; `place` is the field it is about, as far as it is known."""

    message: str
    hint: str
    place: str
    named: bool
    """Whether the place is said: a line of a text is, a field is marked instead."""


@dataclass(frozen=True)
class Change:
    """A difference between two versions."""

    path: str
    before: str
    now: str


@dataclass(frozen=True)
class Moves:
    """The moves of one output, drawn and as a table."""

    moves: LevelMoves
    title: str
    chart: Mapping[str, Any]


def lines(page: Page, segments: Segments) -> list[ModelLine]:
    """The models, each with its levels."""
    return [_line(page, segments, kind) for kind in segments.definitions]


def _line(page: Page, segments: Segments, kind: str) -> ModelLine:
    version = segments.definitions[kind]
    hint = page.pick(words.KINDS[kind]["hint"])  # type: ignore[arg-type]
    title = page.pick(version.definition.title) if version else words.kind(kind, page.language)
    levels = [_bars(page, kind, each) for each in segments.levels[kind]]
    remarks = _remarks(page, segments.remarks.get(kind))
    return ModelLine(kind, title, hint, version, levels, remarks, segments.applied.get(kind), segments.waits(kind))


def _remarks(page: Page, kept: Remarks | None) -> list[str] | None:
    """The notes in the page's words, then the inputs that no source gave and no note speaks of."""
    if kept is None:
        return None
    unsaid = [name for name in kept.missing if not any(name in note for note in kept.notes)]
    return [
        *(sentences.said(note, page.language) for note in kept.notes),
        *(page.say(_("No source gives {feature}"), feature=words.feature(name, page.language)) for name in unsaid),
    ]


def _bars(page: Page, kind: str, levels: Levels) -> LevelBars:
    counts = [*levels.counts.items(), *([(UNKNOWN, levels.without)] if levels.without else [])]
    return LevelBars(
        page.pick(levels.title),
        [
            LevelBar(
                page.say(_("none")) if level == UNKNOWN else level,
                count,
                count / levels.total if levels.total else 0.0,
                f"/segments/{kind}/{levels.name}/{level}",
            )
            for level, count in counts
        ],
    )


def model_page(page: Page, segments: Segments, kind: str, shown: ViewModelVersion | None) -> dict[str, Any]:
    """The page of one model; `shown` is the version that fills the form."""
    current = segments.definitions[kind]
    return {
        "kind": kind,
        "line": _line(page, segments, kind),
        "as_of": segments.as_of,
        "customers": segments.customers,
        "current": current,
        "shown": shown,
        "parts": parts_of(shown.content, page.language) if shown else [],
        "text": as_text(shown.definition) if shown else f"kind: {kind}\nname: {kind}\ntitle: {{en: …, zh: …}}\n",
        "features": words.all_features(page.language),
    }


def tried_page(page: Page, kind: str, found: Comparison) -> dict[str, Any]:
    """What a try found."""
    now, then = page.say(_("As it is")), page.say(_("As proposed"))
    nobody = page.say(_("none"))
    drawn = [
        Moves(each, page.pick(each.title), charts.sankey(each, now, then, nobody, page.language))
        for each in sorted(found.moves, key=lambda each: -each.moved)
    ]
    changed = [w for w in found.weights if abs((w.before or 0.0) - (w.after or 0.0)) > 5e-4]
    return {
        "kind": kind,
        "found": found,
        "drawn": drawn,
        "weights": [(words.path(weight.path, page.language), weight) for weight in changed],
        "consistency": [(words.path(path, page.language), ratio) for path, ratio in found.consistency.items()],
        "notes": [sentences.said(note, page.language) for note in found.notes],
        "missing": [words.feature(name, page.language) for name in found.missing],
        "accuracy": _accuracy(page, found),
    }


def _accuracy(page: Page, found: Comparison) -> list[tuple[str, list[Any]]]:
    """By channel: the accuracy of the weights by hand and of the learned ones."""
    names = list(dict.fromkeys(each.channel for each in found.accuracy))
    return [
        (page.say(_("All channels")) if name == "all" else words.label(name, page.language),
         [each for each in found.accuracy if each.channel == name])
        for name in names
    ]  # fmt: skip


def mistake(page: Page, refusal: YuelaoError, *, of_text: bool = False) -> Mistake:
    """The refusal in the page's words; in a text its place is a line."""
    message, hint = sentences.said(refusal.message, page.language), sentences.said(refusal.hint, page.language)
    return Mistake(message, hint, refusal.where, of_text)


def changes(before: ViewModelDefinition, now: ViewModelDefinition, language: str) -> list[Change]:
    """What differs, value by value, in the planner's words; at most a few, the rest is counted by the caller."""
    old, new = _flat(before.content), _flat(now.content)
    return [
        Change(_worded(path, now.content, language), _short(old.get(path)), _short(new.get(path)))
        for path in {**old, **new}
        if old.get(path) != new.get(path)
    ]


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        return {p: v for k, below in value.items() for p, v in _flat(below, f"{path}.{k}" if path else k).items()}
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        keys = [_key(item, place) for place, item in enumerate(value)]
        return {p: v for key, item in zip(keys, value, strict=True) for p, v in _flat(item, f"{path}.{key}").items()}
    return {path: value}


def _key(item: Any, place: int) -> str:
    """What a list's item is called, so that one more in front does not change all others."""
    if isinstance(item, dict):
        return str(item.get("feature") or item.get("name") or place + 1)
    return str(place + 1)


def _worded(path: str, content: Mapping[str, Any], language: str) -> str:
    parts = [part for part in path.split(".") if part not in ("children", "tree") or path == part]
    return words.path(".".join(parts), language) if content else path


def _short(value: Any) -> str:
    if value is None:
        return "–"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
