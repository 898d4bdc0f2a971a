"""The migrations: quick, repeatable, in step with the tables, and ledgers that the database itself protects."""

from collections.abc import Iterator
from contextlib import closing
from threading import Thread

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError

from tests import builders
from yuelao.storage.migrate import configuration, revision
from yuelao.storage.session import Database
from yuelao.storage.tables import Stored


@pytest.fixture
def bare(bare_database_url: str) -> Iterator[Database]:
    with closing(Database(bare_database_url)) as database:
        yield database


def test_the_migrations_make_exactly_the_tables_of_the_models(bare: Database) -> None:
    bare.migrate()
    # SQLAlchemy cannot read an index with DESC back from SQLite; the next test compares its text.
    unreadable = {"ix_tasks_pool"} if bare.engine.dialect.name == "sqlite" else set()

    def include_object(_object: object, name: str | None, *_rest: object) -> bool:
        return name not in unreadable

    options = {"compare_type": True, "compare_server_default": True, "include_object": include_object}
    with bare.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Stored.metadata) == []


def test_on_sqlite_every_index_is_the_models_own_to_the_letter(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("indexes")
    found = []
    for way in ("migrated", "created"):
        with closing(Database(f"sqlite:///{folder / way}.sqlite")) as database:
            if way == "migrated":
                database.migrate()
            else:
                Stored.metadata.create_all(database.engine)
            with database.transaction(read_only=True) as session:
                found.append(
                    session.execute(
                        text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
                    ).all()
                )
    assert sorted(found[0]) == sorted(found[1])


def test_an_empty_database_is_made_by_a_handful_of_statements_for_each_table(bare: Database) -> None:
    said: list[str] = []
    event.listen(bare.engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    bare.migrate()
    assert 0 < len(said) < 8 * len(Stored.metadata.tables)  # indexes, guards and what Alembic asks included


def test_migrating_again_changes_nothing_and_there_is_a_way_back(bare: Database) -> None:
    bare.migrate()
    bare.migrate()
    with bare.engine.begin() as connection:
        assert revision(connection) is not None
        config = configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    bare.migrate()


def test_two_processes_may_migrate_at_once(bare_database_url: str) -> None:
    errors: list[DatabaseError] = []

    def migrate() -> None:
        try:
            with closing(Database(bare_database_url)) as database:
                database.migrate()
        except DatabaseError as error:
            errors.append(error)

    threads = [Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    engine = create_engine(Database(bare_database_url).url)
    assert "tasks" in inspect(engine).get_table_names()
    engine.dispose()


def test_the_value_segmentation_of_an_older_database_is_kept(bare: Database) -> None:
    config = configuration()
    values = {"content": '{"tree": {}}', "at": "2026-11-01 10:00:00"}
    with bare.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for name in ("value", "other"):
            old = "INSERT INTO segmentation_versions (name, version, content, saved_by, saved_at)"
            connection.execute(text(f"{old} VALUES (:name, 3, :content, 'me', :at)"), values | {"name": name})
        command.upgrade(config, "head")
        found = connection.execute(text("SELECT name, version, note FROM view_model_versions ORDER BY name")).all()
        assert [tuple(row) for row in found] == [("other", 3, ""), ("value_segmentation", 3, "")]
        command.downgrade(config, "0001")
        found = connection.execute(text("SELECT name FROM segmentation_versions ORDER BY name")).all()
        assert [name for (name,) in found] == ["other", "value"]


@pytest.mark.parametrize("change", ["UPDATE contacts SET outcome = 'sold'", "DELETE FROM contacts"])
def test_the_database_refuses_to_change_a_ledger(database: Database, change: str) -> None:
    with database.transaction() as session:
        builders.a_contact(session)
    with pytest.raises(DatabaseError, match="append-only"), database.transaction() as session:
        session.execute(text(change))
