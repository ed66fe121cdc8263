"""A day of one stiff pump by the engines that resolve pressure and by SciPy's LSODA, at the same achieved error, and by
strokes; the pump as data stands in `tests.fluidics.pump_transient`, as parts in `tests.fluidics.stroking`.

LSODA gets its right-hand side compiled and is restarted at every edge of the drive, by the interface that holds its
solution (`solve_ivp`) and by the one with the least overhead (`odeint`). A tolerance is not an error: 1e-8 is what it
takes to be right to a millionth.
"""

from __future__ import annotations

import time
from functools import cache, partial

import numba
import numpy as np
import pytest

from fluidics.engines.exact import resolve
from fluidics.engines.stroke import FEW, strokes
from fluidics.network import Floats
from fluidics.reservoirs.reservoir import Drawn
from tests.fluidics.pump_transient import DRAWN, KPA, OCCLUDED, OCCLUSION, STROKES, reservoir_pressure, transient
from tests.fluidics.stroking import MICROLITRE, STIFF_RATE, stiff_pump

TOLERANCE = 1e-8
MILLIONTH = 1e-6
PHASES = ((5.0, 0.1), (0.0, 0.1), (-5.0 / 3.0, 0.3), (0.0, 59.5))  # [uL/s], [s]
START = np.array([0.0, -10.0, 1.0, 1.0, 1.0, 1.0])  # [uL] drawn, then [kPa]


@numba.njit
def slopes(time: float, y: Floats, push: float, last: float) -> Floats:
    """Return how volume drawn and pressures change, in uL, kPa and s."""
    share = y[0] / 15000.0
    at_inlet = -27.0 - 1e-3 * y[0] - 2.0 * share * share * share - y[1]
    at_outlet = y[1] - y[2]
    inlet = 1e-6 * at_inlet + 2.0 * max(at_inlet - 2.0, 0.0)
    outlet = 1e-6 * at_outlet + 2.0 * max(at_outlet - 10.0, 0.0)
    first, second, third = (y[2] - y[3]) / 0.159, (y[3] - y[4]) / 0.159, (y[4] - y[5]) / last
    change = np.empty(6)
    change[0] = inlet
    change[1] = (push + inlet - outlet) / 2e-4
    change[2] = (outlet - first) / 5e-3
    change[3] = (first - second) / 5e-3
    change[4] = (second - third) / 5e-3
    change[5] = third - (y[5] - 1.0) / 2.0
    return change


def by_solve_ivp(y: Floats, duration: float, push: float, last: float) -> Floats:
    """Return the state after a phase."""
    from scipy.integrate import solve_ivp

    span = (0.0, duration)
    return solve_ivp(slopes, span, y, "LSODA", args=(push, last), rtol=TOLERANCE, atol=TOLERANCE).y[:, -1]


def by_odeint(y: Floats, duration: float, push: float, last: float) -> Floats:
    """Return the state after a phase."""
    from scipy.integrate import odeint

    span = (0.0, duration)
    return odeint(slopes, y, span, args=(push, last), tfirst=True, rtol=TOLERANCE, atol=TOLERANCE, mxstep=10**6)[-1]


def by_scipy(phase, strokes: int = STROKES) -> Floats:
    """Return the pressures [Pa] at the end of every phase, integrated phase by phase."""
    rows, y = [], START
    for stroke in range(strokes):
        last = 0.159 * (OCCLUDED if stroke >= OCCLUSION else 1.0)
        for push, duration in PHASES:
            y = phase(y, duration, push, last)
            rows.append([reservoir_pressure(y[0] * 1e-9), *(y[1:] * KPA)])
    return np.array(rows)


def by_exact() -> Floats:
    """Return the pressures [Pa] at the end of every phase by the exact engine, two hours a call."""
    return transient(resolve, together=OCCLUSION).pressure


@cache
def reference() -> Floats:
    """Return the pressures [Pa] with a reservoir that is linear for one stroke at a time."""
    return transient(resolve, together=1).pressure


def error(pressure: Floats) -> float:
    """Return the largest error of a pressure, relative to it or to a kilopascal."""
    return float((np.abs(pressure - reference()) / np.maximum(np.abs(reference()), KPA)).max())


OPEN, SHUT = stiff_pump(False), stiff_pump(True)


def by_strokes() -> float:
    """Return the volume drawn [uL], in two calls: before and after the occlusion."""
    first = strokes(*OPEN, STIFF_RATE, KPA, OCCLUSION, every=STROKES).resolved
    drawn, line = float(first.volume[-1, 0]), float(first.pressure[-1, 1])
    pump, state = SHUT
    state = state._replace(reservoir=Drawn(drawn))
    rest = strokes(pump, state, STIFF_RATE, line, STROKES - OCCLUSION, every=STROKES).resolved
    return (drawn + float(rest.volume[-1, 0])) / MICROLITRE


ENGINES = {
    "exact": (by_exact, 20),
    "SciPy LSODA, odeint": (partial(by_scipy, by_odeint), 2),
    "SciPy LSODA, solve_ivp": (partial(by_scipy, by_solve_ivp), 1),
}


@pytest.mark.benchmark(group="a day of a stiff pump", timer=time.process_time, disable_gc=True)
@pytest.mark.parametrize("name", ENGINES)
def test_day_of_a_stiff_pump(benchmark, name):
    run, rounds = ENGINES[name]
    wrong = error(benchmark.pedantic(run, rounds=rounds, warmup_rounds=1 if rounds > 1 else 0))
    rate = 86400.0 / benchmark.stats.stats.min
    benchmark.extra_info["rate"] = f"{rate:.3g} simulated s per CPU s, error {wrong:.1e}"
    assert wrong < MILLIONTH


@pytest.mark.benchmark(group="a day of a stiff pump", timer=time.process_time, disable_gc=True)
def test_day_of_a_stiff_pump_by_strokes(benchmark):
    strokes(*OPEN, STIFF_RATE, KPA, FEW + 1)  # so many that the kernel is compiled
    wrong = abs(benchmark.pedantic(by_strokes, rounds=20, iterations=200, warmup_rounds=1) / DRAWN[STROKES] - 1.0)
    rate = 86400.0 / benchmark.stats.stats.min
    benchmark.extra_info["rate"] = f"{rate:.3g} simulated s per CPU s, volume within {wrong:.1e}"
    assert wrong < 0.01
