"""An accumulator that one gate fills and another empties into the line; pushes at a given rate stand in
`fluidics.engines.beat`."""

from __future__ import annotations

from math import sqrt
from typing import Annotated, NamedTuple

from fluidics.compile import inlined, linked
from fluidics.elementary import exp, log
from fluidics.engines.lump import Passed
from fluidics.engines.pace import Pace, Push, Setting

_HALVINGS = 60
_UNIT = 1e5  # [Pa]: by which a linear law is sounded
_ROUNDS = 40  # until the chord of a gas has its end; four to ten do
_CLOSE = 1e-13  # [-]


class Two(NamedTuple):
    """Two stores that decay to one pressure: u = even + slow part exp(-slow t) + fast part exp(-fast t)."""

    even: Annotated[float, "Pa"]
    slow: Annotated[float, "1/s"]
    fast: Annotated[float, "1/s"]
    store: tuple[float, float]  # [Pa] slow and fast part of the accumulator
    line: tuple[float, float]  # [Pa] the same of the line
    end: tuple[float, float]  # [Pa] the same of the drive's end of the line


@linked
def joined(given: Setting, pace: Pace, height: float, p_in: float, start: float, kept: float) -> Two:
    """Return how accumulator, `height` [Pa] above the line, and line, which keeps C [m3/Pa], join through the gate.

    C_a da/dt = -G (a - p),    C dp/dt = G (a - p) - B (p - p_in) - (p - p_rest) / R_far,    1 / G = 1 / g + R_near
    """
    lump, back = given.lump, pace.idle.conductance
    total = back + lump.out
    even = (back * p_in + lump.out * lump.rest) / total if total > 0.0 else start
    lead = lump.near / (1.0 / given.store.gate + lump.near)
    through = 1.0 / (1.0 / given.store.gate + lump.near)
    empties, fills, drains = through / given.store.compliance, through / kept, total / kept
    middle = 0.5 * (empties + fills + drains)
    half = 0.5 * sqrt((empties - drains) * (empties - drains) + fills * (fills + 2.0 * (empties + drains)))
    fast = middle + half
    slow = empties * drains / fast
    above, line = start + height - even, start - even
    store_slow = (fast * above - empties * height) / (2.0 * half)
    line_slow = (fast * line + fills * height - drains * line) / (2.0 * half)
    store_fast, line_fast = above - store_slow, line - line_slow
    end = line_slow + lead * (store_slow - line_slow), line_fast + lead * (store_fast - line_fast)
    return Two(even, slow, fast, (store_slow, store_fast), (line_slow, line_fast), end)


@inlined
def seen(two: Two, part: tuple[float, float], time: float) -> float:
    """Return the pressure [Pa] of one of the two stores, or of the drive's end, after a time [s]."""
    return two.even + (part[0] * exp(-two.slow * time) + part[1] * exp(-two.fast * time))


@inlined
def seen_store(two: Two, time: float) -> float:
    """Return the pressure [Pa] of the accumulator after a time [s]."""
    return seen(two, two.store, time)


@linked
def highest(two: Two, time: float) -> float:
    """Return when [s], up to a time [s], the pressure of the drive's end is highest; it rises until then."""
    gains, loses = -two.end[1] * two.fast, two.end[0] * two.slow
    if gains <= max(loses, 0.0):
        return 0.0
    return min(log(gains / loses) / (two.fast - two.slow), time) if loses > 0.0 else time


@linked
def filled(given: Setting, pace: Pace, p_in: float, start: float, kept: float) -> float:
    """Return the pressure [Pa] to which the accumulator has been filled before it is emptied into the line.

    It fills from where the stroke before has left it, a_0 = p_in + x (a_1 - p_in), and that is taken to be where this
    one leaves it, a_1 = s + k (a_0 - p).
    """
    left = seen_store(joined(given, pace, 0.0, p_in, start, kept), pace.push)
    share = (seen_store(joined(given, pace, _UNIT, p_in, start, kept), pace.push) - left) / _UNIT
    x = given.store.unfilled
    return (p_in * (1.0 - x) + x * (left - share * start)) / (1.0 - share * x)


@linked
def alarmed(given: Setting, two: Two, time: float) -> tuple[float, float, bool]:
    """Return how long [s] of a time two stores go on, their highest pressure [Pa], and whether an alarm ends it.

    What falls first may rise in the end.
    """
    top = highest(two, time)
    peak = max(max(seen(two, two.end, 0.0), seen(two, two.end, top)), seen(two, two.end, time))
    if peak < given.alarm:
        return time, peak, False
    low, high = 0.0, top if seen(two, two.end, top) >= given.alarm else time
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if seen(two, two.end, middle) >= given.alarm:
            high = middle
        else:
            low = middle
    return high, max(seen(two, two.end, high), seen(two, two.end, 0.0)), True


@linked
def emptied(given: Setting, pace: Pace, p_in: float, start: float) -> Push:
    """Return the push of an accumulator that was filled from a pressure of the reservoir [Pa].

    Gas keeps as much as it does between both ends, J / ((p_0 + p_ambient) (p_1 + p_ambient)).

    Notes
    -----
    Exact for a line without gas. With gas, what goes out is right to 1 % behind a tip that is nearly shut, and to 1e-4
    where a push changes the absolute pressure by little. What a stroke before has left in an accumulator is taken to be
    what this one leaves; after a change of pressure that holds when strokes have settled.
    """
    lump, store = given.lump, given.store
    absolute = start + lump.ambient
    kept = lump.compliance + lump.gas / (absolute * absolute)
    height = filled(given, pace, p_in, start, kept) - start
    two = joined(given, pace, height, p_in, start, kept)
    time, peak, stopped = alarmed(given, two, pace.push)
    end = seen(two, two.line, time)
    if lump.gas > 0.0:
        for _ in range(_ROUNDS):
            before = end
            kept = lump.compliance + lump.gas / (absolute * max(end + lump.ambient, 1.0))
            height = filled(given, pace, p_in, start, kept) - start
            two = joined(given, pace, height, p_in, start, kept)
            time, peak, stopped = alarmed(given, two, pace.push)
            end = seen(two, two.line, time)
            if abs(end - before) <= _CLOSE * absolute:
                break
    left = seen_store(two, time)
    given_out = store.compliance * (start + height - left)
    rise = end - start
    idle, passing = pace.idle, given_out - lump.compliance * rise - lump.gas * rise / (absolute * (end + lump.ambient))
    entered = given_out + idle.conductance * (p_in - two.even) * time - idle.back * passing
    delivered = lump.out * (two.even - lump.rest) * time + idle.out * passing
    return Push(Passed(end, entered, delivered, time, stopped), 0.0, left, peak)
