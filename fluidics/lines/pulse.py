"""Flow in a round tube under a pressure that swings or starts, where the fluid's inertia counts; the steady resistance
stands in `fluidics.lines.catheter`."""

from __future__ import annotations

import math

import numpy as np

from fluidics.network import Floats

_ROOTS = 40


def womersley(alpha: float) -> complex:
    """Return the flow under a sinusoidal pressure gradient relative to what Poiseuille's law gives for it.

    Q / Q_steady = 8 (1 - F) / (i alpha^2),    F = 2 J_1(z) / (z J_0(z)),    z = i^(3/2) alpha

    Parameters
    ----------
    alpha : float
        Womersley number a sqrt(omega rho / mu) [-].

    Returns
    -------
    complex
        Its modulus is the damping, its angle the delay [rad].

    Notes
    -----
    The quotient of the Bessel functions is a continued fraction, evaluated from below; written so that nothing cancels
    where alpha is small. Source: Womersley, J. Physiol. 127 (1955) 553.

    Examples
    --------
    >>> womersley(0.0)
    (1+0j)
    >>> round(abs(womersley(1.0)), 6)
    0.985567
    """
    quarter = -0.25j * alpha * alpha  # z^2 / 4
    rest = 1.0 + 0.0j
    for k in range(int(alpha) + 40, 1, -1):
        rest = 1.0 - quarter / (k * (k + 1) * rest)
    return 1.0 / (rest - 0.5 * quarter)


def _zeros() -> Floats:
    """Return the first zeros of J_0: McMahon's approximation, then Newton's steps J_0 / J_1."""
    first = (np.arange(_ROOTS) + 0.75) * math.pi
    found = first + 0.125 / first
    for _ in range(3):
        quotient = np.ones_like(found)  # J_0 / J_1 by the continued fraction, times x / 2
        for k in range(4 * _ROOTS, 0, -1):
            quotient = 1.0 - 0.25 * found * found / (k * (k + 1) * quotient)
        found = found + 2.0 / found * quotient
    return np.asarray(found)


def starting(time: float) -> float:
    """Return the flow after a pressure gradient began, relative to the flow it settles to.

    Q / Q_end = 1 - 32 sum_n exp(-l_n^2 t) / l_n^4,    J_0(l_n) = 0

    Parameters
    ----------
    time : float
        Time since the start over a^2 / nu [-], radius and kinematic viscosity; zero or more.

    Returns
    -------
    float
        Between 0 and 1 [-].

    Notes
    -----
    Forty zeros: within 2e-6, and within 1e-12 above a time of 2e-3. Source: Szymanski, J. Math. Pures Appl. 11 (1932)
    67.

    Examples
    --------
    >>> round(starting(0.1), 6)  # a bore of 0.5 mm: after 9 ms
    0.461754
    """
    squares = _ZEROS * _ZEROS
    return float(1.0 - 32.0 * np.sum(np.exp(-squares * time) / (squares * squares)))


_ZEROS = _zeros()
