"""Ratios of sums over patients, clustered by world, and their differences between designs that share all luck; rates of
recurrent events stand in `reliability.recurrent`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Ratio(NamedTuple):
    """A ratio of two sums, and how much each world moves it."""

    value: float
    influence: Floats  # (n_worlds,)
    subjects: int
    trials: float  # sum of the denominator


class Estimate(NamedTuple):
    """A value with its interval; the upper limit is NaN for a mean of which nothing was seen."""

    value: float
    lower: float
    upper: float


class Change(NamedTuple):
    """A difference between two designs in the same patients, with its interval."""

    value: float
    lower: float
    upper: float
    gain: float  # [-] variance of a difference between other patients over this one's; NaN when this one's is zero


def ratio(numerator: Floats, denominator: Floats, world: NDArray[np.int64]) -> Ratio:
    """Return the ratio of two sums over subjects.

    R = sum N / sum D; a world w moves it by (N_w - R D_w) / sum D.

    Parameters
    ----------
    numerator, denominator : ndarray (n_subjects,)
        What is summed.
    world : ndarray (n_subjects,)
        Whose luck a subject shares, numbered from 0 without gaps; two worlds at least.

    Raises
    ------
    ValueError
        For fewer than two worlds, or a denominator that sums to zero.

    Examples
    --------
    >>> ratio(np.array([1.0, 3.0]), np.array([20.0, 20.0]), np.array([0, 1])).value
    0.1
    """
    total = float(np.sum(denominator))
    if total <= 0.0:
        raise ValueError("the denominator sums to zero: follow the subjects for longer.")
    if world.max(initial=0) < 1:
        raise ValueError("all subjects share one world, whose luck cannot be told from the design: give two worlds.")
    value = float(np.sum(numerator)) / total
    influence = (np.bincount(world, numerator) - value * np.bincount(world, denominator)) / total
    return Ratio(value, influence, numerator.shape[0], total)


def standard_error(influence: Floats) -> float:
    """Return the standard error of a ratio, or of a difference of ratios, from the influence of each world.

    Examples
    --------
    >>> standard_error(np.array([0.5, -0.5]))
    1.0
    """
    m = influence.shape[0]
    return math.sqrt(m / (m - 1) * float(influence @ influence))


def share_limits(share: Ratio, level: float = 0.95) -> Estimate:
    """Return a share with Clopper and Pearson's limits at the effective number of trials.

    Parameters
    ----------
    share : Ratio
        Number of successes over number of trials.
    level : float
        Probability covered.

    Notes
    -----
    n* = p (1 - p) / error^2 (t_n / t_m)^2, at most n (Korn and Graubard, Survey Methodology 24 (1998) 193); when none
    or all succeeded, n* is the number of subjects, whose trials may be alike.

    Examples
    --------
    >>> half = Ratio(0.5, np.array([0.25, -0.25]), 4, 4.0)
    >>> share_limits(half).value
    0.5
    """
    from scipy.special import betaincinv

    p, trials, effective = share.value, share.trials, float(share.subjects)
    if 0.0 < p < 1.0:
        error = standard_error(share.influence)
        wider = _reach(trials - 1.0, level) / _reach(share.influence.shape[0] - 1.0, level)
        effective = min(p * (1.0 - p) / (error * error) * wider * wider, trials) if error > 0.0 else trials
    k, tail = p * effective, 0.5 - 0.5 * level
    lower = float(betaincinv(k, effective - k + 1.0, tail)) if p > 0.0 else 0.0
    upper = float(betaincinv(k + 1.0, effective - k, 1.0 - tail)) if p < 1.0 else 1.0
    return Estimate(p, lower, upper)


def rate_limits(rate: Ratio, level: float = 0.95) -> Estimate:
    """Return a rate that is not negative with limits r exp(+-t error / r).

    Examples
    --------
    >>> rate_limits(Ratio(2.0, np.zeros(2), 4, 8.0))
    Estimate(value=2.0, lower=2.0, upper=2.0)
    """
    if rate.value <= 0.0:
        return Estimate(0.0, 0.0, math.nan)
    error = standard_error(rate.influence)
    reach = math.exp(min(_reach(rate.influence.shape[0] - 1.0, level) * error / rate.value, 700.0))
    return Estimate(rate.value, rate.value / reach, rate.value * reach)


def difference(design: Ratio, other: Ratio, level: float = 0.95) -> Change:
    """Return how much a design changes a ratio, in the same patients, with limits d +- t error.

    Examples
    --------
    >>> difference(Ratio(3.0, np.array([0.5, -0.5]), 4, 4.0), Ratio(1.0, np.array([0.5, -0.5]), 4, 4.0)).value
    2.0
    """
    value = design.value - other.value
    error = standard_error(design.influence - other.influence)
    apart = standard_error(design.influence) ** 2 + standard_error(other.influence) ** 2
    reach = _reach(design.influence.shape[0] - 1.0, level) * error
    return Change(value, value - reach, value + reach, apart / error**2 if error > 0.0 else math.nan)


def _reach(degrees: float, level: float) -> float:
    """Return how many standard errors a two-sided Student interval reaches."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + 0.5 * level))
