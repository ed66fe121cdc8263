"""When pumps notice that their line is shut, published and simulated: one missed volume for each device, over all its
rates; heads, air and syringes stand in `scenarios.cases.worn`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from fluidics.circuit import CHAMBER, circuit, schedule
from fluidics.engines.exact import resolve
from fluidics.lines.loading import time_to_pressure
from fluidics.pump import new_pump
from fluidics.sites.blockage import Blocked
from scenarios.cases.published import CALIBRATED, COMPUTED, HELD_OUT, WEAK, Case, within
from scenarios.cases.worn_pump import CREEP_TIME, HOUR, UNIT, UNIT_PER_HOUR, patch_drive, siphon_compliance, worn_pump

_SHUT = 1e26  # [Pa s/m3]
_ML = 1e-6
_KPA = 1e3
_DAY = 24.0 * HOUR


class Sensed(NamedTuple):
    """A drive as its alarm sees it: what is missed at slow rates, and the share of compliance that does not creep."""

    missed: float  # [m3]
    fast: float  # [-]


def alarm_time(sensed: Sensed, rate: float) -> float:
    """Return the time [s] from the shutting of the line to the alarm at a steady rate [m3/s]."""
    stored = siphon_compliance()
    pressure = sensed.missed / stored
    return time_to_pressure(rate, pressure, sensed.fast * stored, (1.0 - sensed.fast) * stored, CREEP_TIME)


def slow_limit(time: float, rate: float, fast: float) -> Sensed:
    """Return the drive that alarms after a time [s] at a rate [m3/s] so slow that creep has nearly caught up."""
    return Sensed(time * rate + (1.0 - fast) * CREEP_TIME * rate, fast)


def veo() -> Sensed:
    """Return the drive that alarms after 3.13 h at 1 U/h and 49 s at 2 U/min, by bisection on what does not creep."""
    low, high = 0.01, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        sensed = slow_limit(3.13 * HOUR, UNIT_PER_HOUR, middle)
        low, high = (middle, high) if alarm_time(sensed, 2.0 * UNIT / 60.0) < 49.0 else (low, middle)
    return slow_limit(3.13 * HOUR, UNIT_PER_HOUR, low)


def alarms() -> tuple[Case, ...]:
    """Return all published alarm times and missed volumes."""
    return (*paradigm_veo(), *paradigm_511(), *omnipod(), *patches(), *crono(), *syringes(), *arithmetic())


def paradigm_veo() -> tuple[Case, ...]:
    """Return the alarms of a pump that tells basal and bolus apart, by the creep of its seal."""
    name, source, drive = "Occlusion, Paradigm Veo", "veo_2009", veo()
    slow, basal, bolus = (alarm_time(drive, rate) for rate in (0.025 * UNIT_PER_HOUR, UNIT_PER_HOUR, UNIT / 30.0))
    mean = (slow * 0.025 * UNIT_PER_HOUR + basal * UNIT_PER_HOUR + bolus * UNIT / 30.0) / (3.0 * UNIT)
    return (
        within(name, "alarm at 1 U/h", 3.13, 0.1, basal / HOUR, "h", CALIBRATED, source, "fixes the missed volume"),
        within(name, "alarm at 2 U/min", 49.0, 0.1, bolus, "s", CALIBRATED, source, "fixes the share that creeps"),
        within(name, "alarm at 0.025 U/h", 122.73, 0.1, slow / HOUR, "h", HELD_OUT, source),
        within(name, "missed on average", 2.77, 0.1, mean, "U", HELD_OUT, source,
               "taken as the mean of the three situations of the table"),
    )  # fmt: skip


def paradigm_511() -> tuple[Case, ...]:
    """Return the alarms of an older pump with a missed volume of its own and the creep of the newer."""
    name, source = "Occlusion, Paradigm 511", "paradigm_2005"
    drive = slow_limit(75.0 * 60.0, UNIT_PER_HOUR, veo().fast)
    times = [alarm_time(drive, rate) for rate in (UNIT_PER_HOUR, 0.1 * UNIT_PER_HOUR, 1.5 * UNIT / 60.0)]
    return (
        within(name, "alarm at 1 U/h", 75.0, 0.1, times[0] / 60.0, "min", CALIBRATED, source),
        within(name, "alarm at 0.1 U/h", 12.5, 0.02, times[1] / HOUR, "h", HELD_OUT, source),
        within(name, "alarm at 1.5 U/min", 25.0, 0.1, times[2], "s", HELD_OUT, source, "with the creep of the Veo"),
        Case(name, "released when the line opens", 3.0, 0.0, 3.0, drive.missed / UNIT, "U", WEAK, source,
             "printed: up to 3.0 U"),
    )  # fmt: skip


def pod_alarm(missed: float, rate: float) -> float:
    """Return the time [s] in which increments at a rate [m3/s] raise a pod's pressure to its alarm, resolved.

    The first increment falls due a period after the line is shut. The alarm lies half an increment below the missed
    volume, since only whole ones are pushed.
    """
    drive = patch_drive()
    alarm = (missed - 0.5 * drive.increment) / drive.compliance
    drive = drive._replace(stall_pressure=2.0 * alarm)
    pump = worn_pump(drive)
    pump = pump._replace(site=Blocked(pump.site, _SHUT))
    state = new_pump(pump)
    net = circuit(pump, state, True)
    plan = schedule(net.network, drive, state.drive, rate)
    count = math.ceil(missed / drive.increment) + 2
    run = resolve(net.network, plan, count, net.pressure.copy(), np.zeros(len(net.network.kind), dtype=np.int64))
    reached = int(np.argmax(run.pressure[:, CHAMBER] >= alarm))
    return float(run.time[reached] + plan.duration.sum() - plan.duration[0])


def omnipod() -> tuple[Case, ...]:
    """Return the alarms of two generations of one pod, each with one missed volume."""
    pod, go = "Occlusion, Omnipod", "Occlusion, Omnipod GO"
    first, second = 3.0 * UNIT, 3.5 * HOUR * 25.0 * UNIT / _DAY
    times = [pod_alarm(first, rate * UNIT_PER_HOUR) / HOUR for rate in (1.0, 0.05)]
    daily = [pod_alarm(second, rate * UNIT / _DAY) / HOUR for rate in (25.0, 10.0, 40.0)]
    return (
        within(pod, "alarm at 1 U/h", 3.0, 0.2, times[0], "h", CALIBRATED, "omnipod_2022"),
        within(pod, "alarm at 0.05 U/h", 51.0, 0.2, times[1], "h", HELD_OUT, "omnipod_2022"),
        within(go, "alarm at 25 U/d", 3.5, 0.2, daily[0], "h", CALIBRATED, "omnipodgo_2023"),
        within(go, "alarm at 10 U/d", 8.5, 0.2, daily[1], "h", HELD_OUT, "omnipodgo_2023"),
        within(go, "alarm at 40 U/d", 2.5, 0.2, daily[2], "h", HELD_OUT, "omnipodgo_2023"),
        Case(go, "missed volume", 4.0, 3.0, 5.0, second / UNIT, "U", COMPUTED, "omnipodgo_2023",
             "printed: 3 to 5 U; arithmetic: 3.5 h at 25 U/d"),
    )  # fmt: skip


def patches() -> tuple[Case, ...]:
    """Return the alarms of two patch pumps that were clamped."""
    source = "waldenmaier_2020"
    solo, a6 = (2.0 + 57.0 / 60.0) * UNIT, (7.0 + 26.0 / 60.0) * UNIT
    times = [pod_alarm(v, r * UNIT_PER_HOUR) / HOUR for v in (solo, a6) for r in (1.0, 0.1)]
    return (
        within("Occlusion, Solo", "alarm at 1 U/h", 2.95, 0.2, times[0], "h", CALIBRATED, source),
        within("Occlusion, Solo", "alarm at 0.1 U/h", 35.18, 0.2, times[1], "h", HELD_OUT, source),
        within("Occlusion, A6", "alarm at 1 U/h", 7.43, 0.2, times[2], "h", CALIBRATED, source),
        Case("Occlusion, A6", "alarm at 0.1 U/h", 72.0, 72.0, math.inf, times[3], "h", WEAK, source,
             "published: none before the end of its run, taken as three days"),
    )  # fmt: skip


def crono() -> tuple[Case, ...]:
    """Return the alarms of a syringe pump over a fiftyfold range of rates."""
    name, source, missed = "Occlusion, Crono Five", "crono_2010", 50.0 / 60.0 * 0.5 * _ML
    sensed = Sensed(missed, 1.0)
    times = [alarm_time(sensed, rate * _ML / HOUR) / 60.0 for rate in (0.5, 0.1, 5.0)]
    return (
        within(name, "alarm at 500 uL/h", 50.0, 0.2, times[0], "min", CALIBRATED, source),
        within(name, "alarm at 100 uL/h", 300.0, 0.2, times[1], "min", HELD_OUT, source),
        within(name, "alarm at 5,000 uL/h", 5.0, 0.2, times[2], "min", HELD_OUT, source),
    )


def syringes() -> tuple[Case, ...]:
    """Return the alarms of a 50 mL syringe, and the pressure they mean with the compliance of such syringes."""
    name, source, missed = "Occlusion, 50 mL syringe", "donmez_2005", 117.3 / 60.0 * 0.5 * _ML
    slow, fast = (alarm_time(Sensed(missed, 1.0), rate * _ML / HOUR) / 60.0 for rate in (0.5, 5.0))
    stiff, soft = (missed / (compliance * 1e-12) / _KPA for compliance in (9.0, 21.0))
    return (
        within(name, "alarm at 0.5 mL/h", 117.3, 0.2, slow, "min", CALIBRATED, source),
        within(name, "alarm at 5 mL/h", 15.0, 0.5, fast, "min", HELD_OUT, source, "published: +- 7.1 min"),
        Case(name, "alarm pressure with 9 uL/kPa", 92.5, 45.0, 140.0, stiff, "kPa", HELD_OUT, "snijder_2015"),
        Case(name, "alarm pressure with 21 uL/kPa", 92.5, 45.0, 140.0, soft, "kPa", HELD_OUT, "snijder_2015"),
    )


def arithmetic() -> tuple[Case, ...]:
    """Return a made-up example: 12 mL/h from 15 to 85 kPa at 0.010 mL/kPa, and 8 s until the alarm sounds."""
    name, source, rate = "Occlusion, worked example", "", 12.0 * _ML / HOUR
    reached = time_to_pressure(rate, 70.0 * _KPA, 0.010 * _ML / _KPA, 0.0, CREEP_TIME)
    return (
        within(name, "stored", 0.70, 1e-12, rate * reached / _ML, "mL", COMPUTED, source),
        within(name, "time to the threshold", 210.0, 1e-12, reached, "s", COMPUTED, source),
        within(name, "time to the alarm", 218.0, 1e-12, reached + 8.0, "s", COMPUTED, source, "above a limit of 120 s"),
    )
