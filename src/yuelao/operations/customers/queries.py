"""Reading customers: by any of their ids, their published profile, the persons behind them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from yuelao.common.errors import NotFound, Refused
from yuelao.common.language import _
from yuelao.operations.customers.rules import mask_phone
from yuelao.operations.customers.schemas import CustomerProfile, Identity, ViewModelDefinition, ViewModelVersion
from yuelao.storage import definitions
from yuelao.storage.tables import IdentityRow, ProfileGenerationRow, ProfileRow, ViewModelVersionRow

CURRENT = "current"
_IN_ONE_QUERY = 5_000


def find(session: Session, text: str) -> CustomerProfile:
    """The profile of the customer with this source id, pseudonym or phone number; ids count before numbers."""
    wanted = text.strip()
    rows = session.scalars(
        select(IdentityRow)
        .where(or_(*(column == wanted for column in _KEYS)))
        .order_by(IdentityRow.customer_id)
        .limit(20)
    ).all()
    exact = [row for row in rows if wanted in (row.source_id, row.customer_id)] or list(rows)
    if not exact:
        raise NotFound(
            "No customer has this id or number", where=f"customer {wanted!r}", hint="Give the id as in your own files"
        )
    if len(exact) > 1:
        known = ", ".join(row.source_id for row in exact)
        raise Refused("Several customers have this number", where="customer", hint=f"Give one of the ids {known}")
    return profile(session, exact[0].customer_id)


def profile(session: Session, customer_id: str) -> CustomerProfile:
    """The customer with the fields of the current generation."""
    identity = session.get(IdentityRow, customer_id)
    if identity is None:
        raise NotFound(_("There is no such customer"), where=customer_id)
    row = session.scalar(select(ProfileRow).where(_SHOWN, ProfileRow.customer_id == customer_id))
    generation = session.get_one(ProfileGenerationRow, row.generation) if row else None
    return CustomerProfile(
        **dict(_identity(identity)),
        as_of=generation.as_of if generation else None,
        fields=_fields(generation, row.fields) if generation and row else {},
    )


def profiles(session: Session, customer_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The published fields of many customers; those without a profile are missing."""
    found: dict[str, dict[str, Any]] = {}
    wanted = select(ProfileRow.generation, ProfileRow.customer_id, ProfileRow.fields).where(_SHOWN)
    for ids in _parts(customer_ids):
        rows = session.execute(wanted.where(ProfileRow.customer_id.in_(ids))).all()
        if rows:
            generation = session.get_one(ProfileGenerationRow, rows[0].generation)
            found.update({row.customer_id: _fields(generation, row.fields) for row in rows})
    return found


def published_fields(session: Session, customer_id: str) -> dict[str, Any]:
    """The published fields of one customer; empty without a profile."""
    return profiles(session, [customer_id]).get(customer_id, {})


def published_names(session: Session) -> set[str] | None:
    """Every field that profiles may have now; None where nothing was published, or each profile names its own."""
    generation = current_generation(session)
    return None if generation is None or generation.names is None else set(generation.names)


def persons(session: Session, customer_ids: Iterable[str]) -> dict[str, str]:
    """The person behind each customer; unknown customers are missing."""
    found: dict[str, str] = {}
    for ids in _parts(customer_ids):
        rows = session.execute(
            select(IdentityRow.customer_id, IdentityRow.person_id).where(IdentityRow.customer_id.in_(ids))
        )
        found.update({row.customer_id: row.person_id for row in rows})
    return found


def identities(session: Session, customer_ids: Iterable[str]) -> list[Identity]:
    """Who many customers are, masked; unknown ones are missing."""
    return [
        _identity(row)
        for ids in _parts(customer_ids)
        for row in session.scalars(select(IdentityRow).where(IdentityRow.customer_id.in_(ids)))
    ]


def has_number(session: Session, customer_id: str) -> bool:
    """Whether a phone number is known of the customer."""
    return bool(session.scalar(select(IdentityRow.phone).where(IdentityRow.customer_id == customer_id)))


def with_phone(session: Session, phone: str) -> list[Identity]:
    """Everybody who has this number, masked."""
    return [_identity(row) for row in session.scalars(select(IdentityRow).where(IdentityRow.phone == phone))]


def newest_as_of(session: Session) -> date | None:
    """The date the current profiles are of; None where nothing was published yet."""
    generation = current_generation(session)
    return generation.as_of if generation else None


def current_definition(session: Session, kind: str) -> ViewModelVersion | None:
    """The newest definition of a model of the customer view; None where the workspace has none of the kind."""
    return next(iter(definition_versions(session, kind)), None)


def definition_versions(session: Session, kind: str) -> list[ViewModelVersion]:
    """Every version of the definition of this kind, the newest first."""
    return [_version(found) for found in definitions.versions(session, ViewModelVersionRow, kind)]


def definition_at(session: Session, kind: str, version: int) -> ViewModelVersion:
    """One version of the definition of this kind; NotFound where there is no such version."""
    return _version(definitions.at_version(session, ViewModelVersionRow, kind, version))


def current_generation(session: Session) -> ProfileGenerationRow | None:
    """The generation of profiles that readers see."""
    return session.scalars(select(ProfileGenerationRow).where(ProfileGenerationRow.state == CURRENT)).first()


_SHOWN = (
    ProfileRow.generation
    == select(ProfileGenerationRow.generation).where(ProfileGenerationRow.state == CURRENT).scalar_subquery()
)
"""Readers see the profile: asked in one statement with the row, which may be dropped as soon as others are shown."""
_KEYS = (IdentityRow.source_id, IdentityRow.customer_id, IdentityRow.phone)


def _fields(generation: ProfileGenerationRow, stored: list[Any] | dict[str, Any]) -> dict[str, Any]:
    """The known fields by name."""
    if isinstance(stored, dict):
        return stored
    return {name: value for name, value in zip(generation.names or (), stored, strict=True) if value is not None}


def _version(found: definitions.Definition) -> ViewModelVersion:
    return ViewModelVersion(
        definition=ViewModelDefinition.model_validate(found.content),
        version=found.version,
        note=found.note,
        saved_by=found.saved_by,
        saved_at=found.saved_at,
    )


def _identity(row: IdentityRow) -> Identity:
    return Identity(
        customer_id=row.customer_id,
        source_id=row.source_id,
        person_id=row.person_id,
        name=row.name,
        masked_phone=mask_phone(row.phone),
        city=row.city,
    )


def _parts(ids: Iterable[str]) -> list[list[str]]:
    """Lists short enough for one query (databases limit the number of parameters)."""
    known = list(ids)
    return [known[start : start + _IN_ONE_QUERY] for start in range(0, len(known), _IN_ONE_QUERY)]
