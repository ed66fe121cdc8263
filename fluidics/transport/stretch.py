"""The fronts of a line while it flows in one direction, and what becomes of them where it turns; one front stands in
`fluidics.transport.fronts`, the whole way of a drug in `fluidics.transport.transport`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.network import Floats
from fluidics.transport.cut import sliced, weigh_cut
from fluidics.transport.dispersion import SHARES, radial_mixing
from fluidics.transport.flow import Flow
from fluidics.transport.fronts import follow, weigh

_APART = 6.0  # standard deviations: closer fronts would overlap beyond 1e-9 of a step
_WHOLE = (-math.inf, math.inf)


class Tube(NamedTuple):
    """A round tube on the way of the drug."""

    volume: Annotated[float, "m3"]
    radius: Annotated[float, "m"]


class Fill(NamedTuple):
    """What enters the first tube from a time on; a reservoir that is not emptied mixes before it is one."""

    start: Annotated[float, "s"]
    concentration: Annotated[float, "kg/m3"]
    volume: Annotated[float, "m3"] = math.inf  # in the reservoir then; what comes back mixes into what is left of it


class Front(NamedTuple):
    """A step of the concentration where a stretch of flow or the front itself begins."""

    step: float  # [kg/m3]
    begin: float  # [s]
    gone: float  # [m3] that has left the line by then
    at: float  # [m3] from the inlet
    carried: Floats  # variance [m6], time in its tube [s], modes [m3]
    cut: tuple[float, float] = _WHOLE  # [-] slice of the normal law that is left of it
    turned: bool = False  # whether it is there because flow turned


class Fronts(NamedTuple):
    """Steps of the concentration, the first in the line first, and how far each has come and spread."""

    flow: Flow  # of the stretch, m rows
    base: float  # [kg/m3] ahead of the first front
    fronts: tuple[Front, ...]  # k of them; what they carry is that at the end of the stretch
    step: Floats  # (k,) [kg/m3]
    place: Floats  # (k, m) [m3] from the inlet; minus infinity before the front enters
    spread: Floats  # (k, m) [m3] standard deviation
    mixing: float  # [-]
    source: Fill  # what is in the reservoir at the end
    reservoir: Floats  # (m,) [kg/m3] what has been in it

    def share(self, place: float) -> Floats:
        """Return the share (k, m) [-] of each step that is at a place [m3]."""
        return self._weighed(place)[0]

    def passed(self, place: float) -> Floats:
        """Return the volume (k, m) [m3] behind each step that has come through a place [m3]."""
        return self._weighed(place)[1]

    def _weighed(self, end: float) -> Floats:
        found = np.zeros((2, *self.place.shape))
        for row, front in enumerate(self.fronts):
            if front.cut == _WHOLE:
                weigh(self.place[row], self.spread[row], end, found[0, row], found[1, row])
            else:
                weigh_cut(self.place[row], self.spread[row], end, *front.cut, found[0, row], found[1, row])
        return found


def present(fronts: Fronts, place: float) -> Floats:
    """Return the concentration (m,) [kg/m3] at a place [m3]."""
    return fronts.base + fronts.step @ fronts.share(place)


def crossed(fronts: Fronts, place: float) -> Floats:
    """Return the amount of drug (m,) [kg] that has gone through a place [m3] since the stretch began."""
    volume, passed = fronts.flow.volume, fronts.passed(place)
    return fronts.base * (volume - volume[0]) + fronts.step @ passed - fronts.step @ passed[:, 0]


def pushed(
    tubes: Sequence[Tube],
    flow: Flow,
    before: Fronts | None,
    fills: Sequence[Fill],
    diffusivity: float,
    held: Sequence[float],
) -> Fronts:
    """Return the fronts while fluid leaves the line, and what is in the reservoir enters it.

    Parameters
    ----------
    tubes : sequence of Tube
        From the pump to the tip.
    flow : Flow
        Of the stretch.
    before : Fronts, optional
        Of the stretch in which fluid flowed back; the first one if not given.
    fills : sequence of Fill
        All up to the end of the stretch.
    diffusivity : float
        Of the drug [m2/s].
    held : sequence of float
        Concentration in each tube where there is no stretch before [kg/m3].
    """
    if before is None:
        ends = np.cumsum([tube.volume for tube in tubes])
        base, level, source, new = float(held[-1]), float(held[0]), fills[0], list(fills)
        inner = zip(np.diff(list(reversed(held))), ends[-2::-1], strict=True)
        kept = [Front(float(step), 0.0, 0.0, float(at), _still()) for step, at in inner if step]
    else:
        base, source = before.base, before.source
        kept = [part for front in _last(before) if (part := _part(front, 0.0, behind=False)).step]
        level = base + sum(front.step for front in kept)
        if abs(source.concentration - level) < 1e-14 * level:  # the same but for rounding
            source = source._replace(concentration=level)
        new = [source, *(fill for fill in fills if fill.start > flow.time[0])]
    entered = [(fill, _until(fill.start, *flow)) for fill in new]
    entered = [one for one, other in zip(entered, [*entered[1:], None], strict=True) if not other or other[1] > one[1]]
    steps = np.diff([level, *(fill.concentration for fill, _ in entered)])
    kept += [
        Front(float(step), fill.start, gone, 0.0, _still(), turned=before is not None and fill is source)
        for step, (fill, gone) in zip(steps, entered, strict=True)
        if step
    ]
    return _followed(tubes, flow, base, kept, new, diffusivity)


def pulled(
    tubes: Sequence[Tube],
    flow: Flow,
    before: Fronts,
    fills: Sequence[Fill],
    diffusivity: float,
    body: float,
) -> Fronts:
    """Return the fronts while fluid of the body, with a concentration `body` [kg/m3], is drawn into the line."""
    end = sum(tube.volume for tube in tubes)
    kept = [part for front in _last(before) if (part := _part(front, end, behind=True)).step]
    level = before.base + sum(front.step for front in _last(before))
    tip = level - sum(front.step for front in kept) - body
    new = [Front(tip, float(flow.time[0]), float(flow.volume[0]), end, _still(), turned=True)] if tip else []
    into = [before.source, *(fill for fill in fills if fill.start > flow.time[0])]
    return _followed(tubes, flow, body, [*new, *kept], into, diffusivity)


def _still() -> Floats:
    return np.zeros(2 + len(SHARES))


def _until(time: float, times: Floats, values: Floats) -> float:
    """Return what values at times [s] are at one of them, before what happens at once then."""
    upto = int(np.searchsorted(times, time)) + 1
    return float(np.interp(time, times[:upto], values[:upto]))


def _last(before: Fronts) -> list[Front]:
    """Return the fronts as they are at the end of a stretch."""
    time, volume = float(before.flow.time[-1]), float(before.flow.volume[-1])
    ends = before.place[:, -1].tolist()
    return [
        front._replace(begin=time, gone=volume, at=at, carried=front.carried.copy())
        for front, at in zip(before.fronts, ends, strict=True)
    ]


def _part(front: Front, end: float, behind: bool) -> Front:
    """Return what an end of the line [m3] leaves of a front; no step where that is nothing."""
    share, at, factor, *cut = sliced(front.at, float(front.carried[0]), *front.cut, end, behind)
    if share == 1.0:
        return front
    carried = front.carried * factor  # the modes are drawn together with the front
    carried[:2] = front.carried[0] * factor * factor, front.carried[1]
    return front._replace(step=front.step * share, at=at, carried=carried, cut=(cut[0], cut[1]))


def _followed(
    tubes: Sequence[Tube], flow: Flow, base: float, fronts: list[Front], fills: Sequence[Fill], diffusivity: float
) -> Fronts:
    """Return fronts over a stretch; the reservoir holds the first fill at its start, then the others."""
    ends, radii = np.cumsum([tube.volume for tube in tubes]), np.array([tube.radius for tube in tubes])
    place, spread = np.full((len(fronts), flow.time.size), -np.inf), np.zeros((len(fronts), flow.time.size))
    least = np.full(radii.size, np.inf)
    for row, front in enumerate(fronts):
        tube = min(int(np.searchsorted(ends, front.at, side="right")), ends.size - 1)
        written = (front.carried, place[row], spread[row], least)
        follow(flow.time, flow.volume, front.begin, front.gone, front.at, tube, ends, radii, diffusivity, *written)
    _refuse_overlap(place, spread, np.array([front.turned or front.cut != _WHOLE for front in fronts], dtype=bool))
    mixing = min(radial_mixing(diffusivity, radius, stay) for radius, stay in zip(radii, least, strict=True))
    step = np.array([front.step for front in fronts])
    made = Fronts(flow, base, tuple(fronts), step, place, spread, float(mixing), fills[0], np.zeros(flow.time.size))
    source, reservoir = _mixed(made, fills)
    return made._replace(source=source, reservoir=reservoir)


def _mixed(fronts: Fronts, fills: Sequence[Fill]) -> tuple[Fill, Floats]:
    """Return what is in the reservoir at the end of a stretch, and the concentration (m,) [kg/m3] at its times.

    c = (c_0 V_0 - drug that has left it) / (V_0 - volume that has left it); where none is left, nothing mixes.
    """
    time, volume = fronts.flow
    found = np.full(time.size, fills[0].concentration)
    entered = crossed(fronts, 0.0) if any(fill.volume < math.inf for fill in fills) else np.zeros(time.size)
    left = np.full(1, math.inf)
    for fill in fills:
        rows = time >= fill.start
        left = fill.volume - (volume[rows] - _until(fill.start, time, volume))
        drug = fill.concentration * fill.volume - (entered[rows] - _until(fill.start, time, entered))
        mixes = (left > 0.0) & (fill.volume < math.inf)
        found[rows] = np.divide(drug, left, out=np.full(left.size, fill.concentration), where=mixes)
    return Fill(float(time[-1]), float(found[-1]), max(float(left[-1]), 0.0)), found


def _refuse_overlap(place: Floats, spread: Floats, turned: np.ndarray) -> None:
    both = np.isfinite(place[1:]) & ~(turned[1:] | turned[:-1])[:, np.newaxis]
    gap = np.where(both, place[:-1], 0.0) - np.where(both, place[1:], 0.0)
    thin = np.argwhere(both & (gap < _APART * np.abs(np.diff(spread, axis=0))))
    if thin.size:
        k, i = thin[0]
        raise ValueError(
            f"a fill of {gap[k, i]:.3g} m3 lies between fronts that have spread over {spread[k, i]:.3g} and "
            f"{spread[k + 1, i]:.3g} m3; leave it out, or make it larger"
        )
