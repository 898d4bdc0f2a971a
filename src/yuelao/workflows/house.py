"""The opened house: a workspace with its two stores and a clock, handed to every workflow over the whole base."""

from dataclasses import dataclass
from datetime import date, datetime

from yuelao.common.clock import Clock, system_clock
from yuelao.common.settings import Workspace
from yuelao.storage.session import Database
from yuelao.warehouse.lake import Lake


@dataclass(frozen=True)
class House:
    """A workspace, its operational database, its lake, and the time."""

    workspace: Workspace
    database: Database
    lake: Lake
    clock: Clock

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return self.clock()

    def local_now(self) -> datetime:
        """The present moment on the wall clock of the workspace (naive, as the lake keeps time)."""
        return self.clock().astimezone(self.workspace.timezone).replace(tzinfo=None)

    def today(self) -> date:
        """The present day in the workspace's time zone."""
        return self.local_now().date()

    def close(self) -> None:
        """Close the database; SQLite's `-wal` and `-shm` beside its file go with the last one that has it open."""
        self.database.close()


def open_house(workspace: Workspace, clock: Clock = system_clock) -> House:
    """Open both stores of the workspace; the database is brought to the present schema."""
    database = Database(workspace.database_url)
    database.migrate()
    return House(workspace, database, lake_of(workspace), clock)


def lake_of(workspace: Workspace) -> Lake:
    """The lake of the workspace, with the engine that its settings name."""
    settings = workspace.settings
    return Lake(workspace.lake, settings.memory_limit, settings.threads, settings.engine)
