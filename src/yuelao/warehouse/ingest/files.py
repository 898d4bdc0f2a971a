"""Finding and opening the files that a mapping names."""

from glob import glob
from pathlib import Path

from yuelao.common.errors import NotFound, Refused, nearest
from yuelao.warehouse.ingest.csv_reader import CsvReader
from yuelao.warehouse.ingest.excel_reader import ExcelReader
from yuelao.warehouse.ingest.parquet_reader import ParquetReader
from yuelao.warehouse.ingest.rows import Reader
from yuelao.warehouse.mapping import Mapping, TableSource


def find_files(mapping: Mapping, source: TableSource) -> list[Path]:
    """The files of one entry, sorted by name; NotFound where there is none, Refused where one is empty."""
    found = sorted(mapping.folder / name for name in glob(source.reading.files, root_dir=mapping.folder))
    files = [file for file in found if file.is_file()]
    if not files:
        hint = f"Put it into {mapping.folder}, or correct `files:`"
        raise NotFound(f"No file is called {source.reading.files}", where=source.where, hint=hint)
    for file in files:
        if file.stat().st_size == 0:
            raise Refused("The file is empty", where=str(file), hint="Export it again, with its header line")
    return files


def open_file(path: Path, source: TableSource, max_line_bytes: int) -> Reader:
    """Open a file by its format; Refused where it is not what it should be."""
    try:
        match source.format_of(path):
            case "xlsx":
                return ExcelReader(path, source.reading)
            case "parquet":
                return ParquetReader(path)
            case _:
                return CsvReader(path, source.reading, max_line_bytes)
    except OSError as error:
        hint = "Check who may read it"
        raise Refused(f"The file cannot be read: {error.strerror}", where=str(path), hint=hint) from error


def column_places(reader: Reader, path: Path, source: TableSource) -> dict[str, int]:
    """Where in the file each column stands that the mapping uses; Refused for one that is missing or there twice."""
    expressions = [(field.expression, field.where) for field in source.fields]
    if source.row_filter:
        expressions.append((source.row_filter, source.where))
    places: dict[str, int] = {}
    for expression, where in expressions:
        for name in sorted(expression.columns):
            if name not in reader.names:
                raise Refused(
                    f"{path.name} has no column {name!r}", where=where, hint=_missing_hint(name, reader.names)
                )
            if reader.names.count(name) > 1:
                hint = "Give the columns different names"
                raise Refused(f"{path.name} has the column {name!r} twice", where=where, hint=hint)
            places[name] = reader.names.index(name)
    return places


def _missing_hint(name: str, names: list[str]) -> str:
    """What to do about a missing column: the nearest, or the separator when the whole header became one name."""
    if len(names) == 1 and any(mark in names[0] for mark in ",;|\t"):
        return f"Its only column is {names[0][:60]!r}: is the `separator:` right?"
    return nearest(name, [known for known in names if known])
