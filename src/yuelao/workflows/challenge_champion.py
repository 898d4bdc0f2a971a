"""Challenge the champion: a new version beside the one in use, on the tested rows that neither of them knew."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from yuelao.analytics.evaluation import auc, auc_gain
from yuelao.analytics.propensity import Tested
from yuelao.operations import models
from yuelao.operations.models import Verdict
from yuelao.workflows.gather_training import Examples
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import champion_of, load_model

_FEWEST_COMPARED = 200
_SURE = 1.96


class Comparison(BaseModel):
    """The new version (the challenger) beside the champion of that day, on the same rows.

    auc, champion_auc, and difference with its 95 % interval: None where there were too few rows to compare.
    """

    model_config = ConfigDict(frozen=True)

    champion: str
    rows: int
    positives: int
    auc: float | None = None
    champion_auc: float | None = None
    difference: float | None = None
    interval: tuple[float, float] | None = None


def challenge(house: House, name: str, examples: Examples, tested: Tested) -> Comparison | None:
    """Compare by the tested rows that are later than what the version in use learned from; None where none is in use.

    tested: of `examples`, by the new version.
    """
    champion = champion_of(house, name)
    if champion is None:
        return None
    rows = examples.table.take(pa.array(tested.rows))
    later = np.asarray(pc.greater_equal(rows[examples.time].cast(pa.date32()), pa.scalar(champion.as_of)))
    happened, scores = tested.happened[later], tested.probability[later]
    counted = Comparison(champion=champion.version, rows=len(happened), positives=int(happened.sum()))
    if len(happened) < _FEWEST_COMPARED or not 0 < happened.sum() < len(happened):
        return counted
    others = load_model(house, champion).predict(rows.filter(pa.array(later)))
    gain, error = auc_gain(happened, scores, others)
    return counted.model_copy(
        update={
            "auc": auc(happened, scores),
            "champion_auc": auc(happened, others),
            "difference": gain,
            "interval": (gain - _SURE * error, gain + _SURE * error),
        }
    )


def judge_challenger(comparison: Comparison | None) -> Verdict:
    """Whether the challenger is put into use; where too little is known to compare, it is: it learned from newer."""
    if comparison is None:
        return models.judge(None, None)
    if comparison.difference is None or comparison.interval is None:
        return models.judge(0.0, -np.inf)
    return models.judge(comparison.difference, comparison.interval[0])
