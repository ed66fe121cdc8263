"""A stretch of time at one programmed rate with every pressure resolved; the propagator of a piecewise-linear network
stands in `fluidics.engines.exact`, that of a smooth one in `fluidics.engines.rosenbrock`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from fluidics.circuit import CHAMBER, INLET, LINE, OUTLET, RESERVOIR, Circuit, carries, circuit, schedule
from fluidics.engines.exact import resolve
from fluidics.engines.recorded import Recorded
from fluidics.engines.rosenbrock import integrate
from fluidics.engines.timing import ALWAYS, Timing, active, between, lasting, stopped, timing, turning
from fluidics.engines.watch import NEVER
from fluidics.lines.gas import pressure_of
from fluidics.network import Floats, Ints, Network, Resolved, Schedule
from fluidics.pump import Pump, PumpState
from fluidics.questions import encloses, strokes

SEGMENTS = 3  # of the line
NODES = ("reservoir", "chamber", *(f"line_{k + 1}" for k in range(SEGMENTS)), "tip")
LINKS = ("inlet", "outlet", *(f"line_{k + 1}" for k in range(SEGMENTS)), "tip")
TIP = OUTLET + SEGMENTS + 1  # link from the tip to the site
_ROUNDING = 1e-9  # [-]: of a stroke


Part = tuple[Schedule, int, Resolved]  # a stage, how often it was repeated, what came of it


class Fast(NamedTuple):
    """What is kept from one stretch to the next."""

    network: Network
    pressure: Floats  # (n,) [Pa]
    open: Ints  # (m,)
    due: float  # [-] of the next stroke
    time: float  # [s] of the last stretch
    home: Schedule | None  # way back of a wall that an alarm stopped on its way; none when it is home


def _stored(network: Network, pressure: Floats) -> Floats:
    """Return the fluid in each node [m3], up to a constant: what trapped gas leaves of the room that pressure makes."""
    return network.compliance * pressure - network.gas / np.maximum(pressure + network.ambient, 1.0)


def settled(before: Network, after: Network, pressure: Floats) -> Floats:
    """Return the pressures [Pa] of the same fluid in a network whose compliance, gas or atmosphere has changed."""
    same = before.ambient == after.ambient and np.array_equal(before.compliance, after.compliance)
    if same and np.array_equal(before.gas, after.gas):
        return pressure
    rooms = zip(_stored(before, pressure), after.compliance, after.gas, strict=True)
    return np.array([pressure_of(stored, wall, gas, after.ambient) for stored, wall, gas in rooms])


def _grown(network: Network, time: float) -> Network:
    """Return a network with the gas that was made in a time [s]."""
    return network._replace(gas=network.gas + network.growth * time)


def _started(made: Circuit, fast: Fast | None) -> Fast:
    """Return what a stretch begins with: what the last one left, in the network that is now."""
    if fast is None:
        shut = np.zeros(made.network.kind.shape[0], dtype=np.int64)
        return Fast(made.network, made.pressure.copy(), shut, 1.0, 0.0, None)
    # gas that was made is in the state, unless that stands still
    still = np.array_equal(fast.network.gas, made.network.gas)
    before = fast.network if still else _grown(fast.network, fast.time)
    pressure = settled(before, made.network, fast.pressure)
    pressure[RESERVOIR] = made.pressure[RESERVOIR]
    return fast._replace(network=made.network, pressure=pressure)


def resolved(pump: Pump, state: PumpState, rate: float, span: float, fast: Fast | None, alarm: float) -> Recorded:
    """Return a stretch of `span` [s] at a programmed rate [m3/s], or a little more when a stroke has to be ended.

    Parameters
    ----------
    pump, state : Pump, PumpState
        The device; its slow states stand still.
    rate : float
        Programmed rate [m3/s].
    span : float
        Length of the stretch [s].
    fast : Fast, optional
        What the last stretch left; a pump at rest that strokes at once if not given.
    alarm : float
        Pressure at the drive's end of the line [Pa] at which the stretch ends.
    """
    pushes = not carries(pump.drive, state.drive, rate)
    made = circuit(pump, state, not pushes, SEGMENTS, rate)
    stroke = schedule(made.network, pump.drive, state.drive, rate)
    rest = schedule(made.network, pump.drive, state.drive, 0.0)
    now = _started(made, fast)
    due, home = now.due, [] if now.home is None else [(now.home, 1)]
    back = float(sum(stage.duration.sum() for stage, _ in home))
    stages, plan = _staged(stroke, rest, rate, due, max(span - back, 0.0))
    parts: list[Part] = []
    alarmed = False
    for k, (stage, count) in enumerate([*home, *stages]):
        comes_home = k < len(home)
        part = _run(now, stage, count, made.carries or comes_home, NEVER if comes_home else alarm)
        parts.append((stage, count, part))
        alarmed, net = part.alarmed, _grown(now.network, part.time[-1])
        now = now._replace(network=net, pressure=part.pressure[-1].copy(), open=part.open[-1].copy())
        if alarmed:
            break
    elapsed = float(sum(part.time[-1] for _, _, part in parts)) - back
    begun = _begun(plan, stroke, elapsed) if strokes(pump.drive, rate) > 0.0 else 0.0
    missed = alarmed and rate > 0.0
    left = now._replace(
        network=made.network,
        time=elapsed + back,
        due=stopped(plan, due, float(stroke.duration.sum()), elapsed) if missed else plan.due,
        home=_homeward(parts[-1], made.network) if missed and pushes else None,
    )
    found = _joined(parts, made, left, begun, alarmed)
    return found._replace(drawn=found.volume[:, OUTLET]) if encloses(pump.drive) > 0.0 else found


def _homeward(last: Part, net: Network) -> Schedule | None:
    """Return the way back of a wall that was stopped within a stroke, None where it is home or has none.

    It comes home as its stroke would have let it, from where it has come to.
    """
    stage, _, part = last
    period, now = float(stage.duration.sum()), float(part.time[-1])
    begun = max(math.ceil(now / period - _ROUNDING) - 1, 0) * period
    out = _moved(stage, 1, np.array([now - begun]), CHAMBER)[0]
    if len(walls := _walls(net)):
        kept = np.append(0.0, part.volume[:, walls[0]])
        out -= kept[-1] - np.interp(begun, np.append(0.0, part.time), kept)
    rest = between(stage, now - begun, period)
    way = rest.source[:, CHAMBER] < 0.0
    if out <= 0.0 or not way.any():
        return None
    source = np.where(np.arange(rest.source.shape[1]) == CHAMBER, rest.source, 0.0)[way]
    back = -float(rest.duration[way] @ source[:, CHAMBER])
    return Schedule(rest.duration[way], source * (out / back), rest.gates[way])


def _turns(stroke: Schedule) -> bool:
    """Return whether a drive moves all the time, as a rotor does."""
    return active(stroke) >= ALWAYS * float(stroke.duration.sum())


def _begun(plan: Timing, stroke: Schedule, elapsed: float) -> float:
    """Return the strokes begun in a time [s]; of a drive that moves all the time those that it turned, in fractions."""
    if _turns(stroke):
        return elapsed / float(stroke.duration.sum())
    due = math.ceil((elapsed - plan.wait) / float(stroke.duration.sum()) - _ROUNDING)
    return float(min(max(due, 0), plan.strokes + int(plan.last > 0.0)))


def _staged(
    stroke: Schedule, rest: Schedule, rate: float, due: float, span: float
) -> tuple[list[tuple[Schedule, int]], Timing]:
    """Return the stages of a stretch, each with how often it is repeated, and when the drive strokes in it."""
    period = float(stroke.duration.sum())
    if rate > 0.0 and _turns(stroke):
        plan = turning(period, due, span)
        head = between(stroke, due % 1.0 * period, due % 1.0 * period + plan.wait)
    else:
        plan = timing(period, active(stroke), due, span) if rate > 0.0 else Timing(span, 0, 0.0, due, span)
        head = lasting(rest, plan.wait)
    tail = between(stroke, 0.0, plan.last)
    stages = [(head, int(plan.wait > 0.0)), (stroke, plan.strokes), (tail, int(plan.last > 0.0))]
    return [(stage, count) for stage, count in stages if count], plan


def _walls(net: Network) -> Ints:
    """Return the links by which a wall gives way that the drive pushes."""
    return np.flatnonzero(net.stop > len(net.compliance))


def _run(now: Fast, stage: Schedule, count: int, carrying: bool, alarm: float) -> Resolved:
    net, walls = now.network, _walls(now.network)
    relief = int(walls[0]) if len(walls) and not carrying else -1
    if net.gas.any() or net.loss.any() or net.lift.any():
        return integrate(net, stage, count, now.pressure, now.open, relief=relief, watch=LINE, alarm=alarm)
    return resolve(net, stage, count, now.pressure, now.open, relief=relief, watch=LINE, alarm=alarm)


def _moved(stage: Schedule, count: int, time: Floats, node: int) -> Floats:
    """Return the volume [m3] that a drive has brought into a node at each time [s] since a stage began."""
    edges, volume = (
        np.append(0.0, np.cumsum(np.tile(column, count)))
        for column in (stage.duration, stage.source[:, node] * stage.duration)
    )
    return np.interp(time, edges, volume)


def _joined(parts: list[Part], made: Circuit, fast: Fast, begun: float, alarmed: bool) -> Recorded:
    """Return the stages of a stretch as one."""
    times, pressures, volumes, opens, drawn = [], [], [], [], []
    at, passed, taken = 0.0, np.zeros(len(made.network.kind)), 0.0
    relieved = made.carries and made.network.stop[-1] == RESERVOIR
    for stage, count, part in parts:
        moved = -_moved(stage, count, part.time, RESERVOIR)
        through = part.volume[:, INLET] - (part.volume[:, -1] if relieved else 0.0)
        times.append(at + part.time)
        pressures.append(part.pressure)
        volumes.append(passed + part.volume)
        opens.append(part.open)
        drawn.append(taken + through + moved)
        at, passed, taken = times[-1][-1], volumes[-1][-1], drawn[-1][-1]
    volume = np.concatenate(volumes)
    late = ("creep",) if len(made.network.compliance) > len(NODES) else ()
    return Recorded(
        NODES + late,
        (*LINKS, *late, "force_limit")[: volume.shape[1]],
        np.concatenate(times),
        np.concatenate(pressures),
        volume,
        np.concatenate(opens),
        np.concatenate(drawn),
        volume[:, TIP],
        begun,
        sum(part.residual for _, _, part in parts),
        sum(part.switches for _, _, part in parts),
        alarmed,
        fast,
    )
