"""Published figures of worn pumps and syringe pumps beside simulated ones: heads, air, syringes, and all the cases
together; alarms stand in `scenarios.cases.worn_alarms`, windows of delivery in `scenarios.cases.worn_windows`."""

from __future__ import annotations

from functools import cache

import numpy as np

from fluidics.circuit import OUTLET, circuit, schedule
from fluidics.drives import LeadScrew, Patch
from fluidics.engines.exact import resolve
from fluidics.lines.air import ATMOSPHERE, boyle
from fluidics.network import Floats, Ints
from fluidics.pump import Luck, Pump, new_pump
from fluidics.questions import fresh
from scenarios.cases.published import CALIBRATED, HELD_OUT, WEAK, Case
from scenarios.cases.worn_alarms import alarms
from scenarios.cases.worn_pump import (
    MAIN_HEIGHT,
    UNIT,
    UNIT_PER_HOUR,
    patch_drive,
    siphon_compliance,
    tubed_drive,
    worn_pump,
)
from scenarios.cases.worn_windows import windows

_GAS = 13e-9  # [m3] in the line of the hyperbaric chamber


@cache
def worn_cases() -> tuple[Case, ...]:
    """Return every published figure that worn pumps and syringe pumps are held against."""
    return (*siphon(), *chamber_dive(), *alarms(), *syringe_slack(), *flight(), *windows())


def delivered(pump: Pump, hours: int, start: tuple[Floats, Ints] | None) -> tuple[float, tuple[Floats, Ints]]:
    """Return the volume [m3] delivered at 1 U/h by the exact engine, and pressures and valves to go on from."""
    state = new_pump(pump)
    net = circuit(pump, state, True)
    pressure, opened = start or (net.pressure, np.zeros(len(net.network.kind), dtype=np.int64))
    plan = schedule(net.network, pump.drive, state.drive, UNIT_PER_HOUR)
    run = resolve(net.network, plan, 20 * hours, pressure.copy(), opened)
    return float(run.volume[-1, OUTLET]), (run.pressure[-1], run.open[-1])


def raised(drive: LeadScrew | Patch, height: float) -> tuple[float, float]:
    """Return what a pump delivers in the hour after it was moved [-], and per hour in the five hours after that."""
    _, warm = delivered(worn_pump(drive), 10, None)
    first, after = delivered(worn_pump(drive, height), 1, warm)
    later, _ = delivered(worn_pump(drive, height), 5, after)
    return first / UNIT, later / (5.0 * UNIT)


def siphon() -> tuple[Case, ...]:
    """Return what a head does to an hour at 1 U/h."""
    name, source = "Siphon, 1 U/h for 1 h", "zisser_2010"
    low, after = raised(tubed_drive(), -MAIN_HEIGHT)
    high, _ = raised(tubed_drive(), MAIN_HEIGHT)
    tubeless, _ = raised(patch_drive(), -0.012)
    stored = siphon_compliance() * 1e12
    return (
        Case(name, "pump below by the tube's length", 74.5, 68.5, 80.5, 100.0 * low, "%", CALIBRATED, source,
             "fixes the compliance; tubes of 80 to 110 cm, taken as 95 cm"),
        Case(name, "compliance that follows", 0.275, 0.22, 0.33, stored, "uL/kPa", CALIBRATED, source),
        Case(name, "pump above by the tube's length", 123.3, 117.3, 129.3, 100.0 * high, "%", HELD_OUT, source),
        Case(name, "rate after the transient", 100.0, 99.0, 101.0, 100.0 * after, "%", WEAK, source),
        Case(name, "without a tube", 100.0, 97.0, 103.0, 100.0 * tubeless, "%", WEAK, source),
    )  # fmt: skip


def chamber_dive() -> tuple[Case, ...]:
    """Return what a hyperbaric chamber does to a line with trapped gas: Boyle's law, whatever the pump's rate."""
    name, source = "Hyperbaric chamber, 1 to 1.3 atm", "bertuzzi_2017"
    sea, deep = ATMOSPHERE, 1.3 * ATMOSPHERE
    taken = _GAS - boyle(_GAS, sea, deep)
    given = boyle(_GAS, deep, sea) - _GAS
    given *= boyle(1.0, sea, deep)  # the gas is that of the way down
    note = "13 uL of gas at one atmosphere follow from this figure"
    return (
        Case(name, "more within 10 min on the way back", 0.3, 0.2, 0.4, given / UNIT, "U", CALIBRATED, source, note),
        Case(name, "more within 10 min on the way down", -0.2, -0.3 - 1e-9, -0.1, -taken / UNIT, "U", HELD_OUT, source,
             "at the limit: the same gas gives as much both ways"),
    )  # fmt: skip


def syringe_slack() -> tuple[Case, ...]:
    """Return how far single boluses of a syringe pump spread: one slack for all sizes, and a gain of +-0.5 %."""
    drive = LeadScrew(1e-9, 1.0, 1e5, 1e-11, slack=18e-9)
    spread = []
    for volume in (0.030e-6, 0.988e-6, 19.83e-6):
        ends = [
            gain * (volume - fresh(drive, Luck(chance, 0.0, 0.0)).left) for gain in (0.995, 1.005) for chance in (0, 1)
        ]
        spread.append((max(ends) - min(ends)) / volume)
    published = ((0.030, 0.588, CALIBRATED), (0.988, 0.0384, HELD_OUT), (19.83, 0.0099, HELD_OUT))
    return tuple(
        Case("Syringe pump, spread of boluses", f"range of the error at {size:g} mL", 100.0 * wide, 50.0 * wide,
             200.0 * wide, 100.0 * ours, "%", role, "medfusion_2011", "a factor of 2; slack 18 uL, gain +-0.5 % stated")
        for (size, wide, role), ours in zip(published, spread, strict=True)
    )  # fmt: skip


def flight() -> tuple[Case, ...]:
    """Return whether what a flight pushes out of syringe pumps comes back: a closed gas does it by Boyle's law."""
    gas, sea, cabin = 100e-9, ATMOSPHERE, 0.75 * ATMOSPHERE
    up = boyle(gas, sea, cabin) - gas
    down = boyle(boyle(gas, sea, cabin), cabin, sea) - boyle(gas, sea, cabin)
    return (
        Case("Syringe pumps in an aircraft", "drawn back on descent over pushed out on ascent", 166.0 / 173.0, 0.85,
             1.10, -down / up, "-", HELD_OUT, "fan_2025", "the volume of gas is not published; it cancels out"),
    )  # fmt: skip
