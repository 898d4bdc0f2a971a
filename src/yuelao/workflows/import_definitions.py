"""Import definitions: products, scripts, policies, models of the customer view and campaigns, written as YAML."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

import yaml
from pydantic import BaseModel
from sqlalchemy.orm import Session

from yuelao.common.definitions import checked
from yuelao.common.errors import Refused, nearest
from yuelao.conditions import Fields
from yuelao.operations import audit, campaigns, contact_policy, customers, products, scripts
from yuelao.warehouse.snapshot import Snapshot
from yuelao.workflows.check_definition import check_inputs, known_inputs, model_of, path_of, place_in

_KINDS: Mapping[str, tuple[type[BaseModel], Callable[..., object]]] = {
    "contact_policy": (contact_policy.PolicyDefinition, contact_policy.save),
    **dict.fromkeys(customers.KINDS, (customers.ViewModelDefinition, customers.save_definition)),
    "product": (products.Product, products.save),
    "script": (scripts.Script, scripts.save),
    "campaign": (campaigns.CampaignDefinition, campaigns.save),
}
_STATES: Mapping[str, list[Callable[..., object]]] = {
    "draft": [],
    "submitted": [campaigns.submit],
    "approved": [campaigns.submit, campaigns.approve],
    "running": [campaigns.submit, campaigns.approve, campaigns.start],
}


def read_definitions(text: str, where: str) -> Iterator[dict[str, object]]:
    """The YAML documents of `text`; refused with the line where it is not YAML."""
    try:
        nodes = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
        documents = list(yaml.safe_load_all(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where}, line {mark.line + 1}" if mark else where
        raise Refused("This is not YAML", where=place, hint=str(getattr(error, "problem", "") or "Check it")) from error
    for number, (document, node) in enumerate(zip(documents, nodes, strict=True), start=1):
        if document is None:
            continue
        if not isinstance(document, dict) or "kind" not in document:
            raise Refused(
                "A definition needs a `kind`", where=f"{where}, document {number}", hint=nearest("", list(_KINDS))
            )
        yield {**document, "_where": f"{where}, document {number}", "_node": node}


def import_definitions(
    session: Session,
    documents: Iterable[dict[str, object]],
    by: str,
    now: datetime,
    with_states: bool = False,
    snapshot: Snapshot | None = None,
) -> dict[str, list[str]]:
    """Save each document as a new version (the same content makes none); returns the names saved, by kind.

    `with_states`: a campaign's `state` is honoured (only packs may bring campaigns that are already approved).
    `snapshot`: a lake with customers, whose columns a model may ask for; without one it may ask for any, but what is
    known to be no number cannot be counted all the same.
    """
    saved: dict[str, list[str]] = {}
    places: dict[str, str] = {}
    for document in documents:
        kind, name = _import(session, dict(document), by, now, with_states, snapshot)
        saved.setdefault(kind, []).append(name)
        places[name] = str(document["_where"])
    for name in saved.get("campaign", []):  # after all: a campaign may stand before its products in the file
        _check_parts(session, name, places[name])
    audit.record(session, by, "definitions.import", "workspace", saved, now)
    return saved


def _check_parts(session: Session, campaign: str, where: str) -> None:
    """Refused, naming the first one that is missing, unless the campaign's script and products exist."""
    definition = campaigns.newest(session, campaign).definition
    known_products = [product.code for product in products.list_all(session)]
    known_scripts = [script.name for script in scripts.list_all(session)]
    wanted = [("product", code, known_products) for code in definition.products]
    for kind, name, known in [*wanted, ("script", definition.script, known_scripts)]:
        if name not in known:
            raise Refused(
                f"Campaign {campaign!r} names a {kind} that does not exist: {name!r}",
                where=where,
                hint=nearest(name, known),
            )


def _import(
    session: Session,
    document: dict[str, object],
    by: str,
    now: datetime,
    with_states: bool,
    snapshot: Snapshot | None,
) -> tuple[str, str]:
    where, kind, state = str(document.pop("_where")), str(document.pop("kind")), document.pop("state", "draft")
    node = document.pop("_node", None)
    if kind not in _KINDS:
        raise Refused(f"There is no kind {kind!r}", where=where, hint=nearest(kind, list(_KINDS)))
    if state != "draft" and not with_states:
        raise Refused(
            "A definition cannot bring its own approval", where=where, hint="Remove `state`, import, then submit"
        )
    schema, save = _KINDS[kind]
    definition = checked(schema, {"kind": kind, **document}, where)
    if isinstance(definition, customers.ViewModelDefinition):
        _check_model(definition, where, node, known_inputs(session, snapshot), all_known=snapshot is not None)
    save(session, definition, by, now)
    name = str(getattr(definition, "code", "") or getattr(definition, "name", ""))
    for step in _STATES[str(state)]:
        step(session, name, by=by, now=now)
    return kind, name


def _check_model(
    definition: customers.ViewModelDefinition, where: str, node: object, fields: Fields, *, all_known: bool
) -> None:
    """Refused with path and line unless the model can be made of its definition, and asks for what there is."""
    try:
        model_of(definition)
        check_inputs(definition, fields, all_known=all_known)
    except Refused as refusal:
        found = place_in(node, path_of(refusal.where)) if isinstance(node, yaml.Node) else None
        line = f", line {found.start_mark.line + 1}" if found else ""
        place = f"{where}{line}: {refusal.where}"
        raise Refused(refusal.message, where=place, hint=refusal.hint, code=refusal.code) from refusal
