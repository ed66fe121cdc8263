"""A stretch of time at one programmed rate, one map per stroke; the map itself stands in `fluidics.engines.stroke`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from fluidics.engines import stroke as engine
from fluidics.engines.lump import Lump, lumped, stored
from fluidics.engines.pace import active_time, lead_time
from fluidics.engines.recorded import Recorded
from fluidics.engines.sticking import SLIDING, Held, sticking
from fluidics.engines.timing import ALWAYS, Timing, stopped, timing, turning
from fluidics.lines.gas import pressure_of
from fluidics.pump import Pump, PumpState
from fluidics.questions import bubble, encloses, phases, pressure, stroke, strokes, temperature, viscosity

NODES = ("reservoir", "line")
LINKS = ("drawn", "delivered")
_ROWS = 120  # recorded in a stretch, about


class Filled(NamedTuple):
    """What is kept from one stretch to the next."""

    lump: Lump
    pressure: float  # [Pa] of the line
    due: float  # [-] of the next stroke
    made: float  # [J] gas in the last stretch
    held: Held


def _settled(fast: Filled, after: Lump) -> float:
    """Return the pressure [Pa] of the same fluid in a line whose compliance, gas or atmosphere has changed."""
    before, start = fast.lump, fast.pressure
    if before.compliance == after.compliance and before.gas == after.gas and before.ambient == after.ambient:
        return start
    if before.gas != after.gas:
        # gas that was made is in the state, unless that stands still
        before = before._replace(gas=before.gas + fast.made)
    return pressure_of(stored(before, start), after.compliance, after.gas, after.ambient)


def _held(pump: Pump, state: PumpState, mu: float, inlet: float, fast: Filled | None) -> Held:
    """Return what a plunger holds; that of a new barrel stands at the pressure of the reservoir [Pa]."""
    stick = sticking(pump, state, mu)
    if stick.store == 0.0:
        return SLIDING
    return Held(inlet - stick.running, 0.0) if fast is None else fast.held


def stroked(pump: Pump, state: PumpState, rate: float, span: float, fast: Filled | None, alarm: float) -> Recorded:
    """Return a stretch of `span` [s] at a programmed rate [m3/s], or a little more when a stroke has to be ended.

    Parameters
    ----------
    pump, state : Pump, PumpState
        The device; its slow states stand still.
    rate : float
        Programmed rate [m3/s].
    span : float
        Length of the stretch [s].
    fast : Filled, optional
        What the last stretch left; a line at rest and a drive that strokes at once if not given.
    alarm : float
        Line pressure [Pa] at which the stretch ends.
    """
    body = temperature(pump.site)
    mu = viscosity(pump.drug, state.drug, body)
    line = lumped(pump, state, mu)
    inlet = pressure(pump.reservoir, state.reservoir, body)
    rest = inlet if encloses(pump.drive) > 0.0 else line.rest
    start = rest if fast is None else _settled(fast, line)
    due = 1.0 if fast is None else fast.due
    held = _held(pump, state, mu, inlet, fast)
    period = stroke(pump.drive, state.drive, rate, inlet, start, line.ambient, mu).period
    plan, turns, lead = Timing(span, 0, 0.0, due, span), False, 0.0
    if rate > 0.0:
        busy = sum(step.duration for step in phases(pump.drive, state.drive, rate) if any(step[1:]))
        # a rotor carries evenly over a stroke, and so flows an open way: none need be ended when the rate changes
        turns = busy >= ALWAYS * period
        lead = 0.0 if turns else lead_time(pump.drive, state.drive, rate)
        pushes = lead + active_time(pump.drive, state.drive, rate, period)
        plan = turning(period, 1.0, span) if turns else timing(period, pushes, due, span)
    wait, count, last = plan.wait, plan.strokes, plan.last
    if lead > 0.0 and count + last > 0.0:
        # a stroke of the engine begins with its push, and ends where the next one begins
        wait += lead
        count, last = (count, last - lead) if last > 0.0 else (count - 1, period - lead)
    done = engine.strokes(
        pump, state, rate, start, count, every=max(count // _ROWS, 1), wait=wait, last=last, alarm=alarm, held=held
    )  # fmt: skip
    found = done.resolved
    begun = float(found.time[-1]) / period if turns else float(done.strokes)
    alarmed = math.isfinite(done.alarm)
    due = stopped(plan, due, period, done.alarm) if alarmed and rate > 0.0 else plan.due
    drawn, made = found.volume[:, 0], 0.0
    if encloses(pump.drive) > 0.0:
        # the gas that pushed fluid out is where that was, and what it yields since comes from the reservoir as well
        absolute = found.pressure[:, 1] + line.ambient
        made = float(drawn[-1] * absolute[-1])
        drawn = drawn + bubble(pump.drive, state.drive) * (1.0 / absolute - 1.0 / (start + line.ambient))
    return Recorded(
        node_names=NODES,
        link_names=LINKS,
        time=found.time,
        pressure=np.column_stack((found.pressure[:, 0], done.peak)),
        volume=found.volume,
        open=found.open,
        drawn=drawn,
        delivered=found.volume[:, 1],
        strokes=begun if strokes(pump.drive, rate) > 0.0 else 0.0,
        residual=found.residual,
        switches=0,
        alarmed=alarmed,
        fast=Filled(line, float(found.pressure[-1, 1]), due, made, done.held),
    )
