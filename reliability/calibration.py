"""Bounded fits of positive parameters to published counts and shares; which parameters and which counts stands in
`scenarios.calibrate`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from reliability.columns import Floats

LEAST_EXPECTED = 1e-3  # a simulation that saw none of a kind still expects this many
_DIFFERENCE = 0.08  # [-] of ln(parameter): wide against the steps that counts of events make, narrow against curvature


class Parameter(NamedTuple):
    """A positive number that is fitted, where the fit starts and where it may go."""

    name: str
    start: float
    low: float
    high: float


class Fit(NamedTuple):
    """Fitted values, how far the targets are from them, and how well the targets determine them."""

    values: Floats  # (n_parameters,)
    residuals: Floats  # (n_targets,) signed roots of the deviances
    deviance: float  # their sum of squares, about chi-square
    log_errors: Floats  # (n_parameters,) standard errors of ln(value); infinite when not determined
    evaluations: int


def poisson_residual(count: float, expected: float) -> float:
    """Return the signed root of the deviance of a count, about standard normal when the expectation is right.

    r = sign(k - mu) sqrt(2 (k ln(k / mu) - k + mu))

    Parameters
    ----------
    count : float
        What was counted [-].
    expected : float
        What the model expects [-]; taken as at least `LEAST_EXPECTED`.

    Notes
    -----
    Source: McCullagh and Nelder, Generalized Linear Models, 2nd ed. 1989, section 2.4.

    Examples
    --------
    >>> poisson_residual(10, 10.0)
    0.0
    >>> round(poisson_residual(25, 16.0), 2)
    2.08
    """
    mu = max(expected, LEAST_EXPECTED)
    deviance = 2.0 * ((count * math.log(count / mu) if count > 0.0 else 0.0) - count + mu)
    return math.copysign(math.sqrt(max(deviance, 0.0)), count - mu)


def binomial_residual(count: float, trials: float, share: float) -> float:
    """Return the signed root of the deviance of a number of successes among trials.

    r = sign(k - n p) sqrt(2 (k ln(k / n p) + (n - k) ln((n - k) / (n - n p))))

    Parameters
    ----------
    count, trials : float
        Successes and trials [-].
    share : float
        Share of successes that the model expects [-]; kept `LEAST_EXPECTED` of a success away from 0 and from 1.

    Examples
    --------
    >>> binomial_residual(30, 60, 0.5)
    0.0
    >>> round(binomial_residual(60, 100, 0.5), 2)
    2.01
    """
    mu = min(max(share * trials, LEAST_EXPECTED), trials - LEAST_EXPECTED)
    deviance = 0.0
    for seen, expected in ((count, mu), (trials - count, trials - mu)):
        deviance += 2.0 * seen * math.log(seen / expected) if seen > 0.0 else 0.0
    return math.copysign(math.sqrt(max(deviance, 0.0)), count - mu)


def least_deviance(residuals: Callable[[Floats], Floats], parameters: Sequence[Parameter], most_steps: int = 20) -> Fit:
    """Return the parameters whose residuals have the least sum of squares, within their bounds.

    Parameters
    ----------
    residuals : callable
        Residuals (n_targets,) [-] of the values (n_parameters,); a simulation must reuse its random numbers.
    parameters : sequence of Parameter
        What is fitted.
    most_steps : int
        Steps at most; each costs one evaluation and two for each parameter.

    Returns
    -------
    Fit

    Raises
    ------
    ValueError
        When a parameter does not start between its bounds, or these are not positive.

    Notes
    -----
    Trust-region reflective Gauss-Newton on ln(value) with central differences over 0.16 in ln(value) (Branch, Coleman
    and Li 1999, SIAM J. Sci. Comput. 21:1, as in scipy). Counts of a simulation move in steps, so the result is the
    least of what the differences see. Errors come from the inverse of J'J and hold as far as the residuals are linear.

    Examples
    --------
    >>> fit = least_deviance(lambda v: np.log(v / 3.0), [Parameter("rate", 1.0, 0.1, 10.0)])
    >>> round(float(fit.values[0]), 6)
    3.0
    """
    from scipy.optimize import least_squares

    for name, first, least, most in parameters:
        if not 0.0 < least < first < most:
            raise ValueError(f"the fit of {name} starts at {first:g}; start it between {least:g} and {most:g}, above 0")
    start, low, high = (np.log([parameter[k] for parameter in parameters]) for k in (1, 2, 3))
    evaluations = 0

    def at(x: Floats) -> Floats:
        nonlocal evaluations
        evaluations += 1
        return residuals(np.exp(x))

    def slopes(x: Floats) -> Floats:
        steps = _DIFFERENCE * np.eye(x.size)
        return np.array([(at(x + step) - at(x - step)) / (2.0 * _DIFFERENCE) for step in steps]).T

    found = least_squares(at, start, jac=slopes, bounds=(low, high), max_nfev=most_steps, xtol=1e-3, ftol=1e-3)
    return Fit(np.exp(found.x), found.fun, float(found.fun @ found.fun), log_errors(found.jac), evaluations)


def log_errors(slopes: Floats) -> Floats:
    """Return the standard errors (n_parameters,) that slopes (n_targets, n_parameters) of residuals leave.

    A direction in which nothing moves makes every parameter in it infinitely uncertain.

    Examples
    --------
    >>> log_errors(np.array([[2.0, 0.0], [0.0, 0.0]])).tolist()
    [0.5, inf]
    """
    _, size, directions = np.linalg.svd(slopes)
    size = np.concatenate((size, np.zeros(directions.shape[0] - size.size)))
    flat = size <= 1e-9 * max(float(size.max()), 1e-300)
    variance = np.zeros(directions.shape[1])
    for k, direction in enumerate(directions):
        seen = np.abs(direction) > 1e-6
        variance += np.where(seen, np.inf, 0.0) if flat[k] else (direction / size[k]) ** 2
    return np.sqrt(variance)
