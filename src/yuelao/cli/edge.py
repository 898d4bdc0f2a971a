"""The command line's edge: common options, the opened house, progress bars, how results and refusals are printed."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from yuelao.common.errors import YuelaoError
from yuelao.common.settings import WORKSPACE_VARIABLE, open_workspace
from yuelao.workflows.house import House, open_house

Part = Table | str
"""What a command shows to a person: tables and lines."""


@dataclass(frozen=True)
class Common:
    """The options every command takes."""

    workspace: Path
    as_json: bool


def split_common(arguments: Sequence[str]) -> tuple[Common, list[str]]:
    """Take `-w`/`--workspace` and `--json` out of the arguments, wherever they stand (before any `--`)."""
    workspace = os.environ.get(WORKSPACE_VARIABLE) or "."
    as_json = False
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument == "--json":
            as_json = True
        elif argument in ("-w", "--workspace"):
            value = next(waiting, None)
            if value is None:
                rest.append(argument)  # Typer tells that the option needs a value
            else:
                workspace = value
        elif argument.startswith("--workspace="):
            workspace = argument.partition("=")[2]
        else:
            rest.append(argument)
    return Common(Path(workspace), as_json), rest


class Edge:
    """Where one command meets its person (or program)."""

    def __init__(self, common: Common) -> None:
        self.workspace = common.workspace
        self.as_json = common.as_json
        self.out = Console(highlight=False, soft_wrap=common.as_json)
        self.err = Console(stderr=True, highlight=False)
        self._opened: list[House] = []

    def house(self) -> House:
        """The opened house of the chosen workspace."""
        return self.keep(open_house(open_workspace(self.workspace)))

    def keep(self, house: House) -> House:
        """The house, to be closed when the command ends."""
        self._opened.append(house)
        return house

    def close(self) -> None:
        """Close every house of this command."""
        while self._opened:
            self._opened.pop().close()

    def answer(self, result: BaseModel | dict[str, Any], *parts: Part) -> None:
        """Print the result: one JSON object, or the `parts` made for people."""
        if self.as_json:
            data = result.model_dump(mode="json") if isinstance(result, BaseModel) else result
            print(json.dumps(data, ensure_ascii=False, default=str))
            return
        for part in parts:
            self.out.print(part, soft_wrap=isinstance(part, str))

    def refuse(self, error: YuelaoError) -> None:
        """Print a refusal: one line for people, one object for programs."""
        if self.as_json:
            print(json.dumps({"error": error.as_dict()}, ensure_ascii=False))
        else:
            self.err.print(str(error), style="red", markup=False, soft_wrap=True)

    def say(self, message: str) -> None:
        """Tell the person something that is not the result."""
        self.err.print(message, markup=False)

    @contextmanager
    def progress(self) -> Iterator["Bars"]:
        """Progress bars on standard error while long work runs."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.err, transient=False) as bars:
            yield Bars(bars)


class Bars:
    """One bar a step, in the order they come; fits `common.progress.Progress`."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._step = ""
        self._bar: TaskID | None = None

    def __call__(self, step: str, done: int, total: int) -> None:
        if self._bar is None or step != self._step:
            if self._bar is not None:
                self._bars.update(self._bar, completed=self._bars.tasks[self._bar].total)
            self._step, self._bar = step, self._bars.add_task(step, total=total)
        self._bars.update(self._bar, completed=done, total=total)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table for people: text columns left, numbers right with thousands separators."""
    made = Table(title=title, title_justify="left", header_style="bold")
    kept = [list(row) for row in rows]
    for index, name in enumerate(columns):
        numeric = any(isinstance(row[index], int | float) for row in kept)
        made.add_column(name, justify="right" if numeric else "left")
    for row in kept:
        made.add_row(*(_cell(value) for value in row))
    return made


def _cell(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)
