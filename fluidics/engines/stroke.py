"""The stroke engine: one map per stroke with the pressure of the line as state, for occlusions, alarms, siphons and
bubbles over days to months; the line between strokes stands in `fluidics.engines.lump`."""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

import numpy as np

from fluidics.compile import inlined, kernel, linked
from fluidics.engines.lump import Feed, Lump, Passed, at_drive, ceiling, lumped, net_inflow, passed, reach, stored
from fluidics.network import Floats, Resolved
from fluidics.pump import Pump, PumpState
from fluidics.questions import chamber, phases, pressure, stiffness, stroke, temperature, viscosity

NEVER = 1e300  # [Pa]: an alarm pressure that nothing reaches
_MOST_STEPS = 20
_SAME = 1e-12  # [-]


class Force(NamedTuple):
    """Where the force of a drive ends: it pushes no harder than from a pressure through a conductance."""

    limit: Annotated[float, "Pa"]
    conductance: Annotated[float, "m3/s/Pa"]


class Pace(NamedTuple):
    """How strokes follow each other while rate and leak stand still."""

    leak: Annotated[float, "m3/s/Pa"]  # between reservoir and the drive's end of the line
    back: Annotated[float, "m3/s/Pa"]  # between reservoir and where the line stores
    push: Annotated[float, "s"]
    rest: Annotated[float, "s"]
    per_push: Annotated[float, "Pa s/m3"]  # rise of pressure per net inflow, without gas
    per_rest: Annotated[float, "Pa s/m3"]


class Plan(NamedTuple):
    """When strokes come: a wait, whole strokes, and one that is cut short after its push when its time is not zero."""

    wait: Annotated[float, "s"]
    strokes: int
    last: Annotated[float, "s"]
    every: int  # strokes per record


class Beat(NamedTuple):
    """What one stroke did, or the part of it before an alarm."""

    pressure: Annotated[float, "Pa"]
    entered: Annotated[float, "m3"]
    delivered: Annotated[float, "m3"]
    retained: Annotated[float, "m3"]
    peak: Annotated[float, "Pa"]  # at the drive's end of the line
    time: Annotated[float, "s"]
    alarmed: bool


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
def active_time(drive: Any, own: Any, rate: float, period: float) -> float:
    """Return how long [s] of each stroke the drive pushes; all of it when no phase says so."""
    time = 0.0
    for phase in phases(drive, own, rate):
        if phase.displaced + phase.carried > 0.0 or phase.outlet > 0.0:
            time += phase.duration
    return min(time, period) if time > 0.0 else period


@inlined
def force_limit(pump: Pump, state: PumpState, mu: float, lump: Lump) -> Force:
    """Return the force of a drive behind its outlet, which takes its crack pressure and a little more for the flow."""
    drive = chamber(pump.drive, state.drive, mu)
    return Force(
        limit=drive.stall - drive.outlet.crack, conductance=1.0 / (lump.near + 1.0 / drive.outlet.conductance)
    )


@inlined
def paced(lump: Lump, leak: float, push: float, rest: float) -> Pace:
    """Return the pace of strokes that push for a time and rest for another [s], with a leak [m3/(s Pa)]."""
    back = leak / (1.0 + leak * lump.near)
    total = back + lump.out
    plain = Lump(lump.compliance, 0.0, lump.near, lump.out, lump.rest, lump.ambient)
    return Pace(
        leak=leak,
        back=back,
        push=push,
        rest=rest,
        per_push=reach(plain, 0.0, 0.0, total, push),
        per_rest=reach(plain, 0.0, 0.0, total, rest),
    )


@inlined
def under(lump: Lump, feed: Feed, start: float, time: float, per_flow: float, ceiling: float) -> Passed:
    """Return what a lump does under a feed, with the rise per flow [Pa s/m3] that holds when there is no gas."""
    if lump.gas > 0.0:
        per_flow = reach(lump, start, net_inflow(lump, feed, start), feed.conductance + lump.out, time)
    return passed(lump, feed, start, time, per_flow, ceiling)


class Forced(NamedTuple):
    """What a lump did while the drive pushed as hard as it could."""

    passed: Passed
    pushed: Annotated[float, "m3"]
    peak: Annotated[float, "Pa"]


