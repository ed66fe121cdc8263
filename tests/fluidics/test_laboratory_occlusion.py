"""Occlusions of a bench of worn pumps (Kerr et al., J. Diabetes Sci. Technol. 2 (2008) 450): 216 runs of five days at
0.1 U/h with three boluses of 2 U a day, 48 occlusions, none before 48 h, 45 of them found during a bolus.

The clog of `fluidics.lines.infusion_set` begins at a Weibull age and closes exponentially; a pump alarms at a pressure.
What is tested is how much of the series these laws carry and where they miss it.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from fluidics.lines.infusion_set import InfusionSet, inserted
from fluidics.lines.occlusion import awaited, growth
from fluidics.questions import line

HOUR, DAY = 3600.0, 86400.0
UNIT = 1e-8  # [m3]
RUNS, OCCLUDED, BY_BOLUS = 216, 48, 45
BASAL, BOLUS, SPEED = 0.1 * UNIT / HOUR, 2.0 * UNIT, 1.5 * UNIT / 60.0
MISSED = 1.25 * UNIT  # typical of a pump that alarms after 75 min at 1 U/h
COMPLIANCE = 0.25e-9 / 1e3  # [m3/Pa] of pump and tube; the pressure of the alarm follows from it
STEP = 20.0


def weibull_scale(shape):
    """Return the age [s] that makes 48 of 216 runs occlude within five days."""
    return 5.0 * DAY / (-math.log(1.0 - OCCLUDED / RUNS)) ** (1.0 / shape)


def found(tube, begin, missed):
    """Return the time [s] from onset to the alarm and whether a bolus found it; the clock starts with a bolus at 0."""
    own = inserted(tube, 0.5).clog._replace(wait=0.0, age=0.0)
    open_line = line(tube, inserted(tube, 1.0), 9e-4).slope
    alarm, pressure, time = missed / COMPLIANCE, 0.0, 0.0
    while time < 3.0 * DAY:
        since = (begin + time) % (8.0 * HOUR)
        bolus = since < BOLUS / SPEED
        flow = BASAL + (SPEED if bolus else 0.0)
        resistance = open_line * growth(own, tube.closing_time)
        # exact while the resistance stands still
        rest = flow * resistance
        pressure -= (rest - pressure) * math.expm1(-STEP / (resistance * COMPLIANCE))
        if pressure > alarm:
            return time, bolus
        own = awaited(own, 0.0, STEP)
        time += STEP
    return time, False


def share_found_by_bolus(closing, missed=MISSED):
    tube = InfusionSet(0.6, 0.2e-3, closing_time=closing)
    begins = (np.arange(24) + 0.5) / 24.0 * 8.0 * HOUR
    return np.mean([found(tube, float(begin), missed)[1] for begin in begins])


@pytest.mark.parametrize(("shape", "carries"), [(1.0, False), (2.0, False), (3.5, True), (5.0, True)])
def test_none_before_two_days_needs_a_set_that_wears_out(shape, carries):
    # 48 occlusions by the fifth day; the chance that none came in the first two must not be below 5 %
    tube = InfusionSet(0.6, 0.2e-3, clog_scale=weibull_scale(shape), clog_shape=shape)
    uniforms = (np.arange(4000) + 0.5) / 4000.0
    begins = np.array([inserted(tube, float(u)).clog.wait * tube.clog_scale for u in uniforms])
    assert np.mean(begins < 5.0 * DAY) == pytest.approx(OCCLUDED / RUNS, abs=5e-4)
    early = np.mean(begins < 2.0 * DAY) * RUNS
    assert (math.exp(-early) > 0.05) == carries


@pytest.mark.parametrize("closing", [60.0, 1800.0])
def test_boluses_find_all_that_a_typical_alarm_can_find(closing):
    # 0.1 U/h fills the missed volume in 12.5 h, the next bolus comes within 8 h; published 45 of 48
    share = share_found_by_bolus(closing)
    assert share == 1.0 > BY_BOLUS / OCCLUDED


def test_a_sensitive_alarm_lets_the_basal_rate_find_some():
    # half a unit is filled in five of the eight hours between boluses: the published 6 % lie between both alarms
    share = share_found_by_bolus(60.0, 0.5 * UNIT)
    assert 0.5 < share < BY_BOLUS / OCCLUDED
