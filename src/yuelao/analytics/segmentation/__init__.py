"""Segmentation of the customer view: value, the five feature dimensions with the needs they show, handset demand.

>>> from yuelao.analytics.segmentation.value import ValueModel
>>> [output.name for output in ValueModel.from_definition(
...     {"tree": {"children": [{"feature": "arpu"}]}, "cutoffs": {"by": "score", "A1": 85, "A2": 75, "B1": 65,
...     "B2": 50, "C": 30}}).outputs()]
['value_score', 'value_level']
"""

from yuelao.analytics.segmentation.levels import VALUE_LEVELS as LEVELS

__all__ = ["LEVELS"]
