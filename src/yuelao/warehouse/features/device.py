"""What the customer calls with, and how often it changes."""

from datetime import date

import ibis
import ibis.expr.types as ir

from yuelao.warehouse.dates import whole_months
from yuelao.warehouse.features.family import KEY, Family, Tables
from yuelao.warehouse.features.rows import Rows


def _mark_newest(devices: ir.Table, _tables: Tables, _as_of: date) -> ir.Table:
    """The devices with `newest`: the one seen last, which is the one in use."""
    return devices.mutate(newest=devices.first_seen_on == devices.first_seen_on.max().over(group_by=KEY))


device = Family("device", "devices", prepare=_mark_newest)


@device.feature(en="Brand of the device in use", zh="当前终端品牌")
def device_brand(devices: Rows) -> ir.Value:
    return devices.where(devices["newest"]).value("brand")


@device.feature(unit="yuan", en="Price of the device in use, when it was new", zh="当前终端上市价格")
def device_price(devices: Rows) -> ir.Value:
    return devices.where(devices["newest"]).value("price").cast("float64")


@device.feature(unit="G", en="Network generation of the device in use", zh="当前终端支持制式")
def device_generation(devices: Rows) -> ir.Value:
    return devices.where(devices["newest"]).value("generation")


@device.feature(unit="months", en="Whole months the device has been in use", zh="当前终端使用月数")
def device_age_months(devices: Rows) -> ir.Value:
    return whole_months(devices.value("first_seen_on"), ibis.literal(devices.as_of))


@device.count(unit="devices", en="Devices taken into use, last 36 months", zh="近三十六月换机次数")
def device_changes_36m(devices: Rows) -> ir.Value:
    return devices.last(months=36).count()
