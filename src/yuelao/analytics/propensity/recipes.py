"""The recipes to choose from, as data: every family with its settings, and how fast it may forget."""

from yuelao.analytics.additive import AdditiveFamily
from yuelao.analytics.boosting import CorrectedFamily, TreesFamily
from yuelao.analytics.choosing import Offer
from yuelao.analytics.family import Family
from yuelao.analytics.forward import Recipe
from yuelao.analytics.linear import LinearFamily

SETTINGS: tuple[Family, ...] = (
    LinearFamily(),
    AdditiveFamily(strength=1.0),
    AdditiveFamily(strength=0.1),
    TreesFamily(leaves=4, rounds=80),
    TreesFamily(leaves=8, rounds=60),
)
FALLBACK = CorrectedFamily()
FAMILIES = {family.name: family for family in (*SETTINGS, FALLBACK)}
OFFER = Offer(
    families=SETTINGS,
    half_lives=(0.3, 0.1, 0.03),
    probe=Recipe(AdditiveFamily()),
    fallback=Recipe(FALLBACK),
)
