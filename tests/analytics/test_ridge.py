"""Ridge on slices: it finds steps, leaves noise alone, takes what is unknown as a slice, and comes back from JSON."""

import json

import numpy as np
import pytest

from yuelao.analytics.ridge import Ridge, fit_ridge


def rows(n=2000, seed=1):
    """Two numbers, the second of no account; a category; a tenth unknown."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.normal(size=n), rng.normal(size=n), rng.integers(0, 3, n)])
    x[rng.random(n) < 0.1, 0] = np.nan
    truth = np.where(np.isnan(x[:, 0]), 0.5, np.where(x[:, 0] > 0, 1.0, 0.0)) + 2.0 * (x[:, 2] == 1)
    return x, truth, truth + rng.normal(size=n)


def test_it_finds_steps_categories_and_the_unknown():
    x, _, y = rows()
    later, truth, _ = rows(seed=2)
    found = fit_ridge(x, y, [2]).predict(later)
    assert np.sqrt(((found - truth) ** 2).mean()) < 0.2
    assert np.sqrt(((y.mean() - truth) ** 2).mean()) > 0.9


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_left_alone(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(3000, 5)), rng.normal(size=3000)
    found = fit_ridge(x, y, []).predict(rng.normal(size=(1000, 5)))
    assert found.std() < 0.06  # without a penalty 45 slopes of noise would stray by 0.12


def test_it_agrees_with_least_squares_on_the_slices_where_there_is_no_noise():
    x = np.repeat(np.arange(4.0), 50)[:, None]
    y = np.repeat([1.0, -2.0, 5.0, 0.5], 50)
    assert fit_ridge(x, y, [0]).predict(np.arange(4.0)[:, None]) == pytest.approx([1.0, -2.0, 5.0, 0.5], abs=0.01)


def test_the_unheard_of_is_as_the_mean_says():
    x, y = np.repeat([0.0, 1.0], 500)[:, None], np.repeat([0.0, 1.0], 500)
    model = fit_ridge(x, y, [0])
    assert model.predict(np.array([[np.nan], [7.0]])) == pytest.approx([0.5, 0.5])


def test_without_a_value_or_a_difference_it_is_the_mean():
    assert fit_ridge(np.full((9, 2), np.nan), np.arange(9.0), []).predict(np.zeros((1, 2))) == pytest.approx([4.0])
    assert fit_ridge(np.zeros((9, 1)), np.full(9, 3.0), [0]).predict(np.zeros((2, 1))) == pytest.approx([3.0, 3.0])


def test_it_comes_back_from_json():
    x, _, y = rows(300)
    model = fit_ridge(x, y, [2])
    again = Ridge.from_dict(json.loads(json.dumps(model.as_dict())))
    assert again == model
    assert (again.predict(x) == model.predict(x)).all()
