"""What the pages of the segments are given."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yuelao.common.errors import YuelaoError
from yuelao.common.language import _
from yuelao.operations.customers import ViewModelDefinition, ViewModelVersion
from yuelao.warehouse.remarks import Remarks
from yuelao.web.pages import Page
from yuelao.web.planner.states import CAMPAIGN, PLACES, Look
from yuelao.web.segments import charts, sentences, words
from yuelao.web.segments.form import parts_of
from yuelao.workflows.check_definition import as_text
from yuelao.workflows.compare_definition import Comparison, LevelMoves
from yuelao.workflows.compare_targets import TargetMoves
from yuelao.workflows.describe_segments import UNKNOWN, Levels, Segments

MOST_CHANGES = 12
_LINE = re.compile(r"\bline (\d+)")
_NOT_YAML = "This is not YAML"


@dataclass(frozen=True)
class LevelBar:
    """One level with its customers: what it means, `share` of all, `url` of the list of them."""

    level: str
    meaning: str
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
    line: int | None
    """The line of a text, which is said; a field is marked instead."""


@dataclass(frozen=True)
class Change:
    """A difference between two versions; `before` or `now` is empty where one of them has no such thing."""

    path: str
    before: str
    now: str
    whole: bool = False
    """Whether a whole feature, rule or node came or went, whose weight is shown."""


@dataclass(frozen=True)
class Moves:
    """The moves of one output, drawn and as a table."""

    moves: LevelMoves
    title: str
    chart: Mapping[str, Any]


@dataclass(frozen=True)
class Targets:
    """What becomes of a campaign's targets; `asks`: for what and where it asks, `lost`: what there would be no more."""

    moves: TargetMoves
    title: str
    look: Look
    asks: str
    lost: str


def lines(page: Page, segments: Segments) -> list[ModelLine]:
    """The models, each with its levels."""
    return [_line(page, segments, kind) for kind in segments.definitions]


def _line(page: Page, segments: Segments, kind: str) -> ModelLine:
    version = segments.definitions[kind]
    hint = page.pick(words.KINDS[kind]["hint"])  # type: ignore[arg-type]
    title = page.pick(version.definition.title) if version else words.kind(kind, page.language)
    said = _dimension_levels(version)
    levels = [_bars(page, kind, each, said.get(each.name, {})) for each in segments.levels[kind]]
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


def _dimension_levels(version: ViewModelVersion | None) -> dict[str, dict[str, Mapping[str, str]]]:
    """Output → level → its text, where the definition names the levels, from 1 up."""
    dimensions = version.content.get("dimensions", {}) if version else {}
    return {
        f"{name}_level": {str(place): text for place, text in enumerate(each.get("levels", []), start=1)}
        for name, each in dimensions.items()
    }


def _picked(page: Page, text: Mapping[str, str] | str) -> str:
    return text if isinstance(text, str) else page.pick(text)


def _bars(page: Page, kind: str, levels: Levels, said: Mapping[str, Mapping[str, str]]) -> LevelBars:
    counts = [*levels.counts.items(), *([(UNKNOWN, levels.without)] if levels.without else [])]
    return LevelBars(
        page.pick(levels.title),
        [
            LevelBar(
                page.say(_("none")) if level == UNKNOWN else level,
                _picked(page, said[level]) if level in said else words.level(kind, level, page.language),
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
        "targets": [_targets(page, each) for each in found.targets],
        "models": [words.kind(each, page.language) for each in found.models],
        "weights": [(words.path(weight.path, page.language), weight) for weight in changed],
        "consistency": [(words.path(path, page.language), ratio) for path, ratio in found.consistency.items()],
        "notes": [sentences.said(note, page.language) for note in found.notes],
        "missing": [words.feature(name, page.language) for name in found.missing],
        "accuracy": _accuracy(page, found),
    }


def _targets(page: Page, moves: TargetMoves) -> Targets:
    names, lost = (_listed_names(page, each) for each in (moves.fields, moves.lost))
    places = _between(page, [page.say(PLACES[place]) for place in moves.places])
    return Targets(
        moves,
        page.pick(moves.title),
        CAMPAIGN[moves.state],
        page.say(_("{names}: {places}"), names=names, places=places),
        lost,
    )


def _listed_names(page: Page, names: Sequence[str]) -> str:
    return _between(page, [words.feature(name, page.language) for name in names])


def _between(page: Page, said: Sequence[str]) -> str:
    return page.say(_(", ")).join(said)


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
    line = _LINE.search(refusal.where) if of_text else None
    if line and refusal.message == _NOT_YAML and hint == refusal.hint:  # in the words of the reader of YAML
        hint = page.say(_("Look at the indents, colons and quotation marks there and just before"))
    return Mistake(message, hint, refusal.where, int(line[1]) if line else None)


def changes(before: ViewModelDefinition, now: ViewModelDefinition, language: str) -> list[Change]:
    """What differs, value by value, in the planner's words; at most a few, the rest is counted by the caller."""
    old, new = _flat(before.content), _flat(now.content)
    olds, news = _listed(before.content), _listed(now.content)
    found, told = [], set[str]()
    for path in {**old, **new}:
        item = next(
            (each for each in {**olds, **news} if path.startswith(f"{each}.") and (each in olds) != (each in news)), ""
        )
        if old.get(path) == new.get(path) or item in told:
            continue
        if item:
            told.add(item)
            found.append(Change(_worded(item, now.content, language), olds.get(item, ""), news.get(item, ""), True))
        else:
            shown = _short(old.get(path)), _short(new.get(path))
            found.append(Change(_worded(path, now.content, language), *shown))
    return found


def _listed(value: Any, path: str = "") -> dict[str, str]:
    """Path of each item of a list that is more than a value → its weight, parents first."""
    if isinstance(value, dict):
        return {p: v for k, below in value.items() for p, v in _listed(below, f"{path}.{k}" if path else k).items()}
    found: dict[str, str] = {}
    if isinstance(value, list):
        for place, item in enumerate(value):
            if isinstance(item, dict):
                at = f"{path}.{_key(item, place)}"
                found |= {at: _short(item.get("weight", "–")), **_listed(item, at)}
    return found


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
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
