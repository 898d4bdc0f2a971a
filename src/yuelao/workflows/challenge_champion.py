"""Challenge the champion: a new version beside the one in use, on the tested rows that neither of them knew."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from yuelao.analytics.evaluation import auc, auc_gain
from yuelao.analytics.family import Floats
from yuelao.analytics.propensity import Tested
from yuelao.operations import models
from yuelao.operations.models import Verdict
from yuelao.workflows.gather_training import Examples
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import champion_of, load_model

_FEWEST_COMPARED = 200
_SURE = 1.96


@dataclass(frozen=True)
class Gauge:
    """By what two versions are told apart: the gain and its standard error, of (rows, what happened, what the new one
    says of them, what the other says); the larger the gain, the better the new one.
    """

    name: str
    gain: Callable[[pa.Table, Floats, Floats, Floats], tuple[float, float]]


BY_AUC = Gauge("auc", lambda _rows, *said: auc_gain(*said))


class Comparison(BaseModel):
    """The new version (the challenger) beside the champion of that day, on the same rows.

    gauge: by what they were told apart: `auc`, the `cost` of calling by them (per 1,000 customers), or the `qini` of
    ranking by uplift; difference: the gain, with its 95 % interval. auc, champion_auc, difference: None where there
    were too few rows to compare.
    """

    model_config = ConfigDict(frozen=True)

    champion: str
    rows: int
    positives: int
    gauge: str = BY_AUC.name
    auc: float | None = None
    champion_auc: float | None = None
    difference: float | None = None
    interval: tuple[float, float] | None = None


def challenge(house: House, name: str, examples: Examples, tested: Tested, gauge: Gauge = BY_AUC) -> Comparison | None:
    """Compare by the tested rows that are later than what the version in use learned from; None where none is in use.

    tested: of `examples`, by the new version.
    """
    champion = champion_of(house, name)
    if champion is None:
        return None
    rows = examples.table.take(pa.array(tested.rows))
    later = np.asarray(pc.greater_equal(rows[examples.time].cast(pa.date32()), pa.scalar(champion.as_of)))
    happened, scores = tested.happened[later], tested.probability[later]
    positives = int(happened.sum())
    counted = Comparison(champion=champion.version, rows=len(happened), positives=positives, gauge=gauge.name)
    if len(happened) < _FEWEST_COMPARED or not 0 < happened.sum() < len(happened):
        return counted
    rows = rows.filter(pa.array(later))
    others = load_model(house, champion).predict(rows)
    gain, error = gauge.gain(rows, happened, scores, others)
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
