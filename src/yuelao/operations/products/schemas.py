"""A product as data, in the form of its YAML."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from yuelao.common.definitions import Slug, Texts


class Product(BaseModel):
    """Something to offer; amounts in the workspace's currency, `margin` and `cost` of one sale over its life."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["product"] = "product"
    code: Slug
    title: Texts
    group: str = ""
    price: float = Field(ge=0)
    margin: float
    cost: float = Field(0.0, ge=0)
    handling_minutes: float = Field(gt=0, description="Minutes of a seat when the customer is reached.")
    lever: float = Field(1.0, ge=0, description="What the planner multiplies the value by.")
    eligible: str | None = None
    benefit: Texts = {"en": "", "zh": ""}
