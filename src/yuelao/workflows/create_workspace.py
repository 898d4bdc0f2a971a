"""Make a workspace and fill it from a pack: policy, value model, products, scripts, campaigns."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from yuelao.common.clock import Clock, system_clock
from yuelao.common.errors import NotFound, nearest
from yuelao.common.settings import create_workspace
from yuelao.workflows.house import House, open_house
from yuelao.workflows.import_definitions import import_definitions, read_definitions

_PACKS = files("yuelao") / "packs"


def packs() -> list[str]:
    """The names of the packs that come with Yuelao."""
    return sorted(entry.name for entry in _PACKS.iterdir() if entry.is_dir() and not entry.name.startswith("_"))


def create(path: Path, pack: str, overrides: dict[str, str] | None = None, clock: Clock = system_clock) -> House:
    """Make a workspace at `path` from `pack`; `overrides` are settings that differ from their defaults."""
    if pack not in packs():
        raise NotFound(f"There is no pack called {pack!r}", where="--pack", hint=nearest(pack, packs()))
    house = open_house(create_workspace(path, pack, overrides or {}), clock)
    with house.database.transaction() as session:
        import_definitions(session, list(_pack_definitions(pack)), by=f"pack {pack}", now=house.now(), with_states=True)
    return house


def _pack_definitions(pack: str) -> Iterator[dict[str, object]]:
    for entry in sorted((_PACKS / pack).iterdir(), key=lambda file: file.name):
        if entry.name.endswith(".yaml"):
            yield from read_definitions(entry.read_text(encoding="utf-8"), where=f"pack {pack}, {entry.name}")
