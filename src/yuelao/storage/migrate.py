"""Migrations run from the program: the scripts travel inside the package, and no configuration file is needed."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

_LOCK = 0x59_75_65_6C_61_6F  # "Yuelao"


def upgrade(engine: Engine) -> None:
    """Run the revisions that the database lacks, all of them in one transaction."""
    config = configuration()
    newest = ScriptDirectory.from_config(config).get_current_head()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if revision(connection) != newest:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def configuration() -> Config:
    """Alembic's configuration: where the revisions are."""
    config = Config()
    config.set_main_option("script_location", "yuelao.storage:migrations")
    config.set_main_option("path_separator", "os")
    return config


def revision(connection: Connection) -> str | None:
    """The revision that the database is at; None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()
