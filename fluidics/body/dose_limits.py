"""When a delivered dose has been off its setting for longer than it should; how long the drug then still acts stands in
`fluidics.body.exposure`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fluidics.network import Floats

_HOUR = 3600.0


class DoseLimits(NamedTuple):
    """Shares of the set dose, and how long they may be passed.

    Proposals for simulations, not measured thresholds and no advice on a therapy: underdose below 0.8 for more than a
    day, risk of withdrawal below 0.5 for more than a day, overdose above 1.3 for more than six hours. Spasticity
    returns within a few days of a stop (label of intrathecal baclofen).
    """

    under: Annotated[float, "-"] = 0.8
    under_time: Annotated[float, "s"] = 24.0 * _HOUR
    withdrawal: Annotated[float, "-"] = 0.5
    withdrawal_time: Annotated[float, "s"] = 24.0 * _HOUR
    over: Annotated[float, "-"] = 1.3
    over_time: Annotated[float, "s"] = 6.0 * _HOUR
    bolus: Annotated[float, "amount"] = float("inf")  # of one bolus, in the unit of what is delivered


class Flags(NamedTuple):
    """Whether each limit was passed for too long, one entry for each history."""

    underdose: np.ndarray
    withdrawal: np.ndarray
    overdose: np.ndarray
    bolus: np.ndarray  # whether one bolus was above its limit


MORPHINE_BOLUS = 0.9e-6  # [kg]: Pain Res. Manag. (2022): above it breathing was endangered in people new to opioids


def longest_run(edges: ArrayLike, passed: ArrayLike) -> Floats:
    """Return the longest unbroken time that something lasted.

    Parameters
    ----------
    edges : array_like, shape (k + 1,)
        Times between which it holds or not [s], rising.
    passed : array_like of bool, shape (..., k)
        Whether it held in each step.

    Returns
    -------
    ndarray, shape (...)
        Time [s].

    Examples
    --------
    >>> float(longest_run([0.0, 1.0, 3.0, 4.0, 5.0], [True, True, False, True]))
    3.0
    """
    held = np.asarray(passed, dtype=bool)
    run = np.zeros(held.shape[:-1])
    longest = run
    for k, step in enumerate(np.diff(np.asarray(edges, dtype=float))):
        run = np.where(held[..., k], run + step, 0.0)
        longest = np.maximum(longest, run)
    return np.asarray(longest)


def flagged(
    edges: ArrayLike,
    delivered: ArrayLike,
    setting: ArrayLike,
    limits: DoseLimits | None = None,
    boluses: ArrayLike = (0.0,),
) -> Flags:
    """Return which histories of delivery were off their setting for too long.

    Parameters
    ----------
    edges : array_like, shape (k + 1,)
        Times [s] at which the delivery changes, rising.
    delivered, setting : array_like, shape (..., k)
        Active drug delivered and set [amount/s] in each step; means over an hour or more, for strokes are no doses.
    limits : DoseLimits, optional
        The limits, by default those proposed.
    boluses : array_like, shape (..., m)
        Single boluses [amount], by default none.

    Returns
    -------
    Flags
        True where a limit was passed without a break for longer than allowed.

    Raises
    ------
    ValueError
        When edges do not rise, shapes do not fit, a dose is negative or no number, or nothing was set.

    Examples
    --------
    >>> half_for_two_days = flagged([0.0, 86400.0, 259200.0], [1.0, 0.6], [1.0, 1.0])
    >>> bool(half_for_two_days.underdose), bool(half_for_two_days.withdrawal)
    (True, False)
    """
    allowed = limits or DoseLimits()
    times, got, single = (np.asarray(numbers, dtype=float) for numbers in (edges, delivered, boluses))
    wanted = np.broadcast_to(np.asarray(setting, dtype=float), got.shape)
    if times.ndim != 1 or got.shape[-1:] != (times.size - 1,) or not (np.diff(times) > 0.0).all():
        raise ValueError(f"{times.size} edges for a delivery of shape {got.shape}: rising edges, one more than steps")
    possible = all((np.isfinite(doses) & (doses >= 0.0)).all() for doses in (got, single))
    if not possible or not (np.isfinite(wanted) & (wanted > 0.0)).all():
        raise ValueError("doses and boluses are finite and zero or more, set doses finite and above zero")
    share = got / wanted
    return Flags(
        underdose=longest_run(times, share < allowed.under) > allowed.under_time,
        withdrawal=longest_run(times, share < allowed.withdrawal) > allowed.withdrawal_time,
        overdose=longest_run(times, share > allowed.over) > allowed.over_time,
        bolus=np.asarray((single > allowed.bolus).any(axis=-1)),
    )
