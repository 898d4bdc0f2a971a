"""Customers: who they are behind the pseudonym, and the profile that desk, policy and scripts may read."""

from yuelao.operations.customers.queries import (
    current_segmentation,
    find,
    has_number,
    identities,
    newest_as_of,
    persons,
    profile,
    profiles,
    published_fields,
    segmentations,
    with_phone,
)
from yuelao.operations.customers.rules import mask_phone
from yuelao.operations.customers.schemas import CustomerProfile, Identity, SegmentationDefinition
from yuelao.operations.customers.service import (
    add_profiles,
    drop_old_generations,
    flip,
    new_generation,
    reveal_phone,
    save_identities,
    save_segmentation,
)

__all__ = [
    "CustomerProfile",
    "Identity",
    "SegmentationDefinition",
    "add_profiles",
    "current_segmentation",
    "drop_old_generations",
    "find",
    "flip",
    "has_number",
    "identities",
    "mask_phone",
    "new_generation",
    "newest_as_of",
    "persons",
    "profile",
    "profiles",
    "published_fields",
    "reveal_phone",
    "save_identities",
    "save_segmentation",
    "segmentations",
    "with_phone",
]
