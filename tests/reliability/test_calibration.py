"""The fit finds what generated its targets, stays in its bounds, and says what it cannot know."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from reliability.calibration import (
    Parameter,
    binomial_residual,
    least_deviance,
    log_errors,
    poisson_residual,
)


@pytest.mark.parametrize(("count", "expected"), [(0, 0.5), (3, 7.2), (46, 38.1), (76, 76.0), (120, 60.0)])
def test_squared_poisson_residual_is_twice_the_log_likelihood_ratio(count, expected):
    ratio = 2.0 * (stats.poisson.logpmf(count, max(count, 1e-300)) - stats.poisson.logpmf(count, expected))
    residual = poisson_residual(count, expected)
    assert residual**2 == pytest.approx(ratio, abs=1e-9)
    assert np.sign(residual) == np.sign(count - expected)


@pytest.mark.parametrize(("count", "trials", "share"), [(0, 9, 0.2), (9, 9, 0.9), (12, 46, 0.31), (52, 76, 0.6)])
def test_squared_binomial_residual_is_twice_the_log_likelihood_ratio(count, trials, share):
    ratio = 2.0 * (
        stats.binom.logpmf(count, trials, count / trials) - stats.binom.logpmf(count, trials, share)
    )  # fmt: skip
    residual = binomial_residual(count, trials, share)
    assert residual**2 == pytest.approx(ratio, abs=1e-9)
    assert np.sign(residual) == np.sign(count - share * trials)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_residuals_stay_finite_where_a_simulation_saw_nothing(share):
    assert np.isfinite(binomial_residual(3, 9, share))
    assert np.isfinite(poisson_residual(3, 0.0))


def test_residuals_of_true_counts_scatter_like_a_standard_normal():
    counts = np.random.default_rng(4).poisson(40.0, size=4000)
    squares = [poisson_residual(count, 40.0) ** 2 for count in map(float, counts)]
    assert np.mean(squares) == pytest.approx(1.0, abs=4.0 * np.std(squares) / np.sqrt(4000))


def decaying(values):
    """Return a smooth model of two parameters."""
    return values[0] * np.exp(-values[1] * np.array([0.0, 1.0, 2.0]))


START = (Parameter("level", 1.0, 0.1, 100.0), Parameter("rate", 1.0, 0.01, 10.0))


def test_the_fit_finds_what_made_its_targets():
    truth = np.array([12.0, 0.4])
    fit = least_deviance(lambda values: np.log(decaying(values) / decaying(truth)), START)
    assert fit.values == pytest.approx(truth, rel=1e-3)
    assert fit.deviance < 1e-6
    assert np.all(np.isfinite(fit.log_errors))


def test_the_fit_of_a_poisson_rate_has_its_closed_form():
    """One count k in exposure T: the rate is k / T, its relative error 1 / sqrt(k)."""
    fit = least_deviance(
        lambda v: np.array([poisson_residual(64.0, 10.0 * v[0])]), [Parameter("rate", 1.0, 0.1, 100.0)]
    )
    assert fit.values[0] == pytest.approx(6.4, rel=1e-3)
    assert fit.log_errors[0] == pytest.approx(1.0 / 8.0, rel=0.01)


def test_a_value_outside_the_bounds_is_not_reached():
    fit = least_deviance(lambda values: np.log(values / 5.0), [Parameter("rate", 1.0, 0.5, 2.0)])
    assert fit.values[0] <= 2.0
    assert fit.values[0] == pytest.approx(2.0, rel=0.05)


def test_what_the_targets_do_not_see_is_infinitely_uncertain():
    product = least_deviance(lambda values: np.array([np.log(values[0] * values[1] / 6.0)]), START)
    assert product.values[0] * product.values[1] == pytest.approx(6.0, rel=0.01)
    assert np.all(np.isinf(product.log_errors))


def test_errors_are_those_of_the_inverse_information():
    slopes = np.array([[2.0, 0.5], [0.3, 1.0], [0.0, 0.7]])
    assert log_errors(slopes) == pytest.approx(np.sqrt(np.diag(np.linalg.inv(slopes.T @ slopes))))


@pytest.mark.parametrize(("start", "low", "high"), [(0.1, 0.2, 1.0), (2.0, 0.2, 1.0), (0.5, 0.0, 1.0), (1.0, 1.0, 1.0)])
def test_a_start_outside_its_bounds_is_refused(start, low, high):
    with pytest.raises(ValueError, match="the fit of closing starts at"):
        least_deviance(lambda values: values, [Parameter("closing", start, low, high)])
