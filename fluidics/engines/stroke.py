"""The stroke engine: one map per stroke with the pressure of the line as state, for occlusions, alarms, siphons and
bubbles over days to months; the map of one stroke stands in `fluidics.engines.beat`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np

from fluidics.compile import closed, entry, inlined, kernel, linked, plain
from fluidics.engines.beat import Beat, beaten, struck
from fluidics.engines.lump import lumped
from fluidics.engines.nearby import WINDOW, Map, mapped, predicted
from fluidics.engines.pace import NEVER, Setting, active_time, hold_time, paced, setting
from fluidics.engines.sticking import SLIDING, Held, Stick, contents, slid, sticking, stuck
from fluidics.network import Floats, Resolved
from fluidics.pump import Pump, PumpState, Stroke
from fluidics.questions import pressure, stiffness, stroke, temperature, viscosity

_QUIET = 0.1  # [-]: of the window, below which a stroke moves so little that its map is worth keeping
FEW = 1000  # strokes that plain Python has done in a hundredth of the time that compiling takes
_COLUMNS = 6  # time, pressures of reservoir and line, volumes drawn and delivered, peak
_HALVINGS = 60
_DOUBLINGS = 30  # of the window: to a terapascal


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
    held: Held


class Stroked(NamedTuple):
    """What the stroke engine gives: nodes are reservoir and line, links what is drawn and what is delivered."""

    resolved: Resolved
    peak: Annotated[Floats, "Pa"]  # (r,) highest pressure at the drive's end of the line since the record before
    alarm: Annotated[float, "s"]  # when that reached the alarm pressure; infinite when it did not
    strokes: int  # begun
    held: Held  # at the end


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
        held=run.held,
    )


@inlined
def after(run: Run, beat: Beat, strokes: int, held: Held) -> Run:
    """Return a run after something more, with the strokes begun by then and what is held."""
    return Run(
        pressure=beat.pressure,
        drawn=run.drawn + beat.entered,
        delivered=run.delivered + beat.delivered,
        retained=run.retained + beat.retained,
        time=run.time + beat.time,
        alarmed=beat.alarmed,
        strokes=strokes,
        rows=run.rows,
        held=held,
    )


@linked
def waited(
    pump: Pump, state: PumpState, given: Setting, stick: Stick, asked: Stroke, p_in: float, run: Run, time: float
) -> Run:
    """Return a run after a wait [s], which is a stroke that pushes nothing, long after one of those that are asked."""
    lump, start = given.lump, run.pressure
    if run.held.pressure < NEVER:
        beat, held = stuck(pump, state, given, stick, p_in, start, run.held, time, 0.0)
    else:
        beat = beaten(given, paced(lump, asked.conductance, time, 0.0, 0.0, 1.0), 0.0, p_in - asked.crack, start)
        held = slid(lump, stick, p_in, beat.pressure, asked.volume, time)
    return after(run, beat, 0, held)


@kernel
def beaten_on(
    pump: Pump,
    state: PumpState,
    rate: float,
    start: float,
    alarm: float,
    wait: float,
    count: int,
    last: float,
    every: int,
    held: Held,
    rows: Floats,
) -> tuple[int, int, bool, float, float, float, Held]:
    """Return what `strokes` needs beside the rows that it records: how many there are, and of the run's end the rest.

    These are the strokes begun, whether the alarm sounded, when it ended [s], the fluid retained, what the balance
    lacks [m3], and what a plunger holds.
    """
    body = temperature(pump.site)
    mu = viscosity(pump.drug, state.drug, body)
    lump = lumped(pump, state, mu)
    given = setting(pump, state, rate, mu, lump, alarm)
    full = pressure(pump.reservoir, state.reservoir, body)
    stiff = stiffness(pump.reservoir, state.reservoir, body)
    asked = stroke(pump.drive, state.drive, rate, full, start, lump.ambient, mu)
    push = active_time(pump.drive, state.drive, rate, asked.period)
    run, begun = Run(start, 0.0, 0.0, 0.0, 0.0, False, 0, 0, held), held
    stick = sticking(pump, state, mu)
    nothing = Beat(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, False)
    known = Map(False, 0.0, 0.0, nothing, nothing, nothing)
    peak = start
    if wait > 0.0:
        run = waited(pump, state, given, stick, asked, full, run, wait)
        run = noted(run, full, max(start, run.pressure), rows)
    hold = min(hold_time(pump.drive, state.drive, rate), asked.period - push)
    pace = paced(lump, asked.conductance, push, hold, asked.period - push, 1.0)
    total = count + (1 if last > 0.0 else 0)
    left = every
    for k in range(total):
        if run.alarmed:
            break
        if k == count:
            share = min(last / push, 1.0)
            pace = paced(lump, pace.leak, share * push, hold, max(last - push, 0.0), share)
            known = Map(False, 0.0, 0.0, nothing, nothing, nothing)
        dp, dq = run.pressure - known.p, (full - known.p_in) - stiff * run.drawn
        if run.held.pressure < NEVER:
            p_in = full - stiff * run.drawn
            time = pace.push + pace.rest
            beat, held = stuck(pump, state, given, stick, p_in, run.pressure, run.held, time, pace.share)
        elif known.holds and abs(dp) + abs(dq) <= WINDOW:
            beat = predicted(known, dp, dq)
        else:
            p_in = full - stiff * run.drawn
            beat = struck(pump, state, given, pace, p_in, run.pressure)
            if lump.gas == 0.0 and beat.retained == 0.0 and abs(beat.pressure - run.pressure) <= _QUIET * WINDOW:
                known = mapped(pump, state, given, pace, p_in, run.pressure)
        peak = max(peak, beat.peak)
        if not run.held.pressure < NEVER:
            held = slid(lump, stick, full, beat.pressure, asked.volume, pace.rest)
        run = after(run, beat, k + 1, held)
        left -= 1
        if left == 0 or k == total - 1 or run.alarmed:
            left = every
            run = noted(run, full - stiff * run.drawn, peak, rows)
            peak = run.pressure
    kept = contents(lump, stick, run.pressure, run.held) - contents(lump, stick, start, begun)
    return run.rows, run.strokes, run.alarmed, run.time, run.retained, run.drawn - run.delivered - kept, run.held


_plainly: Callable[..., Any] = plain(beaten_on)
_ready: dict[tuple[type, ...], Callable[..., Any]] = {}  # the compiled kernel, by the kinds of parts and states


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
    held: Held = SLIDING,
) -> Stroked:
    """Return what a pump does in a number of strokes at a constant programmed rate, while its parts stand still.

    Each stroke pushes its volume at a constant rate, or as much as the force of the drive allows, against the pressure
    that rises meanwhile; where a gate lets fluid through or empties an accumulator, what both pressures allow. Then
    pressure relaxes through the line and the leak of the drive. All are closed forms.

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
        Times [s] before the first stroke, and of one more that is cut short, within its push too; 0 for none.
    alarm : float
        Pressure [Pa] at the drive's end of the line at which the pump stops, within a stroke.
    held : Held
        What a plunger holds that has stuck; it slides if not given.

    Raises
    ------
    ValueError
        When a number is not what it can be.

    Notes
    -----
    The line is one store of fluid (`fluidics.engines.lump`), and a stroke starts with its push: times are right to a
    fraction of the push. On 400 random lines behind a piston, volumes and end pressures are within 1 % of the exact
    engine where the line takes up a stroke below 50 kPa, in the median within 0.01 %; where it is as stiff as the
    piston's chamber they may be 10 % apart. A plunger slips in the stroke in which it does in the exact engine; what
    creeps in its drive is left behind in a line that keeps what comes, and follows at once in one that drains.
    """
    _refuse(rate, pressure, count, every, wait, last)
    record = np.empty((count // every + 3, _COLUMNS))
    given = (
        pump, state, float(rate), float(pressure), float(alarm), float(wait), count, float(last), every, held, record,
    )  # fmt: skip
    kinds = (*map(type, pump), *map(type, state))
    if count > FEW and kinds not in _ready:
        _ready[kinds] = entry(beaten_on, *given) if all(map(closed, (*pump, *state))) else beaten_on
    rows, begun, alarmed, end, retained, residual, held = _ready.get(kinds, _plainly)(*given)
    record = record[:rows]
    opened = np.empty((rows, 2), dtype=np.int64)
    opened.fill(1)
    resolved = Resolved(record[:, 0], record[:, 1:3], record[:, 3:5], opened, retained, residual, 0, 0)
    return Stroked(resolved, record[:, 5], end if alarmed else math.inf, begun, held)


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
