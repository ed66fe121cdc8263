"""Here live the Kaplan-Meier and Aalen-Johansen estimates and what is read off them; the counts they stand on live in
counts.py, recurrent events and rates in recurrent.py."""

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from reliability.columns import Floats, Integers, Numbers, codes
from reliability.counts import Counts, count_distinct, number_at_risk


class Survival(NamedTuple):
    """A survival curve on its grid of times; every field has shape (n_times,)."""

    time: Floats
    survival: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    at_risk: Numbers
    events: Numbers


class Incidence(NamedTuple):
    """Cumulative incidences by cause; `time` is (n_times,), `causes` (n_causes,), the rest (n_causes, n_times)."""

    time: Floats
    causes: Integers
    incidence: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats


class Reached(NamedTuple):
    """The time at which a curve reaches a level, and where its limits reach it; NaN when never."""

    time: float
    lower: float
    upper: float


class Mean(NamedTuple):
    """A mean and its standard error."""

    value: float
    standard_error: float


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    entry: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> Survival:
    """Return the Kaplan-Meier survival curve at every distinct time.

    S(t) = prod (1 - d_i / n_i) over t_i <= t, with Greenwood's variance S^2 sum d_i / (n_i (n_i - d_i)).

    Parameters
    ----------
    time : (n,) end of observation, finite and not negative [any unit of time]
    event : (n,) 1 or True where the end is an event, 0 or False where it is a censoring
    entry : (n,) start of observation, below `time`; at risk after it. Default: at risk from time 0 on, 0 included
    weight : (n,) number of subjects a row stands for, finite and not negative. Default: one each
    level : probability covered by the pointwise log-log limits

    Returns
    -------
    Survival, on the sorted distinct times, same unit as `time`

    Raises
    ------
    ValueError
        for a NaN, a negative time, an entry at or after its end, unequal lengths, or no rows at all
    TypeError
        for input that is not numbers

    Notes
    -----
    At S = 0 the standard error is its limit, 0; at S = 0 or 1 the log-log limits are undefined and NaN. Weights are
    frequencies, not precisions: a row of weight 3 is three subjects, in the variance too. Fractional weights are
    rounded to a multiple of a power of two, at most 2**-50 of n times the largest, so that sums do not depend on order.
    Sources: Kaplan and Meier 1958, J Am Stat Assoc 53:457; Kalbfleisch and Prentice, The Statistical Analysis of
    Failure Time Data, 2002, section 1.4 (limits).

    Examples
    --------
    >>> kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1]).survival.tolist()
    [0.75, 0.5, 0.5, 0.0]
    """
    failed = codes("event", event)
    if failed.max(initial=0) > 1:
        raise ValueError(f"event holds {failed.max()}: give 1 for an event and 0 for a censoring, or aalen_johansen.")
    return kaplan_meier_counts(count_distinct(time, failed, entry, weight, n_causes=1), level=level)


