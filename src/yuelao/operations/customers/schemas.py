"""Customers as data; phone numbers masked."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from yuelao.common.definitions import Slug, Texts


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


class SegmentationDefinition(BaseModel):
    """A value segmentation in the form of its YAML; what tree and cut-offs mean is known to `analytics`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["value_segmentation"] = "value_segmentation"
    name: Slug
    title: Texts
    cutoffs: Mapping[str, Any]
    tree: Mapping[str, Any]
