"""One small repairable pump three times, in SimPy, in NumPy and in the lifetime kernel, so that their speed is compared
on equal answers; the kernel on the scenarios of the library is timed in `benchmarks.work`.

A patient leaves follow-up at ten years or at a constant hazard. A pump fails by the first of five Weibull hazards, all
multiplied by the patient's lognormal frailty, or when its battery is empty, and is replaced a week later. Until then it
is refilled at normal intervals; each cycle has its own dose, basal and boluses, and its own vial of insulin, whose
aggregate settles on the valve seats, so that the pump leaks. The parameters are chosen so that nothing worse happens:
no catheter closes, no visit finds an error, every cycle is one panel.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import interleaved
from benchmarks.work import SCENARIOS, YEARS, library_plan
from fluidics.pump import Pump, new_pump
from fluidics.questions import line, pressure, viscosity
from reliability.chunk import Plan, simulate
from reliability.events import RECORD, REPLACE
from reliability.hazards import FRAILTY, HAZARD_WIDTH, RATE, REMEDY, SHAPE
from reliability.interruption import MODE_REMEDY
from reliability.modes import DepletedBattery
from reliability.population import SPREAD_WIDTH

Array = NDArray[np.float64]

DAY = 86400.0
ML = 1e-6
END = YEARS * 365.25 * DAY
SCALES = np.array([3000.0, 4000.0, 6000.0, 8000.0, 12000.0]) * DAY
SHAPES = np.array([1.5, 3.0, 1.0, 2.0, 1.2])
LEAVING = 0.02 / (365.25 * DAY)
INTERVAL, INTERVAL_SPREAD, SHORTEST, LONGEST = 45.0 * DAY, 5.0 * DAY, 9.0 * DAY, 90.0 * DAY
DOSE, DOSE_SPREAD, CYCLE_SPREAD = 0.1 * ML / DAY, 0.25, 0.05
FRAILTY_SPREAD = 0.6
VIAL_SPREAD = 0.3
OPERATION = 7.0 * DAY


class Outcome(NamedTuple):
    """What each patient went through; arrays (n_patients,)."""

    failures: Array
    refills: Array
    delivered: Array  # [mL]
    undelivered: Array  # [mL]


class Numbers(NamedTuple):
    """The pump of the model as plain numbers, SI."""

    suction: float
    stiffness: float
    offset: float
    slope: float
    accuracy: float
    stall: float
    leak: float
    growth: float
    nucleation: float
    carried: float
    deposition_time: float
    pressure_factor: float
    energy: float
    energy_spread: float
    reserve: float
    power: float
    energy_per_volume: float
    basal_share: float
    bolus: float


def kernel_plan(seed: int) -> Plan:
    """Return the plan of the model for the lifetime kernel: the pump of the library, with its worst made quiet."""
    plan = library_plan(SCENARIOS[0])
    clinic = plan.design.clinic._replace(
        interval=INTERVAL,
        interval_spread=INTERVAL_SPREAD,
        longest_interval=LONGEST,
        missed=0.0,
        low_volume=0.0,
        error_threshold=0.9,
        surgery_threshold=0.9,
        replacement_delay=OPERATION,
    )
    population = plan.design.population._replace(
        mean_rate=DOSE,
        rate_spread=DOSE_SPREAD,
        cycle_spread=CYCLE_SPREAD,
        frailty_spread=FRAILTY_SPREAD,
        death_rate=LEAVING,
        loss_rate=0.0,
        abandonment_rate=0.0,
        entry_span=0.0,
        closing_date=1e300,
    )
    hazards = np.zeros((SCALES.size, HAZARD_WIDTH))
    hazards[:, RATE], hazards[:, SHAPE], hazards[:, FRAILTY], hazards[:, REMEDY] = 1.0 / SCALES, SHAPES, 1.0, REPLACE
    modes = plan.mode_rows.copy()
    modes[:, MODE_REMEDY] = [REPLACE if isinstance(mode, DepletedBattery) else RECORD for mode in plan.design.modes]
    return plan._replace(
        design=plan.design._replace(pump=_quiet(plan.design.pump), clinic=clinic, population=population),
        spreads=np.zeros((0, SPREAD_WIDTH)),
        mode_rows=modes,
        hazards=hazards,
        hazard_names=tuple(f"failure_{k}" for k in range(SCALES.size)),
        seed=seed,
    )


def _quiet(pump: Pump) -> Pump:
    still = {"batch_spread": 0.0, "lot_spread": 0.0, "device_spread": 0.0, "vial_spread": VIAL_SPREAD}
    drug = {"growth": 0.02 / DAY, "reference_temperature": pump.site.body_temperature, "nucleation": 2e-6 / DAY}
    return pump._replace(
        reservoir=pump.reservoir._replace(capacity=50.0 * ML, residual=2.0 * ML),
        drug=pump.drug._replace(**drug, **still),
        drive=pump.drive._replace(deposition_time=DAY, pressure_factor=55.0),
        catheter=pump.catheter._replace(onset_rate=0.0),
        site=pump.site._replace(onset_rate=0.0),
    )


def numbers(plan: Plan) -> Numbers:
    """Return the pump of a plan as the peers need it."""
    pump, state = plan.design.pump, new_pump(plan.design.pump)
    body = pump.site.body_temperature
    mu = float(viscosity(pump.drug, state.drug, body))
    tube, site = line(pump.catheter, state.catheter, mu), line(pump.site, state.site, mu)
    battery = next(mode for mode in plan.design.modes if isinstance(mode, DepletedBattery))
    return Numbers(
        suction=float(pressure(pump.reservoir, state.reservoir, body)),
        stiffness=pump.reservoir.stiffness,
        offset=float(tube.offset + site.offset),
        slope=float(tube.slope + site.slope),
        accuracy=pump.drive.accuracy,
        stall=pump.drive.stall_pressure,
        leak=pump.drive.reference_viscosity / (mu * pump.drive.filter_resistance),
        growth=pump.drug.growth,
        nucleation=pump.drug.nucleation,
        carried=pump.reservoir.residual / pump.reservoir.capacity,
        deposition_time=pump.drive.deposition_time,
        pressure_factor=pump.drive.pressure_factor,
        energy=pump.power.energy,
        energy_spread=pump.power.spread,
        reserve=battery.reserve,
        power=pump.power.base_power,
        energy_per_volume=pump.power.stroke_energy / pump.drive.stroke_volume,
        basal_share=plan.design.regimen.basal_share,
        bolus=plan.design.regimen.bolus_rate,
    )


# --- the physics of a cycle, for floats and for arrays -----------------------------------------------------------


def _operating(p: Numbers, deposit: Any, drawn: Any, basal: Any, share: Any, least: Callable[..., Any]) -> Any:
    """Return the net flow, and the mean square of the line pressure, at two rate levels."""
    gap = deposit * deposit * deposit
    leak = p.leak * gap / (1.0 + gap)
    back = leak * (p.offset - p.suction + p.stiffness * drawn)
    damping = 1.0 / (1.0 + leak * p.slope)
    most = (p.stall - p.offset) / p.slope
    low = least((p.accuracy * basal - back) * damping, most)
    high = least((p.accuracy * p.bolus - back) * damping, most)
    held_low, held_high = p.offset + p.slope * low, p.offset + p.slope * high
    rest = 1.0 - share
    return rest * low + share * high, rest * held_low * held_low + share * held_high * held_high


def _cycle(
    p: Numbers, mass: Any, nucleation: Any, deposit: Any, dose: Any, dt: Any, exp: Callable[..., Any], least: Any
) -> Any:
    """Return aggregate, deposit and mean flow after a cycle of one midpoint panel."""
    share = least((1.0 - p.basal_share) * dose / p.bolus, 0.999)
    basal = p.basal_share * dose / (1.0 - share)
    x = p.growth * dt
    half = exp(0.5 * x)
    full = half * half
    early, late = (half - 1.0) / (0.5 * x), (full - 1.0) / x
    grown = nucleation * dt
    press = p.pressure_factor / (p.stall * p.stall)
    flow, square = _operating(p, deposit, 0.0, basal, share, least)
    seen = mass * early + grown * (early - 1.0) / x
    middle = deposit + seen / p.deposition_time * (1.0 + press * square) * (0.5 * dt)
    flow, square = _operating(p, middle, flow * (0.5 * dt), basal, share, least)
    seen = mass * late + grown * (late - 1.0) / x
    return mass * full + grown * late, deposit + seen / p.deposition_time * (1.0 + press * square) * dt, flow


# --- SimPy: one process per patient ------------------------------------------------------------------------------


def _patient(env: Any, p: Numbers, chance: random.Random, mine: list[float]) -> Iterator[Any]:
    frailty = chance.lognormvariate(-0.5 * FRAILTY_SPREAD**2, FRAILTY_SPREAD)
    mean = chance.lognormvariate(0.0, DOSE_SPREAD) * DOSE
    end = min(END, chance.expovariate(LEAVING))
    rows = tuple(zip(SCALES.tolist(), SHAPES.tolist(), strict=True))
    while env.now < end:
        failure = env.now + min(c * (chance.expovariate(1.0) / frailty) ** (1.0 / k) for c, k in rows)
        energy = p.energy * (1.0 + p.energy_spread * max(chance.gauss(0.0, 1.0), -4.0))
        left = energy * (1.0 - p.reserve)
        mass = deposit = 0.0
        while True:
            mass *= p.carried
            dose = mean * chance.lognormvariate(0.0, CYCLE_SPREAD)
            wait = min(max(chance.gauss(INTERVAL, INTERVAL_SPREAD), SHORTEST), LONGEST)
            drain = p.power + p.energy_per_volume * dose
            dt = min(wait, failure - env.now, left / drain, end - env.now)
            seeds = p.nucleation * chance.lognormvariate(0.0, VIAL_SPREAD)
            mass, deposit, flow = _cycle(p, mass, seeds, deposit, dose, dt, math.exp, min)
            left -= drain * dt
            mine[2] += flow * dt
            mine[3] += (dose - flow) * dt
            ended = dt >= end - env.now
            yield env.timeout(dt)
            if ended:
                return
            if dt < wait:
                break
            mine[1] += 1
        mine[0] += 1
        yield env.timeout(OPERATION)


def simpy_version(p: Numbers, patients: int, seed: int) -> Outcome:
    """Return the outcome of the SimPy version."""
    import simpy

    env, chance = simpy.Environment(), random.Random(seed)
    tally = [[0.0, 0.0, 0.0, 0.0] for _ in range(patients)]
    for mine in tally:
        env.process(_patient(env, p, chance, mine))
    env.run()
    failures, refills, delivered, undelivered = np.array(tally).T
    return Outcome(failures, refills, delivered / ML, undelivered / ML)


# --- NumPy: a cycle of all patients of a block at a time ---------------------------------------------------------


def _lives(frailty: Array, chance: np.random.Generator) -> Array:
    draws = chance.standard_exponential((SCALES.size, frailty.size)) / frailty
    return np.min(SCALES[:, None] * draws ** (1.0 / SHAPES[:, None]), axis=0)


def _cells(p: Numbers, n: int, chance: np.random.Generator) -> Array:
    z = np.maximum(chance.standard_normal(n), -4.0)
    return p.energy * (1.0 + p.energy_spread * z) * (1.0 - p.reserve)


def _block(p: Numbers, n: int, chance: np.random.Generator) -> Outcome:
    outcome = Outcome(np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n))
    frailty = np.exp(FRAILTY_SPREAD * chance.standard_normal(n) - 0.5 * FRAILTY_SPREAD**2)
    mean = DOSE * np.exp(DOSE_SPREAD * chance.standard_normal(n))
    end = np.minimum(END, chance.standard_exponential(n) / LEAVING)
    who, now, mass, deposit = np.arange(n), np.zeros(n), np.zeros(n), np.zeros(n)
    failure, left = _lives(frailty, chance), _cells(p, n, chance)
    while who.size:
        z = chance.standard_normal((3, who.size))
        dose = mean * np.exp(CYCLE_SPREAD * z[0])
        wait = np.clip(INTERVAL + INTERVAL_SPREAD * z[1], SHORTEST, LONGEST)
        drain = p.power + p.energy_per_volume * dose
        dt = np.minimum(np.minimum(wait, left / drain), np.minimum(failure, end) - now)
        seeds = p.nucleation * np.exp(VIAL_SPREAD * z[2])
        mass, deposit, flow = _cycle(p, p.carried * mass, seeds, deposit, dose, dt, np.exp, np.minimum)
        left -= drain * dt
        outcome.delivered[who] += flow * dt / ML
        outcome.undelivered[who] += (dose - flow) * dt / ML
        over = dt >= end - now
        outcome.refills[who] += (dt == wait) & ~over
        now += dt
        failed = np.flatnonzero((dt < wait) & ~over)
        if failed.size:
            outcome.failures[who[failed]] += 1.0
            now[failed] += OPERATION
            failure[failed] = now[failed] + _lives(frailty[failed], chance)
            left[failed] = _cells(p, failed.size, chance)
            mass[failed] = deposit[failed] = 0.0
        stay = ~over & (now < end)
        if not stay.all():
            kept = np.flatnonzero(stay)
            who, now, end, mean, frailty, failure, left, mass, deposit = (
                x[kept] for x in (who, now, end, mean, frailty, failure, left, mass, deposit)
            )
    return outcome


def numpy_version(p: Numbers, patients: int, seed: int, at_once: int = 8000) -> Outcome:
    """Return the outcome of the NumPy version; blocks that stay in the cache are the fastest."""
    chance = np.random.default_rng(seed)
    blocks = [_block(p, min(at_once, patients - first), chance) for first in range(0, patients, at_once)]
    return Outcome(*(np.concatenate(columns) for columns in zip(*blocks, strict=True)))


# --- the kernel, and how they compare ----------------------------------------------------------------------------


def kernel_version(plan: Plan, patients: int) -> Outcome:
    """Return the outcome of the lifetime kernel."""
    table = simulate(plan, 0, patients)
    ended = np.bincount(np.asarray(table.devices["patient"]), np.asarray(table.devices["cause"]) != 0, patients)
    names = ("refills", "delivered", "undelivered")
    return Outcome(ended, *(np.asarray(table.patients[name], dtype=float) for name in names))


def standard_errors_apart(a: Outcome, b: Outcome) -> Outcome:
    """Return how many standard errors the means of two outcomes differ [-]."""
    return Outcome(
        *((x.mean() - y.mean()) / np.sqrt(x.var() / x.size + y.var() / y.size) for x, y in zip(a, b, strict=True))
    )


def comparison() -> list[str]:
    """Return one line for each peer: patients per CPU second beside the kernel in turns, and how well they agree."""
    plan, patients = kernel_plan(1), 8000
    p, ours = numbers(plan), kernel_version(plan, patients)
    lines = ["beside the peers, on one small repairable pump (not part of the gate):"]
    for name, version, count in (("SimPy", simpy_version, 200), ("NumPy", numpy_version, patients)):
        timing = interleaved(partial(version, p, count, 2), partial(simulate, plan, 0, patients), 3)
        theirs, mine = count / timing.run, patients / timing.reference
        apart = max(abs(z) for z in standard_errors_apart(version(p, count, 2), ours))
        lines.append(
            f"  {name} {theirs:,.0f} patients per CPU s, kernel {mine:,.0f}: {mine / theirs:.2f} times as many; "
            f"means agree within {apart:.1f} standard errors"
        )
    return lines
