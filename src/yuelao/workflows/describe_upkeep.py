"""Describe the upkeep of a model in words: by which rules it was due, what came of it, and when it is due again."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from yuelao.common.language import _, day, number, translate
from yuelao.operations import models
from yuelao.operations.models import ModelVersion, UpkeepOutcome
from yuelao.workflows.describe_data import feature_title
from yuelao.workflows.house import House

RULES: Mapping[str, str] = {
    "age": _("{days} days of data came since"),
    "new_outcomes": _("{new} new outcomes, beside {learned} learned from"),
    "drift": _("customers of then and now are told apart (AUC {auc}), most of all by {inputs}"),
    "auc": _("AUC {now} on {rows} later cases; its card says {said}"),
    "calibration": _("misses the rate of {rows} later cases by {now}; its card says {said}"),
    "worse": _("{gain} ({gauge}) beside version {before} on {rows} later cases"),
}
"""Each rule as a sentence."""
OUTCOMES: Mapping[UpkeepOutcome, str] = {
    UpkeepOutcome.TRAINED: _("With the data up to {day} trained again: {why}."),
    UpkeepOutcome.REFUSED: _("With the data up to {day} it could not be trained again: {said}."),
    UpkeepOutcome.ROLLED_BACK: _("With the data up to {day} the version after it was rolled back: {why}."),
}


def say_upkeep(house: House, version: ModelVersion, language: str) -> str:
    """What the machine did last about a model in use, and with the data of which day it is due at the latest."""
    with house.database.transaction(read_only=True) as session:
        last = models.last_upkeep(session, version.name)
    since = max(version.as_of, last.day) if last else version.as_of
    latest = since + timedelta(days=house.workspace.settings.retrain_after_days)
    said = translate(_("Trained again with the data of {day} at the latest."), language, day=day(latest, language))
    if last is None:
        return said
    why = "; ".join(say_rule(each, language) for each in last.why)
    done = translate(OUTCOMES[last.outcome], language, day=day(last.day, language), why=why, said=last.said)
    return f"{done} {said}"


def say_rule(figures: Mapping[str, Any], language: str = "en") -> str:
    """One rule with its figures, as a sentence; `figures`: as `Upkeep.why` keeps them."""
    return translate(
        RULES[figures["rule"]], language, **{name: _said(name, value, language) for name, value in figures.items()}
    )


def _said(name: str, value: Any, language: str) -> str:
    if name == "inputs":
        return ", ".join(feature_title(each)[language] for each in value[:3])
    if isinstance(value, float):
        return f"{value:+.3f}" if name == "gain" else f"{value:.3f}"
    return number(value, language) if isinstance(value, int) else str(value)
