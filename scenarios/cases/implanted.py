"""Published figures of pumps with rollers and with gates beside simulated ones; gas-driven pumps stand in
`scenarios.cases.gas`."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from fluidics.atmosphere import SEA_LEVEL
from fluidics.drives import Peristaltic
from fluidics.drives.gated import Escaped
from fluidics.drives.peristaltic import TubeSet, volume_share
from fluidics.engines.panel import seen
from fluidics.pump import Pump, Surroundings, new_pump
from fluidics.questions import advance, capacity, flow, histogram, operate, panel, phases, pressure, usable, viscosity
from fluidics.transport.priming import misprimed
from reliability.design import Design
from scenarios.build import load
from scenarios.cases.devices import left_after
from scenarios.cases.gas import BODY, MMHG
from scenarios.cases.published import CALIBRATED, COMPUTED, HELD_OUT, STATED, WEAK, Case, near, within
from scenarios.units import DAY, YEAR

_UL, _ML = 1e-9, 1e-6
_NEW = TubeSet(0.0, 0.0, 1.0)
_FAST = 10e-6 / 3600.0  # [m3/s] of the cassette pump: 10 mL/h
_COLD_WATER = 9.54e-4  # [Pa s] at 22 degC (IAPWS)
_ACCEPTED = 2.0  # [%]: less than the least printed figure, so that a pump without slip misses it
_SESSION = 90.0 * 60.0  # [s] in a hyperbaric chamber
_MONTH = YEAR / 12.0


@cache
def roller_cases() -> tuple[Case, ...]:
    """Return every published figure of peristaltic pumps."""
    return (*ageing(), one_refill(), *back_pressure(), *small_doses(), *primed(), *overinfused(), *pressed())


@cache
def gate_cases() -> tuple[Case, ...]:
    """Return every published figure of pumps with gates."""
    return (*accuracy(), *scanned())


@cache
def library(name: str) -> Design:
    """Return the pump of a scenario of the library, with its regimen and its clinic."""
    return load(name).design


def ageing() -> tuple[Case, ...]:
    """Return the ratio of delivered to programmed volume, and how it falls while the battery ages by 55 months."""
    design = library("peristaltic-baclofen")
    drive, rate = design.pump.drive, design.population.mean_rate
    young, old = (
        volume_share(drive, TubeSet((84.0 - left) * _MONTH * rate / drive.revolution_volume, 0.0, 1.0))
        for left in (69.0, 14.0)
    )
    return (
        Case("SynchroMed II, age", "change of the refill ratio in 55 months", -0.026, -0.038, -0.014, old - young, "-",
             CALIBRATED, "neuromodulation_2023", "fixes the creep of the tube; 0.983 with 14 months of battery left, "
             "1.009 with 69"),
        Case("SynchroMed II, mean", "refill ratio midway", 0.995, 0.986, 1.004, 0.5 * (young + old), "-", CALIBRATED,
             "neuromodulation_2023", "fixes the accuracy of a new tube"),
    )  # fmt: skip


def one_refill() -> Case:
    """Return how far single refill ratios lie from their mean: the spread between pumps, and readings of a syringe."""
    accuracy = next(value for value in load("peristaltic-baclofen").values if value.path == "pump.drive.accuracy")
    spread = float(accuracy.spread.split()[0]) / 100.0
    half = 1.96 * math.hypot(spread, library("peristaltic-baclofen").clinic.error_noise)
    return near("SynchroMed II, one refill", "half of the interval that holds 95 %", 0.15, 0.02, half, "-", HELD_OUT,
                "neuromodulation_2023", miss="the model's visits differ by the pump and the reading only; what else "
                "differs from refill to refill is not known")  # fmt: skip


def cassette() -> Peristaltic:
    """Return a drive whose seal is calibrated on the mid-points at 100 and 300 mmHg, -2.5 and -12 %."""
    third = (12.0 / (3.0 * 2.5)) ** (1.0 / 3.0)  # 100 (1 + 100 / x)^3 G = 2.5 %, 300 (1 + 300 / x)^3 G = 12 %
    lift = (300.0 - 100.0 * third) / (third - 1.0) * MMHG
    slip = 0.025 * _FAST / (100.0 * MMHG) / (1.0 + 100.0 * MMHG / lift) ** 3
    seal = (slip * 12.0 * _COLD_WATER * 3e-3 / (math.pi * 0.8e-3)) ** (1.0 / 3.0)
    drive: Peristaltic = library("peristaltic-baclofen").pump.drive
    return drive._replace(
        revolution_volume=150e-9, motor_work=30e-3, idle_work=10e-3, bore=0.8e-3, contact=3e-3, seal=seal,
        lift_pressure=lift, creep=0.0, accuracy=1.0,
    )  # fmt: skip


def rate_error(drive: Peristaltic, p_in: float, p_out: float) -> float:
    """Return the error of the rate [%] of a cassette pump between two pressures [Pa]."""
    return 100.0 * (float(flow(drive, _NEW, _FAST, p_in, p_out, SEA_LEVEL, _COLD_WATER)) / _FAST - 1.0)


def back_pressure() -> tuple[Case, ...]:
    """Return what pressure at either end does to a cassette pump."""
    name, source, drive = "Cassette pump, 10 mL/h", "cadd_undated", cassette()
    against = {mmhg: rate_error(drive, 0.0, mmhg * MMHG) for mmhg in (-100.0, 100.0, 300.0)}
    below = rate_error(drive, -0.3 * 998.0 * 9.80665, 0.0)
    mid = "mid-point of the printed limits"
    return (
        near(name, "rate against 100 mmHg", -2.5, _ACCEPTED, against[100.0], "%", CALIBRATED, source, mid),
        near(name, "rate against 300 mmHg", -12.0, _ACCEPTED, against[300.0], "%", CALIBRATED, source, mid),
        near(name, "rate against -100 mmHg", 2.5, _ACCEPTED, against[-100.0], "%", HELD_OUT, source, mid),
        near(name, "rate with the reservoir 0.3 m below", -2.5, _ACCEPTED, below, "%", HELD_OUT, source, mid,
             "0.3 m are 22 mmHg, and slip that grows with the pressure makes a fifth of what 100 mmHg make; limits of "
             "-12 to +7 % around 22 pumps hardly tell"),
    )  # fmt: skip


def dose(drive: Peristaltic, start: float, volume: float) -> float:
    """Return what comes out [m3] when the rotor turns for a programmed volume, from a share of a passage on."""
    leave, turn = phases(drive, _NEW, _FAST)[:2]
    period = leave.duration + turn.duration

    def passed(time: float) -> float:
        whole, rest = divmod(time, period)
        part = min(rest, leave.duration) * leave.carried + max(rest - leave.duration, 0.0) * turn.carried
        return float(whole * (leave.duration * leave.carried + turn.duration * turn.carried) + part)

    return passed(start * period + volume / _FAST) - passed(start * period)


def spread(volume: float) -> float:
    """Return the standard deviation [%] of a dose over pumps of different gain and rotors that stand anywhere."""
    gains, weights = np.polynomial.hermite_e.hermegauss(5)  # exact for the mean of the square of what is linear in it
    drive: Peristaltic = library("peristaltic-baclofen").pump.drive
    drive = drive._replace(revolution_volume=80e-9, roller_volume=6.6e-9, creep=0.0)
    starts = (np.arange(200) + 0.5) / 200.0
    doses = np.array([[dose(drive._replace(accuracy=1.0 + 0.024 * float(g)), float(s), volume) for s in starts]
                      for g in gains]) / volume  # fmt: skip
    share = (weights / weights.sum())[:, None] / len(starts)
    mean = float((share * doses).sum())
    return 100.0 * math.sqrt(float((share * (doses - mean) ** 2).sum()))


def small_doses() -> tuple[Case, ...]:
    """Return how doses of a rotary pump spread: small ones by where the rotor stands, large ones by the gain."""
    name, source = "Rotary pump, 30 doses each", "ambit_undated"
    small, middle, large = spread(0.1e-6), spread(25e-6), spread(50e-6)
    return (
        within(name, "standard deviation at 50 mL", 2.4, 0.1, large, "%", CALIBRATED, source, "fixes the gain"),
        within(name, "standard deviation at 0.1 mL", 3.8, 0.1, small, "%", CALIBRATED, source,
               "fixes the lumen that a roller shuts"),
        within(name, "standard deviation at 25 mL", 2.6, 0.25, middle, "%", HELD_OUT, source,
               "a standard deviation of 30 doses is known to a quarter"),
        Case(name, "spread at 0.1 mL over that at 50 mL", 1.5, 0.9, 2.2, small / large, "-", CALIBRATED, source,
             "follows from both; noise of pulses alone would make it 22"),
    )  # fmt: skip


def primed() -> tuple[Case, ...]:
    """Return what a priming bolus gives too much when the programmer takes the tube for larger than it is."""
    name, source = "Priming with a wrong tube volume", "tga_2017"
    tube = library("peristaltic-baclofen").pump.drive.tubing_volume
    extra = (0.199e-6 - tube) / _ML
    morphine, baclofen = (misprimed(0.199e-6, tube, concentration) for concentration in (25.0, 2.0))
    note = "arithmetic: 0.199 mL assumed, 0.140 mL there"
    return (
        within(name, "volume too much", 0.059, 1e-9, extra, "mL", COMPUTED, source, note),
        within(name, "morphine of 25 mg/mL", 1.475, 1e-9, morphine * 1e6, "mg", COMPUTED, source, note),
        within(name, "baclofen of 2 mg/mL", 118.0, 1e-9, baclofen * 1e9, "ug", COMPUTED, source, note),
    )


def emptied(gain: float) -> tuple[float, float]:
    """Return the volumes delivered and programmed [m3] when the reservoir of a pump with a gain [-] has run dry."""
    design = library("peristaltic-baclofen")
    rate = design.population.mean_rate
    pump: Pump = design.pump._replace(drive=design.pump.drive._replace(accuracy=gain, creep=0.0))
    state, asked, step = new_pump(pump), 0.0, 0.25 * DAY
    while usable(pump.reservoir, state.reservoir) > 0.0:
        around = seen(pump, state, histogram(design.regimen, rate), 1.0)
        state = state._replace(reservoir=advance(pump.reservoir, state.reservoir, step, around))
        asked += rate * step
    return float(state.reservoir.volume), asked


def overinfused() -> tuple[Case, ...]:
    """Return what a pump that runs a fifth too fast tells of itself."""
    name = "SynchroMed II, a fifth too fast"
    given, asked = emptied(1.2)
    full = float(capacity(library("peristaltic-baclofen").pump.reservoir))
    return (
        Case(name, "left by its count when it is dry", 2.0, 2.0, math.inf, (full - asked) / _ML, "mL", WEAK,
             "medtronic_2016", "the alarm at 2 mL counts what was programmed, and never sounds; the gain is put in"),
        Case(name, "delivered over programmed at the refill", 1.145, 1.145, math.inf, given / asked, "-", WEAK,
             "hkmdd_2014", "beyond the label, so the refill shows it; the gain is put in"),
    )  # fmt: skip


def pressed() -> tuple[Case, ...]:
    """Return by how much a reservoir ends above what was counted when its patient was in a hyperbaric chamber."""
    design = library("peristaltic-baclofen")
    state, rate = new_pump(design.pump), design.population.mean_rate
    rows = []
    for atmospheres in (2.0, 2.4, 2.8):
        pump = design.pump._replace(reservoir=design.pump.reservoir._replace(ambient=atmospheres * SEA_LEVEL))
        p_in = pressure(pump.reservoir, state.reservoir, BODY)
        mu = viscosity(pump.drug, state.drug, BODY)
        net = float(operate(pump.drive, state.drive, rate, p_in, mu, pump, state).flow)
        rows.append(
            Case("Roller pump in a hyperbaric chamber", f"above the count after 90 min at {atmospheres:g} atm", 0.0,
                 0.0, math.inf, (rate - net) * _SESSION / _UL, "uL", WEAK, "akman_1994", "published is the sign")
        )  # fmt: skip
    return tuple(rows)


def accuracy() -> tuple[Case, ...]:
    """Return what the library's gated pump delivers of what is programmed."""
    design = library("gated-morphine")
    rate, days, reservoir = design.population.mean_rate, design.clinic.interval / DAY, design.pump.reservoir
    full = usable(reservoir, new_pump(design.pump).reservoir) + reservoir.residual
    share = 100.0 * (full - left_after(design, rate, days)) / (rate * days * DAY)
    name = "Prometra, delivered over programmed"
    return (
        near(name, "months 1 to 6", 97.1, 1.0, share, "%", CALIBRATED, "rauck_2013", "fixes the accumulator"),
        near(name, "2.5 years", 97.9, 1.0, share, "%", HELD_OUT, "rauck_2013"),
        Case(name, "label", 96.8, 95.5, 97.7, share, "%", HELD_OUT, "prometra_undated"),
    )  # fmt: skip


