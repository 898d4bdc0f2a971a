"""Fitting what was chosen: to all rows, calibrated on scores of later rows by fits that knew only earlier ones."""

from dataclasses import dataclass

import numpy as np

from yuelao.analytics.calibration import AS_IT_IS, Calibration, calibrate
from yuelao.analytics.choosing import Choice
from yuelao.analytics.family import Floats, Rows
from yuelao.analytics.forward import HORIZON, forward_scores, steps
from yuelao.analytics.propensity.blend import Blend

CALIBRATION_STEPS = 3  # the latest steps, for the level is of now


@dataclass(frozen=True, eq=False)
class Fitted:
    """What was chosen, the fitted score of the inputs chosen, and how it becomes a probability."""

    choice: Choice
    score: Blend
    calibration: Calibration

    def predict(self, x: Floats) -> Floats:
        """Probabilities, shape (rows,), for `x` with all the inputs there were to choose from."""
        return self.calibration.apply(self.score.log_odds(x[:, list(self.choice.inputs)]))


def blend(rows: Rows, choice: Choice) -> Blend:
    """The chosen recipes, fitted to rows that have the chosen inputs."""
    return Blend(tuple((recipe.family.name, recipe.fit(rows)) for recipe in choice.recipes))


def fit_choice(rows: Rows, choice: Choice, horizon: float = HORIZON) -> Fitted:
    """Fit to all rows; calibrate on the scores of rows by fits that knew only earlier ones."""
    rows = rows.only(choice.inputs)
    score = blend(rows, choice)
    edges = steps(rows, horizon)[-CALIBRATION_STEPS:]
    if not edges:
        return Fitted(choice, score, AS_IT_IS)
    later: Floats = np.mean([forward_scores(rows, edges, recipe) for recipe in choice.recipes], axis=0)
    happened = np.concatenate([rows.y[a:b] for a, b in edges])
    return Fitted(choice, score, calibrate(later, happened))
