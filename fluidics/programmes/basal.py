"""Programmes that run all the time: one rate, a basal profile, a flex schedule; what is laid over them stands in
`fluidics.programmes.programme`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fluidics.programmes.programme import DAY, Programme, plain


def constant(rate: float, length: float) -> Programme:
    """Return one rate [m3/s] for a length of time [s].

    Examples
    --------
    >>> from fluidics.programmes.programme import volume
    >>> volume(constant(2.0, 10.0), 0.0, 5.0)
    10.0
    """
    return daily([0.0], [rate], length)


def daily(start: Sequence[float], rate: Sequence[float], length: float) -> Programme:
    """Return a basal profile: rates that begin at times of the day, every day the same.

    Parameters
    ----------
    start : sequence of float (k,)
        Times of the day [s] at which the rates begin, rising; before the first one the last one runs, from the day
        before.
    rate : sequence of float (k,)
        Rates [m3/s].
    length : float
        Length of the programme [s].

    Raises
    ------
    ValueError
        When times do not rise within the day, a rate is below zero, or the length is not above zero.

    Examples
    --------
    >>> from fluidics.programmes.programme import volume
    >>> volume(daily([0.0, 43200.0], [1.0, 3.0], 86400.0), 0.0, 86400.0)
    172800.0
    """
    times, rates = np.array(start, dtype=np.float64), np.array(rate, dtype=np.float64)
    if times.shape != rates.shape or times.ndim != 1 or not times.size:
        raise ValueError(f"basal rates: {times.size} times and {rates.size} rates given; each rate needs its time")
    if not (times[0] >= 0.0 and times[-1] < DAY and np.all(np.diff(times) > 0.0)):
        raise ValueError(f"basal rates: times {times.tolist()} s must rise from 0 s on and stay below {DAY:.0f} s")
    if not (np.all(rates >= 0.0) and np.all(np.isfinite(rates))):
        raise ValueError(f"basal rates: {rates.tolist()} m3/s must be finite and not below zero")
    if not 0.0 < length < np.inf:
        raise ValueError(f"length of a programme: {length!r} s given; it must be above zero and finite")
    if times[0] > 0.0:
        times, rates = np.append(0.0, times), np.append(rates[-1], rates)
    days = np.arange(np.ceil(length / DAY))
    starts = (days[:, None] * DAY + times[None, :]).ravel()
    return plain(Programme(starts, np.tile(rates, days.size), float(length)))


def flex(start: Sequence[float], over: Sequence[float], dose: Sequence[float], base: float, length: float) -> Programme:
    """Return a flex schedule: doses given over stretches of each day, and a base rate between them.

    Parameters
    ----------
    start, over, dose : sequence of float (k,)
        Times of the day at which the steps begin [s], how long they take [s], and their volumes [m3].
    base : float
        Rate between the steps [m3/s].
    length : float
        Length of the programme [s].

    Raises
    ------
    ValueError
        When steps overlap or reach into the next day.

    Examples
    --------
    >>> from fluidics.programmes.programme import volume
    >>> volume(flex([0.0], [100.0], [5.0], 0.0, 86400.0), 0.0, 86400.0)
    5.0
    """
    rates, free = {0.0: base}, 0.0
    for at, span, given in zip(start, over, dose, strict=True):
        if not (at >= free and span > 0.0 and at + span <= DAY):
            raise ValueError(f"flex step at {at!r} s over {span!r} s: steps follow each other and end within the day")
        free = at + span
        rates |= {at: given / (free - at), free: base}
    rates.pop(DAY, None)
    return daily(list(rates), list(rates.values()), length)
