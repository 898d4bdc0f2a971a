"""Commands on customers: keep identities, publish profiles in generations, reveal a number, save definitions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from yuelao.common.errors import Conflict, NotFound, Refused
from yuelao.operations.customers.queries import CURRENT, current_generation
from yuelao.operations.customers.schemas import ViewModelDefinition
from yuelao.storage import bulk, definitions
from yuelao.storage.session import serialise
from yuelao.storage.tables import IdentityRow, ProfileGenerationRow, ProfileRow, ViewModelVersionRow

FILLING, RETIRED = "filling", "retired"
_MAY_CHANGE = ("person_id", "name", "phone", "city")


def save_identities(session: Session, rows: Iterable[Mapping[str, Any]]) -> int:
    """Keep who the customers are; returns how many.

    Rows: customer_id and source_id, and any of person_id, name, phone, city. What a row does not bring stays as it was;
    without a person_id a new customer is the person. Refused when a pseudonym already stands for another source id:
    their histories would be mixed.
    """
    saved = 0
    for brought, alike in groupby(rows, _brought):
        for batch in bulk.batches(alike):
            distinct = _distinct(batch)
            taken = bulk.upsert(session, IdentityRow, list(distinct.values()), same="source_id", change=brought)
            if len(taken) < len(distinct):
                _refuse_collision(next(row for key, row in distinct.items() if key not in taken)["source_id"])
            saved += len(distinct)
    return saved


def new_generation(session: Session, as_of: date, now: datetime, names: Sequence[str] | None = None) -> int:
    """Begin a publication of profiles that nobody sees yet; returns its number.

    `names`: the fields whose values `copy_profiles` will list; None where `add_profiles` brings them by name.
    """
    row = ProfileGenerationRow(as_of=as_of, state=FILLING, created_at=now, names=None if names is None else list(names))
    session.add(row)
    session.flush()
    return row.generation


def add_profiles(session: Session, generation: int, rows: Iterable[Mapping[str, Any]]) -> int:
    """Add rows {customer_id, fields} to a generation that is being filled; returns how many."""
    _filling(session, generation)
    return bulk.insert(
        session,
        ProfileRow,
        ({"generation": generation, "customer_id": row["customer_id"], "fields": row["fields"]} for row in rows),
    )


def copy_profiles(session: Session, generation: int, rows: Sequence[tuple[str, str]]) -> int:
    """Add many customers to a generation that was begun with names; returns how many.

    rows: customer_id, and as a text of JSON the list of the values of those names, null where one is not known.
    """
    if _filling(session, generation).names is None:
        raise Conflict("This generation has no names for lists of values", where=f"generation {generation}")
    told = [(generation, customer, values) for customer, values in rows]
    return bulk.copy(session, ProfileRow, ("generation", "customer_id", "fields"), told)


def flip(session: Session, generation: int, now: datetime) -> None:
    """Show readers this generation from now on, and those begun before it no more, nor ever.

    Conflict when readers see a generation that was begun later or is of a later day: they never go back.
    """
    serialise(session, "profiles")
    row = _filling(session, generation)
    shown = current_generation(session)
    if shown and (shown.generation > generation or shown.as_of > row.as_of):
        raise Conflict(f"Newer profiles are shown already: those of {shown.as_of}", where=f"generation {generation}")
    earlier = ProfileGenerationRow.generation < generation
    session.execute(update(ProfileGenerationRow).where(earlier).values(state=RETIRED))
    row.state = CURRENT
    row.flipped_at = now


def drop_old_generations(session: Session, limit: int = 20_000) -> int:
    """Delete at most `limit` profiles of a retired generation, so that each transaction is short; returns how many.

    They are neighbours by id, which takes half as long as any others. Call it until it returns 0.
    """
    retired = select(ProfileGenerationRow.generation).where(ProfileGenerationRow.state == RETIRED)
    one = session.scalar(select(ProfileRow.generation).where(ProfileRow.generation.in_(retired)).limit(1))
    of_one = ProfileRow.generation == one
    ids = select(ProfileRow.customer_id).where(of_one).order_by(ProfileRow.customer_id)
    first_kept = session.scalar(ids.offset(limit).limit(1))
    some = of_one if first_kept is None else of_one & (ProfileRow.customer_id < first_kept)
    gone = delete(ProfileRow).where(some).execution_options(synchronize_session=False)
    return session.connection().execute(gone).rowcount


def reveal_phone(session: Session, customer_id: str) -> str:
    """The full number. The caller must write the audit in the same transaction: nobody sees a number unnoticed."""
    row = session.get(IdentityRow, customer_id)
    if row is None or not row.phone:
        raise NotFound("No number is known of this customer", where=f"customer {customer_id!r}")
    return row.phone


def save_definition(
    session: Session,
    definition: ViewModelDefinition,
    by: str,
    now: datetime,
    *,
    note: str = "",
    based_on: int | None = None,
) -> int:
    """Keep the definition of a model of the customer view as its newest version; the same content makes none.

    `based_on`: the version that was changed; Conflict when somebody saved another one since.
    """
    content = definition.model_dump(mode="json")
    return definitions.save(
        session, ViewModelVersionRow, definition.kind, content, by, now, based_on=based_on, note=note
    )


def _brought(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in _MAY_CHANGE if name in row)


def _distinct(batch: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rows by pseudonym, the last one of each."""
    found: dict[str, dict[str, Any]] = {}
    for row in batch:
        key = str(row["customer_id"])
        if key in found and found[key]["source_id"] != row["source_id"]:
            _refuse_collision(row["source_id"])
        named = {name: row[name] for name in ("source_id", *_brought(row))}
        found[key] = {"customer_id": key, **named, "person_id": row.get("person_id") or key}
    return found


def _refuse_collision(source_id: object) -> None:
    raise Refused(
        f"Customer {source_id!r} gets the pseudonym of another customer",
        where="customers",
        hint="Use a new workspace: its key makes other pseudonyms",
        code="pseudonym_collision",
    )


def _filling(session: Session, generation: int) -> ProfileGenerationRow:
    row = session.get(ProfileGenerationRow, generation)
    if row is None or row.state != FILLING:
        raise Conflict("This generation of profiles is not being filled", where=f"generation {generation}")
    return row
