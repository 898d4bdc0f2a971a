"""Explain a score: what a trained model in use expects of one customer, and why, as a person would say it.

What tells an offer or an hour is no reason: it is not true of the customer. A model that wants an offer is asked about
every product that the customer may have, one that wants an hour about all that are open to calling.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isclose
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from yuelao.analytics.reach import WHEN, BestTime, Slots, best_times
from yuelao.analytics.reasons import strongest
from yuelao.common.errors import NotFound, Refused, nearest
from yuelao.common.language import LANGUAGES, _
from yuelao.operations import contact_policy, customers, models, products
from yuelao.operations.customers.schemas import CustomerProfile
from yuelao.operations.models import ModelVersion
from yuelao.operations.products.schemas import Product
from yuelao.warehouse.features import view_fields
from yuelao.warehouse.model_scores import score_output
from yuelao.warehouse.one_customer import only
from yuelao.warehouse.standing import counted_among, standings
from yuelao.warehouse.tables import KEY
from yuelao.warehouse.views import newest_view, read_view
from yuelao.workflows.desk_card import reason_sentence
from yuelao.workflows.expect_reach import known_slots
from yuelao.workflows.gather_training import MODELS, REACH, model_title
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import load_model
from yuelao.workflows.screen_targets import parse_named

FOR, AGAINST = 3, 1
_PRODUCT, _CHANNEL, _PHONE = "product", "channel", "phone"
_OF_THE_CONTACT = frozenset({_PRODUCT, _CHANNEL, *WHEN})
_BEST_SLOTS = 3
_SAME = 1e-6
_NO_OFFER = _("The customer may have none of the products")
_NO_HOUR = _("The past tells of no hour that is open to calling")

Sentences = dict[str, list[str]]
"""Language → sentences, the strongest reason first."""


class Asked(Protocol):
    """A trained model of any kind."""

    @property
    def inputs(self) -> Any:
        """Its `names` are the columns that it needs."""

    def predict(self, table: pa.Table, /) -> NDArray[np.float64]:
        """What it expects of each row, shape (rows,)."""

    def parts(self, table: pa.Table, /) -> tuple[list[str], NDArray[np.float64]]:
        """Inputs, and what each adds, shape (rows, inputs)."""


class SlotChance(BaseModel):
    """One hour of the week (weekday 0 is Monday): the chance to be reached then, and how much above the mean it is."""

    model_config = ConfigDict(frozen=True)

    weekday: int
    hour: int
    probability: float
    gain: float


class BestTimes(BaseModel):
    """When to call: `best` is None where no hour is worth waiting for; the likeliest hours; `mean`: over all."""

    model_config = ConfigDict(frozen=True)

    best: BestTime | None
    slots: list[SlotChance]
    mean: float


class ScoreExplained(BaseModel):
    """What one model in use expects of a customer, by the view of `as_of`: a probability, or a gain of it (`is_gain`).

    product: of those the customer may have, the likeliest, where the model wants one. above: the share of customers of
    whom it expects more, where the view was scored with this version. reasons: the three that speak most for the event;
    against: the one that speaks most against it. best_times: of a model of reach.
    """

    model_config = ConfigDict(frozen=True)

    customer: str
    model: str
    version: str
    title: dict[str, str]
    as_of: date
    product: str | None
    probability: float
    is_gain: bool
    above: float | None
    reasons: Sentences
    against: Sentences
    best_times: BestTimes | None


class Scores(BaseModel):
    """What every model in use expects of a customer; unasked: name → why a model cannot be asked."""

    model_config = ConfigDict(frozen=True)

    told: list[ScoreExplained] = []
    unasked: dict[str, str] = {}


@dataclass(frozen=True, eq=False)
class _Person:
    """A customer's row of the newest view, the products they may have, and the hours open to calling."""

    profile: CustomerProfile
    as_of: date
    row: pa.Table
    offers: Sequence[str]
    slots: Slots
    above: Mapping[str, float]
    """Column of a score → the share of customers with a higher one."""
    currency: str

    @property
    def values(self) -> Mapping[str, Any]:
        """Column → value."""
        [values] = self.row.to_pylist()
        return dict(values)


def explain_score(house: House, customer: str, model: str, product: str | None = None) -> ScoreExplained:
    """What the model expects of the customer named by source id, pseudonym or phone number.

    product: the offer asked about; the likeliest when not given. Refused where the customer refuses profiling or is in
    no view; NotFound where no such model is in use.
    """
    with house.database.transaction(read_only=True) as session:
        profile = customers.find(session, customer)
        version = models.champion(session, model)
        if version is None:
            known = model.partition("-")[0] in MODELS
            hint = f"Train it with `yuelao train {model}`" if known else nearest(model, models.names(session))
            raise NotFound(f"No version of the model {model} is in use", where="model", hint=hint)
        offered = [products.current(session, product)] if product else products.list_all(session)
    return _explained(house, _person(house, profile, offered, [version]), version)


def explain_scores(house: House, customer_id: str) -> Scores:
    """What every model in use expects of the customer; nothing of one who refuses profiling or is in no view."""
    with house.database.transaction(read_only=True) as session:
        profile, offered = customers.profile(session, customer_id), products.list_all(session)
        versions = _in_use(session)
    told, unasked = [], {}
    try:
        person = _person(house, profile, offered, versions) if versions else None
    except Refused:
        return Scores()
    for version in versions:
        assert person is not None
        try:
            told.append(_explained(house, person, version))
        except Refused as refusal:
            unasked[version.name] = refusal.message
    return Scores(told=told, unasked=unasked)


