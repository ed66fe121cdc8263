"""One stiff pump over a day whose pressures an independent exact propagator gave: a diaphragm between
two check valves and a compliant line, whose last segment occludes after two hours; other networks stand in
`scenarios.cases.networks`.

Plausible numbers, not those of a product. A Rosenbrock method at a tolerance of 1e-12 agrees with the reference values
to 4e-9 in pressure and 4e-8 in volume, the circuit simulator ngspice 39 to 7e-6 over the first push.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from fluidics.engines.exact import resolve
from fluidics.network import CHECK, Floats, Ints, Link, Network, Resolved, Schedule, network
from scenarios.cases.published import COMPUTED, Case, within

KPA, MICROLITRE = 1e3, 1e-9
RESERVOIR, CHAMBER, P1, P2, P3, TIP = range(6)
INLET, OUTLET = 0, 1
STROKES = 1440  # in a day
OCCLUSION = 120  # strokes until the last segment of the line resists OCCLUDED times as much
OCCLUDED = 1e5

# after how many strokes: volume drawn [uL], and pressures [kPa] where they are known
DRAWN = {1: 0.49177572, 120: 59.01241523, 121: 59.49755501, 1440: 670.26578456}
END_OF_PUSH = {1: 3.815613, 121: 33.853153, 1440: 140.442645}
AFTER_131 = 132.935678  # [kPa] at P1 at the end of the push of the eleventh occluded stroke
END_OF_REST = {1440: 108.699395}  # at P3


def reservoir_pressure(drawn: float) -> float:
    """Return the pressure [Pa] of the reservoir after a volume was drawn [m3]."""
    volume = drawn / MICROLITRE
    return (-27.0 - 1e-3 * volume + 2.0 * (-volume / 15000.0) ** 3) * KPA


def reservoir_compliance(drawn: float) -> float:
    """Return the compliance [m3/Pa] of the reservoir, the inverse of its slope."""
    volume = drawn / MICROLITRE
    return MICROLITRE / KPA / (1e-3 + 6.0 * volume**2 / 15000.0**3)


def transient_network(drawn: float = 0.0, occluded: bool = False) -> Network:
    """Return the network, its reservoir linear around a volume drawn [m3]."""
    unit = MICROLITRE / KPA
    valve = 2.0 * unit
    inlet = Link(valve, 1e-6 * unit, 2.0 * KPA, 2.0 * KPA, 0.0, CHECK)
    outlet = Link(valve, 1e-6 * unit, 10.0 * KPA, 10.0 * KPA, 0.0, CHECK)
    lumen = Link(unit / 0.159)
    last = Link(unit / (0.159 * (OCCLUDED if occluded else 1.0)))
    tip = Link(unit / 2.0)
    body = TIP + 1
    return network(
        [reservoir_compliance(drawn), 2e-4 * unit, 5e-3 * unit, 5e-3 * unit, 5e-3 * unit, 1.0 * unit],
        [(RESERVOIR, CHAMBER, inlet), (CHAMBER, P1, outlet), (P1, P2, lumen), (P2, P3, lumen), (P3, TIP, last),
         (TIP, body, tip)],
        [1.0 * KPA],
    )  # fmt: skip


def transient_schedule() -> Schedule:
    """Return a stroke: push, hold, return, rest."""
    source = np.zeros((4, 6))
    source[0, CHAMBER] = 5.0 * MICROLITRE
    source[2, CHAMBER] = -5.0 / 3.0 * MICROLITRE
    return Schedule(np.array([0.1, 0.1, 0.3, 59.5]), source, np.zeros((4, 6), dtype=np.int64))


Engine = Callable[[Network, Schedule, int, Floats, Ints], Resolved]


class Day(NamedTuple):
    """A day of the transient, recorded at the end of every phase."""

    time: Floats  # (r,) [s]
    pressure: Floats  # (r, 6) [Pa]
    drawn: Floats  # (r,) [m3]
    residual: float  # [m3]
    switches: int


def transient(engine: Engine, strokes: int = STROKES, together: int = 60) -> Day:
    """Return the transient by an engine called as `resolve` is, `together` strokes a call with a linear reservoir."""
    start = np.array([reservoir_pressure(0.0), -10.0 * KPA, *[1.0 * KPA] * 4])
    opened: Ints = np.zeros(6, dtype=np.int64)
    drawn, residual, switches = 0.0, 0.0, 0
    parts: list[tuple[Floats, Floats, Floats]] = []
    for first in range(0, strokes, together):
        count = min(together, strokes - first)
        middle = drawn + 0.5 * count * 0.47 * MICROLITRE
        made = transient_network(middle, first >= OCCLUSION)
        start[RESERVOIR] = reservoir_pressure(drawn)
        part = engine(made, transient_schedule(), count, start, opened)
        volume = drawn - made.compliance[RESERVOIR] * (part.pressure[:, RESERVOIR] - start[RESERVOIR])
        parts.append((60.0 * first + part.time, part.pressure, volume))
        start, opened, drawn = part.pressure[-1].copy(), part.open[-1], float(volume[-1])
        residual, switches = residual + part.residual, switches + part.switches
    time, pressure, volume = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Day(time, pressure, volume, residual, switches)


@cache
def transient_cases() -> tuple[Case, ...]:
    """Return what the pump draws and the pressures of its line, by the exact engine."""
    day = transient(resolve)
    name, note = (
        "Stiff pump over a day, line shut after 2 h",
        "by an independent exact propagator; agrees with a circuit simulator to 7e-6 in the first push",
    )
    rows = [
        (f"drawn after stroke {k}", volume, 1e-7, day.drawn[4 * k - 1] / MICROLITRE, "uL")
        for k, volume in DRAWN.items()
    ]
    peaks = {**END_OF_PUSH, OCCLUSION + 11: AFTER_131}
    rows += [
        (f"line at the end of push {k}", value, 6e-7 / value, day.pressure[4 * (k - 1), P1] / KPA, "kPa")
        for k, value in sorted(peaks.items())
    ]
    rows += [
        (f"before the occlusion after stroke {k}", value, 6e-7 / value, day.pressure[4 * k - 1, P3] / KPA, "kPa")
        for k, value in END_OF_REST.items()
    ]
    return tuple(
        within(name, what, value, slack, ours, unit, COMPUTED, "", note) for what, value, slack, ours, unit in rows
    )
