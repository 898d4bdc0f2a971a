"""Judge a model: whether what the register keeps of a version lets it be trusted, for what, and what its limits are.

All in words, Chinese or English, from figures: the texts are data, the order of the limits is that of the page.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from yuelao.common import language as words
from yuelao.common.language import _
from yuelao.operations.models import ModelVersion
from yuelao.warehouse.features import FEATURES
from yuelao.warehouse.features.spoken import sentence, spoken
from yuelao.workflows.describe_data import feature_title

Level = Literal["probability", "order", "effect", "hardly", "not", "no_effect", "unknown"]
HARDLY = 0.55
"""An AUC below which ranking is hardly worth the trouble."""
OFF = 0.2
"""Probabilities are off where their mean error, beyond chance, is more than this share of the rate of all."""
FEW_POSITIVES, A_YEAR, NAMED = 100, 365, 4
_TRUST: Mapping[Level, str] = {
    "probability": _(
        "Its order and its probabilities can be trusted: of {rows} later cases, the tenth ranked first had {lift} "
        "times the events of the average, and a probability is off by {error} in the mean"
    ),
    "order": _(
        "Trust its order, not its probabilities: of {rows} later cases, the tenth ranked first had {lift} times the "
        "events of the average, but a probability is off by {error} in the mean, where {rate} had the event"
    ),
    "effect": _(
        "Its order can be trusted: of {rows} customers of hold-out experiments, among the 30 % ranked first a contact "
        "changed {uplift} of them, of all {ate}"
    ),
    "hardly": _("It ranks hardly better than chance: AUC {auc} on {rows} later cases. Begin with a trial"),
    "not": _("Do not use it: on {rows} later cases it ranks no better than chance, AUC {auc} ({low} … {high})"),
    "no_effect": _(
        "Do not rank by it: on {rows} customers of hold-out experiments there is no evidence that it beats chance"
    ),
    "unknown": _("How it did on later cases is not on record: train it anew before you rely on it"),
}
_FOR: Mapping[str, str] = {
    "response": _("For choosing whom to call, and with which product"),
    "reach": _("For choosing the hour of a call"),
    "replacement": _("For choosing whom to offer a handset"),
    "churn": _("For choosing whom to look after before they leave"),
    "complaint": _("For choosing whom to leave in peace, or to ask first what is wrong"),
    "loyalty": _("For telling who stays by themselves"),
    "look_alike": _("For finding customers who resemble those that took the product up"),
    "uplift": _("For choosing whom a contact changes"),
}
_FORESEES = _("It foresees what happens if nothing is done: whom a contact would change, only a hold-out tells")
_CHOSEN = _("It learned from customers whom earlier campaigns chose: of those never chosen it knows little")
_OF_CONTACTS = ("response", "reach")
_NOT_FOR: Mapping[str, Sequence[str]] = {
    "response": (
        _CHOSEN,
        _("It tells who says yes, not whom the call changed: some of them would have bought anyway"),
    ),
    "reach": (_CHOSEN,),
    "look_alike": (
        _("Who was never offered the product counts as not wanting it: use its order, not its probabilities"),
        _FORESEES,
    ),
    **dict.fromkeys(("replacement", "churn", "complaint", "loyalty"), (_FORESEES,)),
}
_SERVED: Mapping[str, str] = {
    "worse ranked": _("Ranked worse than the others, beyond chance: {groups}"),
    "promised too much": _("Expected too high beside the others, beyond chance: {groups}"),
    "promised too little": _("Expected too low beside the others, beyond chance: {groups}"),
    "too few": _("Too few cases to judge: {groups}"),
}


class Trust(BaseModel):
    """How far a version can be trusted, in one sentence, and what for."""

    model_config = ConfigDict(frozen=True)

    level: Level
    sentence: str
    purpose: str


def judge_model(version: ModelVersion, language: str) -> Trust:
    """By its figures on the cases tested."""
    purpose = words.translate(_FOR[model], language) if (model := _model(version)) in _FOR else ""
    level, figures = _found(version, language)
    return Trust(level=level, sentence=words.translate(_TRUST[level], language, **figures), purpose=purpose)


def _found(version: ModelVersion, language: str) -> tuple[Level, dict[str, str]]:
    """How far it can be trusted, and the figures that say so."""
    found, card = version.findings.get("assessment"), version.card
    if found:
        return _level(found), _figures(found, language)
    if "evident" in card:
        said = {"rows": words.number(card["rows"], language), "uplift": words.share(card["uplift_top_30"], language)}
        return "effect" if card["evident"] else "no_effect", said | {"ate": words.share(card["ate"], language)}
    return "unknown", {}


def _level(found: Mapping[str, Any]) -> Level:
    area, error = found["auc"], found["calibration_error"]
    if area["low"] <= 0.5:
        return "not"
    if area["value"] < HARDLY:
        return "hardly"
    rate = found["positives"] / found["rows"]
    return "order" if error["low"] > 0 and error["value"] > OFF * rate else "probability"


def _figures(found: Mapping[str, Any], language: str) -> dict[str, str]:
    area = {name: words.number(found["auc"][key], language, 3) for name, key in _AREA.items()}
    return area | {
        "rows": words.number(found["rows"], language),
        "lift": words.number(found["lift_top_decile"]["value"], language, 1),
        "error": words.share(found["calibration_error"]["value"], language),
        "rate": words.share(found["positives"] / found["rows"], language),
    }


_AREA = {"auc": "value", "low": "low", "high": "high"}


def limits(version: ModelVersion, language: str) -> list[str]:
    """What to heed, one sentence each: what it is not for, what it has not seen, whom it serves worse."""
    say = (_not_for, _seen, _lacking, _moved, _served)
    return [words.translate(text, language, **values) for part in say for text, values in part(version, language)]


Said = Iterator[tuple[str, dict[str, str]]]


def _not_for(version: ModelVersion, _language: str) -> Said:
    yield from ((text, {}) for text in _NOT_FOR.get(_model(version), ()))
    if _model(version) in _OF_CONTACTS and "channel" not in version.card["features"]:
        yield _("It learned from calls alone: of other channels it knows nothing"), {}


def _seen(version: ModelVersion, language: str) -> Said:
    windows = [version.card[name] for name in ("train_window", "test_window") if name in version.card]
    if windows:
        first, last = date.fromisoformat(windows[0][0]), date.fromisoformat(windows[-1][1])
        if (last - first).days < A_YEAR:
            said = {"first": words.day(first, language), "last": words.day(last, language)}
            yield _("It has seen {first} to {last}: what other seasons change it cannot know"), said
    found = version.findings.get("assessment")
    if found and found["positives"] < FEW_POSITIVES:
        counts = {name: words.number(found[name], language) for name in ("positives", "rows")}
        yield _("The event was in {positives} of the {rows} cases tested: the figures are rough"), counts


def _lacking(version: ModelVersion, language: str) -> Said:
    missing = version.card.get("missing_inputs", [])
    if missing:
        yield _("No source gives these inputs: {inputs}"), {"inputs": _named(missing, language)}
    leaks = [each["input"] for each in version.findings.get("leaks", ())]
    if leaks:
        yield (
            _("Allowed by name, although they look as if they knew the outcome: {inputs}"),
            {"inputs": _named(leaks, language)},
        )


def _moved(version: ModelVersion, language: str) -> Said:
    drifted = list(version.card.get("drifted", {}))
    if drifted:
        yield (
            _("Between the cases learned from and those tested, these moved: {inputs}"),
            {"inputs": _named(drifted, language)},
        )
    drift = version.findings.get("drift")
    if drift and drift["differs"]:
        causes = [cause["input"] for cause in drift["causes"]]
        yield (
            _("Customers of the newest view differ from those learned from, most of all in: {inputs}"),
            {"inputs": _named(causes, language)},
        )


def _served(version: ModelVersion, language: str) -> Said:
    groups = version.findings.get("groups", ())
    for verdict, text in _SERVED.items():
        told = [group_title(group, language) for group in groups if verdict in group["verdicts"]]
        if told:
            yield text, {"groups": _listed(told, language)}


def group_title(group: Mapping[str, Any], language: str) -> str:
    """What a group of customers is called: as one says it of a customer, or the band of a number."""
    column, low, high = group["column"], group["low"], group["high"]
    title = words.pick(feature_title(column), language)
    if low is None and high is None:
        value, between = group["value"], words.translate(_(": "), language)
        return sentence(column, value, language) or f"{title}{between}{spoken(column, value, language)}"
    unit = FEATURES[column].unit if column in FEATURES else ""
    if high is None:
        return f"{title} ≥ {words.quantity(low, unit, language)}"
    if low is None:
        return f"{title} < {words.quantity(high, unit, language)}"
    return f"{title} {words.number(low, language)}–{words.quantity(high, unit, language)}"


def _named(inputs: Sequence[str], language: str) -> str:
    return _listed([words.pick(feature_title(name), language) for name in inputs], language)


def _listed(names: Sequence[str], language: str) -> str:
    """The first names, and how many more there are."""
    said = words.translate(_("; "), language).join(names[:NAMED])
    more = len(names) - NAMED
    return said if more <= 0 else words.translate(_("{names} and {n} more"), language, names=said, n=more)


def _model(version: ModelVersion) -> str:
    return version.name.partition("-")[0]
