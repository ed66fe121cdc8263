"""The table of occlusions: C p whatever the rate, no alarm where enough leaks past, the bolus on release, published
pumps."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.engines.stroke import strokes
from fluidics.engines.transient import occlusion_table, reaches
from fluidics.pump import new_pump
from fluidics.sites.blockage import Blocked
from tests.fluidics.stroking import KPA, UNIT, Hose, Pusher, Tissue, pusher_pump

UNIT_OF_INSULIN = 1e-8  # [m3] of U100
HOUR, MINUTE, DAY = 3600.0, 60.0, 86400.0
SHUT = 1e30
MICROLITRE = 1e-9


def syringe(compliance, stroke=0.05 * MICROLITRE, push=0.05, leak=0.0):
    """Return a pump whose compliance is in its line, on a wide lumen."""
    return pusher_pump(Pusher(stroke, push, 1e9, leak), Hose(1e9, 0.0, compliance, 0.0), Tissue(0.0, 1e9, 0.0))


def table(pump, rates, resistances, alarm):
    return occlusion_table(pump, new_pump(pump), rates, resistances, alarm)


def test_a_shut_line_takes_compliance_times_pressure_whatever_the_rate():
    """A published pump: 1.25 U is missed at 1 U/h and at 0.1 U/h, so 75 min at the one is 12.5 h at the other.

    The compliance is that of the first; the second is predicted (MMT-511 user guide: 75 min and 12.5 h, typical).
    """
    alarm = 91.0 * KPA
    compliance = 75.0 * MINUTE * UNIT_OF_INSULIN / HOUR / alarm
    found = table(syringe(compliance), [UNIT_OF_INSULIN / HOUR, 0.1 * UNIT_OF_INSULIN / HOUR], [SHUT], alarm)
    assert found.delay[0, 0] / MINUTE == pytest.approx(75.0, rel=0.01)
    assert found.delay[1, 0] / HOUR == pytest.approx(12.5, rel=0.02)
    assert found.missed[:, 0] / UNIT_OF_INSULIN == pytest.approx(1.25, rel=0.01)
    one = 0.05 * MICROLITRE  # a stroke comes when its volume begins to be due
    assert found.released[:, 0] == pytest.approx(found.missed[:, 0], abs=one)
    assert found.released[:, 0] == pytest.approx(compliance * alarm, rel=1e-3)


def test_a_published_syringe_pump_alarms_at_one_volume():
    """About 5 h at 100, 50 min at 500 and 5 min at 5000 uL/h: 0.50, 0.42 and 0.42 mL (Crono Five user guide).

    One compliance and one threshold must give all within 20 %; 0.45 mL is theirs.
    """
    alarm = 50.0 * KPA
    rates = [volume * MICROLITRE / HOUR for volume in (100.0, 500.0, 5000.0)]
    found = table(syringe(450.0 * MICROLITRE / alarm, stroke=1.0 * MICROLITRE), rates, [SHUT], alarm)
    assert found.delay[:, 0] / MINUTE == pytest.approx([300.0, 50.0, 5.0], rel=0.2)
    assert found.delay[:, 0] * rates == pytest.approx(450.0 * MICROLITRE, rel=0.01)


def test_a_threshold_is_reached_when_what_it_takes_has_been_pushed():
    """12 mL/h, 15 kPa before, 85 kPa the threshold, 0.010 mL/kPa: 0.70 mL and 210 s."""
    pump = syringe(0.010e-6 / KPA, stroke=0.1 * MICROLITRE, push=1.0)
    level = pump._replace(site=Tissue(15.0 * KPA, 1e3, 0.0))
    found = table(level, [12e-6 / HOUR], [SHUT], 85.0 * KPA)
    assert found.delay[0, 0] == pytest.approx(210.0, rel=1e-4)
    assert found.missed[0, 0] == pytest.approx(0.70e-6, rel=1e-4)
    assert found.released[0, 0] == pytest.approx(0.70e-6, rel=1e-4)


def test_slow_leaks_never_alarm_and_larger_resistances_alarm_sooner():
    rate = UNIT_OF_INSULIN / HOUR
    resistances = [5e15, 2e16, 5e16, 1e17, 1e18, SHUT]
    found = table(syringe(0.15 * UNIT), [rate], resistances, 91.0 * KPA)
    # above rate times resistance the pressure never gets, but for a pulse of 0.33 kPa
    assert (rate * np.array(resistances) < 90.0 * KPA).tolist() == np.isinf(found.delay[0]).tolist()
    heard = found.delay[0][np.isfinite(found.delay[0])]
    assert (np.diff(heard) < 0.0).all()
    assert np.isinf(found.missed[0]).tolist() == np.isinf(found.delay[0]).tolist()
    tau = 0.15 * UNIT * 5e16
    assert found.delay[0, 2] == pytest.approx(-tau * math.log(1.0 - 91.0 * KPA / (rate * 5e16)), rel=0.01)


def test_a_faster_pump_alarms_sooner():
    rates = [0.1 * UNIT_OF_INSULIN / HOUR, UNIT_OF_INSULIN / HOUR, 1.5 * UNIT_OF_INSULIN / MINUTE]
    found = table(syringe(0.15 * UNIT), rates, [1e18, SHUT], 91.0 * KPA)
    assert (np.diff(found.delay, axis=0) < 0.0).all()
    assert found.gap < 0.01


def test_what_is_released_is_what_the_line_gives_when_it_opens():
    pump = syringe(0.15 * UNIT)
    rate = UNIT_OF_INSULIN / HOUR
    found = table(pump, [rate], [1e18], 91.0 * KPA)
    state = new_pump(pump)
    shut = strokes(pump._replace(site=Blocked(pump.site, 1e18)), state, rate, 0.0, 10_000, alarm=91.0 * KPA)
    end = float(shut.resolved.pressure[-1, 1])
    free = strokes(pump._replace(site=Blocked(pump.site, 0.0)), state, 0.0, end, 10)
    assert free.resolved.volume[-1, 1] == pytest.approx(found.released[0, 0], rel=1e-6)
    assert shut.alarm == pytest.approx(found.delay[0, 0], rel=1e-6)


@settings(max_examples=20)
@given(
    compliance=st.floats(0.02, 1.0), times=st.floats(0.2, 5.0), leak=st.sampled_from([0.0, 1e-18]),
    stroke=st.sampled_from([0.05, 0.5]),
)  # fmt: skip
def test_an_alarm_is_reached_where_strokes_come_to_it(compliance, times, leak, stroke):
    """Resistances around the one that just does, against strokes until the line has long settled."""
    rate, alarm = 1e-8 / HOUR, 50.0 * KPA
    pump = syringe(compliance * UNIT, stroke=stroke * MICROLITRE, leak=leak)
    blocked = pump._replace(site=Blocked(pump.site, times * alarm / rate))
    state = new_pump(pump)
    long = strokes(blocked, state, rate, 0.0, 20_000, every=20_000)
    assert reaches(blocked, state, rate, 0.0, alarm) == (long.peak[-1] >= alarm)


def test_a_pump_above_its_alarm_pressure_alarms_with_its_first_stroke():
    pump = syringe(0.15 * UNIT)._replace(site=Tissue(10.0 * KPA, 1e9, 0.0))
    found = table(pump, [UNIT_OF_INSULIN / HOUR], [1e12], 9.0 * KPA)
    assert found.delay[0, 0] == 0.0
    assert found.missed[0, 0] == 0.0


def test_a_drive_too_weak_for_its_alarm_never_alarms():
    pump = syringe(0.15 * UNIT)
    weak = pump._replace(drive=pump.drive._replace(limit=60.0 * KPA))
    found = table(weak, [UNIT_OF_INSULIN / HOUR], [SHUT], 91.0 * KPA)
    assert np.isinf(found.delay[0, 0])
    assert found.released[0, 0] == pytest.approx(0.15 * UNIT * 60.0 * KPA, rel=1e-3)


@pytest.mark.parametrize(
    ("rates", "resistances", "alarm", "sentence"),
    [
        ([], [1e12], 1e4, "no rate is given"),
        ([1e-12], [], 1e4, "no resistance is given"),
        ([0.0], [1e12], 1e4, "a rate of 0.0 m3/s"),
        ([1e-12], [math.inf], 1e4, "a resistance of inf Pa s/m3"),
        ([1e-12], [1e12], math.nan, "an alarm pressure of nan Pa"),
    ],
)
def test_nonsense_is_refused(rates, resistances, alarm, sentence):
    with pytest.raises(ValueError, match=sentence):
        table(syringe(0.15 * UNIT), rates, resistances, alarm)
