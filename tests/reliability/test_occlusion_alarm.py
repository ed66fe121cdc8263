"""The occlusion alarm: it sounds at its pressure, and at the latest when the drive stalls."""

from __future__ import annotations

import pytest

from fluidics.engines.panel import seen
from fluidics.pump import new_pump
from fluidics.questions import histogram, margin
from reliability.modes import OcclusionAlarm
from tests.fluidics.parts import AROUND, HEPATIC_PUMP, onset
from tests.reliability.plans import DAILY, DAY, REGIMEN, quiet_plan

PUMP = quiet_plan().design.pump
NEW = new_pump(PUMP)
LEVELS = histogram(REGIMEN, DAILY)


@pytest.mark.parametrize(("pressure", "left"), [(0.0, 1.0), (20e3, 0.75), (80e3, 0.0), (96e3, -0.2)])
def test_margin_is_the_share_of_the_alarm_pressure_that_is_left(pressure, left):
    around = AROUND._replace(p_peak=pressure, p_stall=1e300)
    assert margin(OcclusionAlarm(80e3), PUMP, NEW, around) == pytest.approx(left, abs=1e-15)


@pytest.mark.parametrize("pressure", [100e3, 200e3])
def test_a_drive_that_stalls_first_sounds_the_alarm(pressure):
    shut = seen(PUMP, NEW._replace(catheter=onset(1.0, 400.0 * DAY, 1.0)), LEVELS, 1.0)
    assert shut.p_peak == pytest.approx(PUMP.drive.stall_pressure)
    assert margin(OcclusionAlarm(pressure), PUMP, NEW, shut) == pytest.approx(1.0 - 1.0 / 0.99)
    assert margin(OcclusionAlarm(pressure), PUMP, NEW, seen(PUMP, NEW, LEVELS, 1.0)) > 0.9


def test_the_alarm_hears_boluses_before_the_basal_rate():
    half = seen(PUMP, NEW._replace(catheter=onset(1.0, 110.0 * DAY, 1.0)), LEVELS, 1.0)
    assert half.p_out < 10e3 < 50e3 < half.p_peak
    assert margin(OcclusionAlarm(50e3), PUMP, NEW, half) < 0.0


def test_a_drive_that_never_stalls_may_have_the_alarm():
    flowing = seen(HEPATIC_PUMP, new_pump(HEPATIC_PUMP), histogram(REGIMEN, DAILY), 1.0)
    # an artery at 12 kPa, behind a line that hardly resists
    found = margin(OcclusionAlarm(80e3), HEPATIC_PUMP, new_pump(HEPATIC_PUMP), flowing)
    assert found == pytest.approx(1.0 - 12.0 / 80.0, abs=1e-3)