def scanned() -> tuple[Case, ...]:
    """Return what leaves a gated pump in a magnetic field, and afterwards."""
    design = library("gated-morphine")
    pump: Pump = design.pump._replace(drive=design.pump.drive._replace(field=30.0))
    drive, rate, state = pump.drive, design.population.mean_rate, new_pump(pump)
    p_in = pressure(pump.reservoir, state.reservoir, BODY)
    mu, p_out = viscosity(pump.drug, state.drug, BODY), 10.0 * MMHG
    around: Any = Surroundings(**dict.fromkeys(Surroundings._fields, 0.0))
    own, left = state.drive, 3600.0  # [s]: an hour in the field
    while left > 0.0:
        around = around._replace(flow=flow(drive, own, rate, p_in, p_out, SEA_LEVEL, mu))
        step = min(left, panel(drive, own, around))
        own, left = advance(drive, own, step, around), left - step
    escaped = Escaped(*own).volume
    after = float(flow(drive._replace(field=0.0), own, rate, p_in, p_out, SEA_LEVEL, mu))
    name, source = "Prometra in a magnetic field", "prometra_undated"
    return (
        Case(name, "escapes", 10.0, 0.0, 10.0 * (1.0 + 1e-12), escaped / _UL, "uL", STATED, source, "printed: at most"),
        Case(name, "morphine of 25 mg/mL that escapes", 0.25, 0.0, 0.25 * (1.0 + 1e-12), escaped * 25e6, "mg", COMPUTED,
             source, "printed: less than; arithmetic"),
        near(name, "flow afterwards, until a reset", 0.0, 0.0, after * DAY / _ML, "mL/d", STATED, source,
             "gates that stay shut are put in"),
    )  # fmt: skip
