"""What the customer calls with, and how often it changes."""

from collections.abc import Collection
from datetime import date

import ibis
import ibis.expr.types as ir

from yuelao.warehouse.dates import whole_months
from yuelao.warehouse.engine import safe_divide
from yuelao.warehouse.features.family import Pass
from yuelao.warehouse.features.rows import Rows
from yuelao.warehouse.tables import KEY, Tables


def _in_order(used: ir.Table, _tables: Tables, _as_of: date, _sources: Collection[str]) -> ir.Table:
    """The devices with `back`: 0 for the one seen last, which is the one in use, 1 for the one before, and so on."""
    newest_first = [used.first_seen_on.desc(nulls_first=False)]
    return used.mutate(back=ibis.row_number().over(group_by=KEY, order_by=newest_first))


devices = Pass("devices", prepare=_in_order, steady=False)  # months in use grow on the day of the month
device = devices.family("device")


@device.feature(en="Brand of the device in use", zh="当前终端品牌")
def device_brand(used: Rows) -> ir.Value:
    return _in_use(used).value("brand")


@device.feature(unit="yuan", en="Price of the device in use, when it was new", zh="当前终端上市价格")
def device_price(used: Rows) -> ir.Value:
    return _in_use(used).value("price").cast("float64")


@device.feature(unit="G", en="Network generation of the device in use", zh="当前终端支持制式")
def device_generation(used: Rows) -> ir.Value:
    return _in_use(used).value("generation")


@device.feature(unit="months", en="Whole months the device has been in use", zh="当前终端使用月数")
def device_months(used: Rows) -> ir.Value:
    return whole_months(used.value("first_seen_on"), ibis.literal(used.as_of))


@device.count(unit="devices", en="Devices taken into use, last 12 months", zh="近十二月换机次数")
def handset_changes_12m(used: Rows) -> ir.Value:
    return used.last(months=12).count()


@device.count(unit="devices", en="Devices taken into use, last 3 years", zh="近三年换机次数")
def handset_changes_3y(used: Rows) -> ir.Value:
    return used.last(months=36).count()


@device.count(unit="devices", en="Devices seen so far", zh="累计使用终端数")
def devices_seen(used: Rows) -> ir.Value:
    return used.count()


@device.feature(unit="months", en="Mean months between two devices", zh="平均换机间隔月数")
def months_between_devices(used: Rows) -> ir.Value:
    first = used["first_seen_on"].min(where=used.kept)
    return safe_divide(whole_months(first, used.value("first_seen_on")), used.count() - 1)


@device.feature(en="Brand of the device before", zh="上一终端品牌")
def previous_device_brand(used: Rows) -> ir.Value:
    return _one_before(used).value("brand")


@device.feature(unit="yuan", en="Price of the device before, when it was new", zh="上一终端上市价格")
def previous_device_price(used: Rows) -> ir.Value:
    return _one_before(used).value("price").cast("float64")


@device.feature(unit="yuan", en="Highest price of the devices of the last 3 years, when new", zh="近三年终端最高价格")
def device_price_highest_3y(used: Rows) -> ir.Value:
    return used.last(months=36).value("price").cast("float64")


def _in_use(used: Rows) -> Rows:
    return used.where(used["back"] == 0)


def _one_before(used: Rows) -> Rows:
    return used.where(used["back"] == 1)
