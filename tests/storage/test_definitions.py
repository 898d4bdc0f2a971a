"""Versioned definitions: a change makes a version, the same content does not, and mistakes name what is near."""

import pytest

from tests.builders import NOW
from yuelao.common.errors import NotFound
from yuelao.storage import definitions
from yuelao.storage.session import Database
from yuelao.storage.tables import ScriptVersionRow as Table


def test_a_change_makes_a_version_and_the_same_content_does_not(database: Database) -> None:
    with database.transaction() as session:
        assert definitions.save(session, Table, "hello", {"text": "a"}, "me", NOW) == 1
        assert definitions.save(session, Table, "hello", {"text": "a"}, "you", NOW) == 1
        assert definitions.save(session, Table, "hello", {"text": "b"}, "you", NOW) == 2
        assert definitions.save(session, Table, "hello", {"text": "a"}, "me", NOW) == 3
    with database.transaction(read_only=True) as session:
        newest = definitions.current(session, Table, "hello")
        assert (newest.version, newest.content, newest.saved_by) == (3, {"text": "a"}, "me")
        assert definitions.at_version(session, Table, "hello", 2).content == {"text": "b"}


def test_all_current_ones_are_listed_by_name(database: Database) -> None:
    with database.transaction() as session:
        for name, text in [("b", "1"), ("a", "1"), ("a", "2")]:
            definitions.save(session, Table, name, {"text": text}, "me", NOW)
        listed = definitions.current_of_all(session, Table)
    assert [(found.name, found.version) for found in listed] == [("a", 2), ("b", 1)]


def test_an_unknown_name_or_version_is_not_found(database: Database) -> None:
    with database.transaction() as session:
        definitions.save(session, Table, "data-upgrade", {}, "me", NOW)
        with pytest.raises(NotFound, match="data-upgrade"):
            definitions.current(session, Table, "data-upgrad")
        with pytest.raises(NotFound, match="version 9"):
            definitions.at_version(session, Table, "data-upgrade", 9)
