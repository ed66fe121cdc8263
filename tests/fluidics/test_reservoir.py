"""The two-phase reservoir: volume is conserved and pressure follows the propellant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.pump import MEDIAN_LUCK, Service
from fluidics.questions import advance, carry_over, fresh, pressure, refilled, usable
from fluidics.reservoirs.propellant import saturation_pressure
from fluidics.reservoirs.reservoir import Drawn
from tests.fluidics.parts import AROUND, ATMOSPHERE, BODY, DAY, INSULIN_PUMP, R113

RESERVOIR = INSULIN_PUMP.reservoir


def test_new_reservoir_is_full():
    assert fresh(RESERVOIR, MEDIAN_LUCK) == Drawn(0.0)
    assert usable(RESERVOIR, Drawn(0.0)) == pytest.approx(14e-6)


def test_suction_of_the_r113_reservoir_is_that_of_the_published_pump():
    # 70.35 kPa of vapour under one atmosphere: -31 kPa, -4.5 psi
    assert pressure(RESERVOIR, Drawn(0.0), BODY) == pytest.approx(-31.0e3, rel=5e-3)


def test_pressure_is_vapour_less_ambient_less_spring():
    vapour = saturation_pressure(*R113, BODY)
    found = pressure(RESERVOIR, Drawn(5e-6), BODY)
    assert found == pytest.approx(vapour - ATMOSPHERE - RESERVOIR.stiffness * 5e-6, rel=1e-14)


def test_suction_vanishes_when_the_ambient_falls_to_the_vapour_pressure():
    high = RESERVOIR._replace(ambient=saturation_pressure(*R113, BODY))
    assert pressure(high, Drawn(0.0), BODY) == 0.0


@given(st.floats(0.0, 90.0 * DAY), st.floats(0.0, 14e-6))
def test_what_is_drawn_is_what_flows(dt, volume):
    after = advance(RESERVOIR, Drawn(volume), dt, AROUND)
    assert after.volume == pytest.approx(volume + AROUND.flow * dt, rel=1e-15)
    assert usable(RESERVOIR, Drawn(volume)) - usable(RESERVOIR, after) == pytest.approx(AROUND.flow * dt, abs=1e-20)


def test_backflow_fills_the_reservoir():
    assert advance(RESERVOIR, Drawn(1e-6), DAY, AROUND._replace(flow=-1e-12)).volume < 1e-6


def test_refill_leaves_the_residual_share_and_a_full_reservoir():
    assert carry_over(RESERVOIR, Drawn(14e-6)) == pytest.approx(1.0 / 15.0)
    assert refilled(RESERVOIR, Drawn(14e-6), Service(1.0 / 15.0), MEDIAN_LUCK) == Drawn(0.0)
