"""Concentrations on their way through the tubes of a pump, in coordinates of volume and without numerical diffusion;
one front stands in `fluidics.transport.fronts`, what flows in `fluidics.transport.flow`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.network import Floats
from fluidics.transport.dispersion import SHARES, radial_mixing
from fluidics.transport.flow import Flow
from fluidics.transport.fronts import follow, weigh

_APART = 6.0  # standard deviations: closer fronts would overlap beyond 1e-9 of a step


class Tube(NamedTuple):
    """A round tube on the way of the drug."""

    volume: Annotated[float, "m3"]
    radius: Annotated[float, "m"]


class Fill(NamedTuple):
    """What enters the first tube from a time on; a reservoir that is not emptied mixes before it is one."""

    start: Annotated[float, "s"]
    concentration: Annotated[float, "kg/m3"]


class Arrival(NamedTuple):
    """What has come to the end of the line, at n times."""

    time: Annotated[Floats, "s"]  # (n,)
    volume: Annotated[Floats, "m3"]  # (n,) from the start
    concentration: Annotated[Floats, "kg/m3"]  # (n,) at the end of the line
    mass: Annotated[Floats, "kg"]  # (n,) of drug that has left the line since the start
    mixing: float  # [-] least time of a front in a tube, in radial diffusion times; below 0.5 its shape is not Gaussian


class Fronts(NamedTuple):
    """Steps of the concentration, the first in the line first, and how far each has come and spread."""

    base: float  # [kg/m3] ahead of the first front
    step: Floats  # (k,) [kg/m3]
    place: Floats  # (k, n) [m3] from the inlet; minus infinity before the front enters
    spread: Floats  # (k, n) [m3] standard deviation
    mixing: float  # [-]


def transported(
    tubes: Sequence[Tube], flow: Flow, fills: Sequence[Fill], held: Sequence[float], diffusivity: float
) -> Arrival:
    """Return what comes to the end of a line of tubes.

    Each step of the concentration travels with the volume that flows, and spreads around its place w by the variance
    s^2 of its way through each tube: c = sum of steps Phi(w / s), mass = sum of steps (w Phi(w / s) + s phi(w / s)).

    Parameters
    ----------
    tubes : sequence of Tube
        From the pump to the tip.
    flow : Flow
        Volume that leaves the line; it never flows back.
    fills : sequence of Fill (k,)
        What enters the first tube, from the start on.
    held : sequence of float
        Concentration in each tube at the start [kg/m3].
    diffusivity : float
        Molecular diffusivity of the drug [m2/s].

    Raises
    ------
    ValueError
        When a number is none that could be, times do not rise, fluid flows back, or a fill is thinner than the fronts
        on its two sides are wide.

    Notes
    -----
    Exact for a line that goes on before its inlet and after its tip; mass is conserved. Against a closed inlet
    (`fluidics.transport.dispersion.breakthrough`) concentrations in what leaves differ by less than 0.2 / Pe of a step,
    Pe = U L / K. The variance is exact for any history of flow, strokes and gaps too: each radial mode of the parabola
    forgets at its own rate (Gill and Sankarasubramanian, Proc. R. Soc. A 316 (1970) 341), and mixes anew where tubes
    join; a front takes the tube its middle is in. While flow stands still, what diffuses through the tip counts.

    Examples
    --------
    >>> flow = Flow(np.array([0.0, 2e4]), np.array([0.0, 2e-6]))
    >>> come = transported([Tube(1e-6, 2.5e-4)], flow, [Fill(0.0, 2.0)], [0.0], 1e-9)
    >>> round(float(come.mass[-1]) * 1e6, 6)  # 2 mL of 2 mg/mL, less what the tube still holds
    2.0
    """
    fronts = travelled(tubes, flow, fills, held, diffusivity)
    share, passed = _weighed(fronts, sum(tube.volume for tube in tubes))
    come = fronts.base + fronts.step @ share
    mass = fronts.base * flow.volume + fronts.step @ passed
    return Arrival(flow.time, flow.volume, np.maximum(come, 0.0), mass, fronts.mixing)


def along(fronts: Fronts, places: Floats) -> Floats:
    """Return the concentrations (n, p) [kg/m3] at the times of the fronts and at places (p,) [m3] from the inlet."""
    columns = [fronts.base + fronts.step @ _weighed(fronts, float(place))[0] for place in places]
    return np.maximum(np.stack(columns, axis=1), 0.0)


def travelled(
    tubes: Sequence[Tube], flow: Flow, fills: Sequence[Fill], held: Sequence[float], diffusivity: float
) -> Fronts:
    """Return where each step of the concentration is at each time, and how far it has spread; see `transported`."""
    _refuse(tubes, flow, fills, held, diffusivity)
    ends, radii = np.cumsum([tube.volume for tube in tubes]), np.array([tube.radius for tube in tubes])
    entered = [(fill, _gone(flow, fill.start)) for fill in fills if fill.start <= flow.time[-1]]
    entered = [one for one, other in zip(entered, [*entered[1:], None], strict=True) if not other or other[1] > one[1]]
    inner = [(0.0, 0.0, ends[k - 1], k) for k in range(ends.size - 1, 0, -1)]
    starts = [*inner, *((fill.start, gone, 0.0, 0) for fill, gone in entered)]
    values = np.array([*reversed(held), *(fill.concentration for fill, _ in entered)])
    kept = np.flatnonzero(np.diff(values))
    place, spread = np.full((kept.size, flow.time.size), -np.inf), np.zeros((kept.size, flow.time.size))
    stays = np.full((kept.size, radii.size), np.inf)
    for row, k in enumerate(kept):
        memory = np.zeros(len(SHARES))
        written = (memory, place[row], spread[row], stays[row])
        follow(flow.time, flow.volume, *starts[k], ends, radii, diffusivity, *written)
    _refuse_overlap(place, spread)
    least = stays.min(axis=0, initial=np.inf)
    mixing = min(radial_mixing(diffusivity, radius, stay) for radius, stay in zip(radii, least, strict=True))
    return Fronts(float(values[0]), np.diff(values)[kept], place, spread, float(mixing))


def _gone(flow: Flow, time: float) -> float:
    """Return the volume [m3] that has left at a time [s], before what leaves at once then."""
    upto = int(np.searchsorted(flow.time, time)) + 1
    return float(np.interp(time, flow.time[:upto], flow.volume[:upto]))


def _weighed(fronts: Fronts, end: float) -> tuple[Floats, Floats]:
    """Return the share (k, n) [-] and the volume (k, n) [m3] of each step that has come to a place [m3]."""
    share, passed = np.zeros((2, *fronts.place.shape))
    for row in range(fronts.step.size):
        weigh(fronts.place[row], fronts.spread[row], end, share[row], passed[row])
    return share, passed


def _refuse(
    tubes: Sequence[Tube], flow: Flow, fills: Sequence[Fill], held: Sequence[float], diffusivity: float
) -> None:
    for tube in tubes:
        if not all(0.0 < value < np.inf for value in tube):
            raise ValueError(f"{tube}: volume and radius must be above zero and finite")
    if not tubes or len(held) != len(tubes):
        raise ValueError(f"{len(tubes)} tubes hold {len(held)} concentrations at the start; give one for each tube")
    if not 0.0 < diffusivity < np.inf:
        raise ValueError(f"diffusivity of the drug: {diffusivity!r} m2/s; it must be above zero and finite")
    if flow.time.shape != flow.volume.shape or flow.time.ndim != 1 or not (flow.time.size and np.isfinite(flow).all()):
        raise ValueError("flow: each time needs a volume, and all must be finite")
    if flow.time[0] != 0.0 or flow.volume[0] != 0.0 or np.any(np.diff(flow.time) < 0.0):
        raise ValueError("flow: times must rise from 0 s on, and volumes begin at 0 m3")
    back = np.flatnonzero(np.diff(flow.volume) < 0.0)
    if back.size:
        raise ValueError(f"flow: fluid flows back after {flow.time[back[0]]:g} s; give volumes at times without that")
    starts = np.array([fill.start for fill in fills])
    if not (fills and starts[0] == 0.0 and np.all(np.diff(starts) > 0.0)):
        raise ValueError(f"fills begin at {starts.tolist()} s; the first must begin at 0 s, and the others follow it")
    for value in (*held, *(fill.concentration for fill in fills)):
        if not 0.0 <= value < np.inf:
            raise ValueError(f"concentration: {value!r} kg/m3 given; it must be finite and not below zero")


def _refuse_overlap(place: Floats, spread: Floats) -> None:
    both = np.isfinite(place[1:])
    gap = np.where(both, place[:-1], 0.0) - np.where(both, place[1:], 0.0)
    thin = np.argwhere(both & (gap < _APART * np.abs(np.diff(spread, axis=0))))
    if thin.size:
        k, i = thin[0]
        raise ValueError(
            f"a fill of {gap[k, i]:.3g} m3 lies between fronts that have spread over {spread[k, i]:.3g} and "
            f"{spread[k + 1, i]:.3g} m3; leave it out, or make it larger"
        )
