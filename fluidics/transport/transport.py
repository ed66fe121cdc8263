"""Concentrations on their way to and fro through the tubes of a pump, in coordinates of volume and without numerical
diffusion; one front stands in `fluidics.transport.fronts`, the fronts of a line in `fluidics.transport.stretch`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.network import Floats
from fluidics.transport.flow import Flow, turns
from fluidics.transport.stretch import Fill, Fronts, Tube, crossed, present, pulled, pushed

SAME = 1e-3  # of the volume of the line: what moves to and fro by less is the same fluid


class Arrival(NamedTuple):
    """What has come to the end of the line, at n times."""

    time: Annotated[Floats, "s"]  # (n,)
    volume: Annotated[Floats, "m3"]  # (n,) from the start
    concentration: Annotated[Floats, "kg/m3"]  # (n,) at the end of the line
    mass: Annotated[Floats, "kg"]  # (n,) of drug that has left the line since the start
    mixing: float  # [-] least time of a front in a tube, in radial diffusion times; below 0.5 its shape is not Gaussian
    reservoir: Annotated[Floats, "kg/m3"]  # (n,) concentration that the pump draws, or what comes back mixes into


def transported(
    tubes: Sequence[Tube],
    flow: Flow,
    fills: Sequence[Fill],
    held: Sequence[float],
    diffusivity: float,
    body: float = 0.0,
) -> Arrival:
    """Return what comes to the end of a line of tubes.

    Each step of the concentration travels with the volume that flows, and spreads around its place w by the variance
    s^2 of its way through each tube: c = sum of steps Phi(w / s), mass = sum of steps (w Phi(w / s) + s phi(w / s)).

    Parameters
    ----------
    tubes : sequence of Tube
        From the pump to the tip.
    flow : Flow
        Volume that leaves the line, and comes back.
    fills : sequence of Fill (k,)
        What enters the first tube, from the start on.
    held : sequence of float
        Concentration in each tube at the start [kg/m3].
    diffusivity : float
        Molecular diffusivity of the drug [m2/s].
    body : float
        Concentration of the drug in what is drawn in through the tip [kg/m3].

    Raises
    ------
    ValueError
        When a number is none that could be, times do not rise, or a fill is thinner than the fronts
        on its two sides are wide.

    Notes
    -----
    Exact for a line that goes on before its inlet and after its tip; mass is conserved. Against a closed inlet
    (`fluidics.transport.dispersion.breakthrough`) concentrations in what leaves differ by less than 0.2 / Pe of a step,
    Pe = U L / K. The variance is exact for any history of flow, strokes and gaps too: each radial mode of the parabola
    forgets at its own rate (Gill and Sankarasubramanian, Proc. R. Soc. A 316 (1970) 341), and mixes anew where tubes
    join; a front takes the tube its middle is in. While flow stands still, what diffuses through the tip counts.

    Where flow turns back, what has left the line is the body's: the fronts are cut at the tip, and a new one between
    the line and the body's fluid begins there. Where it turns forth again, what has come back through the inlet is
    mixed into the reservoir, the fronts are cut there, and what enters has the concentration of the mixture. Fluid that
    moves to and fro by less than a thousandth of the line is taken for the same. Cut fronts keep their amount, mean and
    variance exactly, and their shape by `fluidics.transport.cut`. Dispersion is not undone when flow turns, but for
    what the parabola has drawn out within the last a^2 / (14.7 D), which it draws together again.

    Examples
    --------
    >>> flow = Flow(np.array([0.0, 2e4]), np.array([0.0, 2e-6]))
    >>> come = transported([Tube(1e-6, 2.5e-4)], flow, [Fill(0.0, 2.0)], [0.0], 1e-9)
    >>> round(float(come.mass[-1]) * 1e6, 6)  # 2 mL of 2 mg/mL, less what the tube still holds
    2.0
    >>> to_and_fro = Flow(np.array([0.0, 1e4, 2e4, 3e4]), np.array([0.0, 1e-6, 0.5e-6, 1.5e-6]))
    >>> come = transported([Tube(1e-6, 2.5e-4)], to_and_fro, [Fill(0.0, 2.0)], [2.0], 1e-9)
    >>> round(float(come.mass[-1]) * 1e6, 6)  # 1 mL and 0.5 mL of 2 mg/mL, and 0.5 mL without drug between
    3.0
    """
    fronts, end = travelled(tubes, flow, fills, held, diffusivity, body), sum(tube.volume for tube in tubes)
    come = _joined([present(part, end) for part in fronts])
    mass, gone = [], 0.0
    for part in fronts:
        mass.append(gone + crossed(part, end))
        gone = float(mass[-1][-1])
    mixing, mixed = min(part.mixing for part in fronts), _joined([part.reservoir for part in fronts])
    return Arrival(flow.time, flow.volume, np.maximum(come, 0.0), _joined(mass), mixing, mixed)


def along(fronts: Sequence[Fronts], places: Floats) -> Floats:
    """Return the concentrations (n, p) [kg/m3] at the times of the flow and at places (p,) [m3] from the inlet."""
    columns = [_joined([present(part, float(place)) for part in fronts]) for place in places]
    return np.maximum(np.stack(columns, axis=1), 0.0)


def within(fronts: Sequence[Fronts], tubes: Sequence[Tube]) -> Floats:
    """Return the amount of drug (n,) [kg] that a line holds at the times of the flow."""
    end = sum(tube.volume for tube in tubes)
    return _joined([part.base * end + part.step @ (part.passed(0.0) - part.passed(end)) for part in fronts])


def travelled(
    tubes: Sequence[Tube],
    flow: Flow,
    fills: Sequence[Fill],
    held: Sequence[float],
    diffusivity: float,
    body: float = 0.0,
) -> list[Fronts]:
    """Return where each step of the concentration is at each time, and how far it has spread; see `transported`.

    One for each stretch of flow in one direction, forth and back by turns; the row of a turn is in both.
    """
    _refuse(tubes, flow, fills, held, diffusivity, body)
    rows = [0, *turns(flow.volume, SAME * sum(tube.volume for tube in tubes)), flow.time.size - 1]
    found: list[Fronts] = []
    for k, (first, last) in enumerate(pairwise(rows)):
        part = Flow(flow.time[first : last + 1], flow.volume[first : last + 1])
        final = k == len(rows) - 2  # a fill at a turn enters when fluid does
        new = [fill for fill in fills if fill.start < part.time[-1] or (final and fill.start == part.time[-1])]
        new = new or [fills[0]]
        if k % 2:
            found.append(pulled(tubes, part, found[-1], new, diffusivity, body))
        else:
            found.append(pushed(tubes, part, found[-1] if found else None, new, diffusivity, held))
    return found


def _joined(parts: Sequence[Floats]) -> Floats:
    """Return the rows of all stretches, that of a turn once."""
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _refuse(
    tubes: Sequence[Tube],
    flow: Flow,
    fills: Sequence[Fill],
    held: Sequence[float],
    diffusivity: float,
    body: float,
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
    starts = np.array([fill.start for fill in fills])
    if not (fills and starts[0] == 0.0 and np.all(np.diff(starts) > 0.0)):
        raise ValueError(f"fills begin at {starts.tolist()} s; the first must begin at 0 s, and the others follow it")
    for value in (body, *held, *(fill.concentration for fill in fills)):
        if not 0.0 <= value < np.inf:
            raise ValueError(f"concentration: {value!r} kg/m3 given; it must be finite and not below zero")
