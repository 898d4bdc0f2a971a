"""Reading the register of models."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from yuelao.common.errors import NotFound, nearest
from yuelao.operations.models.rules import state_of
from yuelao.operations.models.schemas import ModelVersion, Promotion, Upkeep
from yuelao.storage.tables import ModelPromotionRow, ModelUpkeepRow, ModelVersionRow


def names(session: Session) -> list[str]:
    """The models that have a trained version, by name."""
    return list(session.scalars(select(ModelVersionRow.name).distinct().order_by(ModelVersionRow.name)))


def versions(session: Session, name: str) -> list[ModelVersion]:
    """Every version of a model, the newest first; empty where there is none."""
    put_into_use = promotions(session, name)
    wanted = select(ModelVersionRow).where(ModelVersionRow.name == name)
    rows = session.scalars(wanted.order_by(ModelVersionRow.trained_at.desc(), ModelVersionRow.version.desc()))
    return [_version(row, put_into_use) for row in rows]


def get(session: Session, name: str, version: str) -> ModelVersion:
    """One version of a model; NotFound with the nearest."""
    row = session.get(ModelVersionRow, (name, version))
    if row is None:
        known = list(session.scalars(select(ModelVersionRow.version).where(ModelVersionRow.name == name)))
        hint = nearest(version, known) if known else nearest(name, names(session))
        raise NotFound(f"There is no version {version!r} of the model {name}", where="models", hint=hint)
    return _version(row, promotions(session, name))


def champion(session: Session, name: str) -> ModelVersion | None:
    """The version of a model that is in use; None where none is."""
    put_into_use = promotions(session, name)
    return get(session, name, put_into_use[0].version) if put_into_use else None


def promotions(session: Session, name: str) -> list[Promotion]:
    """Which versions of a model were put into use, the newest first."""
    wanted = select(ModelPromotionRow).where(ModelPromotionRow.name == name)
    rows = session.scalars(wanted.order_by(ModelPromotionRow.place.desc()))
    return [
        Promotion(
            name=row.name,
            place=row.place,
            version=row.version,
            reason=row.reason,
            promoted_by=row.promoted_by,
            promoted_at=row.promoted_at,
        )
        for row in rows
    ]


def last_upkeep(session: Session, name: str) -> Upkeep | None:
    """What the machine did last about a model; None where it never did anything."""
    wanted = select(ModelUpkeepRow).where(ModelUpkeepRow.name == name)
    row = session.scalar(wanted.order_by(ModelUpkeepRow.day.desc()).limit(1))
    return Upkeep.model_validate(row) if row else None


def _version(row: ModelVersionRow, put_into_use: list[Promotion]) -> ModelVersion:
    return ModelVersion(
        name=row.name,
        version=row.version,
        as_of=row.as_of,
        digest=row.digest,
        card=row.card,
        recipe=row.recipe,
        findings=row.findings or {},
        trained_by=row.trained_by,
        trained_at=row.trained_at,
        state=state_of(row.version, put_into_use),
    )