@linked
def forced(lump: Lump, force: Force, pace: Pace, p_in: float, start: float, time: float, alarm: float) -> Forced:
    """Return what a lump does while the drive pushes as hard as it can, or nothing where the line presses harder."""
    open_valve = force.conductance if start < force.limit else 0.0
    total = open_valve + pace.back
    source = (open_valve * force.limit + pace.back * p_in) / total if total > 0.0 else p_in
    feed = Feed(0.0, total, source)
    per_flow = reach(lump, start, net_inflow(lump, feed, start), total + lump.out, time)
    done = passed(lump, feed, start, time, per_flow, ceiling(lump, feed, alarm))
    pushed = 0.0
    if open_valve > 0.0:
        pushed = open_valve * ((force.limit - source) * done.time + done.entered / total)
    return Forced(done, pushed, max(at_drive(lump, feed, start), at_drive(lump, feed, done.pressure)))


@inlined
def volume_pushed(
    pump: Pump,
    state: PumpState,
    rate: float,
    mu: float,
    lump: Lump,
    force: Force,
    pace: Pace,
    p_in: float,
    p: float,
    before: float,
) -> float:
    """Return the volume [m3] of a stroke against the pressure that it makes itself.

    The drive is asked at the pressure before and at that after the push, and its answer taken as linear in between,
    as it is for what a chamber's compliance takes: v(p_end), p_end = p + (idle + v / t_push) per_push.
    """
    per_volume = pace.per_push / pace.push
    idle = pace.per_push * (pace.back * (p_in - p) + lump.out * (lump.rest - p))
    probe = p + per_volume * before
    if probe > force.limit:
        probe = 0.5 * (p + force.limit)
    span = probe - p
    if span == 0.0:
        return before
    change = stroke(pump.drive, state.drive, rate, p_in, probe, mu).volume - before
    return (before * span + change * idle) / (span - change * per_volume)


@inlined
def beaten(
    lump: Lump, force: Force, pace: Pace, volume: float, p_in: float, start: float, alarm: float
) -> Beat:
    """Return what one stroke does: it pushes a volume [m3] at a constant rate while it has the force, then rests."""
    rate = volume / pace.push
    feed = Feed(rate, pace.back, p_in - lump.near * rate)
    top = ceiling(lump, feed, alarm)
    stalls = force.limit - rate / force.conductance if rate > 0.0 else NEVER
    push = under(lump, feed, start, pace.push, pace.per_push, min(top, stalls))
    end, entered, delivered, time, stopped = push
    peak = max(at_drive(lump, feed, start), at_drive(lump, feed, end)) if time > 0.0 else start
    retained = 0.0
    if stopped and stalls < top:
        hard = forced(lump, force, pace, p_in, end, pace.push - time, alarm)
        peak = max(peak, hard.peak)
        retained = volume - rate * time - hard.pushed
        entered, delivered = entered + hard.passed.entered, delivered + hard.passed.delivered
        end, time, stopped = hard.passed.pressure, time + hard.passed.time, hard.passed.stopped
    if not stopped:
        idle = Feed(0.0, pace.back, p_in)
        rest = under(lump, idle, end, pace.rest, pace.per_rest, ceiling(lump, idle, alarm))
        peak = max(peak, at_drive(lump, idle, rest.pressure))
        entered, delivered = entered + rest.entered, delivered + rest.delivered
        end, time, stopped = rest.pressure, time + rest.time, rest.stopped
    return Beat(end, entered, delivered, retained, peak, time, stopped)


@inlined
def noted(
    run: Run, p_in: float, peak: float, times: Floats, pressures: Floats, volumes: Floats, peaks: Floats
) -> Run:
    """Return a run whose present state has been written into the next row of the record."""
    row = run.rows
    times[row] = run.time
    pressures[row, 0] = p_in
    pressures[row, 1] = run.pressure
    volumes[row, 0] = run.drawn
    volumes[row, 1] = run.delivered
    peaks[row] = peak
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
def after(run: Run, beat: Beat) -> Run:
    """Return a run with one more stroke."""
    return Run(
        pressure=beat.pressure,
        drawn=run.drawn + beat.entered,
        delivered=run.delivered + beat.delivered,
        retained=run.retained + beat.retained,
        time=run.time + beat.time,
        alarmed=beat.alarmed,
        strokes=run.strokes + 1,
        rows=run.rows,
    )