def _in_use(session: Session) -> list[ModelVersion]:
    found = (models.champion(session, name) for name in models.names(session))
    return [version for version in found if version is not None]


def _person(
    house: House, profile: CustomerProfile, offered: Sequence[Product], versions: Sequence[ModelVersion]
) -> _Person:
    """All that these models may ask."""
    where = f"customer {profile.source_id}"
    timed = any(version.name == REACH for version in versions)
    scores = [output.name for version in versions if (output := score_output(version.name))]
    with house.database.transaction(read_only=True) as session:
        policy = contact_policy.current(session)
    with house.lake.snapshot() as snapshot:
        as_of, fields = newest_view(snapshot), view_fields(snapshot)
        slots = known_slots(snapshot, policy, as_of) if timed else ()
        view = read_view(snapshot, as_of)
        row = only(profile.customer_id).of(view).to_pyarrow()
        above = _above(view, profile.customer_id, scores)
    if not row.num_rows:
        raise Refused("The customer is not in the newest view", where=where, hint="Build one with `yuelao refresh`")
    [values] = row.to_pylist()
    if values.get("profiling_refused") or profile.fields.get("profiling_refused"):
        raise Refused("The customer refuses profiling", where=where, code="profiling_refused")
    may = [
        each.code
        for each in offered
        if each.eligible is None
        or parse_named(each.eligible, fields, f"product {each.code}, eligible").closure(as_of)(values) is True
    ]
    return _Person(profile, as_of, row, may, slots, above, house.workspace.settings.currency)


def _above(view: Any, customer_id: str, scores: Sequence[str]) -> dict[str, float]:
    """Of the scores that the view has: the share of customers with a higher one."""
    there = [name for name in scores if name in view.columns]
    if not there:
        return {}
    own = only(customer_id).of(view)
    found = standings(counted_among(view.select(KEY, *there)), own, there)
    return {name: stands.above / stands.known for name, stands in found.items() if stands.same}


def _explained(house: House, person: _Person, version: ModelVersion) -> ScoreExplained:
    model: Asked = load_model(house, version)
    timed = any(name in WHEN for name in model.inputs.names)
    tables = _tables(person, model.inputs.names, timed)
    expected = [model.predict(table) for table in tables]
    likeliest = int(np.argmax([each.mean() for each in expected]))
    names, parts = model.parts(tables[likeliest])
    probability, score = float(expected[likeliest].mean()), score_output(version.name)
    scored_by_it = score and isclose(person.values.get(score.name) or 0.0, probability, rel_tol=_SAME)
    return ScoreExplained(
        customer=person.profile.source_id,
        model=version.name,
        version=version.version,
        title=model_title(version.name),
        as_of=person.as_of,
        product=tables[likeliest][_PRODUCT][0].as_py() if _PRODUCT in model.inputs.names else None,
        probability=probability,
        above=person.above.get(score.name) if score and scored_by_it else None,
        is_gain=getattr(model, "kind", None) == "uplift",
        reasons=_sentences(person, names, parts, FOR),
        against=_sentences(person, names, -parts, AGAINST),
        best_times=_best(expected[likeliest], person.slots) if timed else None,
    )


def _tables(person: _Person, names: Sequence[str], timed: bool) -> list[pa.Table]:
    """The customer as the model wants them: a table for each offer, in it a row for each hour open to calling."""
    table = person.row
    if timed:
        if not person.slots:
            raise Refused(_NO_HOUR, where="contact policy")
        table = table.take([0] * len(person.slots))
        for name, values in zip(WHEN, zip(*person.slots, strict=True), strict=True):
            table = table.append_column(name, pa.array(values))
    if _CHANNEL in names:
        table = _with(table, _CHANNEL, _PHONE)
    if _PRODUCT not in names:
        return [table]
    if not person.offers:
        raise Refused(_NO_OFFER, where=f"customer {person.profile.source_id}")
    return [_with(table, _PRODUCT, code) for code in person.offers]


def _with(table: pa.Table, name: str, value: str) -> pa.Table:
    return table.append_column(name, pa.array([value] * table.num_rows, pa.string()))


def _sentences(person: _Person, names: Sequence[str], parts: NDArray[np.float64], most: int) -> Sentences:
    """The strongest of the inputs that are of the customer, the mean over the rows; in each language."""
    own = [place for place, name in enumerate(names) if name not in _OF_THE_CONTACT]
    [found] = strongest([names[place] for place in own], parts[:, own].mean(axis=0, keepdims=True), most)
    reasons = [{"feature": name, "value": person.values.get(name)} for name, _part in found]
    return {language: [reason_sentence(each, language, person.currency) for each in reasons] for language in LANGUAGES}


def _best(chances: NDArray[np.float64], slots: Slots) -> BestTimes:
    """When to call, by the chance in each slot."""
    [best], mean = best_times(chances[None, :], slots), float(chances.mean())
    likeliest = np.argsort(-chances, kind="stable")[:_BEST_SLOTS]
    found = [
        SlotChance(weekday=slots[i][0], hour=slots[i][1], probability=chances[i], gain=chances[i] - mean)
        for i in likeliest
    ]
    return BestTimes(best=best, slots=found, mean=mean)
