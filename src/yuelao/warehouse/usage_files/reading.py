"""Reads usage files into an engine of their own; wrong rows are set aside with file, line and column."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import ibis.expr.types as ir
from duckdb import DuckDBPyConnection
from ibis.backends.duckdb import Backend

from yuelao.common.errors import NotFound, Refused, Unavailable
from yuelao.common.progress import Progress, silent
from yuelao.warehouse.duck import connect
from yuelao.warehouse.engine import literal
from yuelao.warehouse.expressions import SOURCE_LINE
from yuelao.warehouse.ingest.files import column_places, open_file
from yuelao.warehouse.ingest.judging import judging_sql, rejects_sql
from yuelao.warehouse.ingest.rejects import Rejects
from yuelao.warehouse.mapping import FieldSource, TableSource
from yuelao.warehouse.units import factor
from yuelao.warehouse.usage_files.rules import FILES, USAGE, Rules

_MAX_LINE_BYTES = 1_048_576
_FINEST = {"calls": ("seconds", 1_000), "data": ("B", 1_000), "messages": ("messages", 1)}
"""What amounts are counted in: thousandths of a second and of a byte, messages; so sums are exact."""
_STAGED = "line BIGINT, event_id VARCHAR, customer_id VARCHAR, month DATE, amount BIGINT, on_net BOOLEAN"


@contextmanager
def open_usage(files: Mapping[str, Path], rules: Rules, progress: Progress = silent) -> Iterator["Usage"]:
    """Read `files` (names of `FILES` to paths; calls, data and messages may be left out) as the rules say.

    Refused for a file that is not what the rules say, a wrong row of the plans, or nothing to bill; other wrong rows
    are set aside. Progress is told in bytes of each file.
    """
    with TemporaryDirectory(prefix="yuelao-rehearse-") as spill:
        backend = connect(Path(spill))
        try:
            yield Usage(backend, files, rules, progress)
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            said = str(error).splitlines()[0]
            raise Unavailable(f"There is not enough room: {said}", hint="Free memory or disk") from error
        finally:
            backend.disconnect()


class Usage:
    """The usage that was read. `plans`: rows of the contract's plans, numbers exact; `places`: where each stands."""

    def __init__(self, backend: Backend, files: Mapping[str, Path], rules: Rules, progress: Progress) -> None:
        self.backend, self._files, self._rules = backend, files, rules
        self._connection: DuckDBPyConnection = backend.con
        self._rejects = Rejects(self._connection)
        self.plans: list[dict[str, object]] = []
        self.places: list[str] = []
        self._check()
        self._connection.execute(
            "CREATE TABLE users "
            "(line BIGINT, customer_id VARCHAR, plan VARCHAR, holder VARCHAR, joined DATE, left_on DATE)"
        )
        for name in sorted(self._files, key=lambda name: name not in ("plans", "users")):
            if name in USAGE:
                self._connection.execute(f"CREATE TABLE {name} ({_STAGED})")
            self._read(name, progress)
            self._name_columns(name)
        self._refuse_plans()
        self._set_users_aside()
        self._set_events_aside()

    def _check(self) -> None:
        for name, path in self._files.items():
            if name not in self._rules.sources:
                hint = "Say under it how the file is read, or leave the file out"
                raise Refused(f"The rules have no `{name}:`", where=self._rules.place, hint=hint)
            if not path.is_file():
                raise NotFound("There is no such file", where=str(path), hint="Check the path")
            if path.stat().st_size == 0:
                raise Refused("The file is empty", where=str(path), hint="Export it again, with its header line")
        if not any(name in self._files for name in USAGE):
            raise Refused("There is no use to bill", hint="Give --calls, --data or --messages")

    @property
    def services(self) -> list[str]:
        """The usage files given, by their names."""
        return [name for name in USAGE if name in self._files]

    def events(self, name: str) -> ir.Table:
        """The accepted rows of a usage file: customer_id, month, amount (thousandths of seconds or bytes), on_net."""
        return self.backend.table(name)

    def users(self) -> ir.Table:
        """The accepted users: customer_id, plan, holder."""
        table = self.backend.table("users")
        return table.select("customer_id", "plan", "holder")

    def months(self) -> ir.Table | None:
        """The months of each user to bill even without use: customer_id, month; None where only use counts.

        From joining to leaving, both counted, within the first and last month of all use; without a date, to its end.
        """
        if self._rules.months == "used":
            return None
        use = " UNION ALL ".join(f"SELECT month FROM {name}" for name in self.services)
        self._connection.execute(
            f"CREATE OR REPLACE TABLE subscribed AS WITH span AS (SELECT min(month) AS first, max(month) AS last "
            f"FROM ({use})) SELECT customer_id, CAST(unnest(generate_series(CAST(greatest(coalesce(joined, first), "
            "first) AS TIMESTAMP), CAST(least(coalesce(left_on, last), last) AS TIMESTAMP), INTERVAL 1 MONTH)) "
            "AS DATE) AS month FROM users, span WHERE first IS NOT NULL"
        )
        return self.backend.table("subscribed")

    def keep(self, table: ir.Table, name: str) -> ir.Table:
        """Compute a table once, for the passes to come."""
        return self.backend.create_table(name, table, temp=True)

    def rejected(self) -> dict[str, int]:
        """How many rows of each file were set aside."""
        return {name: count for name in FILES if (count := self._rejects.count(name))}

    def first_rejects(self, most: int = 3) -> list[str]:
        """The first rows set aside, as 'calls.csv, line 7, duration: not a number (abc)'."""
        rows = self._connection.execute(
            f"SELECT source, line, field, value, reason FROM rejects ORDER BY source, line, field LIMIT {most}"
        ).fetchall()
        return [_told(*row) for row in rows]

    def _read(self, name: str, progress: Progress) -> None:
        """Bring one file's rows into its table, or among the rejects."""
        path, source = self._files[name], self._rules.sources[name]
        reader = open_file(path, source, _MAX_LINE_BYTES)
        places = column_places(reader, path, source)
        judging, size = judging_sql(source, places, date.today()), path.stat().st_size
        for batch in reader.batches(sorted(set(places.values()))):
            self._connection.register("batch", batch.rows)
            self._judge(judging, source)
            self._connection.unregister("batch")
            self._rejects.add(name, path.name, rejects_sql(source, date.today()))
            self._rejects.add_unreadable(name, path.name, batch.unreadable)
            if name == "plans":
                self._take_plans(source, path)
            else:
                self._connection.execute(f"INSERT INTO {name} {_accepted_sql(name, source)}")
            progress(path.name, batch.done, size)

    def _judge(self, judging: str, source: TableSource) -> None:
        try:
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {judging}")
        except (duckdb.BinderException, duckdb.InvalidInputException, duckdb.ConversionException) as error:
            said = str(error).splitlines()[0]
            hint = "Correct the expression or the format"
            raise Refused(f"A part of the rules cannot be computed: {said}", where=source.where, hint=hint) from error

    def _name_columns(self, name: str) -> None:
        """Rejects tell the file's own columns."""
        for source in self._rules.sources[name].fields:
            own = source.mapping.column or source.expression.text
            self._connection.execute(
                'UPDATE rejects SET field = ? WHERE "table" = ? AND field = ?', [own, name, source.field.name]
            )

    def _take_plans(self, source: TableSource, path: Path) -> None:
        texts = ", ".join(f"t{place}" for place in range(len(source.fields)))
        rows = self._connection.execute(
            f"SELECT {SOURCE_LINE}, {texts} FROM judged WHERE problem = 0 ORDER BY {SOURCE_LINE}"
        ).fetchall()
        for line, *values in rows:
            named = zip(source.fields, values, strict=True)
            self.plans.append({field.field.name: _exact(field, value) for field, value in named})
            self.places.append(f"{path.name}, line {line}")

    def _refuse_plans(self) -> None:
        """A catalogue with a plan missing would answer wrongly: any wrong row refuses it."""
        wrong = self._connection.execute(
            "SELECT source, line, field, value, reason FROM rejects WHERE \"table\" = 'plans' ORDER BY line, field"
        ).fetchone()
        if wrong is not None:
            raise Refused(_told(*wrong, with_place=False), where=_place(*wrong[:3]), hint="Correct the plan")

    def _set_users_aside(self) -> None:
        known = ", ".join(literal(str(plan["plan_id"])) for plan in self.plans) or "''"
        dates = "left_on < joined"
        self._set_aside("users", f"plan NOT IN ({known})", "plan_id", "plan", "not in the plans file")
        self._set_aside("users", dates, "left_on", "CAST(left_on AS VARCHAR)", "before the user joined")
        self._set_repeated_aside("users", "customer_id", "the same user as line ")

    def _set_events_aside(self) -> None:
        unknown = "customer_id NOT IN (SELECT customer_id FROM users)"
        for name in self.services:
            self._set_aside(name, unknown, "customer_id", "customer_id", "no such user, or one set aside")
            if any(field.field.name == "event_id" for field in self._rules.sources[name].fields):
                self._set_repeated_aside(name, "event_id", "the same id as line ")

    def _set_aside(self, name: str, condition: str, field: str, value: str, reason: str) -> None:
        """Move the rows of a table that fulfil `condition` among the rejects."""
        column, file = self._own(name, field), self._files[name].name
        told = f"SELECT line, {literal(column)}, {value}, {literal(reason)} FROM {name} WHERE {condition}"
        self._rejects.add(name, file, told)
        self._connection.execute(f"DELETE FROM {name} WHERE {condition}")

    def _set_repeated_aside(self, name: str, key: str, reason: str) -> None:
        """Keep the first row of every key."""
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT line, {key} AS key, min(line) OVER (PARTITION BY {key}) "
            f"AS first FROM {name} QUALIFY line > first"
        )
        told = f"SELECT line, {literal(self._own(name, key))}, key, {literal(reason)} || first FROM repeated"
        self._rejects.add(name, self._files[name].name, told)
        self._connection.execute(f"DELETE FROM {name} WHERE line IN (SELECT line FROM repeated)")

    def _own(self, name: str, field: str) -> str:
        """What the file calls a field."""
        found = (source for source in self._rules.sources[name].fields if source.field.name == field)
        source = next(found, None)
        return field if source is None else source.mapping.column or source.expression.text


