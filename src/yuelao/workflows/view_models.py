"""The models of the customer view: which there are, in the order they are scored."""

from collections.abc import Mapping

from yuelao.analytics.evidence import Model
from yuelao.analytics.plan_fit.fit import PlanFit
from yuelao.analytics.preference.model import Preference
from yuelao.analytics.segmentation.dimensions import Dimensions
from yuelao.analytics.segmentation.handset import HandsetDemand
from yuelao.analytics.segmentation.value import ValueModel

MODELS: Mapping[str, type[Model]] = {
    "value_segmentation": ValueModel,
    "preference": Preference,
    "dimensions": Dimensions,
    "plan_fit": PlanFit,
    "handset_demand": HandsetDemand,
}
"""Kind of definition → class. The dimensions come after the preference, whose scores are among their features."""
