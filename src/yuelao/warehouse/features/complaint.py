"""What the customer complained about."""

import ibis.expr.types as ir

from yuelao.warehouse.features.family import Pass
from yuelao.warehouse.features.rows import Rows

complaints = Pass("complaints")
complaint = complaints.family("complaint")


@complaint.days_since(en="Days since the last complaint", zh="距上次投诉天数")
def days_since_complaint(rows: Rows) -> Rows:
    return rows


@complaint.count(unit="complaints", en="Complaints, last 3 months", zh="近三月投诉次数")
def complaints_3m(rows: Rows) -> ir.Value:
    return rows.last(months=3).count()


@complaint.count(unit="complaints", en="Complaints, last 12 months", zh="近十二月投诉次数")
def complaints_12m(rows: Rows) -> ir.Value:
    return rows.last(months=12).count()


@complaint.count(
    unit="complaints", en="Complaints about being contacted, last 12 months", zh="近十二月营销骚扰投诉次数"
)
def marketing_complaints_12m(rows: Rows) -> ir.Value:
    return rows.last(months=12).where(rows["about_marketing"]).count()


@complaint.count(unit="complaints", en="Complaints about the network, last 12 months", zh="近十二月网络类投诉次数")
def network_complaints_12m(rows: Rows) -> ir.Value:
    return rows.last(months=12).about("category", "network").count()


@complaint.count(unit="complaints", en="Complaints about fees, last 12 months", zh="近十二月资费类投诉次数")
def fee_complaints_12m(rows: Rows) -> ir.Value:
    return rows.last(months=12).about("category", "fees").count()
