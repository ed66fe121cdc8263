"""Linear compartments under a delivery that changes in steps, exact to rounding; which compartments a drug passes
stands in `fluidics.body.exposure`."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from fluidics.network import Floats

_DEGREE = 14  # of Taylor's series: on a norm of one half the first term left out is below 3e-17
_HALVINGS = 200


class Kinetics(NamedTuple):
    """Compartments that exchange a drug in proportion to what they hold: dx/dt = A x + b u(t), y = c x.

    In `exchange`, row i and column j hold the rate at which what is in j enters i; the diagonal holds minus the rate at
    which i loses. Units of y are those of `seen` times those of the amount.
    """

    exchange: Annotated[Floats, "1/s"]  # (n, n)
    entry: Annotated[Floats, "-"]  # (n,) share of the delivery that enters each
    seen: Annotated[Floats, "-"]  # (n,) weights of what is looked at


class Exposure(NamedTuple):
    """What is looked at, at the edges of the steps, and its integral since the first edge."""

    level: Floats  # (..., k + 1)
    total: Floats  # (..., k + 1), units of the level times seconds


def exponentials(matrix: Floats, times: ArrayLike) -> Floats:
    """Return the matrix exponential e^(A t) for many times.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        A [1/s].
    times : array_like, shape (k,)
        Times [s], zero or more.

    Returns
    -------
    ndarray, shape (k, n, n)

    Notes
    -----
    Taylor's series after halving, then squaring: within 1e-14 for the norms a compartment model has over days. Source:
    Moler and Van Loan, SIAM Rev. 45 (2003) 3, method 3.

    Examples
    --------
    >>> round(float(exponentials(np.array([[-1.0]]), [1.0])[0, 0, 0]), 9)
    0.367879441
    """
    scaled = np.asarray(times, dtype=float)[:, None, None] * matrix
    norm = float(np.abs(scaled).sum(axis=-1).max(initial=0.0))
    squarings = max(0, math.ceil(math.log2(max(norm, 1e-300) / 0.5)))
    scaled = scaled / 2.0**squarings
    unit = np.broadcast_to(np.eye(matrix.shape[0]), scaled.shape)
    result = unit
    for k in range(_DEGREE, 0, -1):
        result = unit + scaled @ result / k
    for _ in range(squarings):
        result = result @ result
    return np.asarray(result)


def settled(kinetics: Kinetics, rate: ArrayLike) -> Floats:
    """Return the compartments after a delivery has long been steady.

    Parameters
    ----------
    kinetics : Kinetics
        The compartments.
    rate : array_like, shape (...)
        Delivery [amount/s].

    Returns
    -------
    ndarray, shape (..., n)
        Amount in each compartment.

    Examples
    --------
    >>> float(settled(Kinetics(np.array([[-0.5]]), np.ones(1), np.ones(1)), 2.0)[0])
    4.0
    """
    per_rate = np.linalg.solve(kinetics.exchange, -kinetics.entry)
    return np.asarray(np.multiply.outer(np.asarray(rate, dtype=float), per_rate))


def exposed(kinetics: Kinetics, edges: ArrayLike, delivery: ArrayLike, start: ArrayLike) -> Exposure:
    """Return what compartments show under a delivery that is constant between edges.

    x_(k+1) = e^(A h) x_k + (integral of e^(A s) over 0..h) b u_k

    Parameters
    ----------
    kinetics : Kinetics
        The compartments.
    edges : array_like, shape (k + 1,)
        Times [s] at which the delivery changes, rising.
    delivery : array_like, shape (..., k)
        Delivery [amount/s] in each step, zero or more; one row for each patient.
    start : array_like, shape (..., n)
        Amounts at the first edge.

    Returns
    -------
    Exposure
        Levels and their integrals, shape (..., k + 1).

    Raises
    ------
    ValueError
        When edges do not rise, or a delivery or amount is negative or no number.

    Notes
    -----
    Exact: the step of the delivery and the integral of the level are two more rows of the matrix.

    Examples
    --------
    >>> one = Kinetics(np.array([[-1.0]]), np.ones(1), np.ones(1))
    >>> exposed(one, [0.0, 50.0], [3.0], [0.0]).level.round(9)
    array([0., 3.])
    """
    times, rates, first = np.asarray(edges, float), np.asarray(delivery, float), np.asarray(start, float)
    _refuse(times, rates, first)
    n = kinetics.entry.shape[0]
    # all rows in the same units, for the length of the series goes by the largest number
    pace = float(np.abs(kinetics.exchange).max())
    weight = float(np.abs(kinetics.seen).max()) / pace
    matrix = np.zeros((n + 2, n + 2))
    matrix[:n, :n], matrix[n, :n], matrix[:n, n + 1] = kinetics.exchange, kinetics.seen / weight, kinetics.entry * pace
    steps, which = np.unique(np.diff(times), return_inverse=True)
    across = exponentials(matrix, steps)
    shape = np.broadcast_shapes(rates.shape[:-1], first.shape[:-1])
    state = np.zeros((*shape, n + 2))
    state[..., :n] = first
    level, total = np.empty((*shape, times.size)), np.zeros((*shape, times.size))
    level[..., 0] = state[..., :n] @ kinetics.seen
    for k in range(times.size - 1):
        state[..., n + 1] = rates[..., k] / pace
        state = state @ across[which[k]].T
        level[..., k + 1], total[..., k + 1] = state[..., :n] @ kinetics.seen, state[..., n] * weight
    return Exposure(level, total)


def _refuse(times: Floats, rates: Floats, first: Floats) -> None:
    """Raise a ValueError that says what no history of delivery can be."""
    if times.ndim != 1 or times.size < 2 or not (np.isfinite(times).all() and (np.diff(times) > 0.0).all()):
        raise ValueError(f"edges {times!r}: times of steps are two or more finite numbers, each later than the last")
    if rates.shape[-1:] != (times.size - 1,):
        raise ValueError(f"delivery of shape {rates.shape}: it has one rate between two edges, here {times.size - 1}")
    for word, numbers in (("delivery", rates), ("start", first)):
        if not (np.isfinite(numbers) & (numbers >= 0.0)).all():
            raise ValueError(f"{word} holds a negative number or none: amounts are finite and zero or more")


def left_after_stop(kinetics: Kinetics, times: ArrayLike) -> Floats:
    """Return what is left of a steady level [-] at times [s] after the delivery stopped.

    Examples
    --------
    >>> one = Kinetics(np.array([[-1.0]]), np.ones(1), np.ones(1))
    >>> left_after_stop(one, [0.0, 1.0]).round(6)
    array([1.      , 0.367879])
    """
    steady = settled(kinetics, 1.0)
    amounts = exponentials(kinetics.exchange, np.ravel(times)) @ steady
    return np.asarray(amounts @ kinetics.seen / (steady @ kinetics.seen)).reshape(np.shape(times))


def time_until_left(kinetics: Kinetics, share: float) -> float:
    """Return the time [s] after a stop at which a share [-] of the steady level is left.

    Raises
    ------
    ValueError
        When the share is not between nothing and all.

    Examples
    --------
    >>> one = Kinetics(np.array([[-1.0]]), np.ones(1), np.ones(1))
    >>> round(time_until_left(one, 0.5), 6)
    0.693147
    """
    if not 0.0 < share < 1.0:
        raise ValueError(f"share {share!r}: what is left after a stop lies between 0 and 1, both excluded")
    low, high = 0.0, float(1.0 / np.abs(np.diag(kinetics.exchange)).min())
    while left_after_stop(kinetics, high) > share:
        low, high = high, 2.0 * high
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if middle <= low or middle >= high:
            break
        low, high = (middle, high) if left_after_stop(kinetics, middle) > share else (low, middle)
    return high
