"""What the simulated operator sells: plans, devices and products, each product with the law of its demand.

The law of a product turns a hidden need (about standard normal over the base) into two chances over 30 days:
that the customer sets out to buy it unprompted, and that a conversation sells it to one who would not have.
Both are logistic in the need; intercepts are calibrated to published success rates of blanket calling (1–3 %).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plan:
    """A main plan; fee in yuan a month, allowances a month."""

    code: str
    name: str
    fee: int
    minutes: int
    data_mb: int
    sms: int
    generation: int


@dataclass(frozen=True, slots=True)
class Device:
    """A handset on the market; price in yuan when new."""

    brand: str
    model: str
    price: int
    generation: int


@dataclass(frozen=True, slots=True)
class Product:
    """Something a campaign can offer. `buys`, `persuaded`: intercept and slope of the two logistic laws."""

    code: str
    label: str
    kind: str
    price: int
    buys: tuple[float, float]
    persuaded: tuple[float, float]


PLANS = (
    Plan("plan_4g_8", "4G 保号 8 元", 8, 0, 200, 0, 4),
    Plan("plan_4g_19", "4G 轻享 19 元", 19, 100, 3 * 1024, 30, 4),
    Plan("plan_4g_38", "4G 畅享 38 元", 38, 150, 6 * 1024, 50, 4),
    Plan("plan_4g_58", "4G 畅享 58 元", 58, 200, 10 * 1024, 50, 4),
    Plan("plan_4g_88", "4G 尊享 88 元", 88, 300, 15 * 1024, 100, 4),
    Plan("plan_5g_99", "5G 智享 99 元", 99, 400, 20 * 1024, 100, 5),
    Plan("plan_5g_129", "5G 智享 129 元", 129, 500, 30 * 1024, 100, 5),
    Plan("plan_5g_169", "5G 智享 169 元", 169, 700, 50 * 1024, 200, 5),
    Plan("plan_5g_199", "5G 尊享 199 元", 199, 1000, 80 * 1024, 200, 5),
    Plan("plan_5g_299", "5G 尊享 299 元", 299, 1500, 150 * 1024, 300, 5),
)
PLAN_FEE = np.array([plan.fee for plan in PLANS], dtype=float)
PLAN_MINUTES = np.array([plan.minutes for plan in PLANS], dtype=float)
PLAN_DATA = np.array([plan.data_mb for plan in PLANS], dtype=float)
PLAN_GENERATION = np.array([plan.generation for plan in PLANS])
DATA_PRICE = 0.01  # yuan per MB beyond the bundle, the same in every plan
VOICE_PRICE = 0.15  # yuan per minute beyond the bundle
UPGRADE = next(index for index, plan in enumerate(PLANS) if plan.code == "plan_5g_129")

DEVICES = (
    Device("长风", "长风 C1", 599, 4),
    Device("长风", "长风 C5", 899, 4),
    Device("南芯", "南芯 N20", 999, 4),
    Device("锐光", "锐光 R8", 1299, 4),
    Device("锐光", "锐光 R9 5G", 1499, 5),
    Device("南芯", "南芯 N50 5G", 1799, 5),
    Device("星海", "星海 Lite 5G", 2299, 5),
    Device("星海", "星海 S3 5G", 3999, 5),
    Device("天衍", "天衍 Pro 5G", 5299, 5),
    Device("天衍", "天衍 Ultra 5G", 7999, 5),
)
DEVICE_PRICE = np.array([device.price for device in DEVICES], dtype=float)
DEVICE_GENERATION = np.array([device.generation for device in DEVICES])
MID_DEVICE, FLAGSHIP_DEVICE = 4, 8  # what the two handset products deliver

PRODUCTS = (
    Product("data_10gb", "10GB流量包", "pack", 20, (-6.0, 1.2), (-5.2, 2.0)),
    Product("data_30gb", "30GB流量包", "pack", 40, (-6.3, 1.2), (-5.1, 2.1)),
    Product("plan_5g_129", "5G智享129套餐", "plan", 129, (-6.4, 1.2), (-4.95, 2.0)),
    Product("handset_mid", "中端手机合约", "contract", 1499, (-6.4, 1.3), (-5.7, 2.1)),
    Product("handset_flagship", "旗舰手机合约", "contract", 5299, (-7.6, 1.3), (-7.8, 1.8)),
    Product("ringtone_vas", "彩铃包月", "vas", 5, (-6.6, 1.2), (-5.2, 1.9)),
)
DATA_10GB, DATA_30GB, PLAN_UPGRADE, HANDSET_MID, HANDSET_FLAGSHIP, RINGTONE = range(len(PRODUCTS))
PRODUCT_CODES = tuple(product.code for product in PRODUCTS)
PACK_MB = {DATA_10GB: 10 * 1024, DATA_30GB: 30 * 1024}
