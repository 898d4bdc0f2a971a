"""Edit a campaign as text: its YAML out, and in again as a new version, every mistake told with its line."""

from collections.abc import Sequence
from datetime import datetime

import yaml
from pydantic import ValidationError
from sqlalchemy.orm import Session

from yuelao.common.definitions import checked
from yuelao.common.errors import Refused
from yuelao.operations import campaigns
from yuelao.operations.campaigns.schemas import Campaign, CampaignDefinition
from yuelao.warehouse.features import view_fields
from yuelao.workflows.check_definition import line_of
from yuelao.workflows.house import House
from yuelao.workflows.import_definitions import import_definitions, read_definitions
from yuelao.workflows.screen_targets import parse_named

_TEXT = "text"


def as_text(definition: CampaignDefinition) -> str:
    """The definition as YAML, without what only repeats a default."""
    content = definition.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump({"kind": definition.kind, **content}, allow_unicode=True, sort_keys=False, width=110)


def save_text(session: Session, house: House, text: str, name: str, by: str, now: datetime) -> Campaign:
    """Save the one campaign that `text` describes as a new version of `name` (any name when that is empty).

    Refused, with the line in `where`, when the text is no YAML, not one campaign, of another name, or has a field or a
    condition that cannot be. All or nothing.
    """
    documents = list(read_definitions(text, _TEXT))
    if len(documents) != 1 or documents[0]["kind"] != "campaign":
        raise Refused("The text must hold one campaign", where=_TEXT, hint="Begin with `kind: campaign`")
    definition = _checked(text, documents[0])
    if name and definition.name != name:
        hint = f"Keep `name: {name}`, or make a new campaign from a copy"
        raise Refused(f"This is campaign {definition.name!r}", where=_line(text, ["name"]), hint=hint)
    if not name and definition.name in {each.name for each in campaigns.all_current(session)}:
        raise Refused(
            f"There already is a campaign {definition.name!r}", where=_line(text, ["name"]), hint="Choose another name"
        )
    _check_conditions(house, text, definition)
    with session.begin_nested():
        import_definitions(session, documents, by, now)
    return campaigns.newest(session, definition.name)


def _checked(text: str, document: dict[str, object]) -> CampaignDefinition:
    content = {key: value for key, value in document.items() if not key.startswith("_") and key != "state"}
    try:
        return checked(CampaignDefinition, content, _TEXT)
    except Refused as refusal:
        path = refusal.__cause__.errors()[0]["loc"] if isinstance(refusal.__cause__, ValidationError) else ()
        raise Refused(refusal.message, where=_line(text, path), hint=refusal.hint) from refusal


def _check_conditions(house: House, text: str, definition: CampaignDefinition) -> None:
    with house.lake.snapshot() as snapshot:
        fields = view_fields(snapshot)
    conditions = [(("funnel", index, "keep"), step.keep) for index, step in enumerate(definition.funnel)]
    conditions += [
        (("resources", i, "where"), seats.where) for i, seats in enumerate(definition.resources) if seats.where
    ]
    for path, condition in conditions:
        parse_named(condition, fields, _line(text, path))


def _line(text: str, path: Sequence[str | int]) -> str:
    """Where the value at `path` stands, as far as the text goes there: "line 12"."""
    line = line_of(text, path)
    return f"line {line}" if line else _TEXT
