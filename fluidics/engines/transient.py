"""The table of occlusions that a lifetime takes: how long each stays silent, what is missed until it is heard, and what
the line holds then; the strokes stand in `fluidics.engines.stroke`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.engines.gap import gap
from fluidics.engines.lump import lumped, stored
from fluidics.engines.sticking import SLIDING, contents, sticking
from fluidics.engines.stroke import FEW, last_where, periodic, strokes
from fluidics.network import Floats
from fluidics.pump import Pump, PumpState
from fluidics.questions import ambient, stroke, temperature, usable, viscosity
from fluidics.sites.blockage import Blocked

BLOCK = 1000  # strokes between two looks at the reservoir
MOST_BLOCKS = 4096  # four million strokes, a stroke a minute for eight years
GAP_STROKES = 100  # of an occlusion that both engines run


class Table(NamedTuple):
    """Occlusions of a pump in its present state, by programmed rate and by the resistance put before the site."""

    rates: Annotated[Floats, "m3/s"]  # (r,)
    resistances: Annotated[Floats, "Pa s/m3"]  # (k,)
    delay: Annotated[Floats, "s"]  # (r, k) until the alarm; infinite where its pressure is never reached
    missed: Annotated[Floats, "m3"]  # (r, k) programmed and not delivered until then; infinite where it goes on
    released: Annotated[Floats, "m3"]  # (r, k) that the line gives at once when the occlusion clears
    gap: Annotated[float, "-"]  # greatest difference of the stroke engine from the exact one, relative


def occlusion_table(
    pump: Pump, state: PumpState, rates: Sequence[float], resistances: Sequence[float], alarm: float
) -> Table:
    """Return how long occlusions stay silent and what is missed meanwhile.

    Each starts at a stroke of a pump that has long run at its rate through an open line. A line that is shut takes up
    C p_alarm at whatever rate, less where part of C creeps and the rate is fast; one that leaks enough stays below the
    alarm pressure for good.

    Parameters
    ----------
    pump, state : Pump, PumpState
        The device.
    rates : sequence of float, r
        Programmed rates [m3/s].
    resistances : sequence of float, k
        Put before the site [Pa s/m3].
    alarm : float
        Pressure [Pa] at the drive's end of the line at which the pump alarms.

    Raises
    ------
    ValueError
        When a rate or a resistance is not above zero, or the alarm pressure not finite.

    Notes
    -----
    The gap is that of `fluidics.engines.gap` from the exact engine for the greatest resistance, at each rate up to the
    alarm or for a hundred strokes.
    """
    _refuse(rates, resistances, alarm)
    shape = len(rates), len(resistances)
    delay, missed, released = np.empty(shape), np.empty(shape), np.empty(shape)
    widest = 0.0
    for i, rate in enumerate(rates):
        before = periodic(_blocked(pump, 0.0), state, rate)
        for k, resistance in enumerate(resistances):
            delay[i, k], missed[i, k], released[i, k] = _occluded(pump, state, rate, before, resistance, alarm)
        worst = int(np.argmax(resistances))
        widest = max(widest, _gap(pump, state, rate, resistances[worst], float(delay[i, worst])))
    columns = np.array(rates, dtype=np.float64), np.array(resistances, dtype=np.float64)
    return Table(*columns, delay, missed, released, widest)


def reaches(pump: Pump, state: PumpState, rate: float, start: float, alarm: float) -> bool:
    """Return whether strokes at a rate [m3/s], from a line pressure [Pa] on, ever come to the alarm pressure [Pa].

    A stroke maps pressure to pressure and never falls as pressure rises, so strokes climb to the pressure that one
    gives back. They pass the one whose push just comes to the alarm if a stroke from there ends above it.
    """

    def silent(pressure: float) -> bool:
        return bool(strokes(pump, state, rate, pressure, 1).peak[-1] < alarm)

    just = last_where(silent, start, max(alarm, start))
    return bool(strokes(pump, state, rate, just, 1).resolved.pressure[-1, 1] > just)


def _refuse(rates: Sequence[float], resistances: Sequence[float], alarm: float) -> None:
    for name, values, unit in (("rate", rates, "m3/s"), ("resistance", resistances, "Pa s/m3")):
        if not len(values):
            raise ValueError(f"no {name} is given; at least one is needed")
        for value in values:
            if not 0.0 < value < math.inf:
                raise ValueError(f"a {name} of {value!r} {unit}; it must be above zero and finite")
    if not abs(alarm) < math.inf:
        raise ValueError(f"an alarm pressure of {alarm!r} Pa; it must be a finite number")


def _blocked(pump: Pump, resistance: float) -> Pump:
    return pump._replace(site=Blocked(pump.site, resistance))


def _occluded(
    pump: Pump, state: PumpState, rate: float, before: float, resistance: float, alarm: float
) -> tuple[float, float, float]:
    """Return delay [s], volume missed and volume released [m3] of one occlusion."""
    shut = _blocked(pump, resistance)
    lump = lumped(shut, state, viscosity(pump.drug, state.drug, temperature(pump.site)))
    if strokes(shut, state, rate, before, 1).peak[-1] < alarm and not reaches(shut, state, rate, before, alarm):
        end = periodic(shut, state, rate)
        return math.inf, math.inf, stored(lump, end) - stored(lump, before)
    stick = sticking(shut, state, viscosity(pump.drug, state.drug, temperature(pump.site)))
    here, held, time, delivered, drawn = before, SLIDING, 0.0, 0.0, 0.0
    for k in range(MOST_BLOCKS):
        count = BLOCK if k else FEW
        done = strokes(shut, state, rate, here, count, every=count, alarm=alarm, held=held)
        here, held = float(done.resolved.pressure[-1, 1]), done.held
        kept = contents(lump, stick, here, held) - stored(lump, before)
        time += float(done.resolved.time[-1])
        drawn, delivered = drawn + float(done.resolved.volume[-1, 0]), delivered + float(done.resolved.volume[-1, 1])
        if done.alarm < math.inf:
            return time, max(rate * time - delivered, 0.0), kept
        if drawn >= usable(pump.reservoir, state.reservoir):
            break
    return math.inf, math.inf, kept


def _gap(pump: Pump, state: PumpState, rate: float, resistance: float, delay: float) -> float:
    """Return the greatest difference [-] between the engines in an occlusion."""
    mu = viscosity(pump.drug, state.drug, temperature(pump.site))
    period = stroke(pump.drive, state.drive, rate, 0.0, 0.0, ambient(pump.reservoir), mu).period
    span = min(max(delay, period), GAP_STROKES * period)
    found = gap(_blocked(pump, resistance), state, rate, span=span, before=_blocked(pump, 0.0))
    return max(abs(found.end_pressure), abs(found.volume_per_stroke), abs(found.volume_per_day))
