"""Rough sets: which attributes decide, which can go, and the rules they give; every other name is internal."""

from yuelao.analytics.rough_sets.measures import conditional_entropy, dependency, discernibility, positive_region
from yuelao.analytics.rough_sets.reduction import Reduct, importance, reduct
from yuelao.analytics.rough_sets.table import DecisionTable, from_codes, read_table

__all__ = [
    "DecisionTable",
    "Reduct",
    "conditional_entropy",
    "dependency",
    "discernibility",
    "from_codes",
    "importance",
    "positive_region",
    "read_table",
    "reduct",
]
