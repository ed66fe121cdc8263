"""One front of concentration on its way through tubes: where it is, how far it has spread, what of it has come; which
fronts a line has stands in `fluidics.transport.transport`."""

from __future__ import annotations

import math

from fluidics.compile import inlined, kernel
from fluidics.elementary import exp
from fluidics.network import Floats
from fluidics.transport.dispersion import RATES, SHARES

_PI = 3.141592653589793


@inlined
def _lag(x: float) -> float:
    """Return (1 - e^-x) / x, also where the difference would lose digits."""
    if x > 1e-2:
        return (1.0 - exp(-x)) / x
    return 1.0 - x * (0.5 - x * (1.0 / 6.0 - x * (1.0 / 24.0 - x * (1.0 / 120.0))))


@inlined
def _lead(x: float) -> float:
    """Return (x - 1 + e^-x) / x^2, also where the difference would lose digits."""
    if x > 1e-2:
        return (1.0 - _lag(x)) / x
    return 0.5 - x * (1.0 / 6.0 - x * (1.0 / 24.0 - x * (1.0 / 120.0 - x * (1.0 / 720.0))))


@kernel
def follow(
    time: Floats, volume: Floats, begin: float, gone: float, at: float, tube: int, ends: Floats, radii: Floats,
    diffusivity: float, memory: Floats, place: Floats, spread: Floats, stays: Floats,
) -> None:  # fmt: skip
    """Write where a front is at each time, how far it has spread, and how long it stayed in each tube that it left.

    In each radial mode n of the parabola, with g_n = z_n^2 D / a^2 and the flow Q:
    m_n' = Q - g_n m_n, (s^2)' = 2 D A^2 + 2 Q sum_n (64 / z_n^4) m_n. Exact over each stretch of even flow.

    Parameters
    ----------
    time, volume : (n,) arrays
        Volume [m3] that has left the line at times [s].
    begin, gone : float
        When the front starts [s], and the volume at that time [m3].
    at : float
        Where it starts, as volume from the inlet [m3].
    tube : int
        Number of the tube it starts in.
    ends, radii : (t,) arrays
        Volume from the inlet to the end of each tube [m3], and radii [m].
    diffusivity : float
        Molecular diffusivity [m2/s].
    memory : array
        Room for the modes [m3]; zeros.
    place, spread : (n,) arrays
        Written from the start of the front on: volume from the inlet, standard deviation [m3].
    stays : (t,) array
        Written for each tube that the front leaves [s].
    """
    variance, stay = 0.0, 0.0
    for i in range(time.size):
        if time[i] < begin:
            continue
        span, flowed = time[i] - begin, volume[i] - gone
        begin, gone = time[i], volume[i]
        while True:
            leaves = at < ends[tube] <= at + flowed
            part = (ends[tube] - at) / flowed if leaves else 1.0
            h, dv = part * span, part * flowed
            square = radii[tube] * radii[tube]
            variance += 2.0 * diffusivity * _PI * square * _PI * square * h
            for k in range(memory.size):
                x = RATES[k] * diffusivity / square * h
                variance += 2.0 * SHARES[k] * dv * (memory[k] * _lag(x) + dv * _lead(x))
                memory[k] = memory[k] * exp(-x) + dv * _lag(x)
            stay += h
            span, flowed, at = span - h, flowed - dv, at + dv
            if not leaves:
                break
            at, stays[tube], stay = ends[tube], stay, 0.0
            if tube < ends.size - 1:  # beyond the tip the last tube goes on
                tube += 1
                for k in range(memory.size):
                    memory[k] = 0.0
        place[i], spread[i] = at, math.sqrt(variance)


@kernel
def weigh(place: Floats, spread: Floats, end: float, share: Floats, passed: Floats) -> None:
    """Write what of a front has come to a place: the share that is there, and the volume that has gone through.

    share = Phi(z), passed = s (z Phi(z) + phi(z)), z = (place - end) / s

    Parameters
    ----------
    place, spread : (n,) arrays
        The middle of the front and its standard deviation, as volumes [m3].
    end : float
        Place that is looked at [m3].
    share, passed : (n,) arrays
        Written [-], [m3].
    """
    for i in range(place.size):
        w, s = place[i] - end, spread[i]
        if abs(w) < 37.0 * s:
            z = abs(w) / s
            tail = 0.5 * math.erfc(z * 0.7071067811865476)
            share[i] = 1.0 - tail if w > 0.0 else tail
            # what is still short, or already there, from the side on which it is small and keeps its digits
            passed[i] = max(w, 0.0) + s * max(0.3989422804014327 * math.exp(-0.5 * z * z) - z * tail, 0.0)
        else:
            share[i] = 1.0 if w > 0.0 else 0.0 if w < 0.0 else 0.5
            passed[i] = max(w, 0.0)
