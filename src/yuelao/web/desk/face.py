"""The customer's face: published fields as the few lines an agent takes in at a glance. Pure.

What is not known is left out. A base of other fields than a telecom's shows those fields as they are named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from yuelao.common import language as words
from yuelao.common.language import _
from yuelao.operations.customers.schemas import CustomerProfile
from yuelao.warehouse.features.spoken import spoken
from yuelao.workflows.describe_data import feature_title

LEVELS = ("D", "C", "B2", "B1", "A2", "A1")
_COMPLAINT_MATTERS_DAYS = 180
_MANY_CONTACTS = 4
_MOST_FACTS = 8
DIMENSION_LEVELS = ("1", "2", "3", "4", "5")
_DIMENSIONS = (
    ("identity_level", _("Status")),
    ("consumption_level", _("Use")),
    ("channel_level", _("Online")),
    ("tenure_level", _("Stay")),
    ("vas_level", _("Extras")),
)
"""Level of a dimension and the word below its bar."""
CHANNEL_TITLES = {"phone": _("Phone"), "sms": _("SMS"), "online": _("Web and app"), "hall": _("Hall")}
_FIT = {
    "A": _("uses far less than it has"),
    "B": _("uses a little less than it has"),
    "C": _("uses a little more than it has"),
    "D": _("uses far more than it has"),
}
_SAID_IN_YEARS = 24  # months
_GENDERS = {"male": _("Male"), "female": _("Female")}
_OWN_LINES = frozenset(
    {"value_level", "value_score", "is_staff", "profiling_refused", "do_not_call", "earlier_contacts"}
)


@dataclass(frozen=True)
class Fact:
    """One line: what, and its value with unit."""

    label: str
    value: str


@dataclass(frozen=True)
class Use:
    """What is used of an allowance; `over_text` says by how much it is exceeded."""

    label: str
    used: float
    allowed: float
    used_text: str
    allowed_text: str
    over_text: str


@dataclass(frozen=True)
class Dimension:
    """One of the five dimensions: `rank` 1 to 5; `title` in full."""

    word: str
    title: str
    rank: int


@dataclass(frozen=True)
class Face:
    """Everything the left column shows beside name and number."""

    about: list[str] = field(default_factory=list)
    level: str = ""
    level_rank: int = 0
    level_count: int = len(LEVELS)
    dimensions: list[Dimension] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def face(profile: CustomerProfile, today: date, language: str, currency: str = "CNY") -> Face:
    """The face of `profile` in `language`; `today` tells how long ago the dated things are."""
    drawing = _Drawing(profile.fields, language, currency)
    level = str(profile.fields.get("value_level", ""))
    return Face(
        about=drawing.about(profile.city),
        level=level,
        level_rank=LEVELS.index(level) + 1 if level in LEVELS else 0,
        dimensions=drawing.dimensions(),
        uses=drawing.uses(),
        facts=(drawing.facts() or drawing.other_facts())[:_MOST_FACTS],
        warnings=drawing.warnings(today),
    )


class _Drawing:
    def __init__(self, fields: Mapping[str, object], language: str, currency: str) -> None:
        self.fields = fields
        self.language = language
        self.currency = currency

    def say(self, message: str, **values: object) -> str:
        return words.translate(message, self.language, **values)

    def text(self, name: str) -> str:
        """The value with its unit; empty when it is not known."""
        return spoken(name, self.fields[name], self.language, self.currency) if name in self.fields else ""

    def value(self, name: str) -> float | None:
        found = self.fields.get(name)
        return float(found) if isinstance(found, int | float) else None

    def about(self, city: str | None) -> list[str]:
        gender = str(self.fields.get("gender", ""))
        parts = [
            self.say(_GENDERS.get(gender, gender)),
            self.text("age"),
            city or str(self.fields.get("city", "")),
            self._tenure(),
            str(self.fields.get("brand", "")),
        ]
        return [part for part in parts if part]

    def _tenure(self) -> str:
        months = self.value("tenure_months")
        if months is None:
            return ""
        if months < _SAID_IN_YEARS:
            return self.say(_("with us {n} months"), n=round(months))
        return self.say(_("with us {n} years"), n=int(months // 12))

    def dimensions(self) -> list[Dimension]:
        """Those of the five that are known."""
        found = [(name, word, str(self.fields.get(name, ""))) for name, word in _DIMENSIONS]
        return [
            Dimension(self.say(word), words.pick(feature_title(name), self.language), DIMENSION_LEVELS.index(level) + 1)
            for name, word, level in found
            if level in DIMENSION_LEVELS
        ]

    def uses(self) -> list[Use]:
        made = (
            self._use(_("Data"), "data_mb_3m", "data_use_ratio_3m", "MB"),
            self._use(_("Minutes"), "voice_minutes_3m", "voice_use_ratio_3m", "minutes"),
        )
        return [use for use in made if use]

    def _use(self, label: str, used_name: str, ratio_name: str, unit: str) -> Use | None:
        used, ratio = self.value(used_name), self.value(ratio_name)
        if used is None or not ratio:
            return None
        allowed = used / ratio
        over = used - allowed
        texts = [words.quantity(amount, unit, self.language) for amount in (used, allowed, over)]
        over_text = self.say(_("{amount} beyond the bundle"), amount=texts[2]) if ratio > 1 else ""
        used_text = texts[0] if unit == "MB" else words.number(used, self.language)
        return Use(self.say(label), used, allowed, used_text, texts[1], over_text)

    def facts(self) -> list[Fact]:
        lines = (
            (_("Plan"), self._joined("plan_id", "plan_fee")),
            (_("Fit"), self._fit()),
            (_("Prefers"), self._prefers()),
            (_("Contract"), self._contract()),
            (_("Charge a month"), self.text("arpu_3m")),
            (_("Of it beyond the bundle"), self.text("overage_charge_3m") if self.value("overage_charge_3m") else ""),
            (_("Device"), self._joined("device_brand", "device_price")),
            (_("Hotline calls, 3 months"), self.text("hotline_calls_3m") if self.value("hotline_calls_3m") else ""),
            (_("Complaints, 12 months"), self.text("complaints_12m") if self.value("complaints_12m") else ""),
            (_("In use for"), self.text("device_months")),
        )
        return [Fact(self.say(label), value) for label, value in lines if value]

    def other_facts(self) -> list[Fact]:
        """For a base without a telecom's fields: the fields by their own names."""
        shown = [name for name in self.fields if name not in _OWN_LINES]
        return [Fact(name.replace("_", " "), self.text(name)) for name in shown]

    def _joined(self, *names: str) -> str:
        return " · ".join(part for part in map(self.text, names) if part)

    def _fit(self) -> str:
        """How the plan fits; which one is cheaper and by how much, where another is."""
        fit = str(self.fields.get("plan_fit", ""))
        if fit not in _FIT:
            return ""
        best, saving = self.fields.get("best_plan"), self.value("plan_saving") or 0.0
        if best and best != self.fields.get("plan_id") and saving >= 1:
            cheaper = words.money(round(saving), self.currency, self.language)
            return self.say(_("{fit} → {plan}, −{money}/month"), fit=fit, plan=best, money=cheaper)
        return f"{fit} · {self.say(_FIT[fit])}"

    def _prefers(self) -> str:
        channel = str(self.fields.get("preferred_channel", ""))
        if channel not in CHANNEL_TITLES:
            return ""
        score = self.value(f"{channel}_preference")
        said = self.say(CHANNEL_TITLES[channel])
        return said if score is None else f"{said} · {words.number(score, self.language, 1)} / 5"

    def _contract(self) -> str:
        left = self.value("contract_months_left")
        if left is None:
            return ""
        return self.say(_("{time} left"), time=self.text("contract_months_left")) if left > 0 else self.say(_("ended"))

    def warnings(self, today: date) -> list[str]:
        found = []
        ago = _days_since(self.fields.get("last_complaint_on"), today)
        if ago is not None and ago <= _COMPLAINT_MATTERS_DAYS:
            found.append(self.say(_("Complained {n} days ago"), n=ago))
        if (contacts := self.value("contacts_90d") or 0) >= _MANY_CONTACTS:
            found.append(self.say(_("{n} contacts in 90 days"), n=round(contacts)))
        if self.fields.get("profiling_refused"):
            found.append(self.say(_("Wants no personal offers")))
        return found


def _days_since(iso: object, today: date) -> int | None:
    if not isinstance(iso, str):
        return None
    try:
        return (today - date.fromisoformat(iso[:10])).days
    except ValueError:
        return None
