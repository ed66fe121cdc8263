"""One stroke as a map from the pressure of the line before it to that after it; the line stands in
`fluidics.engines.lump`, many strokes in `fluidics.engines.stroke`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined, linked
from fluidics.engines.lump import Feed, Lump, Passed, at_drive, ceiling, fed, net_inflow, passed, reach, time_to
from fluidics.engines.timing import ALWAYS
from fluidics.pump import Pump, PumpState
from fluidics.questions import chamber, phases, stroke

NEVER = 1e300  # [Pa]: a pressure that nothing reaches


class Force(NamedTuple):
    """Where the force of a drive ends: it pushes no harder than from a pressure through a resistance."""

    limit: Annotated[float, "Pa"]
    resistance: Annotated[float, "Pa s/m3"]


class Setting(NamedTuple):
    """What stands still while strokes follow each other at one rate."""

    rate: Annotated[float, "m3/s"]  # programmed
    viscosity: Annotated[float, "Pa s"]
    lump: Lump
    force: Force
    alarm: Annotated[float, "Pa"]


class Pace(NamedTuple):
    """How strokes follow each other while rate and leak stand still."""

    leak: Annotated[float, "m3/(s Pa)"]  # between reservoir and the drive's end of the line
    idle: Feed  # what it makes of a source at zero
    push: Annotated[float, "s"]
    hold: Annotated[float, "s"]  # first part of the rest, until the wall goes back and the outlet shuts
    rest: Annotated[float, "s"]
    share: Annotated[float, "-"]  # of a whole stroke; less where the end of a run cuts a rotor's short
    per_time: Annotated[float, "1/s"]  # of the push
    per_push: Annotated[float, "Pa s/m3"]  # rise of pressure per net inflow, without gas
    per_hold: Annotated[float, "Pa s/m3"]
    per_rest: Annotated[float, "Pa s/m3"]


class Beat(NamedTuple):
    """What one stroke did, or the part of it before an alarm."""

    pressure: Annotated[float, "Pa"]
    entered: Annotated[float, "m3"]
    delivered: Annotated[float, "m3"]
    retained: Annotated[float, "m3"]
    peak: Annotated[float, "Pa"]  # at the drive's end of the line
    time: Annotated[float, "s"]
    alarmed: bool


@linked
def active_time(drive: Any, own: Any, rate: float, period: float) -> float:
    """Return how long [s] of each stroke the drive pushes; all of it when it never rests, or no phase says so."""
    time, moving = 0.0, 0.0
    for phase in phases(drive, own, rate):
        if phase.displaced + phase.carried > 0.0 or phase.outlet > 0.0:
            time += phase.duration
        if phase.displaced != 0.0 or phase.carried != 0.0:
            moving += phase.duration
    if moving >= ALWAYS * period or time == 0.0:
        return period
    return min(time, period)


@linked
def hold_time(drive: Any, own: Any, rate: float) -> float:
    """Return how long [s] a wall stays where its push ended before it goes back; none for a drive that has no wall."""
    time, pushed = 0.0, False
    for phase in phases(drive, own, rate):
        if phase.displaced < 0.0:
            return time
        if phase.displaced > 0.0:
            pushed = True
        elif pushed:
            time += phase.duration
    return 0.0


@inlined
def force_limit(pump: Pump, state: PumpState, viscosity: float, lump: Lump) -> Force:
    """Return the force of a drive behind its outlet, which takes its crack pressure and a little more for the flow."""
    drive = chamber(pump.drive, state.drive, viscosity)
    return Force(limit=drive.stall - drive.outlet.crack, resistance=lump.near + 1.0 / drive.outlet.conductance)


@linked
def paced(lump: Lump, leak: float, push: float, hold: float, rest: float, share: float) -> Pace:
    """Return the pace of strokes, or shares of one, that push, hold and rest for given times [s], with a leak."""
    back = leak / (1.0 + leak * lump.near)
    total = back + lump.out
    plain = Lump(lump.compliance, 0.0, lump.near, lump.out, lump.rest, lump.ambient)
    return Pace(
        leak=leak,
        idle=fed(lump, 0.0, back, 0.0),
        push=push,
        hold=hold,
        rest=rest,
        share=share,
        per_time=1.0 / push,
        per_push=reach(plain, 0.0, 0.0, total, push),
        per_hold=reach(plain, 0.0, 0.0, total, hold),
        per_rest=reach(plain, 0.0, 0.0, total, rest),
    )


@inlined
def feeding(lump: Lump, pace: Pace, flow: float, p_in: float) -> Feed:
    """Return what enters a lump while the drive pushes a flow [m3/s]; the leak sees the pressure of the drive's end."""
    idle = pace.idle
    return Feed(flow=flow, conductance=idle.conductance, source=p_in - lump.near * flow, back=idle.back, out=idle.out)