def aalen_johansen(
    time: ArrayLike,
    cause: ArrayLike,
    entry: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> Incidence:
    """Return the Aalen-Johansen cumulative incidence of every cause at every distinct time.

    F_k(t) = sum S(t_i-) d_ki / n_i over t_i <= t, with S the Kaplan-Meier survival of all causes together.

    Parameters
    ----------
    time, entry, weight, level : as in `kaplan_meier`
    cause : (n,) 0 where the end is a censoring, otherwise the positive whole number of the cause

    Returns
    -------
    Incidence, one row for each cause that occurs, in increasing order

    Raises
    ------
    ValueError, TypeError
        as in `kaplan_meier`, and for a cause that is negative or not whole

    Notes
    -----
    The variance is the delta-method one of R survival and SAS:
    sum (F(t) - F_i)^2 d_i / (n_i (n_i - d_i)) + sum S_{i-}^2 d_ki (n_i - d_ki) / n_i^3
    - 2 sum (F(t) - F_i) S_{i-} d_ki / n_i^2. With delayed entry R changes to the infinitesimal jackknife and differs
    by a few percent. Limits are log-log, NaN where F is 0 or 1. A failure at time 0 counts.
    Sources: Aalen and Johansen 1978, Scand J Stat 5:141; Marubini and Valsecchi, Analysing Survival Data from Clinical
    Trials and Observational Studies, 1995, section 10.3 (variance).

    Examples
    --------
    >>> aalen_johansen([1, 2, 3, 4], [1, 2, 1, 2]).incidence.tolist()
    [[0.25, 0.25, 0.5, 0.5], [0.0, 0.25, 0.25, 0.5]]
    """
    given = codes("cause", cause)
    causes = np.unique(given[given > 0])
    rank = np.where(given > 0, np.searchsorted(causes, given) + 1, 0)
    counts = count_distinct(time, rank, entry, weight, n_causes=causes.size)
    return aalen_johansen_counts(counts, level=level)._replace(causes=causes)


def kaplan_meier_counts(counts: Counts, *, level: float = 0.95) -> Survival:
    """Return the Kaplan-Meier survival curve of merged counts, all causes together, on their grid.

    Parameters
    ----------
    counts : what `count` and `merge` made
    level : probability covered by the pointwise log-log limits

    Returns
    -------
    Survival

    Examples
    --------
    >>> from reliability.counts import count
    >>> kaplan_meier_counts(count([1, 2], [1, 1], grid=[0, 1, 2], n_causes=1)).survival.tolist()
    [1.0, 0.5, 0.0]
    """
    at_risk, events = number_at_risk(counts), counts.events.sum(axis=0)
    n = np.where(at_risk > 0, at_risk, 1.0)
    survival = np.cumprod((n - events) / n)
    error = survival * np.sqrt(np.cumsum(_greenwood(at_risk, events)))
    return Survival(counts.time, survival, error, *_log_log_limits(survival, error, level), at_risk, events)


def aalen_johansen_counts(counts: Counts, *, level: float = 0.95) -> Incidence:
    """Return the Aalen-Johansen cumulative incidences of merged counts on their grid, causes 1 to n_causes.

    Parameters
    ----------
    counts : what `count` and `merge` made
    level : probability covered by the pointwise log-log limits

    Returns
    -------
    Incidence

    Examples
    --------
    >>> from reliability.counts import count
    >>> aalen_johansen_counts(count([1, 2], [2, 1], grid=[1, 2], n_causes=2)).incidence.tolist()
    [[0.0, 0.5], [0.5, 0.5]]
    """
    at_risk, events = number_at_risk(counts), counts.events.sum(axis=0)
    n = np.where(at_risk > 0, at_risk, 1.0)
    before = _earlier(np.cumprod((n - events) / n), 1.0)
    spread = np.cumsum(_greenwood(at_risk, events))
    incidence, error = np.empty(counts.events.shape), np.empty(counts.events.shape)
    for k, failing in enumerate(counts.events):
        incidence[k] = np.minimum(np.cumsum(before * (failing / n)), 1.0)
        error[k] = np.sqrt(_incidence_variance(failing / n, n, before, spread))
    causes = np.arange(1, len(counts.events) + 1)
    return Incidence(counts.time, causes, incidence, error, *_log_log_limits(incidence, error, level))


def time_reaching(curve: Survival, survival: float = 0.5) -> Reached:
    """Return the first time at which survival is at most the given level (the median by default), with limits.

    Parameters
    ----------
    curve : a survival curve
    survival : level inside (0, 1)

    Returns
    -------
    Reached, in the curve's unit of time; the limits are where the curve's own limits reach the level (Brookmeyer and
    Crowley 1982, Biometrics 38:29)

    Raises
    ------
    ValueError
        for a level outside (0, 1)

    Examples
    --------
    >>> time_reaching(kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1])).time
    2.0
    """
    if not 0.0 < survival < 1.0:
        raise ValueError(f"survival is {survival}: give a level between 0 and 1.")

    def first(values: Floats) -> float:
        # A product of ratios may miss an exact level by rounding.
        below = np.flatnonzero(values <= survival * (1.0 + 1e-12))
        return float(curve.time[below[0]]) if below.size else math.nan

    return Reached(first(curve.survival), first(curve.lower), first(curve.upper))


def restricted_mean(curve: Survival, horizon: float) -> Mean:
    """Return the mean time lived up to a horizon: the area under the survival curve.

    Parameters
    ----------
    curve : a survival curve
    horizon : end of the area, positive and not beyond the curve's last time [the curve's unit]

    Returns
    -------
    Mean, whose variance is sum A_i^2 d_i / (n_i (n_i - d_i)) with A_i the area from t_i to the horizon (Klein and
    Moeschberger, Survival Analysis, 2003, section 4.5)

    Raises
    ------
    ValueError
        for a horizon outside the curve

    Examples
    --------
    >>> restricted_mean(kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]), 4.0).value
    2.5
    """
    if not 0.0 < horizon <= curve.time[-1]:
        raise ValueError(f"horizon is {horizon}: give a time above 0 and up to the curve's end, {curve.time[-1]:g}.")
    widths = np.diff(np.minimum(np.concatenate(([0.0], curve.time, [horizon])), horizon))
    areas = widths * np.concatenate(([1.0], curve.survival))
    ahead = np.cumsum(areas[:0:-1])[::-1]
    return Mean(float(areas.sum()), math.sqrt(np.sum(ahead**2 * _greenwood(curve.at_risk, curve.events))))


def normal_quantile(level: float) -> float:
    """Return how many standard errors a two-sided normal interval of the given level reaches from its middle.

    Parameters
    ----------
    level : probability covered, inside (0, 1)

    Returns
    -------
    float

    Raises
    ------
    ValueError
        for a level outside (0, 1)

    Examples
    --------
    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level is {level}: give the probability an interval covers, between 0 and 1, such as 0.95.")
    return NormalDist().inv_cdf(0.5 + 0.5 * level)


def _log_log_limits(p: Floats, error: Floats, level: float) -> tuple[Floats, Floats]:
    """Return p^exp(+-z error / (p ln p)), lower first; NaN where p is 0 or 1."""
    defined = (p > 0.0) & (p < 1.0)
    inside = np.where(defined, p, 0.5)
    # At p = 1 - 1e-16 the exponent overflows, and 0 and 1 are then the right limits.
    with np.errstate(over="ignore"):
        reach = np.exp(-normal_quantile(level) * error / (inside * np.log(inside)))
        lower, upper = inside**reach, inside ** (1.0 / reach)
    return np.where(defined, lower, np.nan), np.where(defined, upper, np.nan)


def _incidence_variance(hazard: Floats, n: Floats, before: Floats, spread: Floats) -> Floats:
    """Return the delta-method variance of one incidence by running sums, O(n_times).

    Each sum over (F(t) - F_i) grows by the rise of F at every step; expanding it in powers of F(t) would cancel.
    """
    rise = before * hazard
    first = np.cumsum(rise * _earlier(spread, 0.0))
    second = np.cumsum(2.0 * rise * _earlier(first, 0.0) + rise**2 * _earlier(spread, 0.0))
    cross = np.cumsum(rise * _earlier(np.cumsum(rise / n), 0.0))
    own = np.cumsum(before * rise * (1.0 - hazard) / n)
    return np.maximum(second + own - 2.0 * cross, 0.0)


def _greenwood(at_risk: Numbers, events: Numbers) -> Floats:
    """Return d / (n (n - d)), and 0 where all at risk fail: nothing after it changes any more."""
    some = (events > 0) & (at_risk > events)
    n = np.where(some, at_risk, 1.0)
    return np.where(some, events / n / np.where(some, at_risk - events, 1.0), 0.0)


def _earlier(values: Floats, start: float) -> Floats:
    """Return the values just before each time."""
    return np.concatenate(([start], values[:-1]))
