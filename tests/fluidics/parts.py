"""Two pumps, one sample of every part, and a kernel that walks panels, shared by the tests of the physics floor; the
laws stand in the test files."""

from __future__ import annotations

import functools
import hashlib
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from fluidics.compile import kernel
from fluidics.drives import Piston, Restrictor
from fluidics.drives.piston import Deposit
from fluidics.drugs.aggregation import Aggregation, Insulin
from fluidics.drugs.degrading import DegradingDrug, Strength
from fluidics.drugs.formulation import Formulated, FormulatedInsulin
from fluidics.drugs.infusate import Infusate
from fluidics.elementary import exp, inverse_normal, log
from fluidics.engines.panel import seen, stepped
from fluidics.lines.catheter import Catheter
from fluidics.lines.fouling_catheter import FoulingCatheter, Lining
from fluidics.lines.occlusion import Onset, first_wait
from fluidics.power import Battery, Charge, Unpowered
from fluidics.programmes.regimen import BasalBolus, ConstantRate
from fluidics.pump import Pump, PumpState, Stateless, Surroundings
from fluidics.questions import histogram, mean_aggregate
from fluidics.reservoirs.reservoir import Drawn, TwoPhaseReservoir
from fluidics.rows import pack, unpack
from fluidics.sites.blockage import Blocked
from fluidics.sites.capsule import Encapsulating
from fluidics.sites.site import Artery, Peritoneum
from tests.fluidics import cells, gas_driven, implanted, worn

ROOT = Path(__file__).resolve().parent.parent.parent
DAY = 86400.0
YEAR = 365.25 * DAY
BODY = 310.15
ATMOSPHERE = 101325.0
WATER = 6.913e-4  # Pa s at 37 degC (IAPWS)


def antoine(a: float, b: float, c: float) -> tuple[float, float, float]:
    """Return SI constants of ln p = a - b / (T + c) from those of log10 mmHg and degC."""
    return math.log(101325.0 / 760.0) + a * math.log(10.0), b * math.log(10.0), c - 273.15


R113 = antoine(6.8803, 1099.9, 227.5)
BUTANE = antoine(6.80896, 935.86, 238.73)

# 15 mL at 31 kPa below the atmosphere, 0.5 uL strokes, 40 U/day of U400; the leak is bounded at 0.61 of the mean rate
RATE = 100e-9 / DAY
INSULIN_PUMP = Pump(
    reservoir=TwoPhaseReservoir(15e-6, 1e-6, *R113, ATMOSPHERE, 2e8),
    drug=Insulin(0.02 / DAY, 1e5, BODY, math.exp(-12.1) / DAY, 0.3, 0.2, 1.0, 0.3, 1.049),
    drive=Piston(0.5e-9, 1.02, 100e3, 31e3 / (0.61 * RATE), WATER, DAY, 55.0, 0.02),
    catheter=Catheter(0.25, 0.205e-3, 0.36 / YEAR, 0.5, 13.4 * DAY),
    site=Peritoneum(BODY, 2e3, 0.23 / YEAR, 0.5, 13.4 * DAY, 2.3e11),
    power=Battery(3787.0, 0.05, 7.5e-6, 3.24e-3),
)
MEALS = BasalBolus(0.55, 60.0 * RATE)

# n-butane pushes 1 mL/day of water through a restrictor sized at 37 degC and sea level
HEPATIC_PUMP = Pump(
    reservoir=TwoPhaseReservoir(30e-6, 2e-6, *BUTANE, ATMOSPHERE, 0.0),
    drug=Infusate(1.0),
    drive=Restrictor(2e16, WATER),
    catheter=Catheter(0.5, 0.3e-3, 0.0, 0.0, 13.4 * DAY),
    site=Artery(BODY, 12e3),
    power=Unpowered(),
)

AROUND = Surroundings(
    **dict.fromkeys(Surroundings._fields, 0.0)
    | {
        "flow": RATE, "programmed": 1.1 * RATE, "strokes": 200.0 / DAY, "p_in": -31e3, "p_out": 5e3, "p2_out": 9e7,
        "p_peak": 4e4, "aggregate": 0.3, "temperature": BODY,
    }
)  # fmt: skip


def onset(wait: float, age: float, factor: float) -> Onset:
    """Return the state of a closing tip or capsule: what must pass until it starts, its age, the batch's factor."""
    return first_wait(0.5)._replace(wait=wait, age=age, factor=factor)


