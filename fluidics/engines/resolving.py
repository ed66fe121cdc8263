"""A stretch of time at one programmed rate with every pressure resolved; the propagator of a piecewise-linear network
stands in `fluidics.engines.exact`, that of a smooth one in `fluidics.engines.rosenbrock`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from fluidics.circuit import INLET, LINE, OUTLET, RESERVOIR, Circuit, carries, circuit, schedule
from fluidics.engines.exact import resolve
from fluidics.engines.recorded import Recorded
from fluidics.engines.rosenbrock import integrate
from fluidics.engines.timing import ALWAYS, Timing, active, between, lasting, timing, turning
from fluidics.network import Floats, Ints, Network, Resolved, Schedule
from fluidics.pump import Pump, PumpState
from fluidics.questions import encloses, strokes

SEGMENTS = 3  # of the line
NODES = ("reservoir", "chamber", *(f"line_{k + 1}" for k in range(SEGMENTS)), "tip")
LINKS = ("inlet", "outlet", *(f"line_{k + 1}" for k in range(SEGMENTS)), "tip")
TIP = OUTLET + SEGMENTS + 1  # link from the tip to the site
_HALVINGS = 40
_ROUNDING = 1e-9  # [-]: of a stroke


Part = tuple[Schedule, int, Resolved]  # a stage, how often it was repeated, what came of it


class Fast(NamedTuple):
    """What is kept from one stretch to the next."""

    network: Network
    pressure: Floats  # (n,) [Pa]
    open: Ints  # (m,)
    due: float  # [-] of the next stroke
    time: float  # [s] of the last stretch


def _stored(network: Network, pressure: Floats) -> Floats:
    """Return the fluid in each node [m3], up to a constant: what trapped gas leaves of the room that pressure makes."""
    return network.compliance * pressure - network.gas / np.maximum(pressure + network.ambient, 1.0)


def settled(before: Network, after: Network, pressure: Floats) -> Floats:
    """Return the pressures [Pa] of the same fluid in a network whose compliance, gas or atmosphere has changed."""
    same = before.ambient == after.ambient and np.array_equal(before.compliance, after.compliance)
    if same and np.array_equal(before.gas, after.gas):
        return pressure
    wanted = _stored(before, pressure)
    found = pressure.copy()
    for _ in range(50):
        absolute = np.maximum(found + after.ambient, 1.0)
        slope = after.compliance + after.gas / absolute**2
        change = (wanted - _stored(after, found)) / slope
        # a node never falls below half its absolute pressure in one step, where the gas law bends most
        found = found + np.maximum(change, -0.5 * absolute)
        if np.all(np.abs(change) <= 1e-12 * absolute):
            break
    return found


def _grown(network: Network, time: float) -> Network:
    """Return a network with the gas that was made in a time [s]."""
    return network._replace(gas=network.gas + network.growth * time)


def _started(pump: Pump, state: PumpState, made: Circuit, fast: Fast | None) -> tuple[Floats, Ints, float]:
    if fast is None:
        return made.pressure.copy(), np.zeros(made.network.kind.shape[0], dtype=np.int64), 1.0
    # gas that was made is in the state, unless that stands still
    still = np.array_equal(fast.network.gas, made.network.gas)
    before = fast.network if still else _grown(fast.network, fast.time)
    pressure = settled(before, made.network, fast.pressure)
    pressure[RESERVOIR] = made.pressure[RESERVOIR]
    return pressure, fast.open, fast.due


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
    pressure, opened, due = _started(pump, state, made, fast)
    stages, plan = _staged(stroke, rest, rate, due, span)
    parts: list[Part] = []
    alarmed, net = False, made.network
    for stage, count in stages:
        part = _run(net, stage, count, pressure, opened, made.carries)
        rows = np.flatnonzero(part.pressure[:, LINE] >= alarm)
        alarmed = len(rows) > 0
        now = made._replace(network=net)
        parts += _until(now, stage, count, part, pressure, opened, int(rows[0]), alarm) if alarmed else [
            (stage, count, part)
        ]
        net = _grown(net, part.time[-1])
        pressure, opened = parts[-1][2].pressure[-1].copy(), parts[-1][2].open[-1].copy()
        if alarmed:
            break
    elapsed = float(sum(part.time[-1] for _, _, part in parts))
    begun = _begun(plan, stroke, elapsed) if strokes(pump.drive, rate) > 0.0 else 0.0
    fast = Fast(made.network, pressure, opened, plan.due, elapsed)
    found = _joined(parts, made, fast, begun, alarmed)
    return found._replace(drawn=found.volume[:, OUTLET]) if encloses(pump.drive) > 0.0 else found


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


def _until(
    made: Circuit, stage: Schedule, count: int, part: Resolved, pressure: Floats, opened: Ints, row: int, alarm: float
) -> list[Part]:
    """Return a stage up to where the line comes to the alarm pressure, in the phase that ends at a row."""
    kept = slice(0, row)
    before = part._replace(
        time=part.time[kept], pressure=part.pressure[kept], volume=part.volume[kept], open=part.open[kept]
    )
    start, valves = (part.pressure[row - 1], part.open[row - 1]) if row else (pressure, opened)
    at = row % len(stage.duration)
    phase = Schedule(stage.duration[at : at + 1], stage.source[at : at + 1], stage.gates[at : at + 1])
    low, high = 0.0, float(phase.duration[0])
    net = _grown(made.network, before.time[-1]) if row else made.network
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        look = _run(net, phase._replace(duration=np.array([middle])), 1, start, valves, made.carries)
        low, high = (low, middle) if look.pressure[-1, LINE] >= alarm else (middle, high)
    phase = phase._replace(duration=np.array([high]))
    last = (phase, 1, _run(net, phase, 1, start, valves, made.carries))
    return [(stage, count, before), last] if row else [last]


def _run(net: Network, stage: Schedule, count: int, pressure: Floats, opened: Ints, carrying: bool) -> Resolved:
    walls = np.flatnonzero(net.stop > len(net.compliance))
    relief = int(walls[0]) if len(walls) and not carrying else -1
    if net.gas.any() or net.loss.any() or net.lift.any():
        return integrate(net, stage, count, pressure, opened, relief=relief)
    return resolve(net, stage, count, pressure, opened, relief=relief)


def _joined(parts: list[Part], made: Circuit, fast: Fast, begun: float, alarmed: bool) -> Recorded:
    """Return the stages of a stretch as one."""
    times, pressures, volumes, opens, drawn = [], [], [], [], []
    at, passed, taken = 0.0, np.zeros(len(made.network.kind)), 0.0
    relieved = made.carries and made.network.stop[-1] == RESERVOIR
    for stage, count, part in parts:
        moved = np.cumsum(np.tile(-stage.source[:, RESERVOIR] * stage.duration, count))[: len(part.time)]
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