@kernel
def beaten_on(
    pump: Pump,
    state: PumpState,
    rate: float,
    start: float,
    plan: Plan,
    alarm: float,
    times: Floats,
    pressures: Floats,
    volumes: Floats,
    peaks: Floats,
) -> tuple[Run, float]:
    """Return what the strokes of a plan do, recorded in the arrays, and the fluid that stays in the line [m3].

    The other arguments are those of `strokes`.
    """
    body = temperature(pump.site)
    mu = viscosity(pump.drug, state.drug, body)
    lump = lumped(pump, state, mu)
    force = force_limit(pump, state, mu, lump)
    full = pressure(pump.reservoir, state.reservoir, body)
    stiff = stiffness(pump.reservoir, state.reservoir, body)
    asked = stroke(pump.drive, state.drive, rate, full, start, mu)
    push = active_time(pump.drive, state.drive, rate, asked.period)
    run = Run(start, 0.0, 0.0, 0.0, 0.0, False, 0, 0)
    peak = start
    if plan.wait > 0.0:
        # a wait is a stroke that pushes nothing
        waiting = paced(lump, asked.conductance, plan.wait, 0.0)
        run = after(run, beaten(lump, force, waiting, 0.0, full, start, alarm))
        run = noted(run, full, max(start, run.pressure), times, pressures, volumes, peaks)
    pace = paced(lump, asked.conductance, push, asked.period - push)
    count = plan.strokes + (1 if plan.last > 0.0 else 0)
    for k in range(count):
        if run.alarmed:
            break
        if k == plan.strokes:
            pace = paced(lump, pace.leak, push, max(plan.last - push, 0.0))
        p_in = full - stiff * run.drawn
        asked = stroke(pump.drive, state.drive, rate, p_in, run.pressure, mu)
        if asked.conductance != pace.leak:
            pace = paced(lump, asked.conductance, push, pace.rest)
        volume = volume_pushed(pump, state, rate, mu, lump, force, pace, p_in, run.pressure, asked.volume)
        beat = beaten(lump, force, pace, volume, p_in, run.pressure, alarm)
        peak = max(peak, beat.peak)
        run = after(run, beat)
        if (k + 1) % plan.every == 0 or k == count - 1 or run.alarmed:
            run = noted(run, full - stiff * run.drawn, peak, times, pressures, volumes, peaks)
            peak = run.pressure
    return run, stored(lump, run.pressure) - stored(lump, start)


def periodic(pump: Pump, state: PumpState, rate: float) -> float:
    """Return the line pressure [Pa] that a stroke at a programmed rate [m3/s] gives back.

    Steffensen's iteration: one step is exact where a stroke maps pressure to pressure linearly, as it does without gas
    and below the force limit.
    """
    here = lumped(pump, state, viscosity(pump.drug, state.drug, temperature(pump.site))).rest
    for _ in range(_MOST_STEPS):
        once = strokes(pump, state, rate, here, 1).resolved.pressure[-1, 1]
        twice = strokes(pump, state, rate, once, 1).resolved.pressure[-1, 1]
        first, bend = once - here, twice - 2.0 * once + here
        if abs(first) <= _SAME * max(abs(here), 1e3) or bend == 0.0:
            break
        here = here - first * first / bend
    return float(here)


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
    rows = count // every + 3
    times, peaks = np.empty(rows), np.empty(rows)
    pressures, volumes = np.empty((rows, 2)), np.empty((rows, 2))
    plan = Plan(float(wait), int(count), float(last), int(every))
    run, kept = beaten_on(
        pump, state, float(rate), float(pressure), plan, float(alarm), times, pressures, volumes, peaks
    )
    used = slice(0, run.rows)
    resolved = Resolved(
        time=times[used],
        pressure=pressures[used],
        volume=volumes[used],
        open=np.ones((run.rows, 2), dtype=np.int64),
        retained=run.retained,
        residual=run.drawn - run.delivered - kept,
        switches=0,
        rejected=0,
    )
    return Stroked(resolved, peaks[used], run.time if run.alarmed else math.inf, run.strokes)


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
