"""The stroke engine: one map per stroke with the pressure of the line as state, for occlusions, alarms, siphons and
bubbles over days to months; the map of one stroke stands in `fluidics.engines.beat`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.compile import inlined, kernel, linked
from fluidics.engines.beat import NEVER, Beat, Pace, Setting, active_time, beaten, force_limit, paced, struck
from fluidics.engines.lump import lumped, stored
from fluidics.network import Floats, Resolved
from fluidics.pump import Pump, PumpState
from fluidics.questions import pressure, stiffness, stroke, temperature, viscosity

WINDOW = 1e3  # [Pa]: within it a stroke's map is taken as linear
_QUIET = 0.1  # [-]: of the window, below which a stroke moves so little that its map is worth keeping
_COLUMNS = 6  # time, pressures of reservoir and line, volumes drawn and delivered, peak
_HALVINGS = 60
_DOUBLINGS = 30  # of the window: to a terapascal


class Plan(NamedTuple):
    """When strokes come: a wait, whole strokes, and one that is cut short after its push when its time is not zero."""

    wait: Annotated[float, "s"]
    strokes: int
    last: Annotated[float, "s"]
    every: int  # strokes per record


class Map(NamedTuple):
    """What a stroke does around two pressures: at the line's and the reservoir's own, and one window above each."""

    holds: bool
    p: Annotated[float, "Pa"]
    p_in: Annotated[float, "Pa"]
    here: Beat
    line: Beat  # change per pressure of the line
    inlet: Beat  # change per pressure of the reservoir


class Run(NamedTuple):
    """What many strokes did."""

    pressure: Annotated[float, "Pa"]
    drawn: Annotated[float, "m3"]
    delivered: Annotated[float, "m3"]
    retained: Annotated[float, "m3"]
    time: Annotated[float, "s"]
    alarmed: bool
    strokes: int
    rows: int


class Stroked(NamedTuple):
    """What the stroke engine gives: nodes are reservoir and line, links what is drawn and what is delivered."""

    resolved: Resolved
    peak: Annotated[Floats, "Pa"]  # (r,) highest pressure at the drive's end of the line since the record before
    alarm: Annotated[float, "s"]  # when that reached the alarm pressure; infinite when it did not
    strokes: int  # begun


@inlined
def per_pressure(beat: Beat, base: Beat) -> Beat:
    """Return how a stroke's results change per pressure, from two strokes a window apart."""
    return Beat(
        pressure=(beat.pressure - base.pressure) / WINDOW,
        entered=(beat.entered - base.entered) / WINDOW,
        delivered=(beat.delivered - base.delivered) / WINDOW,
        retained=0.0,
        peak=(beat.peak - base.peak) / WINDOW,
        time=0.0,
        alarmed=beat.alarmed or beat.retained != 0.0,
    )


@linked
def mapped(pump: Pump, state: PumpState, given: Setting, pace: Pace, p_in: float, p: float) -> Map:
    """Return the map of a stroke around two pressures [Pa]; it holds where no force ends and no alarm is near."""
    here = struck(pump, state, given, pace, p_in, p)
    line = per_pressure(struck(pump, state, given, pace, p_in, p + WINDOW), here)
    inlet = per_pressure(struck(pump, state, given, pace, p_in + WINDOW, p), here)
    holds = not (here.alarmed or line.alarmed or inlet.alarmed) and here.retained == 0.0
    return Map(holds=holds, p=p, p_in=p_in, here=here, line=line, inlet=inlet)


@inlined
def predicted(known: Map, dp: float, dq: float) -> Beat:
    """Return what a stroke does by its map, at distances from its pressures [Pa]."""
    here, line, inlet = known.here, known.line, known.inlet
    return Beat(
        pressure=here.pressure + (line.pressure * dp + inlet.pressure * dq),
        entered=here.entered + (line.entered * dp + inlet.entered * dq),
        delivered=here.delivered + (line.delivered * dp + inlet.delivered * dq),
        retained=0.0,
        peak=here.peak + (line.peak * dp + inlet.peak * dq),
        time=here.time,
        alarmed=False,
    )


