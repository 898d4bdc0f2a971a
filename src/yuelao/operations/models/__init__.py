"""Models: the register of what was trained, which version is in use, and how it came to be."""

from yuelao.operations.models.queries import champion, get, names, promotions, versions
from yuelao.operations.models.rules import Verdict, judge
from yuelao.operations.models.schemas import ModelState, ModelVersion, NewVersion, Promotion
from yuelao.operations.models.service import add, promote, roll_back

__all__ = [
    "ModelState",
    "ModelVersion",
    "NewVersion",
    "Promotion",
    "Verdict",
    "add",
    "champion",
    "get",
    "judge",
    "names",
    "promote",
    "promotions",
    "roll_back",
    "versions",
]
