"""Describe likeness: how many resemble a product's buyers, and in plain words how far that may be off, and why."""

from typing import Any

import numpy as np
import pyarrow as pa

from yuelao.analytics.positive_unlabelled import FEWEST, Kind, Selection, estimate_kind, measure_selection
from yuelao.analytics.propensity import Tested
from yuelao.warehouse.targets import OFFERED


def describe_likeness(table: pa.Table, tested: Tested) -> dict[str, Any] | None:
    """kind, selection and bias (en, zh), as plain data, by the tested rows of `table`; None with too few buyers."""
    buyers = float(tested.happened.sum())
    if min(buyers, len(tested.happened) - buyers) < FEWEST:
        return None
    kind = estimate_kind(tested.probability, tested.happened)
    offered = np.zeros(len(tested.happened))
    if OFFERED in table.column_names:
        offered = np.asarray(table[OFFERED].take(pa.array(tested.rows)).cast(pa.float64()))
    selection = measure_selection(tested.probability, tested.happened, offered)
    told = selection.as_dict() if selection else None
    return {"kind": kind.as_dict(), "selection": told, "bias": bias(kind, selection)}


def bias(kind: Kind, selection: Selection | None) -> dict[str, str]:
    """What the figures mean and in what they may be wrong, in both languages."""
    said = [_share(kind), _offers(selection)]
    return {language: gap.join(each[language] for each in said) for language, gap in (("en", " "), ("zh", ""))}


def _share(kind: Kind) -> dict[str, str]:
    share, low, high, labelled = kind.share.value, kind.share.low, kind.share.high, kind.labelled
    return {
        "en": f"Who has not bought may only not have bought yet, so the others are unlabelled, not negative. "
        f"{labelled:.1%} bought within the window; were every one who resembles the buyers equally likely to have "
        f"bought, {share:.1%} of the customers would resemble them. From these data alone it is anything from "
        f"{low:.1%} to {high:.1%}: the lower if all who want it have bought, the higher if in the best part "
        f"everybody does. The ranking is the same whichever is true.",
        "zh": f"未购买的客户可能只是尚未购买，因此视为“未标注”而非负例。窗口期内 {labelled:.1%} 的客户已购买；"
        f"若与购买者相似的客户购买机会均等，则约 {share:.1%} 的客户与其相似。仅凭现有数据，这一比例可能在 "
        f"{low:.1%} 至 {high:.1%} 之间：若想买的都已购买，则取下限；若得分最高的一部分客户人人想买，则取上限。"
        f"无论哪种情况，客户排序不变。",
    }


def _offers(selection: Selection | None) -> dict[str, str]:
    if selection is None:
        return {
            "en": "Whom the product was offered to is not known, or was everybody, so what offers did to who bought "
            "cannot be measured.",
            "zh": "无从得知谁被推荐过该产品，或人人都被推荐过，因此无法衡量推荐对谁成为购买者的影响。",
        }
    odds, low, high = selection.odds.value, selection.odds.low, selection.odds.high
    said = [_were(*group) for group in zip(("offered", "others"), selection.share_if, strict=True)]
    verdict = _verdict(selection)
    return {
        "en": f"{selection.offered:.1%} had been offered the product; at the same score that multiplied the odds to "
        f"buy by {odds:.1f} ({low:.1f} to {high:.1f}), {verdict['en']}. " + " ".join(each["en"] for each in said),
        "zh": f"{selection.offered:.1%} 的客户曾被推荐该产品；得分相同时，被推荐使购买几率变为 {odds:.1f} 倍"
        f"（{low:.1f} 至 {high:.1f}），{verdict['zh']}。" + "".join(each["zh"] for each in said),
    }


def _verdict(selection: Selection) -> dict[str, str]:
    if not selection.evident:
        return {
            "en": "so a random draw of those who want it is not ruled out",
            "zh": "因此不能排除购买者是需求客户的随机样本",
        }
    en, zh = ("higher", "高") if selection.odds.low > 1 else ("lower", "低")
    return {
        "en": "so buyers are no random draw of those who want it: who was offered it shaped who bought it, and "
        f"customers who resemble the offered rank {en} than they should",
        "zh": f"因此购买者并非需求客户的随机样本：推荐给谁影响了谁购买，与被推荐客户相似的人排名偏{zh}",
    }


_GROUPS = {"offered": ("those offered it", "被推荐者"), "others": ("those not offered it", "未被推荐者")}


def _were(group: str, share: float | None) -> dict[str, str]:
    """What the share would be, were everybody as likely to have bought as the group."""
    en, zh = _GROUPS[group]
    if share is None:
        return {"en": f"Of {en} too few have bought to say more.", "zh": f"{zh}中购买者太少，无法判断。"}
    return {
        "en": f"Were everybody as likely to have bought as {en}, the share would be {share:.1%}.",
        "zh": f"若所有人的购买机会与{zh}相同，该比例为 {share:.1%}。",
    }
