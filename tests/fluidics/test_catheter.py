"""The catheter: Poiseuille's law, and a tip that closes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.lines.catheter import hydraulic_resistance
from fluidics.pump import Luck, Service
from fluidics.questions import advance, back_pressure, fresh, line, panel, refilled
from tests.fluidics.parts import AROUND, DAY, INSULIN_PUMP, WATER, onset

CATHETER = INSULIN_PUMP.catheter


def test_resistance_of_a_round_tube():
    # 128 mu L / (pi d^4) for 0.40 m of 0.5 mm bore and 0.69 mPa s, solved to nine digits
    assert hydraulic_resistance(6.9e-4, 0.40, 0.25e-3) == pytest.approx(1.79924027e11, rel=1e-8)


@given(st.floats(0.25, 4.0))
def test_resistance_goes_with_length_and_the_fourth_power_of_the_bore(factor):
    base = hydraulic_resistance(WATER, 0.25, 2e-4)
    assert hydraulic_resistance(WATER, 0.25 * factor, 2e-4) == pytest.approx(base * factor, rel=1e-14)
    assert hydraulic_resistance(WATER * factor, 0.25, 2e-4) == pytest.approx(base * factor, rel=1e-14)
    assert hydraulic_resistance(WATER, 0.25, 2e-4 * factor) == pytest.approx(base / factor**4, rel=1e-13)


def test_open_catheter_costs_a_few_pascals_at_basal_rate():
    # an open 0.5 mm bore costs about 3 Pa per uL/min; a basal rate is a twentieth of that
    law = line(CATHETER, onset(1.0, 0.0, 1.0), WATER)
    assert law.offset == 0.0
    assert 0.1 < law.slope * 0.07e-9 / 60.0 < 3.0


def test_the_tip_closes_exponentially_after_onset():
    clean = line(CATHETER, onset(0.0, 0.0, 1.0), WATER).slope
    for days in (1.0, 13.4, 100.0):
        closing = line(CATHETER, onset(0.0, days * DAY, 1.0), WATER).slope
        assert closing == pytest.approx(clean * math.exp(days / 13.4), rel=1e-13)


def test_back_pressure_is_the_linear_law():
    own = onset(0.0, 40.0 * DAY, 1.0)
    law = line(CATHETER, own, WATER)
    assert back_pressure(CATHETER, own, 2e-12, WATER) == law.offset + law.slope * 2e-12


def test_a_bad_batch_hastens_the_onset():
    own = fresh(CATHETER, Luck(uniform=0.9, normal=0.0, batch=0.0))
    bad = refilled(CATHETER, own, Service(0.0), Luck(uniform=0.5, normal=0.0, batch=2.0))
    good = refilled(CATHETER, own, Service(0.0), Luck(uniform=0.5, normal=0.0, batch=-2.0))
    assert bad.factor / good.factor == pytest.approx(math.exp(4.0 * CATHETER.batch_spread), rel=1e-13)
    later = [advance(CATHETER, state, 80.0 * DAY, AROUND) for state in (bad, good)]
    assert later[0].age > 0.0
    assert later[1].age == 0.0


def test_panel_is_unlimited_without_onset_and_short_after_it():
    assert panel(CATHETER._replace(onset_rate=0.0), onset(1.0, 0.0, 1.0), AROUND) >= 1e300
    assert panel(CATHETER, onset(0.0, DAY, 1.0), AROUND) < 30.0 * DAY
