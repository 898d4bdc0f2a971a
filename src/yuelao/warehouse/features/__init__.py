"""The customer view: features by family, each one named expression over what was known before a date.

A feature is a small function in the file of its family; a pass of `family` computes all those of one table at once,
`view` joins them, `fields` and `page` tell people and conditions what there is.
"""

from yuelao.warehouse.features.family import Feature
from yuelao.warehouse.features.fields import FeatureDescription, contact_fields, describe, view_fields
from yuelao.warehouse.features.registry import FAMILIES, FEATURES
from yuelao.warehouse.features.view import build_view, known_sources, view_of
from yuelao.warehouse.tables import Tables

__all__ = [
    "FAMILIES",
    "FEATURES",
    "Feature",
    "FeatureDescription",
    "Tables",
    "build_view",
    "contact_fields",
    "describe",
    "known_sources",
    "view_fields",
    "view_of",
]