def _accepted_sql(name: str, source: TableSource) -> str:
    """SQL from `judged` to the rows without a problem, in the columns of the file's table."""
    values = {field.field.name: f"v{place}" for place, field in enumerate(source.fields)}
    if name == "users":
        columns = [values.get(field, "NULL") for field in ("customer_id", "plan_id", "holder", "joined_on", "left_on")]
    else:
        amount = next(
            (_amount(name, field, place) for place, field in enumerate(source.fields) if field.field.name == "amount"),
            "1",
        )
        columns = [values.get("event_id", "NULL"), values["customer_id"], values["month"]]
        columns += [amount, values.get("on_net", "NULL")]
    return f"SELECT {SOURCE_LINE}, {', '.join(columns)} FROM judged WHERE problem = 0"


def _amount(name: str, source: FieldSource, place: int) -> str:
    """SQL of an amount in whole finest parts: exact for up to 6 decimals of the source's own unit."""
    unit, parts = _FINEST[name]
    if name == "messages":
        return f"coalesce(v{place}, 1)"
    finest = round(factor(source.mapping.unit or source.field.unit, unit) * parts)
    text = f"replace(t{place}, ',', '')" if source.mapping.thousands else f"t{place}"
    exact = f"TRY_CAST({text} AS DECIMAL(18, 6)) * CAST({finest} AS DECIMAL(19, 0))"
    return f"CAST(round({exact}) AS BIGINT)"


def _exact(source: FieldSource, text: str | None) -> object:
    """A plan's value as the tariff reads it: numbers as fractions in the contract's unit."""
    if text is None or source.field.type == "text":
        return text
    if source.field.type == "boolean":
        return text.lower() in ("1", "1.0", "true", "t", "yes", "y", "是")
    number = Decimal(text.replace(",", "") if source.mapping.thousands else text)
    return Fraction(number) * Fraction(source.factor).limit_denominator(10**12)


def _place(file: str, line: int, column: str) -> str:
    return f"{file}, line {line}" + (f", {column}" if column else "")


def _told(file: str, line: int, column: str, value: str, reason: str, *, with_place: bool = True) -> str:
    shown = f" ({value[:60]})" if value else ""
    said = f"{reason}{shown}"
    return f"{_place(file, line, column)}: {said}" if with_place else said[:1].upper() + said[1:]
