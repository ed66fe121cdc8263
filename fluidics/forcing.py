"""Sinusoids by which the pressures around a pump and the flows into it swing, such as heart beat and breathing; what
they act on stands in `fluidics.network`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from fluidics.compile import inlined, linked
from fluidics.network import Floats, Ints

_ROUNDING = 6755399441055744.0  # 1.5 * 2^52: adding and subtracting it rounds to an integer
_TURN = 2.0 * math.pi


class Forcing(NamedTuple):
    """Waves swing sin(2 pi (frequency t + phase)) on top of what a network and its schedule give.

    A wave at node i < n is a source into that node; a wave at n + j is part of the pressure of boundary j.
    """

    at: Ints  # (w,) number of a node or boundary
    swing: Floats  # (w,) [m3/s] for a node, [Pa] for a boundary
    frequency: Floats  # (w,) [Hz]
    phase: Floats  # (w,) turns, of 2 pi, at time zero


def forcing(*waves: tuple[int, float, float, float]) -> Forcing:
    """Return the forcing made of waves (at, swing, frequency, phase); of none, a forcing that does nothing.

    Parameters
    ----------
    waves : tuple of int, float, float, float
        Number of the node or boundary, amplitude [m3/s] or [Pa], frequency [Hz], phase in turns at time zero.

    Raises
    ------
    ValueError
        When a number is not finite, or a frequency not above zero.

    Examples
    --------
    >>> forcing((4, 600.0, 1.2, 0.0)).swing
    array([600.])
    """
    for k, (_, swing, frequency, phase) in enumerate(waves):
        if not (math.isfinite(swing) and math.isfinite(phase) and 0.0 < frequency < math.inf):
            raise ValueError(
                f"wave {k}: swing {swing!r}, frequency {frequency!r} Hz, phase {phase!r} turns; all must be finite and "
                f"the frequency above zero"
            )
    columns = list(zip(*waves, strict=True)) if waves else [(), (), (), ()]
    return Forcing(np.array(columns[0], dtype=np.int64), *(np.array(c, dtype=np.float64) for c in columns[1:]))


def shifted(waves: Forcing, time: float) -> Forcing:
    """Return the forcing as it is seen by a clock that starts at a time [s]."""
    turns = waves.phase + waves.frequency * time
    return waves._replace(phase=turns - np.floor(turns))


@linked
def longest_step(waves: Forcing) -> float:
    """Return a sixteenth of the shortest period [s]: a cubic over it misses 6e-5 of the swing. 1e300 without waves."""
    longest = 1e300
    for w in range(waves.frequency.shape[0]):
        longest = min(longest, 0.0625 / waves.frequency[w])
    return longest


@inlined
def sine(turns: float) -> float:
    """Return sin(2 pi x), within 2e-16; the argument is exact in turns, so that its period is.

    Examples
    --------
    >>> round(sine(0.25), 15), sine(1e6)
    (1.0, 0.0)
    """
    r = turns - ((turns + _ROUNDING) - _ROUNDING)
    if r > 0.25:
        r = 0.5 - r
    elif r < -0.25:
        r = -0.5 - r
    x = _TURN * r
    z = x * x
    # Taylor's series to degree 21: on |x| <= pi / 2 the first term left out is below 2^-59
    tail = 1.0 - z / 156.0 * (1.0 - z / 210.0 * (1.0 - z / 272.0 * (1.0 - z / 342.0 * (1.0 - z / 420.0))))
    return x * (1.0 - z / 6.0 * (1.0 - z / 20.0 * (1.0 - z / 42.0 * (1.0 - z / 72.0 * (1.0 - z / 110.0 * tail)))))
