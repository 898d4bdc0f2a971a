"""The page docs/features.md, made from the declarations, so that it cannot say anything else than the code."""

from itertools import groupby

from yuelao.warehouse.features.fields import FeatureDescription, describe

_HEAD = """# The customer view

One row per customer as of a date, made of what was known before that date. This page is generated
from the code by `make docs`.

A value is null where the source says nothing of it. A count is 0 for a customer without rows, once its table had any.
"""


def render() -> str:
    """The page as Markdown: one table per family, one line per feature."""
    families = groupby(describe(), key=lambda feature: feature.family)
    return _HEAD + "".join(_section(name, list(features)) for name, features in families)


def _section(family: str, features: list[FeatureDescription]) -> str:
    head = (
        f"\n## {family.capitalize()}\n\n| name | type | unit | meaning | 含义 | sources |\n|---|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| `{f.name}` | {f.type} | {f.unit} | {f.en} | {f.zh} | {', '.join(f.sources)} |\n" for f in features
    )
