"""What the page of a trained model is given: one version's figures, pictures, groups, comparison, uses and recipe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yuelao.analytics.evaluation import Decile
from yuelao.analytics.leaks import Leak, LeakKind
from yuelao.common.language import _, share
from yuelao.operations.models import ModelState, ModelVersion
from yuelao.warehouse.features import FEATURES
from yuelao.web.data import charts
from yuelao.web.desk.face import CHANNEL_TITLES
from yuelao.web.pages import Page
from yuelao.web.planner.states import CAMPAIGN, PLACES, Look
from yuelao.workflows.describe_data import feature_title
from yuelao.workflows.describe_leaks import leak_sentence
from yuelao.workflows.find_uses import CampaignUse
from yuelao.workflows.judge_model import group_title, judge_model, limits
from yuelao.workflows.model_recipe import command_of

TRUST = {
    "probability": ("good", "circle-check"),
    "effect": ("good", "circle-check"),
    "order": ("warn", "info-circle"),
    "hardly": ("warn", "alert-triangle"),
    "not": ("bad", "circle-x"),
    "no_effect": ("bad", "circle-x"),
    "unknown": ("plain", "help"),
}
"""Level of trust → tone and icon."""
VERDICTS = {
    "alike": Look(_("as well as the others"), "good"),
    "worse ranked": Look(_("ranked worse"), "bad"),
    "promised too much": Look(_("expected too high"), "warn"),
    "promised too little": Look(_("expected too low"), "warn"),
    "too few": Look(_("too few to judge"), "plain"),
}
_GAINS_SHOWN = 12


@dataclass(frozen=True)
class Gain:
    """An input, its share in what the model says, and that share of the largest; url: its page, where it has one."""

    title: str
    url: str
    gain: float
    part: float


@dataclass(frozen=True)
class Use:
    """A campaign that asks for the model."""

    title: str
    url: str
    note: str
    look: Look


def version_page(page: Page, version: ModelVersion, uses: Sequence[CampaignUse]) -> dict[str, Any]:
    """Everything the page tells of one version."""
    card, found = version.card, version.findings
    trust = judge_model(version, page.language)
    assessment, deciles = found.get("assessment"), [Decile(**each) for each in card.get("deciles", ())]
    groups = [(group, group_title(group, page.language)) for group in found.get("groups", ())]
    names = {name: page.say(text) for name, text in _NAMES.items()}
    return {
        "shown": version,
        "card": card,
        "channels": CHANNEL_TITLES,
        "drift": found.get("drift"),
        "figures": assessment,
        "windows": [_span(*card[window]) for window in ("train_window", "test_window") if window in card],
        "trust": trust,
        "trust_look": TRUST[trust.level],
        "limits": limits(version, page.language),
        "curve": charts.calibration(assessment["curve"], names) if assessment else None,
        "deciles": charts.deciles(deciles, names["predicted"], names["observed"], names["axis"]) if deciles else None,
        "gains": _gains(page, card.get("gains", {})),
        "groups": groups,
        "groups_served": [each for each in groups if not {"alike", "too few"} & set(each[0]["verdicts"])],
        "few": sum("too few" in group["verdicts"] for group, _name in groups),
        "verdicts": VERDICTS,
        "leaks": [leak_sentence(_leak(leak), page.language) for leak in found.get("leaks", ())],
        "moved": [(title(page, name), index) for name, index in card.get("drifted", {}).items()],
        "left_out": [(title(page, name), page.say(why)) for name, why in _left_out(card)],
        "reduct": [link(page, name) for name in found.get("reduct", ())],
        "causes": [(link(page, each["input"]), each) for each in (found.get("drift") or {}).get("causes", ())],
        "example": found.get("reasons_example", {}).get(page.language, []),
        "tried": tried(page, card),
        "uses": [_use(page, each) for each in uses],
        "command": command_of(version.recipe),
    }


_NAMES = {
    "predicted": _("Predicted"),
    "observed": _("Observed"),
    "axis": _("% happened"),
    "right": _("if all were right"),
    "interval": _("95 % interval"),
}


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} … {last}"


def title(page: Page, name: str) -> str:
    """What an input means."""
    return page.pick(feature_title(name))


def link(page: Page, name: str) -> tuple[str, str]:
    """What an input means, and where its page is; no address where it has none."""
    return title(page, name), f"/data/features/{name}" if name in FEATURES else ""


def newest_waiting(versions: Sequence[ModelVersion]) -> ModelVersion | None:
    """The newest version that waits, where it was trained after the one in use; versions the newest first."""
    first = versions[0]
    return first if first.state is ModelState.CHALLENGER else None


def _gains(page: Page, gains: Mapping[str, float]) -> list[Gain]:
    most = max(gains.values(), default=0.0) or 1.0
    return [Gain(*link(page, name), gain, gain / most) for name, gain in list(gains.items())[:_GAINS_SHOWN]]


def _left_out(card: Mapping[str, Any]) -> list[tuple[str, str]]:
    lacking = [(name, NO_SOURCE) for name in card.get("missing_inputs", ())]
    return [*card.get("left_out", {}).items(), *lacking]


NO_SOURCE = _("no source gives it")
REASONS = (
    _("the same value in every row"),
    _("a date; give the days or months since it"),
    _("its values change from one time to the next, and what is learned of it does not hold"),
)
"""Why an input may be left out, as `analytics` says it."""


@dataclass(frozen=True)
class Tried:
    """One of the ways that were tried: its name, more of it, the figure it was chosen by, whether it is in use."""

    name: str
    more: str
    figure: float
    chosen: bool


def tried(page: Page, card: Mapping[str, Any]) -> tuple[str, list[Tried]]:
    """What the figure is, and all that was tried, the best first: recipes, ways by cost, or learners of uplift."""
    if "learners" in card:
        learners = [Tried(each["name"], "", each["qini"], each["name"] == card["chosen"]) for each in card["learners"]]
        return page.say(_("Qini")), sorted(learners, key=lambda each: -each.figure)
    candidates = card.get("candidates", ())
    if "used" in card:
        ways = [Tried(" · ".join(each["way"].values()), "", each["validation_cost"], each["way"] == card["used"])
                for each in candidates]  # fmt: skip
        return page.say(_("Cost per 1,000 customers, earlier window")), sorted(ways, key=lambda each: each.figure)
    recipes = [Tried(each["family"], _settings(page, each), each["metric"], each["chosen"]) for each in candidates]
    return page.say(_("AUC, forward in time")), recipes


def _settings(page: Page, candidate: Mapping[str, Any]) -> str:
    said = [f"{name} {value}" for name, value in candidate["settings"].items() if value is not None]
    half = candidate["half_life"]
    told = (
        page.say(_("half-life {share} of the rows"), share=share(half, page.language, 0))
        if half
        else page.say(_("forgets nothing"))
    )
    return page.say(_(", ")).join([*said, told])


def _leak(saved: Mapping[str, Any]) -> Leak:
    return Leak(**{**saved, "kind": LeakKind(saved["kind"])})


def _use(page: Page, use: CampaignUse) -> Use:
    places = page.say(_(", ")).join(page.say(PLACES[place]) for place in use.places)
    return Use(page.pick(use.title), f"/campaigns/{use.name}", places, CAMPAIGN[use.state])
