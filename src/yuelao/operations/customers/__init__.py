"""Customers: who they are behind the pseudonym, and the profile that desk, policy and scripts may read."""

from yuelao.operations.customers.queries import (
    current_definition,
    definition_at,
    definition_versions,
    find,
    has_number,
    identities,
    newest_as_of,
    persons,
    profile,
    profiles,
    published_fields,
    published_names,
    with_phone,
)
from yuelao.operations.customers.rules import mask_phone
from yuelao.operations.customers.schemas import KINDS, CustomerProfile, Identity, ViewModelDefinition, ViewModelVersion
from yuelao.operations.customers.service import (
    add_profiles,
    copy_profiles,
    drop_old_generations,
    flip,
    new_generation,
    reveal_phone,
    save_definition,
    save_identities,
)

__all__ = [
    "KINDS",
    "CustomerProfile",
    "Identity",
    "ViewModelDefinition",
    "ViewModelVersion",
    "add_profiles",
    "copy_profiles",
    "current_definition",
    "definition_at",
    "definition_versions",
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
    "published_names",
    "reveal_phone",
    "save_definition",
    "save_identities",
    "with_phone",
]