# every part type with a state well inside its life
SAMPLES = {
    TwoPhaseReservoir: (INSULIN_PUMP.reservoir, Drawn(3e-6)),
    Insulin: (INSULIN_PUMP.drug, Aggregation(mass=0.4, nucleation=1e-6 / DAY, device=0.3)),
    Infusate: (HEPATIC_PUMP.drug, Stateless()),
    DegradingDrug: (
        DegradingDrug(1.02, 2.3e-8, 1.4e5, 1e-8, 1.2e5, BODY, 2e-3, 278.0, 318.0),
        Strength(0.9, 0.02, 0.0),
    ),
    FormulatedInsulin: (
        FormulatedInsulin(
            0.02 / DAY, 1e5, BODY, 3e-7 / DAY, 0.3, 0.2, 1.0, 2e-7, 0.7, 0.5, 100.0 / DAY, 14e-9, 15e-6, 5e-3, 2.5e-4,
            0.0, 8.0, 0.1, 1.049, 4e-9, 1.18e5, 277.0, 313.0,
        ),
        Formulated(0.4, 0.03 / DAY, 1e-6 / DAY, 0.3, 0.9, 0.97, 0.0),
    ),
    Piston: (INSULIN_PUMP.drive, Deposit(0.7)),
    Restrictor: (HEPATIC_PUMP.drive, Stateless()),
    Catheter: (INSULIN_PUMP.catheter, onset(wait=0.0, age=50.0 * DAY, factor=1.2)),
    Peritoneum: (INSULIN_PUMP.site, onset(wait=0.02, age=0.0, factor=0.8)),
    Artery: (HEPATIC_PUMP.site, Stateless()),
    Battery: (INSULIN_PUMP.power, Charge(energy=2000.0, full=3787.0)),
    Unpowered: (HEPATIC_PUMP.power, Stateless()),
    Blocked: (Blocked(INSULIN_PUMP.site, 1e15), onset(wait=0.0, age=20.0 * DAY, factor=1.0)),
    FoulingCatheter: (FoulingCatheter(0.25, 0.205e-3, 1e-3, 1e-5, 1e-13, 0.2), Lining(deposit=1e-8)),
    Encapsulating: (
        Encapsulating(BODY, 2e3, 0.23 / YEAR, 0.5, 13.4 * DAY, 2.3e11, 1e18, 1e-13),
        onset(0.0, 100.0 * DAY, 1.1),
    ),
    **cells.SAMPLES,
    **gas_driven.SAMPLES,
    **implanted.SAMPLES,
    **worn.SAMPLES,
}

# deposit on the seats, tip and capsule closing, none of them near stall or onset
ACTIVE = PumpState(
    reservoir=Drawn(0.0),
    drug=Aggregation(mass=4e-3, nucleation=1e-4 / DAY, device=0.0),
    drive=Deposit(0.3),
    catheter=onset(wait=0.0, age=15.0 * DAY, factor=1.0),
    site=onset(wait=0.0, age=5.0 * DAY, factor=1.0),
    power=Charge(energy=3000.0, full=3787.0),
)
QUIET = PumpState(Drawn(0.0), Stateless(), Stateless(), onset(1.0, 0.0, 1.0), Stateless(), Stateless())


@kernel
def walked(pump, state, levels, span, count):
    """Return the state after `count` equal panels that fill `span` [s], and the sum of flow times time [m3]."""
    dt = span / count
    around = seen(pump, state, levels, 1.0)
    delivered = 0.0
    for _ in range(count):
        step = stepped(pump, state, levels, around, mean_aggregate(pump.drug, state.drug, dt, BODY), dt, 1.0)
        delivered += step.during.flow * dt
        state, around = step.state, step.after
    return state, delivered


@kernel
def returned(like, row):
    """Return what `unpack` gives inside a kernel."""
    return unpack(like, row)


def insulin_levels():
    return histogram(MEALS, RATE)


def hepatic_levels():
    return histogram(ConstantRate(), RATE)


def fingerprint() -> str:
    """Return one line of hashes: elementary functions, then the states of both pumps after many panels."""
    grid = np.linspace(-700.0, 700.0, 3001)
    inside = (np.arange(2000) + 0.5) / 2000.0
    numbers = np.array(
        [exp(float(x)) for x in grid]
        + [log(float(x)) for x in np.exp(grid)]
        + [inverse_normal(float(u)) for u in inside]
        + [inverse_normal(10.0**-k) for k in range(1, 300)]
    )
    insulin, _ = walked(INSULIN_PUMP, ACTIVE, insulin_levels(), 90.0 * DAY, 50)
    hepatic, _ = walked(HEPATIC_PUMP, QUIET, hepatic_levels(), 30.0 * DAY, 10)
    rows = (numbers, pack(insulin), pack(hepatic))
    return " ".join(hashlib.sha256(row.tobytes()).hexdigest() for row in rows)


@functools.cache
def uncompiled_fingerprint() -> str:
    """Return the fingerprint of a process in which numba compiles nothing."""
    return run("from tests.fluidics.parts import fingerprint; print(fingerprint())", NUMBA_DISABLE_JIT="1").strip()


def run(code: str, folder: Path = ROOT, **environment: str) -> str:
    """Return what a new Python prints that runs a text in a folder, or fail with what it complains of."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)} | environment,
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


# a drive nobody foresaw: it slips where the line presses against it
OUTSIDE = """
from typing import NamedTuple

from fluidics.pump import Luck, Stateless, Surroundings
from fluidics.questions import advance, flow, fresh, stall


class Screw(NamedTuple):
    limit: float


@fresh.answer
def new_screw(drive: Screw, luck: Luck) -> Stateless:
    return Stateless()


@advance.answer
def screw_stays(drive: Screw, own: Stateless, dt: float, around: Surroundings) -> Stateless:
    return own


@flow.answer
def screw_flow(
    drive: Screw, own: Stateless, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> float:
    return rate * (1.0 - p_out / drive.limit)


@stall.answer
def screw_stall(drive: Screw) -> float:
    return drive.limit
"""