@inlined
def noted(run: Run, p_in: float, peak: float, rows: Floats) -> Run:
    """Return a run whose present state has been written into the next row of the record."""
    row = run.rows
    rows[row, 0] = run.time
    rows[row, 1] = p_in
    rows[row, 2] = run.pressure
    rows[row, 3] = run.drawn
    rows[row, 4] = run.delivered
    rows[row, 5] = peak
    return Run(
        pressure=run.pressure,
        drawn=run.drawn,
        delivered=run.delivered,
        retained=run.retained,
        time=run.time,
        alarmed=run.alarmed,
        strokes=run.strokes,
        rows=row + 1,
    )


@inlined
def after(run: Run, beat: Beat, strokes: int) -> Run:
    """Return a run after something more, and the strokes begun by then."""
    return Run(
        pressure=beat.pressure,
        drawn=run.drawn + beat.entered,
        delivered=run.delivered + beat.delivered,
        retained=run.retained + beat.retained,
        time=run.time + beat.time,
        alarmed=beat.alarmed,
        strokes=strokes,
        rows=run.rows,
    )


@kernel
def beaten_on(
    pump: Pump, state: PumpState, rate: float, start: float, plan: Plan, alarm: float, rows: Floats
) -> tuple[Run, float]:
    """Return what the strokes of a plan do, recorded in the rows, and the fluid that stays in the line [m3].

    The other arguments are those of `strokes`.
    """
    body = temperature(pump.site)
    mu = viscosity(pump.drug, state.drug, body)
    lump = lumped(pump, state, mu)
    given = Setting(rate, mu, lump, force_limit(pump, state, mu, lump), alarm)
    full = pressure(pump.reservoir, state.reservoir, body)
    stiff = stiffness(pump.reservoir, state.reservoir, body)
    asked = stroke(pump.drive, state.drive, rate, full, start, mu)
    push = active_time(pump.drive, state.drive, rate, asked.period)
    run = Run(start, 0.0, 0.0, 0.0, 0.0, False, 0, 0)
    nothing = Beat(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, False)
    known = Map(False, 0.0, 0.0, nothing, nothing, nothing)
    peak = start
    if plan.wait > 0.0:
        # a wait is a stroke that pushes nothing
        waiting = paced(lump, asked.conductance, plan.wait, 0.0)
        run = after(run, beaten(given, waiting, 0.0, full, start), 0)
        run = noted(run, full, max(start, run.pressure), rows)
    pace = paced(lump, asked.conductance, push, asked.period - push)
    count = plan.strokes + (1 if plan.last > 0.0 else 0)
    left = plan.every
    for k in range(count):
        if run.alarmed:
            break
        if k == plan.strokes:
            pace = paced(lump, pace.leak, push, max(plan.last - push, 0.0))
            known = Map(False, 0.0, 0.0, nothing, nothing, nothing)
        p_in = full - stiff * run.drawn
        dp, dq = run.pressure - known.p, p_in - known.p_in
        if known.holds and abs(dp) + abs(dq) <= WINDOW:
            beat = predicted(known, dp, dq)
        else:
            beat = struck(pump, state, given, pace, p_in, run.pressure)
            if lump.gas == 0.0 and beat.retained == 0.0 and abs(beat.pressure - run.pressure) <= _QUIET * WINDOW:
                known = mapped(pump, state, given, pace, p_in, run.pressure)
        peak = max(peak, beat.peak)
        run = after(run, beat, k + 1)
        left -= 1
        if left == 0 or k == count - 1 or run.alarmed:
            left = plan.every
            run = noted(run, full - stiff * run.drawn, peak, rows)
            peak = run.pressure
    return run, stored(lump, run.pressure) - stored(lump, start)


