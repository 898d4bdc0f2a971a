"""Customers as data; phone numbers masked."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, model_validator

from yuelao.common.definitions import Slug, Texts

Kind = Literal["value_segmentation", "dimensions", "preference", "plan_fit", "handset_demand"]
"""The models of the customer view."""
KINDS: tuple[str, ...] = get_args(Kind)
_HEAD = ("kind", "name", "title")


class Identity(BaseModel):
    """Who a customer is: the pseudonym that the lake knows, and what only operations know."""

    model_config = ConfigDict(frozen=True)

    customer_id: str
    source_id: str
    person_id: str
    name: str | None
    masked_phone: str | None
    city: str | None


class CustomerProfile(Identity):
    """A customer with the fields published by the last refresh; `as_of` is None where nothing was published yet."""

    as_of: date | None
    fields: Mapping[str, Any]


class ViewModelDefinition(BaseModel):
    """The definition of a model of the customer view in the form of its YAML.

    Beside kind, name and title it has the model's own keys (`content`), whose meaning is known to `analytics`.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: Kind
    name: Slug
    title: Texts

    @model_validator(mode="before")
    @classmethod
    def _as_stored(cls, raw: object) -> object:
        """As JSON will give it back: the key 5 of a YAML file is "5", true is "true"."""
        if not isinstance(raw, dict):
            return raw
        try:
            return json.loads(json.dumps(raw, default=str, allow_nan=False))
        except ValueError as error:
            raise ValueError("a number is needed, not infinity or none") from error

    @property
    def content(self) -> dict[str, Any]:
        """The model's own keys, as a mapping that JSON can hold."""
        return {key: value for key, value in self.model_dump(mode="json").items() if key not in _HEAD}


class ViewModelVersion(BaseModel):
    """A definition as it was saved: the version, by whom, when, and why."""

    model_config = ConfigDict(frozen=True)

    definition: ViewModelDefinition
    version: int
    note: str
    saved_by: str
    saved_at: datetime

    @property
    def kind(self) -> str:
        """Which of the models it defines."""
        return self.definition.kind

    @property
    def content(self) -> dict[str, Any]:
        """The model's own keys: what its `from_definition` reads."""
        return self.definition.content
