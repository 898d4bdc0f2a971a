"""The SQL that takes a batch of a source's rows through every check: `judged` has each row with its first problem."""

from collections.abc import Mapping
from datetime import date

from yuelao.warehouse.engine import literal, pseudonym_sql, quoted
from yuelao.warehouse.expressions import SOURCE_LINE
from yuelao.warehouse.ingest.values import Problem, cleaned, coded, problems, typed
from yuelao.warehouse.mapping import TableSource

_PSEUDONYMS = ("customer_id", "person_id")
SOURCE_ID = "_source_id"
"""The source's own id of a customer: kept until the load is published, never in the lake."""


def judging_sql(source: TableSource, places: Mapping[str, int], today: date) -> str:
    """SQL from `batch` (source_line, c<i> of any type) to source_line, x<i> (text), v<i> (value), problem (0: none)."""
    held = {name: f"c{place}" for name, place in places.items()}
    fields = list(enumerate(source.fields))
    nulls = source.reading.nulls
    clean = ", ".join(f"{cleaned(column, nulls)} AS {column}" for column in sorted(set(held.values())))
    raw = ", ".join(f"nullif(CAST({f.expression.sql(held)} AS VARCHAR), '') AS x{i}" for i, f in fields)
    bad = ", ".join(f"{_bad_number(f.expression.numbers, held)} AS n{i}" for i, f in fields)
    translated = ", ".join(f"{coded(f'x{i}', f)} AS t{i}" for i, f in fields)
    values = ", ".join(f"{typed(f't{i}', f)} AS v{i}" for i, f in fields)
    wanted = f" WHERE coalesce({source.row_filter.sql(held)}, false)" if source.row_filter else ""
    cases = " ".join(f"WHEN {p.condition} THEN {number}" for number, (_, p) in enumerate(_all(source, today), 1))
    return (
        f"WITH clean AS (SELECT {', '.join([SOURCE_LINE, clean] if clean else [SOURCE_LINE])} FROM batch), "
        f"raw AS (SELECT {SOURCE_LINE}, {raw}, {bad} FROM clean{wanted}), "
        f"coded AS (SELECT *, {translated} FROM raw), typed AS (SELECT *, {values} FROM coded) "
        f"SELECT *, CASE {cases} ELSE 0 END AS problem FROM typed"
    )


def _bad_number(names: frozenset[str], held: Mapping[str, str]) -> str:
    """The first text that the expression uses as a number and that is none; else null."""
    cases = " ".join(f"WHEN TRY_CAST({held[name]} AS DOUBLE) IS NULL THEN {held[name]}" for name in sorted(names))
    return f"CASE {cases} END" if cases else "NULL"


def _all(source: TableSource, today: date) -> list[tuple[int, Problem]]:
    """Every check with the place of its field, in the order in which they are made; their numbers start at 1."""
    found: list[tuple[int, Problem]] = []
    for i, field in enumerate(source.fields):
        if field.expression.numbers:
            found.append((i, Problem(f"n{i} IS NOT NULL", f"not a number in {field.expression.text}", f"n{i}")))
        found += [(i, problem) for problem in problems(f"x{i}", f"t{i}", f"v{i}", field, today)]
    return found or [(0, Problem("false", ""))]


def rejects_sql(source: TableSource, today: date) -> str:
    """SQL from `judged` to line, field, value and reason of the rows with a problem."""
    checks = list(enumerate(_all(source, today), 1))
    names = [literal(source.fields[place].field.name) for _, (place, _) in checks]
    reasons = [literal(problem.reason) for _, (_, problem) in checks]
    values = " ".join(f"WHEN {number} THEN {problem.value or f'x{place}'}" for number, (place, problem) in checks)
    return (
        f"SELECT {SOURCE_LINE} AS line, [{', '.join(names)}][problem] AS field, "
        f"coalesce(CASE problem {values} END, '') AS value, [{', '.join(reasons)}][problem] AS reason "
        "FROM judged WHERE problem > 0"
    )


def accepted_sql(source: TableSource, file_number: int) -> str:
    """SQL from `judged` to the rows without a problem, as `staged_columns` names them."""
    table = source.table
    given = {field.field.name: f"v{i}" for i, field in enumerate(source.fields)}
    columns = {name: pseudonym_sql(value) if name in _PSEUDONYMS else value for name, value in given.items()}
    if table.own_id and table.own_id not in given:
        columns[table.own_id] = _row_id([value for name, value in columns.items()])
    if table.name == "customers":
        columns[SOURCE_ID] = given["customer_id"]
    listed = ", ".join(f"{columns[name]} AS {quoted(name)}" for name in staged_columns(source))
    return f"SELECT {file_number} AS _file, {SOURCE_LINE} AS _line, {listed} FROM judged WHERE problem = 0"


def _row_id(values: list[str]) -> str:
    """An id that the same row gets again in the next load."""
    texts = ", ".join(rf"coalesce(CAST({value} AS VARCHAR), '\N')" for value in values)
    return f"md5(concat_ws('|', {texts}))"


def staged_columns(source: TableSource) -> dict[str, str]:
    """The columns a staged row has beside `_file` and `_line`, with their SQL types."""
    columns = {field.field.name: field.field.sql_type for field in source.fields}
    if source.table.own_id:
        columns.setdefault(source.table.own_id, "VARCHAR")
    if source.table.name == "customers":
        columns[SOURCE_ID] = "VARCHAR"
    return dict(sorted(columns.items()))