def last_where(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Return the greatest number of a bracket at which something still holds that holds at its low end.

    Examples
    --------
    >>> round(last_where(lambda x: x * x < 2.0, 0.0, 2.0), 12)
    1.414213562373
    """
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if holds(middle):
            low = middle
        else:
            high = middle
    return low


def periodic(pump: Pump, state: PumpState, rate: float) -> float:
    """Return the line pressure [Pa] that a stroke at a programmed rate [m3/s] gives back; a shut line's is the limit.

    A stroke raises the pressure of a line that lies below it, and no other.

    Raises
    ------
    RuntimeError
        When the pressure rises or falls without end.
    """

    def rises(start: float) -> bool:
        return bool(strokes(pump, state, rate, start, 1).resolved.pressure[-1, 1] > start)

    low = high = lumped(pump, state, viscosity(pump.drug, state.drug, temperature(pump.site))).rest
    for k in range(_DOUBLINGS):
        if rises(high):
            low, high = high, high + 2.0**k * WINDOW
        elif not rises(low):
            low, high = low - 2.0**k * WINDOW, low
        else:
            return last_where(rises, low, high)
    raise RuntimeError(f"the line settles at no pressure between {low:g} and {high:g} Pa")


def strokes(
    pump: Pump,
    state: PumpState,
    rate: float,
    pressure: float,
    count: int,
    *,
    every: int = 1,
    wait: float = 0.0,
    last: float = 0.0,
    alarm: float = NEVER,
) -> Stroked:
    """Return what a pump does in a number of strokes at a constant programmed rate, while its parts stand still.

    Each stroke pushes its volume at a constant rate, or as much as the force of the drive allows, against the pressure
    that rises meanwhile; then pressure relaxes through the line and the leak of the drive. Both are closed forms.

    Parameters
    ----------
    pump, state : Pump, PumpState
        The device; its reservoir's pressure follows the volume drawn, by its stiffness.
    rate : float
        Programmed rate [m3/s].
    pressure : float
        Line pressure at the start [Pa].
    count : int
        Number of strokes; minutes for a drive without strokes.
    every : int
        Strokes per record; the end of the wait and of the run are always recorded.
    wait, last : float
        Times [s] before the first stroke, and of one more stroke that is cut short after its push; 0 for none.
    alarm : float
        Pressure [Pa] at the drive's end of the line at which the pump stops, within a stroke.

    Raises
    ------
    ValueError
        When a number is not what it can be.

    Notes
    -----
    The line is one store of fluid (`fluidics.engines.lump`), and a stroke starts with its push: times are right to a
    fraction of the push, and pressures to what the line's own ladder of stores and resistances makes of it.
    """
    _refuse(rate, pressure, count, every, wait, last)
    rows = np.empty((count // every + 3, _COLUMNS))
    plan = Plan(float(wait), int(count), float(last), int(every))
    run, kept = beaten_on(pump, state, float(rate), float(pressure), plan, float(alarm), rows)
    rows = rows[: run.rows]
    resolved = Resolved(
        time=rows[:, 0],
        pressure=rows[:, 1:3],
        volume=rows[:, 3:5],
        open=np.ones((run.rows, 2), dtype=np.int64),
        retained=run.retained,
        residual=run.drawn - run.delivered - kept,
        switches=0,
        rejected=0,
    )
    return Stroked(resolved, rows[:, 5], run.time if run.alarmed else math.inf, run.strokes)


def _refuse(rate: float, pressure: float, count: int, every: int, wait: float, last: float) -> None:
    if not 0.0 <= rate < math.inf:
        raise ValueError(f"a programmed rate of {rate!r} m3/s; it must be zero or more, and finite")
    if not abs(pressure) < math.inf:
        raise ValueError(f"a line pressure of {pressure!r} Pa at the start; it must be a finite number")
    if count < 0 or every < 1 or not 0.0 <= wait < math.inf or not 0.0 <= last < math.inf:
        raise ValueError(
            f"{count!r} strokes, recorded every {every!r}, after {wait!r} s and with {last!r} s of one more; "
            "none may be below zero, and every at least 1"
        )
    if count == 0 and wait == 0.0 and last == 0.0:
        raise ValueError("no strokes and no wait: there is nothing to do")
