"""Here live the mean number of recurrent events in time, rates per exposure and shares, with intervals; curves of first
events live in survival.py."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reliability.columns import Floats, Integers, Numbers, amounts, codes, entries, same_length
from reliability.survival import normal_quantile

FEW_CLUSTERS = 20  # below which some spread may agree by chance, so that subjects are asked too


class MeanCumulative(NamedTuple):
    """The mean cumulative number of events per subject; every field has shape (n_times,)."""

    time: Floats
    mean: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats
    at_risk: Integers
    events: Integers


class Rate(NamedTuple):
    """A number of events per exposure, with its interval and what it was made of; standard error NaN when exact."""

    rate: float
    lower: float
    upper: float
    standard_error: float
    events: float
    exposure: float


class Share(NamedTuple):
    """A share of a number of trials, with its interval."""

    share: float
    lower: float
    upper: float


def mean_cumulative(
    time: ArrayLike,
    subject: ArrayLike,
    end: ArrayLike,
    entry: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> MeanCumulative:
    """Return the mean cumulative number of recurrent events per subject, with its robust standard error.

    M(t) = sum d_i / n_i over t_i <= t. With U_c(t) = sum over the subjects of cluster c and over t_i <= t of
    (their events - d_i / n_i) / n_i, its variance is the sum of U_c^2: no independence of increments, nor of the
    subjects of one cluster, is assumed.

    Parameters
    ----------
    time : (n_events,) times of the events, finite and not negative [any unit of time]
    subject : (n_events,) whose events these are, 0 to n_subjects - 1
    end : (n_subjects,) end of observation; an event at this very time still counts
    entry : (n_subjects,) start of observation, below `end`; at risk after it. Default: at risk from time 0 on
    cluster : (n_subjects,) whole number of the cluster, such as the world. Default: each subject is its own
    level : probability covered by the limits

    Returns
    -------
    MeanCumulative, on the distinct times of the events, with limits M exp(+-z error / M)

    Raises
    ------
    ValueError
        for a NaN, a negative time, an event outside its subject's observation, or unequal lengths
    TypeError
        for input that is not numbers

    Notes
    -----
    `end` must not depend on the events. Where death ends the events and the planned end of each subject is known, give
    the planned end: the dead then stay in the denominator with no more events, and M is the mean number per subject
    who started. With few clusters the variance is too small by about 1 / n_clusters.
    Sources: Nelson, Recurrent Events Data Analysis, 2003, ASA-SIAM; Lawless and Nadeau 1995, Technometrics 37:158.

    Examples
    --------
    >>> mean_cumulative([1, 2, 2], [0, 0, 1], end=[3, 3]).mean.tolist()
    [0.5, 1.5]
    """
    times, who, ends = amounts("time", time), codes("subject", subject), amounts("end", end)
    starts = np.full(ends.size, -np.inf) if entry is None else entries(entry, ends)
    labels = np.arange(ends.size) if cluster is None else np.unique(codes("cluster", cluster), return_inverse=True)[1]
    same_length("cluster", labels, ends)
    _check_events(times, who, starts, ends)
    grid, step = np.unique(times, return_inverse=True)
    events = np.bincount(step, minlength=grid.size)
    first, after = np.searchsorted(grid, starts, side="right"), np.searchsorted(grid, ends, side="right")
    joining, leaving = (np.bincount(index, minlength=grid.size + 1)[: grid.size] for index in (first, after))
    at_risk = np.cumsum(joining - leaving)
    mean = np.cumsum(events / at_risk)
    drift = np.concatenate(([0.0], np.cumsum(events / at_risk / at_risk)))
    scores = (
        np.concatenate((1.0 / at_risk[step], drift[first], -drift[after])),
        np.repeat((0, 1, -1), (step.size, first.size, after.size)),
        np.concatenate((labels[who], labels, labels)),
        np.concatenate((step, first, after)),
    )
    error = np.sqrt(_score_squares(*scores, drift[1:]))
    reach = np.exp(normal_quantile(level) * error / mean)
    return MeanCumulative(grid, mean, error, mean / reach, mean * reach, at_risk, events)


def event_rate(
    events: ArrayLike, exposure: ArrayLike, cluster: ArrayLike | None = None, *, level: float = 0.95
) -> Rate:
    """Return the number of events per exposure: exact Poisson limits, or limits from the spread between clusters.

    Parameters
    ----------
    events : (n,) number of events per subject, whole and not negative
    exposure : (n,) time observed per subject, not negative, not all 0 [any unit of time]
    cluster : (n,) whole number of the cluster, such as the world; at least two. Default: events are Poisson
    level : probability covered by the limits

    Returns
    -------
    Rate, per unit of `exposure`

    Raises
    ------
    ValueError
        for a NaN, a negative or fractional count, no exposure, fewer than two clusters, or unequal lengths
    TypeError
        for input that is not numbers

    Notes
    -----
    Without clusters: limits chi2(a/2, 2k) / 2T and chi2(1 - a/2, 2k + 2) / 2T (Garwood 1936, Biometrika 28:437), which
    cover at least `level` when events are Poisson, and too little when subjects differ or share luck.
    With m clusters: variance m / (m - 1) sum (k_c - r T_c)^2 / T^2 of a ratio (Cochran, Sampling Techniques, 1977,
    section 6.4) and limits r exp(+-t error / r), t from Student's law with m - 1 degrees of freedom. Clusters without
    any event show no spread, so that the limits are then Garwood's. Below twenty clusters the spread between subjects,
    taken in the same way, may be the wider one; it is then what counts.

    Examples
    --------
    >>> event_rate([1, 3], [20.0, 20.0]).rate
    0.1
    """
    counts, spans = codes("events", events).astype(np.float64), amounts("exposure", exposure)
    same_length("events", counts, spans)
    total, span = float(counts.sum()), math.fsum(spans)
    if span <= 0.0:
        raise ValueError("exposure is 0 in all: give some subject a time under observation.")
    rate = total / span
    if cluster is None:
        lower, upper = _poisson_limits(total, level)
        return Rate(rate, lower / span, upper / span, math.nan, total, span)
    label = np.unique(codes("cluster", cluster), return_inverse=True)[1]
    same_length("cluster", label, spans)
    m = int(label.max()) + 1
    if m < 2:
        raise ValueError("cluster holds a single label: give at least two clusters, or none for Poisson limits.")
    of_clusters = [np.bincount(label, of).astype(np.float64) for of in (counts, spans)]
    error, reach = _ratio_error(of_clusters[0], of_clusters[1], level)
    if m < min(FEW_CLUSTERS, counts.size):
        error, reach = np.maximum((error, reach), _ratio_error(counts, spans, level)).tolist()
    if total == 0.0:
        return Rate(rate, 0.0, _poisson_limits(total, level)[1] / span, error, total, span)
    factor = math.exp(reach / rate)
    return Rate(rate, rate / factor, rate * factor, error, total, span)


def share(k: int, n: int, *, level: float = 0.95) -> Share:
    """Return the share k / n with its exact binomial limits.

    Parameters
    ----------
    k : number of successes, 0 to `n`
    n : number of independent trials, at least 1
    level : probability covered by the limits; a one-sided limit of probability p is that of level 2p - 1

    Returns
    -------
    Share

    Raises
    ------
    ValueError
        for numbers that are not whole or out of range

    Notes
    -----
    Beta quantiles of Clopper and Pearson 1934, Biometrika 26:404; they cover at least `level`.

    Examples
    --------
    >>> share(1, 4).share
    0.25
    """
    if n < 1 or not 0 <= k <= n or k != int(k) or n != int(n):
        raise ValueError(f"share of {k} in {n} is undefined: give whole numbers with 0 <= k <= n and n at least 1.")
    normal_quantile(level)
    from scipy.special import betaincinv

    tail = 0.5 - 0.5 * level
    lower = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))
    upper = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1.0 - tail))
    return Share(k / n, lower, upper)


def _check_events(times: Floats, who: Integers, starts: Floats, ends: Floats) -> None:
    """Refuse events of nobody, and events outside their subject's observation."""
    same_length("subject", who, times)
    if not ends.size:
        raise ValueError("end is empty: give at least one subject.")
    if who.max(initial=-1) >= ends.size:
        raise ValueError(f"subject holds {who.max()}, but end has {ends.size} rows: number subjects from 0.")
    wrong = np.flatnonzero((times <= starts[who]) | (times > ends[who]))
    if wrong.size:
        row = wrong[0]
        raise ValueError(
            f"time {times[row]:g} in row {row} lies outside the observation of subject {who[row]}, after "
            f"{starts[who[row]]:g} up to {ends[who[row]]:g}: correct it or leave it out."
        )


