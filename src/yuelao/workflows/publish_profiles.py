"""Publish profiles: bring what desk, policy and scripts may know of customers to operations, and show it at once."""

from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy.orm import Session

from yuelao.operations import customers, scripts
from yuelao.operations.scripts.rules import placeholders
from yuelao.warehouse import publishing
from yuelao.warehouse.snapshot import Snapshot
from yuelao.warehouse.views import read_view, scored_outputs
from yuelao.workflows.desk_card import OF_THE_CALL
from yuelao.workflows.house import House

_FIELDS: dict[str, list[str]] = yaml.safe_load(
    files(__package__).joinpath("published_fields.yaml").read_text(encoding="utf-8")
)
READ_FIELDS = tuple(dict.fromkeys(name for names in _FIELDS.values() for name in names))
"""The fields of the view that a page or a rule reads by name."""


def publish_profiles(house: House, as_of: date) -> date:
    """Copy the profiles of the view as of a day into a new generation, in short transactions, then let readers see it.

    Returns the day of what readers see: profiles of a later day stay.
    """
    with house.database.transaction(read_only=True) as session:
        shown = customers.newest_as_of(session)
        said = _said_in_scripts(session)
    if shown and shown > as_of:
        return shown
    with house.lake.snapshot() as snapshot:
        names, batches = _profiles(house, snapshot, as_of, said)
        with house.database.transaction() as session:
            generation = customers.new_generation(session, as_of, house.now(), names)
        for rows in batches:
            with house.database.transaction() as session:
                customers.copy_profiles(session, generation, rows)
    with house.database.transaction() as session:
        customers.flip(session, generation, house.now())
    _drop_old(house)
    return as_of


def unsayable(house: House) -> list[str]:
    """What the words of scripts ask for and nothing tells: every sentence with it is left out of every call."""
    with house.database.transaction(read_only=True) as session:
        known = customers.published_names(session)
        return [] if known is None else sorted(_said_in_scripts(session) - OF_THE_CALL - known)


def _profiles(
    house: House, snapshot: Snapshot, as_of: date, said: set[str]
) -> tuple[list[str], Iterator[list[tuple[str, str]]]]:
    """The names of the published fields, and the customers with their values in batches."""
    view = read_view(snapshot, as_of)
    table = publishing.with_history(snapshot, view, house.local_now())
    history = [name for name in table.columns if name not in view.columns]
    outputs = [output.name for output in scored_outputs(snapshot)]
    wanted = {*READ_FIELDS, *said, *history, *outputs, *snapshot.extras()}
    names = [name for name in table.columns if name in wanted]
    return names, publishing.batches(snapshot.engine, table, names)


def _said_in_scripts(session: Session) -> set[str]:
    """What the words of all scripts ask for."""
    texts: list[Any] = []
    for script in scripts.list_all(session):
        texts += [step.text for step in script.steps] + [objection.answer for objection in script.objections]
    return {name for text in texts for wording in text.values() for name in placeholders(wording)}


def _drop_old(house: House) -> None:
    dropped = 1
    while dropped:
        with house.database.transaction() as session:
            dropped = customers.drop_old_generations(session)
