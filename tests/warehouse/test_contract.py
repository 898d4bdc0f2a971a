"""The contract holds together, and its page shows all of it."""

import pytest

from yuelao.common.errors import NotFound
from yuelao.common.outcomes import Outcome
from yuelao.warehouse.contract import CONTRACT, SQL_TYPES
from yuelao.warehouse.contract_page import render

TABLES = list(CONTRACT.tables.values())


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_is_described_and_its_parts_exist(table):
    assert table.en
    assert table.zh
    assert set(table.key) <= set(table.fields)
    assert table.partition in (None, table.register_day) or table.fields[table.partition].required
    assert table.known is None or table.known[0] in table.fields
    for field in table.fields.values():
        assert field.en
        assert field.zh
        assert field.type in SQL_TYPES
        assert not (field.codes and field.type != "text")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_key_is_always_there_but_for_the_day_of_a_register(table):
    missing = [name for name in table.key if not table.fields[name].required]
    assert missing == {"customers": ["observed_on"], "plans": ["valid_from"]}.get(table.name, [])
    assert table.register_day == next(iter(missing), None)


def test_no_identity_is_kept_in_the_lake():
    assert {"name", "phone"}.isdisjoint(CONTRACT.tables["customers"].schema.names)


def test_the_outcomes_are_those_of_the_desk():
    assert set(CONTRACT.tables["contacts"].fields["outcome"].codes) == {outcome.value for outcome in Outcome}


def test_only_events_can_do_without_an_id():
    without = {table.name for table in TABLES if table.own_id}
    assert without == {"payments", "interactions", "transactions", "browsing", "complaints", "contacts", "orders"}


def test_an_unknown_table_is_named_with_its_nearest():
    with pytest.raises(NotFound, match=r"no table 'custmers'.*Did you mean customers"):
        CONTRACT.table("custmers")


def test_the_page_shows_every_field_and_code():
    page = render()
    for table in TABLES:
        assert f"## {table.name}\n" in page
        for field in table.fields.values():
            assert f"| `{field.name}` | {field.type} |" in page
            assert all(f"`{code}`" in page for code in field.codes)
