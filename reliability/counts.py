"""Here live the counts that survival estimates stand on, how to make and merge them; the estimates live in survival.py.

A subject is at risk at time t when entry < t <= end, and events come before censorings of the same time. Counts are
integers on a grid of times, so that chunks add up to the same bits in any order.
"""

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reliability.columns import Floats, Integers, Numbers, amounts, codes, entries, same_length, weights


class Counts(NamedTuple):
    """Numbers on a grid (n_times,): first at risk at, failing at by cause (n_causes, n_times), and censored at."""

    time: Floats
    entered: Numbers
    events: Numbers
    censored: Numbers


def count(
    time: ArrayLike, cause: ArrayLike, grid: ArrayLike, entry: ArrayLike | None = None, *, n_causes: int
) -> Counts:
    """Return the counts of one chunk of subjects on a grid of times, ready to be merged.

    Parameters
    ----------
    time : (n,) end of observation, finite, not negative, not beyond the grid [any unit of time]
    cause : (n,) 0 for a censoring, otherwise the cause, 1 to `n_causes`
    grid : (n_times,) strictly increasing times, for instance whole days
    entry : (n,) start of observation, below `time`; at risk after it. Default: at risk from the start, 0 included
    n_causes : number of causes; the same for all chunks that will be merged

    Returns
    -------
    Counts of integers

    Raises
    ------
    ValueError
        for a NaN, a negative time, an entry at or after its end, unequal lengths, a grid that does not increase or
        ends too early, or a cause above `n_causes`
    TypeError
        for input that is not numbers

    Notes
    -----
    Exact when times and entries lie on the grid. Otherwise ends move up and entries down to the next grid point, so
    that a subject who enters and fails between two grid points is at risk at the second.

    Examples
    --------
    >>> count([1, 2, 2], [1, 0, 2], grid=[0, 1, 2], n_causes=2).events.tolist()
    [[0, 1, 0], [0, 0, 1]]
    """
    points, ends, causes = amounts("grid", grid), amounts("time", time), codes("cause", cause)
    same_length("cause", causes, ends)
    if not points.size or np.any(np.diff(points) <= 0.0):
        raise ValueError("grid is empty or does not increase strictly: give each time once, in increasing order.")
    if ends.max(initial=0.0) > points[-1]:
        raise ValueError(f"time holds {ends.max():g}, beyond the grid's end {points[-1]:g}: extend the grid.")
    if causes.max(initial=0) > n_causes:
        raise ValueError(f"cause holds {causes.max()}, above n_causes = {n_causes}: raise n_causes or correct it.")
    return _tally(points, np.searchsorted(points, ends), causes, _first(points, ends, entry), None, n_causes)


def count_distinct(
    time: ArrayLike, cause: Integers, entry: ArrayLike | None = None, weight: ArrayLike | None = None, *, n_causes: int
) -> Counts:
    """Return the counts of plain arrays on their own distinct times.

    Parameters
    ----------
    time, cause, entry, n_causes : as in `count`, `cause` checked before
    weight : (n,) number of subjects a row stands for. Default: one each

    Returns
    -------
    Counts, of integers without `weight`, of floats whose sums are exact with it

    Raises
    ------
    ValueError, TypeError
        as in `count`, and for no rows

    Examples
    --------
    >>> count_distinct([7, 5, 5], codes("cause", [1, 1, 0]), n_causes=1).entered.tolist()
    [3, 0]
    """
    ends = amounts("time", time)
    if not ends.size:
        raise ValueError("time is empty: give at least one row.")
    same_length("event or cause", cause, ends)
    grid, last = np.unique(ends, return_inverse=True)
    mass = None if weight is None else weights(weight)
    if mass is not None:
        same_length("weight", mass, ends)
    return _tally(grid, last, cause, _first(grid, ends, entry), mass, n_causes)


def merge(a: Counts, b: Counts) -> Counts:
    """Return the counts of two chunks together; integers add, so any order of merging gives the same bits.

    Parameters
    ----------
    a, b : counts on the same grid with the same number of causes

    Returns
    -------
    Counts

    Raises
    ------
    ValueError
        for different grids or numbers of causes

    Examples
    --------
    >>> chunk = count([1, 2], [1, 0], grid=[1, 2], n_causes=1)
    >>> merge(chunk, chunk).entered.tolist()
    [4, 0]
    """
    if not np.array_equal(a.time, b.time) or a.events.shape != b.events.shape:
        raise ValueError(
            f"counts of shapes {a.events.shape} and {b.events.shape} (causes, times) do not lie on one grid: "
            "count both with the same grid and n_causes."
        )
    return Counts(a.time, a.entered + b.entered, a.events + b.events, a.censored + b.censored)


def number_at_risk(counts: Counts) -> Numbers:
    """Return the number at risk at each time.

    Parameters
    ----------
    counts : what `count` and `merge` made

    Returns
    -------
    (n_times,) array, of integers for integer counts

    Raises
    ------
    ValueError
        when more subjects end than entered

    Notes
    -----
    Warns when all at risk fail before others enter: with few early entrants the estimate is then 0 for ever.

    Examples
    --------
    >>> number_at_risk(count([1, 2, 2], [1, 0, 1], grid=[0, 1, 2], n_causes=1)).tolist()
    [3, 3, 2]
    """
    events = counts.events.sum(axis=0)
    ends = events + counts.censored
    at_risk: Numbers = np.cumsum(counts.entered) - np.cumsum(ends) + ends
    if np.any(at_risk < ends):
        raise ValueError("counts hold more ends than entries up to some time: make them with count and merge.")
    emptied = np.flatnonzero((events > 0) & (at_risk == events))
    if emptied.size and np.any(counts.entered[emptied[0] + 1 :] > 0):
        warnings.warn(
            f"all at risk fail at time {counts.time[emptied[0]]:g} while others enter later, so survival is 0 from "
            "there on: start at a time with more subjects at risk.",
            stacklevel=2,
        )
    return at_risk


def _tally(
    grid: Floats, last: NDArray[np.intp], cause: Integers, first: NDArray[np.intp], mass: Floats | None, n_causes: int
) -> Counts:
    """Return the counts of rows whose first and last grid points at risk are known."""
    n = grid.size
    ends = np.bincount(cause * n + last, mass, (n_causes + 1) * n).reshape(n_causes + 1, n)
    return Counts(grid, np.bincount(first, mass, n), ends[1:], ends[0])


def _first(grid: Floats, ends: Floats, entry: ArrayLike | None) -> NDArray[np.intp]:
    """Return the index of the first grid point at which each row is at risk."""
    if entry is None:
        return np.zeros(ends.size, dtype=np.intp)
    return np.searchsorted(grid, entries(entry, ends), side="right")
