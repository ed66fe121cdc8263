"""Worn pumps against published figures: what was calibrated and what is held out is met, what is missed is said."""

from __future__ import annotations

import math

import pytest

from scenarios.cases.published import CALIBRATED, HELD_OUT, Case, within
from scenarios.cases.worn import worn_cases
from scenarios.cases.worn_alarms import Sensed, alarm_time, veo
from scenarios.cases.worn_pump import UNIT, siphon_compliance
from scenarios.cases.worn_windows import limits, normals
from scenarios.cite import bibliography

CASES = [pytest.param(case, id=f"{case.case}: {case.quantity}") for case in worn_cases()]


@pytest.mark.parametrize("case", CASES)
def test_a_figure_is_met_unless_its_miss_is_explained(case):
    assert case.met is not bool(case.miss), case
    assert case.low <= case.published <= case.high
    assert math.isfinite(case.simulated)


def test_every_device_has_at_most_as_many_calibrated_figures_as_held_out_ones_in_all():
    roles = [case.role for case in worn_cases()]
    assert roles.count(HELD_OUT) > roles.count(CALIBRATED) > 0


def test_every_source_is_in_the_bibliography():
    assert {case.source for case in worn_cases()} - {""} <= set(bibliography())


def test_a_case_is_unique():
    named = [(case.case, case.quantity) for case in worn_cases()]
    assert len(set(named)) == len(named)


def test_an_interval_holds_its_ends():
    assert within("a", "b", 10.0, 0.1, 11.0, "h", HELD_OUT, "").met
    assert not within("a", "b", 10.0, 0.1, 11.1, "h", HELD_OUT, "").met
    assert within("a", "b", -0.2, 0.5, -0.1, "U", HELD_OUT, "").met
    assert Case("a", "b", 1.0, 1.0, math.inf, 1e9, "h", HELD_OUT, "").met


def test_creep_is_what_makes_a_bolus_alarm_earlier():
    drive = veo()
    assert 0.2 < drive.fast < 0.8
    stiff = Sensed(drive.missed, 1.0)
    bolus, basal = UNIT / 30.0, UNIT / 3600.0
    assert alarm_time(stiff, bolus) * bolus == pytest.approx(alarm_time(stiff, basal) * basal, rel=1e-12)
    assert alarm_time(drive, bolus) * bolus < 0.6 * drive.missed


def test_compliance_and_alarm_agree_with_the_pressure_such_pumps_are_said_to_have():
    # some 91 kPa with a barrel of 1.8 mL; head and alarm are independent data
    assert veo().missed / siphon_compliance() == pytest.approx(91e3, rel=0.3)


def test_numbers_are_standard_normal_and_their_streams_differ():
    one, two = normals(200, 500, 1).ravel(), normals(200, 500, 2).ravel()
    size = math.sqrt(one.size)
    assert abs(one.mean()) < 4.0 / size
    assert one.std() == pytest.approx(1.0, abs=4.0 / (math.sqrt(2.0) * size))
    assert abs((one * two).mean()) < 4.0 / size
    assert (normals(2, 3, 1) == normals(200, 500, 1).ravel()[:6].reshape(2, 3)).all()


def test_longer_windows_are_nearer_to_what_is_programmed():
    widths = [most - least for least, most in (limits(0.05, hours) for hours in (1, 6, 12))]
    assert widths == sorted(widths, reverse=True)