@inlined
def under(lump: Lump, feed: Feed, start: float, time: float, per_flow: float, ceiling: float) -> Passed:
    """Return what a lump does under a feed, with the rise per flow [Pa s/m3] that holds when there is no gas."""
    if lump.gas > 0.0:
        per_flow = reach(lump, start, net_inflow(lump, feed, start), feed.conductance + lump.out, time)
    return passed(lump, feed, start, time, per_flow, ceiling)


class Push(NamedTuple):
    """What a drive and its line did while it pushed."""

    passed: Passed
    retained: Annotated[float, "m3"]  # for want of force
    peak: Annotated[float, "Pa"]


@inlined
def followed(first: Push, second: Push) -> Push:
    """Return two pushes, one after the other, as one."""
    one, other = first.passed, second.passed
    both = Passed(
        pressure=other.pressure,
        entered=one.entered + other.entered,
        delivered=one.delivered + other.delivered,
        time=one.time + other.time,
        stopped=other.stopped,
    )
    return Push(both, first.retained + second.retained, max(first.peak, second.peak))


@linked
def forced(
    given: Setting, pace: Pace, rate: float, p_in: float, start: float, time: float, floor: float
) -> Push:
    """Return a push as hard as the drive can, or of nothing where the line presses harder, for want of a rate [m3/s].

    It ends early where the line falls to a floor [Pa].
    """
    lump, force = given.lump, given.force
    back = pace.idle.conductance
    open_valve = 1.0 / force.resistance if start < force.limit else 0.0
    total = open_valve + back
    source = (open_valve * force.limit + back * p_in) / total if total > 0.0 else p_in
    feed = fed(lump, 0.0, total, source)
    net = net_inflow(lump, feed, start)
    per_flow = reach(lump, start, net, total + lump.out, time)
    done = passed(lump, feed, start, time, per_flow, ceiling(lump, feed, given.alarm))
    if done.pressure < floor:
        time = min(time_to(lump, feed, start, floor), time)
        part = passed(lump, feed, start, time, (floor - start) / net, NEVER)
        done = Passed(floor, part.entered, part.delivered, time, False)
    pushed = 0.0
    if open_valve > 0.0:
        pushed = open_valve * ((force.limit - source) * done.time + done.entered / total)
    return Push(done, rate * done.time - pushed, max(at_drive(lump, feed, start), at_drive(lump, feed, done.pressure)))


