"""Published figures of pumps that an electric cell drives, by gas that it makes or by electro-osmosis, beside simulated
ones; pumps on a boiling propellant stand in `scenarios.cases.gas`."""

from __future__ import annotations

from functools import cache

import numpy as np

from fluidics.drives.electro_osmotic import current
from fluidics.engines.trace import traced
from fluidics.programmes.basal import constant
from fluidics.pump import new_pump
from fluidics.questions import flow, power_drawn, strokes
from fluidics.sites.vein import Vein
from scenarios.build import load
from scenarios.cases.gas import BODY, MMHG
from scenarios.cases.published import CALIBRATED, COMPUTED, HELD_OUT, STATED, WEAK, Case, near, within
from scenarios.units import DAY

_PSI = 6894.757293168361  # [Pa]
_GROUND, _HIGH = 14.7 * _PSI, 10.92 * _PSI  # [Pa]: as the maker counts it, and at 8,000 ft
_SET_AT = 11.0 * MMHG
_WATER = 0.6913e-3  # [Pa s] at 37 degC
_PER_MINUTE = 1e-9 / 60.0  # [m3/s] of a microlitre per minute
_PART = 0.5e-6  # [m3] over which the maker averages, and that he leaves out at both ends


@cache
def cell_cases() -> tuple[Case, ...]:
    """Return every published figure of pumps that a cell drives."""
    return (*pressed(), even(), *carried(), *powered())


def pressed() -> tuple[Case, ...]:
    """Return the flow of a gas-generating pump over its set rate, against pressures and at a height."""
    name, source = "Infu-Disk, flow over the set rate", "infudisk_undated"
    design = load("worn-morphine-gas").design
    own, rate = new_pump(design.pump).drive, design.population.mean_rate

    def more(p_out: float, ambient: float) -> float:
        return 100.0 * (float(flow(design.pump.drive, own, rate, 0.0, p_out, ambient, _WATER)) / rate - 1.0)

    note = "the maker's equation, which an ideal gas made evenly explains"
    height = "the same at 10.92 psi and 11 mmHg; a pump on n-butane behind a capillary gains 10.6 %"
    return (
        *(near(name, f"against {mmhg:g} mmHg", published, 0.1, more(mmhg * MMHG, _GROUND), "%", STATED, source, note)
          for mmhg, published in ((0.0, 1.4), (11.0, -0.1), (50.0, -4.9), (100.0, -10.4), (200.0, -19.8))),
        near(name, "at 2,438 m", 33.8, 0.1, more(_SET_AT, _HIGH), "%", STATED, source, height),
    )  # fmt: skip


def even() -> Case:
    """Return how far parts of half a millilitre are from the set rate, of a pump from full to empty."""
    design = load("worn-morphine-gas").design
    rate, pump = design.population.mean_rate, design.pump._replace(site=Vein(BODY, _SET_AT))
    span = pump.reservoir.capacity / rate
    trace = traced(pump, new_pump(pump), constant(rate, span), 0.97 * span, "stroke")
    parts = np.arange(_PART, pump.reservoir.capacity - _PART + 1e-12, _PART)
    worst = 100.0 * float(np.max(np.abs(_PART / np.diff(np.interp(parts, trace.delivered, trace.time)) / rate - 1.0)))
    return Case(
        "Infu-Disk, steadiness", "greatest error over 0.5 mL, from 0.5 to 4.5 mL", 10.0, 0.0, 10.0, worst, "%",
        WEAK, "infudisk_undated", "printed: at most; a median pump, without the drift of its cell",
    )  # fmt: skip


def carried() -> tuple[Case, ...]:
    """Return the flow of the electro-osmotic cell at its currents, and whether it pumps against its pressure."""
    name, source = "Electro-osmotic cell", "uhlig_1983"
    pump = load("electro-osmotic-insulin").design.pump
    drive, own, rates = pump.drive, new_pump(pump).drive, (0.15, 0.60)
    low, high = (float(current(drive, rate * _PER_MINUTE)) * 1e3 for rate in rates)
    bare = drive._replace(outlet_crack=0.0)
    against = float(flow(bare, own, rates[0] * _PER_MINUTE, 0.0, 520.0 * MMHG, 101325.0, _WATER)) / _PER_MINUTE
    return (
        within(name, "current for 0.15 uL/min", 2.5, 0.02, low, "mA", CALIBRATED, source, "fixes 1 uL per coulomb"),
        within(name, "current for 0.60 uL/min", 10.0, 0.02, high, "mA", HELD_OUT, source),
        Case(name, "flow of 2.5 mA against 52 cmHg", 0.15, 0.001, 0.15, against, "uL/min", WEAK, source,
             "published is that it flows; the leak of the membrane is assumed"),
        within(name, "reversals in 69 days", 1e4, 0.02, strokes(drive, 1e-12) * 69.0 * DAY, "-", COMPUTED, source,
               "arithmetic: one every 10 min"),
    )  # fmt: skip


def powered() -> tuple[Case, ...]:
    """Return the energy and the power that the electro-osmotic cell takes at its low flow."""
    name, source, rate = "Electro-osmotic cell", "uhlig_1983", 0.15 * _PER_MINUTE
    watts = float(power_drawn(load("electro-osmotic-insulin").design.pump.drive, rate))
    return (
        within(name, "energy at 0.15 uL/min", 64.0, 0.02, watts / rate * 1e-6, "mJ/uL", CALIBRATED, source,
               "fixes the resistance"),
        Case(name, "power at 0.15 uL/min", 0.2, 0.0, 0.2, 1e3 * watts, "mW", WEAK, source, "printed: less than"),
    )  # fmt: skip
