"""Customers of a small view, drawn from a seed, and the parts of a pack's definition that a model reads."""

from importlib.resources import files

import numpy as np
import pyarrow as pa
import yaml


def pack_definition(name):
    """A definition of the telecom pack as a model gets it."""
    raw = yaml.safe_load(files("yuelao.packs.telecom").joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
    return {key: value for key, value in raw.items() if key not in ("kind", "name", "title")}


def view(features, rows=120, seed=2):
    """A view with the named features: whole numbers, one in eight unknown; texts and booleans where they are known."""
    rng = np.random.default_rng(seed)
    words: dict[str, list[object]] = {
        "vip_type": ["none", "gold", "silver"],
        "brand": ["premium", "standard"],
        "gender": ["female", "male"],
        "is_staff": [True, False],
        "group_member": [True, False],
    }
    columns: dict[str, object] = {"customer_id": [f"c{i:05d}" for i in range(rows)]}
    for name in features:
        values = (rng.choice(np.array(words[name]), rows) if name in words else rng.integers(0, 40, rows)).tolist()
        unknown = rng.random(rows) < 1 / 8
        kind = None if name in words else pa.float64()
        columns[name] = pa.array([None if u else v for v, u in zip(values, unknown, strict=True)], kind)
    return pa.table(columns)


def holdings(customers, seed=3):
    """Subscriptions in force: packs, services and contracts, several a customer."""
    rng = np.random.default_rng(seed)
    kinds = {
        "data_10gb": "pack",
        "data_30gb": "pack",
        "ringtone_vas": "vas",
        "handset_mid": "contract",
        "basic": "plan",
    }
    rows = [
        (customer, product, kind) for customer in customers for product, kind in kinds.items() if rng.random() < 0.3
    ]
    return pa.table(dict(zip(("customer_id", "product", "kind"), map(list, zip(*rows, strict=True)), strict=True)))
