"""What the simulated operator sells: plans, devices and products, each product with the law of its demand.

A plan's bill is its fee, and what is used beyond its allowances: minutes as they were billed, the month's data by
begun steps, messages one by one, all together up to a cap; `beyond` is that rule.

The law of a product turns a hidden need (about standard normal over the base) into two chances over 30 days:
that the customer sets out to buy it unprompted, and that a conversation sells it to one who would not have.
Both are logistic in the need; intercepts are calibrated to published success rates of blanket calling (1–3 %).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Plan:
    """A main plan; fee in yuan a month, allowances a month, prices in fen of a further minute, MB and message.

    A month's data is rounded up to steps of `step_mb`; use beyond the bundle costs at most `cap` yuan. The first
    minutes or MB beyond may have a price of their own, as (how many, fen). Of a plan not on sale there are holders.
    """

    code: str
    name: str
    fee: int
    minutes: int
    data_mb: int
    sms: int
    generation: int
    minute_fen: int = 15
    mb_fen: int = 1
    message_fen: int = 10
    first_minutes: tuple[int, int] = (0, 0)
    first_mb: tuple[int, int] = (0, 0)
    step_mb: int = 1
    cap: int = 600
    on_net_free: bool = False
    on_sale: bool = True


@dataclass(frozen=True, slots=True)
class Service:
    """A value-added service: fee in yuan a month, and the log odds that a customer holds it.

    `held`: what each of `services.DRIVERS` adds.
    """

    code: str
    label: str
    fee: int
    held: tuple[float, ...]


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
    Plan("plan_4g_18_voice", "4G 孝心 18 元", 18, 200, 1 * 1024, 0, 4, minute_fen=10, mb_fen=3),
    Plan("plan_4g_19", "4G 轻享 19 元", 19, 100, 3 * 1024, 30, 4),
    Plan("plan_4g_19_data", "4G 日租卡 19 元", 19, 0, 5 * 1024, 0, 4, minute_fen=10),
    Plan("plan_4g_28", "4G 轻享 28 元", 28, 100, 5 * 1024, 50, 4, on_sale=False),
    Plan("plan_4g_29_sms", "4G 短信达人 29 元", 29, 50, 3 * 1024, 600, 4, message_fen=5),
    Plan("plan_4g_38", "4G 畅享 38 元", 38, 150, 6 * 1024, 50, 4),
    Plan(
        "plan_4g_38_voice", "4G 商旅 38 元", 38, 500, 2 * 1024, 50, 4, minute_fen=8, first_minutes=(100, 15), mb_fen=2
    ),
    Plan("plan_4g_39_data", "4G 大流量 39 元", 39, 0, 12 * 1024, 0, 4, step_mb=16),
    Plan("plan_4g_48", "4G 亲情 48 元", 48, 100, 8 * 1024, 50, 4, on_net_free=True, on_sale=False),
    Plan("plan_4g_58", "4G 畅享 58 元", 58, 200, 10 * 1024, 50, 4),
    Plan("plan_4g_58_voice", "4G 商旅 58 元", 58, 800, 4 * 1024, 100, 4, minute_fen=10, mb_fen=2),
    Plan("plan_4g_59_data", "4G 大流量 59 元", 59, 100, 20 * 1024, 0, 4, step_mb=16),
    Plan("plan_4g_68", "4G 尊享 68 元", 68, 300, 10 * 1024, 100, 4, on_sale=False),
    Plan("plan_4g_88", "4G 尊享 88 元", 88, 300, 15 * 1024, 100, 4),
    Plan(
        "plan_4g_98_old",
        "全球通 98 元",
        98,
        600,
        3 * 1024,
        200,
        4,
        minute_fen=19,
        mb_fen=2,
        first_mb=(1024, 5),
        on_sale=False,
    ),
    Plan("plan_5g_69", "5G 青春 69 元", 69, 200, 20 * 1024, 50, 5, cap=300),
    Plan("plan_5g_79_data", "5G 大流量 79 元", 79, 100, 30 * 1024, 0, 5, step_mb=16, cap=300),
    Plan("plan_5g_88_voice", "5G 商务 88 元", 88, 1000, 10 * 1024, 100, 5, minute_fen=10),
    Plan("plan_5g_99", "5G 智享 99 元", 99, 400, 20 * 1024, 100, 5),
    Plan("plan_5g_109_family", "5G 家庭 109 元", 109, 500, 25 * 1024, 100, 5, on_sale=False),
    Plan("plan_5g_119_data", "5G 大流量 119 元", 119, 200, 60 * 1024, 0, 5, step_mb=16, cap=300),
    Plan("plan_5g_129", "5G 智享 129 元", 129, 500, 30 * 1024, 100, 5),
    Plan("plan_5g_139_voice", "5G 商务 139 元", 139, 2000, 20 * 1024, 200, 5, minute_fen=10),
    Plan("plan_5g_149", "5G 智享 149 元", 149, 600, 40 * 1024, 100, 5),
    Plan("plan_5g_159_data", "5G 大流量 159 元", 159, 300, 100 * 1024, 0, 5, step_mb=16, cap=300),
    Plan("plan_5g_169", "5G 智享 169 元", 169, 700, 50 * 1024, 200, 5),
    Plan("plan_5g_199", "5G 尊享 199 元", 199, 1000, 80 * 1024, 200, 5),
    Plan("plan_5g_239", "5G 尊享 239 元", 239, 1200, 100 * 1024, 200, 5),
    Plan("plan_5g_299", "5G 尊享 299 元", 299, 1500, 150 * 1024, 300, 5),
)
PLAN_FEE = np.array([plan.fee for plan in PLANS], dtype=float)
PLAN_MINUTES = np.array([plan.minutes for plan in PLANS], dtype=float)
PLAN_DATA = np.array([plan.data_mb for plan in PLANS], dtype=float)
PLAN_SMS = np.array([plan.sms for plan in PLANS])
PLAN_GENERATION = np.array([plan.generation for plan in PLANS])
DATA_PRICE = np.array([plan.mb_fen for plan in PLANS]) / 100  # yuan per MB beyond the bundle
VOICE_PRICE = np.array([plan.minute_fen for plan in PLANS]) / 100  # yuan per minute beyond the bundle
_MINUTE_FEN = np.array([plan.minute_fen for plan in PLANS])
_MB_FEN = np.array([plan.mb_fen for plan in PLANS])
_MESSAGE_FEN = np.array([plan.message_fen for plan in PLANS])
_FIRST_MINUTES = np.array([plan.first_minutes for plan in PLANS])
_FIRST_MB = np.array([plan.first_mb for plan in PLANS])
_STEP_MB = np.array([plan.step_mb for plan in PLANS])
_CAP_FEN = 100 * np.array([plan.cap for plan in PLANS])
_ON_NET_FREE = np.array([plan.on_net_free for plan in PLANS])
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
VALUE_DEVICE, MID_DEVICE, FLAGSHIP_DEVICE = 2, 4, 8  # what the handset products deliver

PRODUCTS = (
    Product("data_10gb", "10GB流量包", "pack", 20, (-6.2, 1.1), (-5.1, 2.0)),
    Product("data_30gb", "30GB流量包", "pack", 40, (-6.5, 1.1), (-4.2, 2.1)),
    Product("plan_5g_129", "5G智享129套餐", "plan", 129, (-6.5, 1.1), (-4.8, 2.1)),
    Product("handset_mid", "中端手机合约", "contract", 1499, (-6.4, 1.3), (-5.8, 2.1)),
    Product("handset_flagship", "旗舰手机合约", "contract", 5299, (-8.6, 1.4), (-9.4, 2.0)),
    Product("ringtone_vas", "彩铃包月", "vas", 5, (-6.6, 1.2), (-5.2, 1.9)),
    Product("handset_value", "千元机合约", "contract", 999, (-6.5, 1.2), (-6.4, 2.6)),
)
DATA_10GB, DATA_30GB, PLAN_UPGRADE, HANDSET_MID, HANDSET_FLAGSHIP, RINGTONE, HANDSET_VALUE = range(len(PRODUCTS))
HANDSETS = (HANDSET_VALUE, HANDSET_MID, HANDSET_FLAGSHIP)
PRODUCT_CODES = tuple(product.code for product in PRODUCTS)
PACK_MB = {DATA_10GB: 10 * 1024, DATA_30GB: 30 * 1024}

SERVICES = (
    Service("secretary_vas", "秘书台", 3, (-2.6, 0.8, 0.9, 0.0, 0.1, 0.3)),
    Service("number_management_vas", "号码管理", 5, (-2.7, 0.3, 0.0, 0.9, 0.1, 0.0)),
    Service("call_reminder_vas", "来电提醒", 3, (-1.4, 0.5, 0.2, 0.0, 0.0, 0.1)),
    Service("news_sms_vas", "手机报", 3, (-2.4, 0.0, 0.8, 0.0, -0.2, 0.3)),
    Service("video_vas", "视频会员", 15, (-2.1, 0.0, 0.0, 0.5, 0.8, -0.4)),
    Service("music_vas", "音乐会员", 10, (-2.2, 0.0, 0.0, 0.4, 0.5, -0.5)),
    Service("cloud_vas", "移动云盘", 8, (-2.6, 0.1, 0.0, 0.7, 0.5, 0.0)),
    Service("reading_vas", "手机阅读", 5, (-2.7, 0.0, 0.2, 0.3, 0.3, 0.1)),
)
SERVICE_FEE = np.array([service.fee for service in SERVICES])
SECRETARY = next(index for index, service in enumerate(SERVICES) if service.code == "secretary_vas")


@dataclass(frozen=True, slots=True)
class Use:
    """Months of use, one value each: billed minutes, those to other networks, data in KB, messages."""

    minutes: Integers
    off_net: Integers
    data_kb: Integers
    messages: Integers


def beyond(plan: Integers, use: Use, pack_mb: Numbers) -> Integers:
    """What use costs beyond the allowances of `plan` (indexes into PLANS) and of data packs, in fen.

    Arrays that broadcast against each other; give `plan` an axis of its own to bill the same use under every plan.
    """
    minutes = np.where(_ON_NET_FREE[plan], use.off_net, use.minutes)
    step = 1024 * _STEP_MB[plan]
    data_mb = -(-use.data_kb // step) * _STEP_MB[plan]
    cost = _tiered(np.maximum(minutes - PLAN_MINUTES[plan].astype(int), 0), _FIRST_MINUTES[plan], _MINUTE_FEN[plan])
    cost += _tiered(np.maximum(data_mb - (PLAN_DATA[plan] + pack_mb).astype(int), 0), _FIRST_MB[plan], _MB_FEN[plan])
    cost += np.maximum(use.messages - PLAN_SMS[plan], 0) * _MESSAGE_FEN[plan]
    return np.asarray(np.minimum(cost, _CAP_FEN[plan]))


def _tiered(amount: Integers, first: Integers, price: Integers) -> Integers:
    cheap_or_dear = np.minimum(amount, first[..., 0])
    return np.asarray(cheap_or_dear * first[..., 1] + (amount - cheap_or_dear) * price)
