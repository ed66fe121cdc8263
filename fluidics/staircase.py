"""A line between points as a staircase, for engines that see constants between two changes; what changes, and when,
stands in `fluidics.engines.trace`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from fluidics.network import Floats


def staircase(time: Sequence[float] | Floats, value: Sequence[float] | Floats, bound: float) -> tuple[Floats, Floats]:
    """Return the staircase that follows a line between points, each step at the mean of the line over its time.

    v_k = 1 / (t_k+1 - t_k) integral of v(t) dt from t_k to t_k+1

    The line moves by no more than the bound within a step, so that this is also the most by which the two differ; their
    integrals over a step are the same. Where the line stands still is a step of its own, at its value.

    Parameters
    ----------
    time : sequence of float or ndarray (n,)
        Times of the points [s], rising.
    value : sequence of float or ndarray (n,)
        Values there, in any unit.
    bound : float
        By how much the line may move within a step, in that unit.

    Returns
    -------
    start, value : ndarray (s,)
        Times at which the steps begin [s], and their values; the last step ends with the last point.

    Raises
    ------
    ValueError
        When there are fewer than two points, their times do not rise, a number is not finite, or the bound is not above
        zero.

    Notes
    -----
    Points that lie closer than the bound share a step; a ramp between two points that moves further is cut into steps
    of one length.

    Examples
    --------
    >>> start, value = staircase([0.0, 10.0, 20.0], [0.0, 4.0, 4.0], 2.0)
    >>> start.tolist(), value.tolist()
    ([0.0, 5.0, 10.0], [1.0, 3.0, 4.0])
    """
    t, v = np.array(time, dtype=np.float64), np.array(value, dtype=np.float64)
    _refuse(t, v, bound)
    starts, values = [], []
    for first, last in _steps(v, bound):
        if last == first + 1:
            count = max(math.ceil(abs(v[last] - v[first]) / bound), 1)
            share = np.arange(count) / count
            starts.append(t[first] + share * (t[last] - t[first]))
            values.append(v[first] + (share + 0.5 / count) * (v[last] - v[first]))
        else:
            span = slice(first, last + 1)
            starts.append(t[first : first + 1])
            values.append(np.array([np.trapezoid(v[span] - v[first], t[span]) / (t[last] - t[first]) + v[first]]))
    return np.concatenate(starts), np.concatenate(values)


def _steps(v: Floats, bound: float) -> Iterator[tuple[int, int]]:
    """Yield the first and the last point of each step, and of each ramp that is more than one."""
    first = 0
    for last, (here, there) in enumerate(pairwise(v.tolist()), 1):
        if last == 1:
            low, high = sorted((here, there))
            continue
        still, further = low == high, here == there
        if still == further and max(high, there) - min(low, there) <= bound:
            low, high = min(low, there), max(high, there)
            continue
        yield first, last - 1
        first, (low, high) = last - 1, sorted((here, there))
    yield first, len(v) - 1


def _refuse(t: Floats, v: Floats, bound: float) -> None:
    if t.shape != v.shape or t.ndim != 1 or t.size < 2:
        raise ValueError(f"{t.size} times and {v.size} values given; a line needs two points at least, each with both")
    if not (np.all(np.isfinite(t)) and np.all(np.isfinite(v))):
        raise ValueError("a time or a value is not a finite number")
    if not np.all(np.diff(t) > 0.0):
        late = int(np.argmin(np.diff(t) > 0.0))
        raise ValueError(f"times must rise, and {t[late + 1]:g} s comes after {t[late]:g} s")
    if not bound > 0.0:
        raise ValueError(f"bound {bound!r}: a line may move within a step by something above zero")
