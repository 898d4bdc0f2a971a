"""How much the customer goes online, where and when, from the bills; and what pages of the firm's own were read."""

import ibis.expr.types as ir

from yuelao.warehouse.features.consumption import change, share, usage
from yuelao.warehouse.features.family import Pass
from yuelao.warehouse.features.rows import Rows

pages = Pass("browsing")
internet_use = usage.family("internet use")
browsing = pages.family("internet use")


@internet_use.feature(unit="MB/month", en="Data used, monthly mean of 3 months", zh="近三月月均流量")
def data_mb_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("data_mb")


@internet_use.feature(unit="MB/month", en="Data used, monthly mean of 6 months", zh="近六月月均流量")
def data_mb_6m(bills: Rows) -> ir.Value:
    return bills.last(months=6).mean("data_mb")


@internet_use.feature(unit="MB", en="Data used in the last month", zh="上月流量")
def data_mb_last_month(bills: Rows) -> ir.Value:
    return bills.last(months=1).total("data_mb")


@internet_use.feature(
    unit="share",
    en="Change of the mean monthly data, last 3 months against the 3 before",
    zh="近三月月均流量较前三月变化",
)
def data_change_3m(bills: Rows) -> ir.Value:
    return change(bills, "data_mb")


@internet_use.feature(unit="days/month", en="Days with data use, monthly mean of 3 months", zh="近三月月均上网天数")
def data_days_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("data_days")


@internet_use.feature(
    unit="share", en="Data used on 4G or 5G, share of all data, last 3 months", zh="近三月 4G/5G 流量占比"
)
def fast_data_share_3m(bills: Rows) -> ir.Value:
    return share(bills, "fast_data_mb", "data_mb")


@internet_use.feature(
    unit="share", en="Data used while roaming, share of all data, last 3 months", zh="近三月漫游流量占比"
)
def roaming_data_share_3m(bills: Rows) -> ir.Value:
    return share(bills, "roaming_data_mb", "data_mb")


@internet_use.feature(unit="minutes/month", en="WLAN minutes, monthly mean of 6 months", zh="近六月月均 WLAN 时长")
def wlan_minutes_6m(bills: Rows) -> ir.Value:
    return bills.last(months=6).mean("wlan_minutes")


@internet_use.feature(unit="MB/month", en="Data beyond the bundle, monthly mean of 3 months", zh="近三月月均套外流量")
def overage_data_mb_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).mean("overage_data_mb")


@internet_use.feature(
    unit="months", en="Months of the last 3 with data beyond the bundle", zh="近三月流量超套月数", ever=True
)
def overage_months_3m(bills: Rows) -> ir.Value:
    return bills.last(months=3).where(bills["overage_data_mb"] > 0).count()


@browsing.count(unit="pages", en="Pages looked at, last 30 days", zh="近三十天浏览页数")
def browsing_30d(seen: Rows) -> ir.Value:
    return seen.last(days=30).count()


@browsing.count(unit="pages", en="Pages looked at, last 6 months", zh="近六月浏览页数")
def browsing_6m(seen: Rows) -> ir.Value:
    return seen.last(months=6).count()


@browsing.count(unit="minutes", en="Time on the firm's web and app, last 6 months", zh="近六月网厅与 APP 在线时长")
def online_minutes_6m(seen: Rows) -> ir.Value:
    return seen.last(months=6).amount("seconds") / 60.0


@browsing.count(unit="products", en="Different products looked at, last 30 days", zh="近三十天浏览产品数")
def products_browsed_30d(seen: Rows) -> ir.Value:
    return seen.last(days=30).distinct("product")


@browsing.count(unit="pages", en="Pages about data looked at, last 30 days", zh="近三十天浏览流量类页数")
def data_pages_30d(seen: Rows) -> ir.Value:
    return seen.last(days=30).about("category", "data").count()


@browsing.count(unit="pages", en="Pages about plans looked at, last 30 days", zh="近三十天浏览套餐类页数")
def plan_pages_30d(seen: Rows) -> ir.Value:
    return seen.last(days=30).about("category", "plan").count()


@browsing.count(unit="pages", en="Pages about handsets looked at, last 30 days", zh="近三十天浏览终端类页数")
def handset_pages_30d(seen: Rows) -> ir.Value:
    return seen.last(days=30).about("category", "handset").count()


@browsing.count(unit="pages", en="Pages about handsets looked at, last 3 months", zh="近三月浏览终端类页数")
def handset_pages_3m(seen: Rows) -> ir.Value:
    return seen.last(months=3).about("category", "handset").count()


@browsing.days_since(en="Days since a page was last looked at", zh="距上次浏览天数")
def days_since_browsing(seen: Rows) -> Rows:
    return seen