def _score_squares(jump: Floats, joining: Integers, label: Numbers, step: NDArray[np.intp], drift: Floats) -> Floats:
    """Return the sum over clusters of U_c(t)^2 at each time, in one pass over the changes.

    Between two changes of its own, a cluster has U_c(t) = a - y D(t), where y subjects are at risk and D is the drift
    sum d_i / n_i^2 common to all. So the sum of squares is A - 2 B D + C D^2, and A, B, C change by rows only.
    """
    n = drift.size
    order = np.argsort(label * (n + 1) + step, kind="stable")
    jump, joining, label, step = jump[order], joining[order], label[order], step[order]
    opens = np.flatnonzero(np.diff(label, prepend=-1))
    y = np.cumsum(joining)
    a = np.cumsum(jump)
    a -= np.repeat(np.concatenate(([0.0], a[opens[1:] - 1])), np.diff(opens, append=label.size))
    a_before, y_before = a - jump, y - joining
    changes = ((a - a_before) * (a + a_before), a * y - a_before * y_before, joining * (y + y_before))
    A, B, C = (np.cumsum(np.bincount(step, change, n + 1))[:n] for change in changes)
    return np.maximum(A - 2.0 * B * drift + C * drift**2, 0.0)


def _ratio_error(counts: Floats, spans: Floats, level: float) -> tuple[float, float]:
    """Return the standard error of the ratio of two sums, and how far its Student interval reaches."""
    m, span = counts.size, float(spans.sum())
    residual = counts - float(counts.sum()) / span * spans
    error = math.sqrt(m / (m - 1) * float(residual @ residual)) / span
    return error, student_quantile(level, m - 1) * error


def _poisson_limits(k: float, level: float) -> tuple[float, float]:
    """Return Garwood's limits on the mean of a Poisson count."""
    normal_quantile(level)
    from scipy.special import gammaincinv

    tail = 0.5 - 0.5 * level
    return (float(gammaincinv(k, tail)) if k else 0.0), float(gammaincinv(k + 1.0, 1.0 - tail))


def student_quantile(level: float, degrees: int) -> float:
    """Return how many standard errors a two-sided interval of Student's law reaches.

    Parameters
    ----------
    level : probability covered by the interval
    degrees : degrees of freedom, such as one less than the number of clusters; NaN comes of none

    Examples
    --------
    >>> round(student_quantile(0.95, 1), 3)
    12.706
    """
    normal_quantile(level)
    if degrees < 1:
        return math.nan
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + 0.5 * level))
