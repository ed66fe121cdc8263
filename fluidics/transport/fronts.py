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
    diffusivity: float, carried: Floats, place: Floats, spread: Floats, stays: Floats,
) -> None:  # fmt: skip
    """Write where a front is at each time, how far it has spread, and how long it stayed in each tube that it left.

    In each radial mode n of the parabola, with g_n = z_n^2 D / a^2 and the flow Q:
    m_n' = Q - g_n m_n, (s^2)' = 2 D A^2 + 2 Q sum_n (64 / z_n^4) m_n. Exact over each stretch of even flow, either way:
    what the parabola drew out is drawn together again by flow that turns before the solute has mixed across the lumen
    (within 1 / g_n), and stays drawn out otherwise; molecular diffusion is never undone.

    Parameters
    ----------
    time, volume : (n,) arrays
        Volume [m3] that has left the line at times [s]; it falls where fluid flows back.
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
    carried : (2 + modes,) array
        What the front carries along at its start, and at the end: variance [m6], time in its tube [s], modes [m3].
    place, spread : (n,) arrays
        Written from the start of the front on: volume from the inlet, standard deviation [m3].
    stays : (t,) array
        The least is kept for each tube that the front leaves [s].

    Notes
    -----
    Source: Gill and Sankarasubramanian, Proc. R. Soc. A 316 (1970) 341; for flow to and fro Chatwin, J. Fluid Mech. 71
    (1975) 513. Where the front enters a tube, from either side, its modes begin anew.
    """
    variance, stay, modes = carried[0], carried[1], carried.size - 2
    for i in range(time.size):
        if time[i] < begin:
            continue
        span, flowed = time[i] - begin, volume[i] - gone
        begin, gone = time[i], volume[i]
        while True:
            low = ends[tube - 1] if tube > 0 else -math.inf  # before the inlet the first tube goes on
            leaves = at < ends[tube] <= at + flowed or (at == ends[tube] and flowed > 0.0 and tube < ends.size - 1)
            returns = at + flowed < low
            part = (ends[tube] - at) / flowed if leaves else (low - at) / flowed if returns else 1.0
            h, dv = part * span, part * flowed
            square = radii[tube] * radii[tube]
            variance += 2.0 * diffusivity * _PI * square * _PI * square * h
            for k in range(modes):
                x = RATES[k] * diffusivity / square * h
                variance += 2.0 * SHARES[k] * dv * (carried[k + 2] * _lag(x) + dv * _lead(x))
                carried[k + 2] = carried[k + 2] * exp(-x) + dv * _lag(x)
            stay += h
            span, flowed, at = span - h, flowed - dv, at + dv
            if not (leaves or returns):
                break
            at, stays[tube], stay = ends[tube] if leaves else low, min(stays[tube], stay), 0.0
            if returns or tube < ends.size - 1:  # beyond the tip the last tube goes on
                tube += -1 if returns else 1
                for k in range(modes):
                    carried[k + 2] = 0.0
        place[i], spread[i] = at, math.sqrt(max(variance, 0.0))
    carried[0], carried[1] = max(variance, 0.0), stay


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
