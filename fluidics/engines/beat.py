"""One stroke as a map from the pressure of the line before it to that after it; the line stands in
`fluidics.engines.lump`, what strokes have in common in `fluidics.engines.pace`, many in `fluidics.engines.stroke`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined, linked
from fluidics.engines.accumulator import emptied
from fluidics.engines.lump import Feed, Lump, Passed, at_drive, ceiling, fed, net_inflow, passed, reach, time_to
from fluidics.engines.modes import decayed
from fluidics.engines.pace import NEVER, Force, Pace, Push, Setting, feeding, paced
from fluidics.pump import Pump, PumpState
from fluidics.questions import stroke

NEARBY = 1e3  # [Pa]: to where a drive is asked how its volume falls


class Beat(NamedTuple):
    """What one stroke did, or the part of it before an alarm."""

    pressure: Annotated[float, "Pa"]
    entered: Annotated[float, "m3"]
    delivered: Annotated[float, "m3"]
    retained: Annotated[float, "m3"]
    peak: Annotated[float, "Pa"]  # at the drive's end of the line
    time: Annotated[float, "s"]
    alarmed: bool


@inlined
def under(lump: Lump, feed: Feed, start: float, time: float, per_flow: float, ceiling: float) -> Passed:
    """Return what a lump does under a feed, with the rise per flow [Pa s/m3] that holds when there is no gas."""
    if lump.gas > 0.0:
        per_flow = reach(lump, start, net_inflow(lump, feed, start), feed.conductance + lump.out, time)
    return passed(lump, feed, start, time, per_flow, ceiling)


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
    return Push(both, first.retained + second.retained, 0.0, max(first.peak, second.peak))


@linked
def forced(
    given: Setting, pace: Pace, force: Force, rate: float, p_in: float, start: float, time: float, floor: float
) -> Push:
    """Return a push by a force that does not reach a rate [m3/s]; of nothing where the line presses harder.

    It ends early where the line falls to a floor [Pa].
    """
    lump, back = given.lump, pace.idle.conductance
    open_valve = 1.0 / force.resistance if start < force.limit or force.returns else 0.0
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
    peak = max(at_drive(lump, feed, start), at_drive(lump, feed, done.pressure))
    return Push(done, rate * done.time - pushed, 0.0, peak)


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
    push, left, per_push = Push(Passed(start, 0.0, 0.0, 0.0, False), 0.0, 0.0, start), pace.push, pace.per_push
    if start > stalls:
        push = forced(given, pace, given.force, rate, p_in, start, pace.push, stalls)
        start, left = push.passed.pressure, pace.push - push.passed.time
        per_push = reach(lump, start, net_inflow(lump, feed, start), feed.conductance + lump.out, left)
    if left > 0.0 and not push.passed.stopped:
        even = under(lump, feed, start, left, per_push, min(sounds, stalls))
        peak = max(at_drive(lump, feed, start), at_drive(lump, feed, even.pressure)) if even.time > 0.0 else start
        push = followed(push, Push(even, 0.0, 0.0, peak))
        if even.stopped and stalls < sounds:
            push = followed(push, forced(given, pace, given.force, rate, p_in, even.pressure, left - even.time, -NEVER))
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
    there = stroke(pump.drive, state.drive, given.rate, p_in, probe, lump.ambient, given.viscosity)
    change = pace.share * there.volume - before
    left = 1.0 - total * per_hold  # of the rise, after the hold
    gained = (left * per_push + per_hold) * idle
    return (before * span + change * gained) / (span - change * left * per_push * pace.per_time)


@linked
def let_through(
    pump: Pump, state: PumpState, given: Setting, pace: Pace, p_in: float, start: float, volume: float
) -> Push:
    """Return the push of a drive whose inlet is held open, from the volume [m3] at the pressure of the start.

    By how much that falls with the pressure of the line is the conductance of the open way.
    """
    time = pace.push / pace.share
    less = stroke(pump.drive, state.drive, given.rate, p_in, start + NEARBY, given.lump.ambient, given.viscosity).volume
    conductance = (volume - less) / (NEARBY * time)
    if conductance <= 0.0:
        return pushed(given, pace, volume / time, p_in, start)
    way = Force(start + volume / (conductance * time), given.lump.near + 1.0 / conductance, True)
    done = forced(given, pace, way, 0.0, p_in, start, pace.push, -NEVER)
    return Push(done.passed, 0.0, 0.0, done.peak)


@linked
def rested(given: Setting, pace: Pace, push: Push, p_in: float) -> Beat:
    """Return what a push and the rest after it did."""
    lump, store = given.lump, given.store
    end, entered, delivered, time, stopped = push.passed
    peak, retained = push.peak, push.retained
    if not stopped:
        idle, per_rest = feeding(lump, pace, 0.0, p_in), pace.per_rest
        if store.seep > 0.0:
            # what the accumulator has kept goes on to leak into the line, and fades
            seep = store.seep * decayed(store.fade * pace.rest).mean
            total = idle.conductance + seep
            idle = fed(lump, 0.0, total, (idle.conductance * p_in + seep * push.store) / total)
            per_rest = reach(lump, end, net_inflow(lump, idle, end), total + lump.out, pace.rest)
        rest = under(lump, idle, end, pace.rest, per_rest, ceiling(lump, idle, given.alarm))
        peak = max(peak, at_drive(lump, idle, rest.pressure))
        entered, delivered = entered + rest.entered, delivered + rest.delivered
        end, time, stopped = rest.pressure, time + rest.time, rest.stopped
    return Beat(end, entered, delivered, retained, peak, time, stopped)


@linked
def beaten(given: Setting, pace: Pace, volume: float, p_in: float, start: float) -> Beat:
    """Return what one stroke does: it pushes a volume [m3] at a constant rate while it has the force, then rests."""
    return rested(given, pace, pushed(given, pace, volume * pace.per_time, p_in, start), p_in)


@linked
def run_on(given: Setting, pace: Pace, volume: float, p_in: float, source: float, start: float) -> Beat:
    """Return what a stroke does that adds a volume [m3] to what a source [Pa] pushes through open valves.

    A push that is stronger than the flow shuts them and stands in for it meanwhile.
    """
    through = pace.idle.conductance * (source - start) * pace.push
    if volume <= through:
        return beaten(given, pace, volume, source, start)
    shut = paced(given.lump, 0.0, pace.push, pace.hold, pace.rest, pace.share)
    return rested(given, pace, pushed(given, shut, (volume + through) * pace.per_time, p_in, start), source)


@linked
def struck(pump: Pump, state: PumpState, given: Setting, pace: Pace, p_in: float, p: float) -> Beat:
    """Return what one stroke does at a pressure of the reservoir and one of the line before it [Pa]."""
    asked = stroke(pump.drive, state.drive, given.rate, p_in, p, given.lump.ambient, given.viscosity)
    if asked.conductance != pace.leak:
        pace = paced(given.lump, asked.conductance, pace.push, pace.hold, pace.rest, pace.share)
    if asked.crack > 0.0:
        return run_on(given, pace, pace.share * asked.volume, p_in, p_in - asked.crack, p)
    if given.store.compliance > 0.0 and asked.volume != 0.0:
        push = emptied(given, pace, p_in, p)
    elif given.straight:
        push = let_through(pump, state, given, pace, p_in, p, asked.volume)
    else:
        volume = volume_pushed(pump, state, given, pace, p_in, p, pace.share * asked.volume)
        push = pushed(given, pace, volume * pace.per_time, p_in, p)
    return rested(given, pace, push, p_in)
