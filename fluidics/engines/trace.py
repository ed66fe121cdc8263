"""One device through hours or days of a programme, by any engine, while the world around it may change; the engines
themselves stand beside this file, programmes in `fluidics.programmes.programme`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from fluidics.engines.operating import operated
from fluidics.engines.recorded import Recorded, still
from fluidics.engines.rungs import ENGINES, Engine
from fluidics.network import Floats, Ints
from fluidics.programmes.programme import Programme, pieces
from fluidics.pump import Level, Pump, PumpState, Surroundings, advanced, longest_panel
from fluidics.questions import aggregate, usable
from fluidics.rows import pack, slots, unpack
from fluidics.sites.blockage import Blocked

LONGEST = 3600.0  # [s]: for which the slow states of the parts stand still
SHORTEST = 1e-3  # [s]
_NOTHING = 1e-6  # [s]
EMPTY = 1e-3  # [-]: of what a stretch draws, to which it ends with the reservoir
SOONEST = 1.0  # [s] after an alarm that somebody answers it
NEVER = 1e300


class Change(NamedTuple):
    """A number of the pump that takes another value at a time."""

    time: float  # [s]
    slot: str  # dotted name, such as "reservoir.ambient"
    value: float  # SI


class Blockage(NamedTuple):
    """A resistance that is put in front of the site at a time; zero takes it away."""

    time: float  # [s]
    resistance: float  # [Pa s/m3]


class Event(NamedTuple):
    """Something that happened."""

    time: float  # [s]
    name: str
    value: float


class Trace(NamedTuple):
    """What a device did, at r times; volumes count from the start."""

    engine: str
    time: Floats  # (r,) [s]
    programmed: Floats  # (r,) [m3]
    node_names: tuple[str, ...]
    pressure: Floats  # (r, n) [Pa] relative to the atmosphere
    link_names: tuple[str, ...]
    volume: Floats  # (r, m) [m3] through each link
    open: Ints  # (r, m) 1 where a link is open
    drawn: Floats  # (r,) [m3] from the reservoir
    delivered: Floats  # (r,) [m3] to the site
    events: tuple[Event, ...]
    strokes: int
    switches: int  # times that valves opened or shut
    residual: float  # [m3] that the balance of fluid lacks
    state: PumpState  # at the end


def traced(
    pump: Pump,
    state: PumpState,
    programme: Programme,
    span: float,
    engine: str,
    changes: Sequence[Change] = (),
    blockages: Sequence[Blockage] = (),
    alarm: float = NEVER,
    answer: float = NEVER,
) -> Trace:
    """Return what a device does in `span` [s] of a programme.

    The engine follows pressure and flow; what moves in hours and more (the volume drawn, aggregate, deposits, a closing
    tip, the battery) stands still for a stretch and is then advanced with the mean of what the engine saw. A stretch
    ends at each change, at each step of the programme and where a part asks for it, after an hour at the latest. Where
    the reservoir runs empty the pump stops, and fluid goes on to leave it by no way.

    Parameters
    ----------
    pump, state : Pump, PumpState
        The device.
    programme : Programme
        What is programmed.
    span : float
        Length of the trace [s].
    engine : str
        One of `fluidics.engines.rungs.ENGINES`.
    changes : sequence of Change
        Numbers of the pump that take other values at given times.
    blockages : sequence of Blockage
        Resistances put in front of the site at given times.
    alarm : float
        Pressure at the drive's end of the line [Pa] at which the pump alarms and stops; never if not given.
    answer : float
        Time [s] after which an alarm is answered; the pump then goes on with its programme, and what it missed stays
        missed. Nothing else is done: it may alarm again, at once where the pressure has not fallen. Never if not given.

    Raises
    ------
    ValueError
        When a change names no number of the pump, a time lies outside the trace, the programme ends before it, or an
        answer comes sooner than in a second.
    RuntimeError
        When an engine does not converge.
    """
    _refuse(pump, programme, span, changes, blockages)
    if not answer >= SOONEST:
        raise ValueError(f"an alarm answered after {answer!r} s; give at least {SOONEST:g} s")
    numbers, names = pack(pump), slots(pump)
    resistance = 0.0
    parts: list[tuple[float, Recorded]] = []
    events: list[Event] = []
    now, fast, stopped, until, dry = 0.0, None, False, 0.0, False
    changed = defaultdict(list)
    for change in changes:
        changed[change.time].append(change)
    cuts = sorted({0.0, span, *changed, *(b.time for b in blockages)})
    for begin, end in pairwise(cuts):
        for change in changed.get(begin, ()):
            numbers[names.index(change.slot)] = change.value
            events.append(Event(begin, change.slot, change.value))
        for blockage in (b for b in blockages if b.time == begin):
            resistance = blockage.resistance
            events.append(Event(begin, "blockage" if resistance > 0.0 else "release", resistance))
        device = unpack(pump, numbers)
        if blockages:
            device = device._replace(site=Blocked(device.site, resistance))
        for _, stop, rate in pieces(programme, begin, end):
            while stop - now > _NOTHING:
                if stopped and until - now <= _NOTHING:
                    stopped = False
                    events.append(Event(now, "answered", 0.0))
                here = 0.0 if stopped else rate
                around = _around(device, state, here)
                stretch = _stretch(device, state, around, (min(stop, until) if stopped else stop) - now)
                part = (
                    still(parts[-1][1], stretch)
                    if dry and around.flow > 0.0
                    else _filled(ENGINES[engine], device, state, here, stretch, fast, NEVER if stopped else alarm)
                )
                took = float(part.time[-1])
                if took > 0.0 or not parts:
                    parts.append((now, part))
                if took > 0.0:
                    state = advanced(device, state, took, _seen(around, part))
                now, fast = now + took, part.fast
                dry = dry or not usable(device.reservoir, state.reservoir) > EMPTY * float(part.drawn[-1])
                if not stopped and (part.alarmed or dry):
                    stopped, until = True, NEVER if dry else now + answer
                    alarmed = Event(now, "alarm", alarm)
                    events.append(alarmed if part.alarmed else Event(now, "reservoir empty", 0.0))
    return _joined(engine, programme, parts, events, state)


def _filled(
    engine: Engine, pump: Pump, state: PumpState, rate: float, span: float, fast: Any, alarm: float
) -> Recorded:
    """Return a stretch of a pump, shortened where it would draw more than the reservoir holds."""
    left = usable(pump.reservoir, state.reservoir)
    while True:
        part = engine(pump, state, rate, span, fast, alarm)
        drawn = float(part.drawn[-1])
        if not np.isfinite(drawn + part.delivered[-1]):
            raise RuntimeError(f"{span:g} s at {rate!r} m3/s: the flow is not finite; look at the numbers of the pump")
        if not 0.0 < left < (1.0 - EMPTY) * drawn or span <= SHORTEST:
            return part
        span = max(min(span, float(part.time[-1])) * left / drawn, SHORTEST)


def _refuse(
    pump: Pump, programme: Programme, span: float, changes: Sequence[Change], blockages: Sequence[Blockage]
) -> None:
    if not 0.0 < span < NEVER:
        raise ValueError(f"a trace of {span!r} s; its length must be above zero and finite")
    if span > programme.length:
        raise ValueError(f"a trace of {span:g} s; the programme says nothing after {programme.length:g} s")
    known = slots(pump)
    for change in changes:
        if change.slot not in known:
            raise ValueError(f"change at {change.time:g} s: the pump has no number '{change.slot}'")
        if not np.isfinite(change.value):
            raise ValueError(f"change at {change.time:g} s: {change.slot} is {change.value!r}; give a finite number")
    for time in [*(change.time for change in changes), *(blockage.time for blockage in blockages)]:
        if not 0.0 <= time < span:
            raise ValueError(f"a change at {time:g} s: its time must lie within the trace of {span:g} s")


def _around(pump: Pump, state: PumpState, rate: float) -> Surroundings:
    off = Level(0.0, 0.0)
    return operated(pump, state, (Level(rate, 1.0), off, off, off), aggregate(pump.drug, state.drug), 1.0)


def _stretch(pump: Pump, state: PumpState, around: Surroundings, left: float) -> float:
    """Return how long [s] the slow states of the parts may stand still."""
    return min(left, max(min(LONGEST, longest_panel(pump, state, around)), SHORTEST))


def _seen(around: Surroundings, part: Recorded) -> Surroundings:
    """Return the surroundings with what the engine saw."""
    dt = float(part.time[-1])
    return around._replace(flow=float(part.drawn[-1]) / dt, strokes=part.strokes / dt)


def _asked(programme: Programme, time: Floats) -> Floats:
    """Return the volume [m3] programmed from the start to each time [s]."""
    steps = list(pieces(programme, 0.0, float(time[-1])))
    edges = np.array([0.0, *(stop for _, stop, _ in steps)])
    volume = np.array([0.0, *(rate * (stop - start) for start, stop, rate in steps)])
    return np.interp(time, edges, np.cumsum(volume))


def _joined(
    engine: str, programme: Programme, parts: list[tuple[float, Recorded]], events: list[Event], state: PumpState
) -> Trace:
    """Return the stretches as one."""
    first = parts[0][1]
    passed, drawn, delivered = np.zeros(first.volume.shape[1]), 0.0, 0.0
    columns: list[list[Any]] = [[], [], [], []]
    for now, part in parts:
        rows = (now + part.time, passed + part.volume, drawn + part.drawn, delivered + part.delivered)
        for column, more in zip(columns, rows, strict=True):
            column.append(more)
        passed, drawn, delivered = rows[1][-1], float(rows[2][-1]), float(rows[3][-1])
    time, volume, out, reached = (np.concatenate(column) for column in columns)
    return Trace(
        engine,
        time,
        _asked(programme, time),
        first.node_names,
        np.concatenate([part.pressure for _, part in parts]),
        first.link_names,
        volume,
        np.concatenate([part.open for _, part in parts]),
        out,
        reached,
        tuple(events),
        round(sum(part.strokes for _, part in parts)),
        sum(part.switches for _, part in parts),
        sum(part.residual for _, part in parts),
        state,
    )
