"""Calibration: from a model's raw score to a probability one may multiply by money.

Two forms, both monotone: Platt's sigmoid (Platt 1999, with his smoothed targets) and isotonic regression (Zadrozny
and Elkan 2002). Where a stretch of isotonic is flat, a trace of the raw score keeps its order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEWEST_FOR_ISOTONIC = 1000
FLATTEST = 0.05  # the least slope of a sigmoid
_TRACE = 1e-6


@dataclass(frozen=True)
class Calibration:
    """`sigmoid`: points = (slope,), values = (intercept,). `isotonic`: log-odds at the points → probabilities."""

    method: str
    points: tuple[float, ...]
    values: tuple[float, ...]

    def apply(self, raw: Floats) -> Floats:
        """Log-odds of any shape → probabilities in [0, 1] of the same shape.

        >>> Calibration("sigmoid", (1.0,), (0.0,)).apply(np.array([0.0])).tolist()
        [0.5]
        """
        if self.method == "sigmoid":
            return logistic(self.points[0] * raw + self.values[0])
        steps = np.interp(raw, self.points, self.values)
        return (1 - _TRACE) * steps + _TRACE * logistic(raw)

    def as_dict(self) -> dict[str, Any]:
        """The form that is saved."""
        return {"method": self.method, "points": list(self.points), "values": list(self.values)}

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> "Calibration":
        """The inverse of `as_dict`."""
        return cls(saved["method"], tuple(saved["points"]), tuple(saved["values"]))


AS_IT_IS = Calibration("sigmoid", (1.0,), (0.0,))


def calibrate(raw: Floats, happened: Floats) -> Calibration:
    """The form that fits better on later rows; `raw` log-odds and `happened` 0/1, shape (n,), in time order.

    Each is fitted on the earlier half and judged by log loss on the later one, beside the score as it is; the winner is
    fitted on all.
    With fewer than 1,000 rows, or a half with one class only, it is the sigmoid: isotonic would learn noise.

    >>> raw = np.linspace(-3, 3, 400)
    >>> calibrate(raw, (np.arange(400) % 7 < 2).astype(float)).method
    'sigmoid'
    """
    half = len(raw) // 2
    both = all(0 < happened[part].sum() < len(happened[part]) for part in (slice(half), slice(half, None)))
    if len(raw) < FEWEST_FOR_ISOTONIC or not both:
        return _sigmoid(raw, happened)
    forms: tuple[Callable[[Floats, Floats], Calibration], ...] = (lambda *_: AS_IT_IS, _sigmoid, _isotonic)
    losses = [_log_loss(fit(raw[:half], happened[:half]).apply(raw[half:]), happened[half:]) for fit in forms]
    return forms[int(np.argmin(losses))](raw, happened)


def logistic(raw: Floats) -> Floats:
    """1 ÷ (1 + e^−raw), without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * raw)), dtype=np.float64)


def log_odds(probability: float) -> float:
    """The inverse of `logistic`, kept finite."""
    p = min(max(probability, 1e-6), 1 - 1e-6)
    return float(np.log(p / (1 - p)))


def _isotonic(raw: Floats, happened: Floats) -> Calibration:
    from sklearn.isotonic import IsotonicRegression  # slow to import, and most who import us never fit

    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(raw, happened)
    points, values = fitted.X_thresholds_, fitted.y_thresholds_
    return Calibration("isotonic", tuple(map(float, points)), tuple(map(float, values)))


def _sigmoid(raw: Floats, happened: Floats) -> Calibration:
    """Newton's method on the two parameters; a score that misled keeps its order, but hardly moves the probability."""
    positives = float(happened.sum())
    target = np.where(happened > 0, (positives + 1) / (positives + 2), 1 / (len(happened) - positives + 2))
    slope, intercept = 0.0, log_odds(float(target.mean()))
    for _ in range(50):
        p = logistic(slope * raw + intercept)
        error, weight = p - target, p * (1 - p)
        gradient = np.array([(error * raw).sum(), error.sum()])
        cross = (weight * raw).sum()
        hessian = np.array([[(weight * raw * raw).sum(), cross], [cross, weight.sum()]]) + 1e-9 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        slope, intercept = slope - float(step[0]), intercept - float(step[1])
        if float(np.abs(step).max()) < 1e-10:
            break
    if slope < FLATTEST:
        slope, intercept = FLATTEST, log_odds(float(target.mean())) - FLATTEST * float(raw.mean())
    return Calibration("sigmoid", (slope,), (intercept,))


def _log_loss(probability: Floats, happened: Floats) -> float:
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    return float(-(happened * np.log(p) + (1 - happened) * np.log(1 - p)).mean())
