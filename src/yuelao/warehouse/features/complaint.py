"""What the customer complained about."""

import ibis.expr.types as ir

from yuelao.warehouse.features.family import Family
from yuelao.warehouse.features.rows import Rows

complaint = Family("complaint", "complaints")


@complaint.feature(unit="days", en="Days since the last complaint", zh="距上次投诉天数")
def days_since_complaint(complaints: Rows) -> ir.Value:
    return complaints.days_since()


@complaint.count(unit="complaints", en="Complaints, last 12 months", zh="近十二月投诉次数")
def complaints_12m(complaints: Rows) -> ir.Value:
    return complaints.last(months=12).count()


@complaint.count(
    unit="complaints", en="Complaints about being contacted, last 12 months", zh="近十二月营销骚扰投诉次数"
)
def marketing_complaints_12m(complaints: Rows) -> ir.Value:
    return complaints.last(months=12).where(complaints["about_marketing"]).count()
