"""Ranking by uplift beside scikit-uplift and causalml, on a real experiment: e-mail to half of 64,000 customers.

    .venv/bin/pip install causalml scikit-uplift              for this file alone; `make bench` says so and ends without
    make bench                                                needs ../shared/data/hillstrom
    .venv/bin/python benchmarks/uplift.py --repeats 5

Everybody ranks the same customers in the same repeated 5 folds, fitted to the other four fifths. Our recipe chooses its
learner inside the training rows; the peers have LightGBM's defaults. Inputs known only after the e-mail are kept from
all. Differences are paired and have two intervals at 95 %: by customers, what another 42,000 of them might show; and by
folds, what another split of these might, too narrow to speak of others (Nadeau and Bengio 2003).
"""

import argparse
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from yuelao.analytics.figures import mean_of
from yuelao.analytics.uplift.gain import average_effect, best, places, top_effect
from yuelao.analytics.uplift.trial import Trial, read_trial
from yuelao.analytics.uplift.validation import TOP, Validated, judge, split, validate
from yuelao.common.memory import peak_memory_mb

DATA = Path(__file__).parents[2] / "shared" / "data" / "hillstrom" / "hillstrom.csv"
INPUTS = ["recency", "history_segment", "history", "mens", "womens", "zip_code", "newbie", "channel"]
FOLDS, POINTS = 5, 100
Ranker = Callable[[Trial, Any], Any]


def trial_of(arm: str) -> Trial:
    """One arm against the customers without e-mail; the outcome is a visit."""
    table = pyarrow.csv.read_csv(DATA)
    table = table.filter(pc.is_in(table["segment"], pa.array([arm, "No E-Mail"])))
    table = table.append_column("sent", pc.equal(table["segment"], arm))
    return read_trial(table, "sent", "visit", INPUTS, seed=0).trial


def peers() -> Mapping[str, Ranker]:
    """What the two libraries offer, each with LightGBM's defaults."""
    from causalml.inference.meta import BaseDRLearner, BaseSRegressor, BaseTRegressor, BaseXRegressor
    from lightgbm import LGBMClassifier, LGBMRegressor
    from sklift.models import ClassTransformation, SoloModel, TwoModels

    quiet: dict[str, Any] = {"num_threads": 1, "verbose": -1}

    def sklift(model: Any) -> Ranker:
        return lambda seen, x: model.fit(seen.x, seen.y, seen.treated.astype(int)).predict(x)

    def causal(model: Any, **share: Any) -> Ranker:
        def rank(seen: Trial, x: Any) -> Any:
            known = {"p": np.full(len(seen.y), seen.share)} if share else {}
            later = {"p": np.full(len(x), seen.share)} if share else {}
            model.fit(seen.x, seen.treated.astype(int), seen.y, **known)
            return np.asarray(model.predict(x, **later)).ravel()

        return rank

    classifier, regressor = lambda: LGBMClassifier(**quiet), lambda: LGBMRegressor(**quiet)
    return {
        "scikit-uplift T": sklift(TwoModels(classifier(), classifier(), method="vanilla")),
        "scikit-uplift S": sklift(SoloModel(classifier())),
        "scikit-uplift class transformation": sklift(ClassTransformation(classifier())),
        "causalml S": causal(BaseSRegressor(regressor())),
        "causalml T": causal(BaseTRegressor(regressor())),
        "causalml X": causal(BaseXRegressor(regressor()), share=True),
        "causalml DR": causal(BaseDRLearner(regressor()), share=True),
    }


def ranked(trial: Trial, ranker: Ranker, repeats: int) -> Validated:
    """A peer on the folds that `validate` uses."""
    splits = [split(trial, FOLDS, repeat) for repeat in range(repeats)]
    found = []
    for fold in splits:
        place = np.empty(len(fold))
        for k in range(FOLDS):
            rows = fold == k
            place[rows] = places(np.asarray(ranker(trial.take(~rows), trial.x[rows]), dtype=float), fold[rows])
        found.append(place)
    return judge(trial, splits, found)


def compare(arm: str, repeats: int) -> None:
    trial = trial_of(arm)
    started = time.process_time()
    validation = validate(trial, FOLDS, repeats)
    ours = time.process_time() - started
    everybody = average_effect(trial.treated, trial.y)
    print(f"{arm}: {len(trial.y):,} customers; to all {everybody.value * POINTS:.2f} points; best 30 % and Qini:")
    recipe = validation.recipe
    _tell("ours, chosen inside the training rows", recipe, ours)
    for name, learner in validation.learners.items():
        _tell(f"  ours, {name}", learner, None)
    for name, ranker in peers().items():
        started = time.process_time()
        peer = ranked(trial, ranker, repeats)
        _tell(name, peer, time.process_time() - started)
        apart = recipe.top.minus(peer.top)
        folds = mean_of(by_fold(trial, recipe) - by_fold(trial, peer))
        spans = [[f"{end * POINTS:+.2f}" for end in figure.interval()] for figure in (apart, folds)]
        print(f"{'':40}ours − it {apart.value * POINTS:+.2f}, by customers {spans[0]}, by folds {spans[1]}")


def by_fold(trial: Trial, found: Validated) -> Any:
    """The uplift of the best 30 % of every fold of every repeat."""
    effects = []
    for fold, place in zip(found.folds, found.places, strict=True):
        included = best(place, fold, TOP)
        effects += [top_effect(included * (fold == k), trial.treated, trial.y).value for k in range(FOLDS)]
    return np.array(effects)


def _tell(name: str, found: Validated, seconds: float | None) -> None:
    low, high = (end * POINTS for end in found.top.interval())
    spent = "" if seconds is None else f"  {seconds:.0f} CPU s"
    print(f"{name:40}{found.top.value * POINTS:5.2f} [{low:.2f}, {high:.2f}]  Qini {found.qini.value:+.4f}{spent}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=2)
    given = parser.parse_args()
    if not DATA.exists():
        print("uplift: skipped, ../shared/data/hillstrom is not here")
        return
    try:
        peers()
    except ImportError as error:
        print(f"uplift: skipped, {error.name} is not installed: .venv/bin/pip install causalml scikit-uplift")
        return
    warnings.simplefilter("ignore")  # the peers' own
    for arm in ("Mens E-Mail", "Womens E-Mail"):
        compare(arm, given.repeats)
    print(f"peak memory {peak_memory_mb():,.0f} MB")


if __name__ == "__main__":
    main()
