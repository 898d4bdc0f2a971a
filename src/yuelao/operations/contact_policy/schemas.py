"""The contact policy as data: its definition in the form of its YAML, a contact, and a refusal."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from yuelao.common.definitions import Slug, Texts
from yuelao.common.outcomes import Outcome

When = Literal["match", "launch", "claim", "dial", "call_back", "hours"]
"""The moments at which a rule is asked: planning; making tasks; handing one out; before the phone rings; dialling back
who asked for it; and, of nobody in particular, whether this is an hour to call."""


class PolicyRule(BaseModel):
    """One rule: a contact is refused when `refuse` is true; an unknown value refuses nobody."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Slug
    title: Texts
    refuse: str
    when: tuple[When, ...] = Field(min_length=1)
    postpone_days: int | None = Field(
        None, ge=1, le=90, description="A task it refuses at claim or dial is put off by so long; none: taken out."
    )


class PolicyDefinition(BaseModel):
    """The rules, asked in order; the first that refuses gives the reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["contact_policy"] = "contact_policy"
    name: Slug = "default"
    title: Texts
    rules: tuple[PolicyRule, ...]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [rule.name for rule in self.rules]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two rules are called {twice[0]}")
        return self


class Refusal(BaseModel):
    """The rule that refuses a contact, and the facts it saw."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: Texts
    values: dict[str, Any]
    postpone_days: int | None = None


class Verdict(BaseModel):
    """What one rule says, and the facts it saw."""

    model_config = ConfigDict(frozen=True)

    rule: PolicyRule
    refuses: bool
    values: dict[str, Any]


class NewContact(BaseModel):
    """A contact to write down; `talk_seconds` is 0 when nobody was reached."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    person_id: str
    customer_id: str
    contacted_at: datetime
    channel: str
    outcome: Outcome
    campaign: str | None = None
    product: str | None = None
    agent: str | None = None
    task_id: str | None = None
    talk_seconds: int = 0


class Contact(NewContact):
    """A contact in the ledger."""

    sequence: int
    contact_id: str
