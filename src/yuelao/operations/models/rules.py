"""Where a version stands, which one a roll-back brings back, and whether a challenger takes the champion's place. Pure.

Challenger and champion are told apart on the same later rows, by a difference with an interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from yuelao.common.errors import Conflict
from yuelao.operations.models.schemas import ModelState, Promotion


@dataclass(frozen=True)
class Verdict:
    """Whether a challenger is put into use, and why."""

    promoted: bool
    reason: str


def state_of(version: str, promotions: Sequence[Promotion]) -> ModelState:
    """Where a version stands; promotions of its model, the newest first."""
    if promotions and promotions[0].version == version:
        return ModelState.CHAMPION
    return ModelState.RETIRED if any(each.version == version for each in promotions) else ModelState.CHALLENGER


def one_before(promotions: Sequence[Promotion]) -> str:
    """The version in use before the present one; promotions the newest first. Conflict where there was none."""
    earlier = [each.version for each in promotions if each.version != promotions[0].version]
    if not earlier:
        name = promotions[0].name if promotions else "model"
        raise Conflict("No other version was in use before", where=name, hint="Promote one: `yuelao models promote`")
    return earlier[0]


def judge(difference: float | None, lower: float | None) -> Verdict:
    """Whether a challenger takes over. difference: its figure less the champion's on the same rows; lower: the lower
    end of its 95 % interval. None where there is no champion yet.

    One that is as good takes over: it has learned from newer rows.

    >>> judge(None, None).promoted, judge(0.01, -0.003).promoted, judge(-0.02, -0.04).promoted
    (True, True, False)
    """
    if difference is None or lower is None:
        return Verdict(promoted=True, reason="first")
    if difference >= 0:
        return Verdict(promoted=True, reason="better" if lower > 0 else "as good and newer")
    return Verdict(promoted=False, reason="worse on the same later rows")
