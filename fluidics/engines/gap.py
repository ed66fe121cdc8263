"""How far a coarse engine is from a finer one on the same device and rate; the engines themselves stand in
`fluidics.engines.rungs`."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

from fluidics.engines.pace import NEVER
from fluidics.engines.recorded import Recorded
from fluidics.engines.rungs import ENGINES
from fluidics.pump import Pump, PumpState
from fluidics.questions import ambient, back_pressure, chamber, creep, pressure, stroke, temperature, viscosity

DAY = 86400.0  # [s]
BOUND = 0.01  # [-]
WARM_UP = 20  # strokes before anything is compared: friction is overcome, a chamber has swung
SLIPS = 200.0  # over which the volume per stroke is averaged where a plunger sticks: one more or less is half a percent
LEAST_PRESSURE = 1e3  # [Pa]: differences of smaller pressures are relative to it
LEAST_VOLUME = 1e-3  # [-]: of what is programmed; differences of smaller volumes are relative to that


class Gap(NamedTuple):
    """Differences of a coarse engine from a finer one, relative to the finer."""

    coarse: str
    fine: str
    end_pressure: Annotated[float, "-"]  # of the line after the last stroke; its mean where an engine knows no strokes
    volume_per_stroke: Annotated[float, "-"]  # delivered on average of the last strokes
    volume_per_day: Annotated[float, "-"]  # delivered on average of all
    bound: Annotated[float, "-"]  # that none of them should exceed


class _Seen(NamedTuple):
    """What is compared."""

    end: float
    per_stroke: float
    per_day: float


def exceeded(found: Gap) -> bool:
    """Return whether a gap is above its bound.

    Examples
    --------
    >>> exceeded(Gap("stroke", "exact", 0.002, -0.02, 0.001, bound=0.01))
    True
    """
    differences = found.end_pressure, found.volume_per_stroke, found.volume_per_day
    return not all(abs(difference) <= found.bound for difference in differences)


def gap(
    pump: Pump,
    state: PumpState,
    rate: float,
    coarse: str = "stroke",
    fine: str = "exact",
    span: float = DAY,
    bound: float = BOUND,
    before: Pump | None = None,
) -> Gap:
    """Return how far two engines are apart after a time at a constant rate.

    Parameters
    ----------
    pump, state : Pump, PumpState
        The device.
    rate : float
        Programmed rate [m3/s].
    coarse, fine : str
        Names of engines in `fluidics.engines.rungs.ENGINES`.
    span : float
        Time [s] after a warm-up of twenty strokes; whole strokes are run, at least two.
    bound : float
        Difference [-] that none should exceed.
    before : Pump, optional
        What the device was until the time began, such as one whose line was not occluded; the same if not given.

    Raises
    ------
    ValueError
        When an engine is not known, or the span not above zero.

    Notes
    -----
    Differences are relative to the finer engine, but to a kilopascal or a thousandth of the programmed volume where it
    has less: a line that is shut delivers nothing, and all engines agree on that.

    The volume per stroke is the mean of the second half of the strokes. Where a drive sticks and slips, several strokes
    pass between two slips; the mean then goes on, after what is compared otherwise, until it holds two hundred slips.
    The volume per day and the end pressure are those of the span, wherever in a slip it ends.
    """
    for name in (coarse, fine):
        if name not in ENGINES:
            raise ValueError(f"engine {name!r} is not known; there are: {', '.join(ENGINES)}")
    if not 0.0 < span < 1e300:
        raise ValueError(f"a span of {span!r} s; it must be above zero and finite")
    mu = viscosity(pump.drug, state.drug, temperature(pump.site))
    inlet = pressure(pump.reservoir, state.reservoir, temperature(pump.site))
    period = stroke(pump.drive, state.drive, rate, inlet, 0.0, ambient(pump.reservoir), mu).period
    half = max(round(0.5 * span / period), 1) * period
    more = max(SLIPS * _between_slips(pump, state, mu) / rate - half, 0.0) if rate > 0.0 else 0.0
    steady = "panel" in (coarse, fine)
    seen = []
    for name in (coarse, fine):
        warm = ENGINES[name](before or pump, state, rate, WARM_UP * period, None, NEVER)
        first = ENGINES[name](pump, state, rate, half, warm.fast, NEVER)
        second = ENGINES[name](pump, state, rate, half, first.fast, NEVER)
        late, time = float(second.delivered[-1]), float(second.time[-1])
        if more > 0.0:
            longer = ENGINES[name](pump, state, rate, math.ceil(more / period) * period, second.fast, NEVER)
            late, time = late + float(longer.delivered[-1]), time + float(longer.time[-1])
        late /= time
        whole = float((first.delivered[-1] + second.delivered[-1]) / (first.time[-1] + second.time[-1]))
        end = _mean_pressure(pump, state, late, mu) if steady else _end_pressure(second)
        seen.append(_Seen(end, late * period, whole * DAY))
    one, other = seen
    least = LEAST_VOLUME * rate
    return Gap(
        coarse=coarse,
        fine=fine,
        end_pressure=_difference(one.end, other.end, LEAST_PRESSURE),
        volume_per_stroke=_difference(one.per_stroke, other.per_stroke, least * period),
        volume_per_day=_difference(one.per_day, other.per_day, least * DAY),
        bound=bound,
    )


def _between_slips(pump: Pump, state: PumpState, mu: float) -> float:
    """Return what a drive takes up [m3] between two slips of its outlet; nothing when that does not stick."""
    drive = chamber(pump.drive, state.drive, mu)
    held = drive.compliance + creep(pump.drive, state.drive)[0]
    return held * (drive.outlet.breakaway - drive.outlet.crack)


def _difference(coarse: float, fine: float, least: float) -> float:
    scale = max(abs(fine), least)
    return (coarse - fine) / scale if scale > 0.0 else 0.0


def _mean_pressure(pump: Pump, state: PumpState, flow: float, mu: float) -> float:
    """Return the pressure [Pa] of a line at a flow that lasts [m3/s]."""
    return back_pressure(pump.catheter, state.catheter, flow, mu) + back_pressure(pump.site, state.site, flow, mu)


def _end_pressure(part: Recorded) -> float:
    """Return the pressure [Pa] of the line at the end of a stretch, at the drive's end where it has segments."""
    if "line_1" in part.node_names:
        return float(part.pressure[-1, part.node_names.index("line_1")])
    return float(part.fast.pressure if part.fast else part.pressure[-1, 1])
