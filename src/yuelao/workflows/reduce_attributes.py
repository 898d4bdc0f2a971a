"""Reduce attributes: which of anybody's table decide, which can go, and the rules they give; no workspace."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from yuelao.analytics.rough_sets import DecisionTable, Reduct, read_table, reduct
from yuelao.analytics.rough_sets.discretise import Method, discretise
from yuelao.analytics.rough_sets.rules import Rule, rules
from yuelao.common.language import LANGUAGES, _, translate
from yuelao.common.progress import Progress, silent
from yuelao.warehouse import table_file


class ToldRule(BaseModel):
    """A decision rule and the sentence that says it. `support`: rows (or their weight) with the conditions;
    `confidence`: the share of them with the decision."""

    model_config = ConfigDict(frozen=True)

    conditions: dict[str, Any]
    decision: Any
    support: float
    confidence: float
    en: str
    zh: str


class Reduction(BaseModel):
    """`reduct`: the most telling attribute first. `dependency`: share of the rows whose decision all attributes
    determine; `kept`: whose decision the reduct determines. `smallest`: no reduct is smaller, proven. `seconds`: the
    search, with the compiling or loading of its code; before it, `seconds_reading` for the file and its codes."""

    model_config = ConfigDict(frozen=True)

    rows: int
    attributes: int
    reduct: list[str]
    core: list[str]
    dependency: float
    kept: float
    smallest: bool
    rules: list[ToldRule]
    notes: list[str]
    seconds: float
    seconds_reading: float


@dataclass(frozen=True)
class Wish:
    """What is asked of a table: its decision, what is left out, and how; see `analytics.rough_sets`."""

    decision: str
    exclude: Sequence[str] = ()
    weights: str | None = None
    discretisation: Method | None = None
    intervals: int = 5
    tolerance: float | None = None
    exact: bool = False
    rules: int = 0


def reduce_attributes(file: Path, wish: Wish, progress: Progress = silent) -> Reduction:
    """A reduct of the table in the file, CSV or Parquet. Refused for a file or a column that is not there or cannot be
    used, and for an exact search of too large a table."""
    started = time.perf_counter()
    table = _read(file, wish)
    read = time.perf_counter()
    found = reduct(table, tolerance=wish.tolerance, exact=wish.exact, tell=progress)
    told = [_told(rule, wish.decision) for rule in rules(table, found.attributes, wish.rules)]
    return Reduction(
        rows=table.rows,
        attributes=len(table.names),
        reduct=found.attributes,
        core=found.core,
        dependency=found.dependency,
        kept=found.kept,
        smallest=found.smallest,
        rules=told,
        notes=_notes(table, found, wish),
        seconds=round(time.perf_counter() - read, 3),
        seconds_reading=round(read - started, 3),
    )


def _read(file: Path, wish: Wish) -> DecisionTable:
    arrow = table_file.read_table(file)
    used = [wish.decision, *wish.exclude, *([wish.weights] if wish.weights else [])]
    table_file.need_columns(arrow, used, file)
    if wish.discretisation is not None:
        arrow = discretise(
            arrow, wish.decision, wish.discretisation, intervals=wish.intervals, exclude=wish.exclude,
            weights=wish.weights,
        )  # fmt: skip
    return read_table(arrow, wish.decision, exclude=wish.exclude, weights=wish.weights)


def _notes(table: DecisionTable, found: Reduct, wish: Wish) -> list[str]:
    notes = [
        f"{name} is different in every row: leave it out (--exclude) if it is an id"
        for name in found.attributes
        if table.columns[name].cardinality == table.rows > 1
    ]
    if wish.tolerance is None and found.dependency < 0.5:
        undecided = f"all attributes together leave the decision of {1 - found.dependency:.1%} of the rows open"
        notes.append(f"The reduct keeps what is determined, but {undecided}; --tolerance keeps what they tell about it")
    return notes


def _told(rule: Rule, decision: str) -> ToldRule:
    said = {language: _sentence(rule, decision, language) for language in LANGUAGES}
    conditions = {name: _plain(value) for name, value in rule.conditions.items()}
    return ToldRule(
        conditions=conditions, decision=_plain(rule.decision), support=rule.support, confidence=rule.confidence, **said
    )


def _sentence(rule: Rule, decision: str, language: str) -> str:
    conditions = translate(_(" and "), language).join(
        translate(_("{attribute} is missing"), language, attribute=name)
        if value is None
        else translate(_("{attribute} is {value}"), language, attribute=name, value=value)
        for name, value in rule.conditions.items()
    )
    return translate(
        _("If {conditions}, {decision} is {value}: true of {confidence} of {support} rows"),
        language,
        conditions=conditions or translate(_("nothing more is known"), language),
        decision=decision,
        value=translate(_("unknown"), language) if rule.decision is None else rule.decision,
        support=f"{rule.support:,.6g}",
        confidence=f"{rule.confidence:.1%}",
    )


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
