"""Describe the data: what the lake holds of each table, the newest view with its levels, and the models' cards."""

from datetime import date, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from yuelao.common.errors import NotFound, nearest
from yuelao.warehouse.contract import CONTRACT
from yuelao.warehouse.features import FEATURES
from yuelao.warehouse.model_scores import score_title
from yuelao.warehouse.views import DATASET, read_view
from yuelao.workflows.house import House


class TableState(BaseModel):
    """One table of the contract: its rows, when it was last loaded, and whether rows of that load were set aside."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: dict[str, str]
    rows: int
    loaded_at: datetime | None
    rejects: bool


class Described(BaseModel):
    """The lake in short; `levels` counts the customers of the newest view by value level."""

    model_config = ConfigDict(frozen=True)

    tables: list[TableState]
    newest_view: date | None
    customers: int
    levels: dict[str, int]


def describe(house: House) -> Described:
    """What the lake holds now."""
    with house.lake.snapshot() as snapshot:
        loads = snapshot.last_loads()
        views = snapshot.partitions(DATASET)
        newest = date.fromisoformat(max(views)) if views else None
        levels: dict[str | None, int] = {}
        if newest is not None:
            by_level = (
                read_view(snapshot, newest).group_by("value_level").aggregate(customers=lambda view: view.count())
            )
            levels = {row["value_level"]: row["customers"] for row in by_level.to_pyarrow().to_pylist()}
    return Described(
        tables=[
            TableState(
                name=name,
                title={"en": table.en, "zh": table.zh},
                rows=loads[name].rows if name in loads else 0,
                loaded_at=loads[name].loaded_at if name in loads else None,
                rejects=name in loads and loads[name].rejects_file is not None,
            )
            for name, table in CONTRACT.tables.items()
        ],
        newest_view=newest,
        customers=sum(levels.values()),
        levels={level: levels[level] for level in sorted(filter(None, levels))},
    )


def rejects_file(house: House, table: str) -> Path:
    """The rows that the table's last load set aside; NotFound where there were none."""
    with house.lake.snapshot() as snapshot:
        kept = {name: load.rejects_file for name, load in snapshot.last_loads().items() if load.rejects_file}
    if table not in kept:
        raise NotFound("No rows of this table were set aside", where=f"table {table!r}", hint=nearest(table, [*kept]))
    return Path(kept[table])


_NOT_FEATURES = {
    "value_level": {"en": "Value level", "zh": "价值等级"},
    "value_score": {"en": "Value score", "zh": "价值得分"},
    "identity_level": {"en": "Identity level", "zh": "身份特征等级"},
    "consumption_level": {"en": "Consumption level", "zh": "消费特征等级"},
    "channel_level": {"en": "Channel level", "zh": "渠道特征等级"},
    "tenure_level": {"en": "Tenure level", "zh": "在网特征等级"},
    "vas_level": {"en": "Value-added level", "zh": "增值业务特征等级"},
    "phone_preference": {"en": "Preference for the phone", "zh": "电话偏好得分"},
    "sms_preference": {"en": "Preference for SMS", "zh": "短信偏好得分"},
    "online_preference": {"en": "Preference for web and app", "zh": "线上偏好得分"},
    "hall_preference": {"en": "Preference for the hall", "zh": "营业厅偏好得分"},
    "preferred_channel": {"en": "Preferred channel", "zh": "偏好渠道"},
    "plan_fit": {"en": "Plan fit", "zh": "套餐适配"},
    "best_plan": {"en": "Cheapest plan", "zh": "最省套餐"},
    "plan_saving": {"en": "Saving with the cheapest plan", "zh": "换最省套餐可省"},
    "handset_demand": {"en": "Demand for a handset", "zh": "换机需求"},
    "product": {"en": "Product offered", "zh": "推荐产品"},
    "product_group": {"en": "Group of the product", "zh": "产品类别"},
    "product_price": {"en": "Price of the product", "zh": "产品价格"},
    "product_margin": {"en": "Margin of the product", "zh": "产品毛利"},
    "product_minutes": {"en": "Handling time of the product", "zh": "产品办理时长"},
    "channel": {"en": "Channel of the contact", "zh": "接触渠道"},
    "hour": {"en": "Hour of the call", "zh": "外呼时段"},
    "weekday": {"en": "Day of the week", "zh": "星期"},
}
"""Inputs of conditions and models that no feature of the view is."""


def feature_title(name: str) -> dict[str, str]:
    """What an input means, in both languages; its name where it is not one of ours."""
    if name in _NOT_FEATURES:
        return _NOT_FEATURES[name]
    known = FEATURES.get(name)
    if known:
        return {"en": known.en, "zh": known.zh}
    return score_title(name) or {"en": name, "zh": name}