@linked
def pushed(given: Setting, pace: Pace, rate: float, p_in: float, start: float) -> Push:
    """Return a push at a constant rate [m3/s], or as hard as the drive can where that is less.

    The net inflow never changes its sign meanwhile: a line that holds the force and is opened falls to where the rate
    is the less, one that is shut rises to where the force is.
    """
    lump = given.lump
    feed = feeding(lump, pace, rate, p_in)
    sounds = ceiling(lump, feed, given.alarm)
    stalls = given.force.limit - rate * given.force.resistance if rate > 0.0 else NEVER
    push, left, per_push = Push(Passed(start, 0.0, 0.0, 0.0, False), 0.0, start), pace.push, pace.per_push
    if start > stalls:
        push = forced(given, pace, rate, p_in, start, pace.push, stalls)
        start, left = push.passed.pressure, pace.push - push.passed.time
        per_push = reach(lump, start, net_inflow(lump, feed, start), feed.conductance + lump.out, left)
    if left > 0.0 and not push.passed.stopped:
        even = under(lump, feed, start, left, per_push, min(sounds, stalls))
        peak = max(at_drive(lump, feed, start), at_drive(lump, feed, even.pressure)) if even.time > 0.0 else start
        push = followed(push, Push(even, 0.0, peak))
        if even.stopped and stalls < sounds:
            push = followed(push, forced(given, pace, rate, p_in, even.pressure, left - even.time, -NEVER))
    return push


@linked
def volume_pushed(
    pump: Pump, state: PumpState, given: Setting, pace: Pace, p_in: float, p: float, before: float
) -> float:
    """Return the volume [m3] of a stroke against the pressure that it makes itself.

    What counts is the line's pressure when the outlet shuts. The drive is asked `before` the push and at the pressure
    that the programmed volume would make, and its answer taken as linear in between, as it is where a chamber's
    compliance takes its share: v(p_shut), p_shut = p + idle rise + rise per volume * v.
    """
    lump, limit = given.lump, given.force.limit
    nominal = given.rate * (pace.push + pace.rest) * pace.per_time
    idle = net_inflow(lump, feeding(lump, pace, 0.0, p_in), p)
    total = pace.idle.conductance + lump.out
    per_push, per_hold = pace.per_push, pace.per_hold
    if lump.gas > 0.0:
        per_push = reach(lump, p, idle + nominal, total, pace.push)
        per_hold = reach(lump, p, idle + nominal, total, pace.hold)
    probe = p + per_push * nominal
    if probe > limit:
        probe = 0.5 * (p + limit)
    span = probe - p
    if span == 0.0:
        return before
    change = pace.share * stroke(pump.drive, state.drive, given.rate, p_in, probe, given.viscosity).volume - before
    left = 1.0 - total * per_hold  # of the rise, after the hold
    gained = (left * per_push + per_hold) * idle
    return (before * span + change * gained) / (span - change * left * per_push * pace.per_time)


@linked
def beaten(given: Setting, pace: Pace, volume: float, p_in: float, start: float) -> Beat:
    """Return what one stroke does: it pushes a volume [m3] at a constant rate while it has the force, then rests."""
    lump = given.lump
    push = pushed(given, pace, volume * pace.per_time, p_in, start)
    end, entered, delivered, time, stopped = push.passed
    peak, retained = push.peak, push.retained
    if not stopped:
        idle = feeding(lump, pace, 0.0, p_in)
        rest = under(lump, idle, end, pace.rest, pace.per_rest, ceiling(lump, idle, given.alarm))
        peak = max(peak, at_drive(lump, idle, rest.pressure))
        entered, delivered = entered + rest.entered, delivered + rest.delivered
        end, time, stopped = rest.pressure, time + rest.time, rest.stopped
    return Beat(end, entered, delivered, retained, peak, time, stopped)


@linked
def struck(pump: Pump, state: PumpState, given: Setting, pace: Pace, p_in: float, p: float) -> Beat:
    """Return what one stroke does at a pressure of the reservoir and one of the line before it [Pa]."""
    asked = stroke(pump.drive, state.drive, given.rate, p_in, p, given.viscosity)
    if asked.conductance != pace.leak:
        pace = paced(given.lump, asked.conductance, pace.push, pace.hold, pace.rest, pace.share)
    volume = volume_pushed(pump, state, given, pace, p_in, p, pace.share * asked.volume)
    return beaten(given, pace, volume, p_in, p)
