"""Keep a trained model: its files in the workspace, its card in the register, one version of each name in use.

models/<name>/<version>/   the model and its card.json; the version names the date and the content
"""

import hashlib
import os
import shutil
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from yuelao.analytics.model_files import kind_of
from yuelao.analytics.propensity import Card, OfferModel, ResponseModel
from yuelao.analytics.replacement import Card as CardByCost
from yuelao.analytics.replacement import ReplacementModel
from yuelao.analytics.uplift.model import UpliftCard, UpliftModel
from yuelao.common.errors import NotFound, Refused, nearest
from yuelao.operations import audit, models
from yuelao.operations.models import ModelVersion, NewVersion
from yuelao.workflows.house import House

SYSTEM = "system"
Model = ResponseModel | OfferModel | ReplacementModel | UpliftModel
"""A trained model of any kind: probabilities, or what a contact adds (`predict`), and why (`reasons`)."""
KINDS: Mapping[str, type[Model]] = {
    each.kind: each for each in (ResponseModel, OfferModel, ReplacementModel, UpliftModel)
}
EventCard = Card | CardByCost
"""The card of a model that foretells an event."""


def keep(
    house: House,
    name: str,
    as_of: date,
    fitted: Model,
    recipe: Mapping[str, Any],
    findings: Mapping[str, Any],
    by: str = SYSTEM,
) -> ModelVersion:
    """Write the model's files and register the version; the same content of the same day is the same version."""
    home = house.workspace.models / name
    home.mkdir(parents=True, exist_ok=True)
    staged = home / f".new-{os.getpid()}"
    fitted.save(staged)
    digest = digest_of(staged)
    version = f"{as_of}-{digest[:8]}"
    if (home / version).exists():
        shutil.rmtree(staged)
    else:
        staged.rename(home / version)
    new = NewVersion(
        name=name,
        version=version,
        as_of=as_of,
        digest=digest,
        card=fitted.card.as_dict(),
        recipe={**recipe, "kind": fitted.kind},
        findings=dict(findings),
    )
    with house.database.transaction() as session:
        return models.add(session, new, by, house.now())


def digest_of(folder: Path) -> str:
    """The SHA-256 of a model's files, one after the other by name."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(folder.iterdir()))).hexdigest()


def put_into_use(house: House, name: str, version: str, reason: str, by: str = SYSTEM) -> ModelVersion:
    """Put a version into use from now on."""
    with house.database.transaction() as session:
        return use_version(session, name, version, reason, by, house.now())


def use_version(session: Session, name: str, version: str, reason: str, by: str, now: datetime) -> ModelVersion:
    """The same within a transaction; the audit tells of it."""
    found = models.promote(session, name, version, by, reason, now)
    audit.record(session, by, "model.promote", name, {"version": found.version, "reason": reason}, now)
    return found


def take_back(house: House, name: str, reason: str, by: str = SYSTEM) -> ModelVersion:
    """Put the version into use that was before the present one."""
    with house.database.transaction() as session:
        found = models.roll_back(session, name, by, reason, house.now())
        audit.record(session, by, "model.roll_back", name, {"version": found.version, "reason": reason}, house.now())
    return found


def registered(house: House) -> list[ModelVersion]:
    """Every version of every model, by name, the newest first."""
    with house.database.transaction(read_only=True) as session:
        return [version for name in models.names(session) for version in models.versions(session, name)]


def version_of(house: House, name: str, version: str | None = None) -> ModelVersion:
    """One version of a model, the one in use where none is named; NotFound with the nearest name."""
    if version is None:
        found = champion_of(house, name)
        if found is not None:
            return found
    with house.database.transaction(read_only=True) as session:
        if version is not None:
            return models.get(session, name, version)
        hint = nearest(name, models.names(session))
    raise NotFound(f"No version of the model {name} is in use", where="models", hint=hint)


def champion_of(house: House, name: str) -> ModelVersion | None:
    """The version in use; None where none is."""
    with house.database.transaction(read_only=True) as session:
        return models.champion(session, name)


def current_model(house: House, name: str) -> Model:
    """The model in use; refused where none was trained."""
    found = champion_of(house, name)
    if found is None:
        raise Refused(f"No {name} model has been trained", where="models", hint=f"Train it with `yuelao train {name}`")
    return load_model(house, found)


def load_model(house: House, version: ModelVersion) -> Model:
    """A registered version, from its files, of the kind they say. Refused where they are of another version."""
    folder = house.workspace.models / version.name / version.version
    kind = kind_of(folder)
    if kind not in KINDS:
        raise Refused(f"No model is of the kind {kind!r}", where=str(folder), hint=nearest(kind, list(KINDS)))
    return KINDS[kind].load(folder)


def model_cards(house: House) -> dict[str, tuple[str, EventCard]]:
    """(version, card) of each model in use that foretells an event."""
    return {name: (version, card) for name, version, card in _cards_in_use(house) if not isinstance(card, UpliftCard)}


def uplift_cards(house: House) -> dict[str, tuple[str, UpliftCard]]:
    """(version, card) of each model of uplift in use."""
    return {name: (version, card) for name, version, card in _cards_in_use(house) if isinstance(card, UpliftCard)}


def _cards_in_use(house: House) -> list[tuple[str, str, EventCard | UpliftCard]]:
    in_use = [each for each in registered(house) if each.state is models.ModelState.CHAMPION]
    return [(each.name, each.version, card_of(each)) for each in in_use]


def card_of(version: ModelVersion) -> EventCard | UpliftCard:
    """The card of a registered version, of its kind."""
    kinds: dict[str, type[EventCard | UpliftCard]] = {ReplacementModel.kind: CardByCost, UpliftModel.kind: UpliftCard}
    return kinds.get(version.recipe.get("kind", ""), Card).from_dict(version.card)
