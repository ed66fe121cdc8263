"""The spring reservoir: what presses, and what the atmosphere adds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.pump import MEDIAN_LUCK, Service
from fluidics.questions import advance, ambient, capacity, carry_over, fresh, pressure, refilled, stiffness, usable
from fluidics.reservoirs.reservoir import Drawn
from fluidics.reservoirs.spring_reservoir import SpringReservoir
from tests.fluidics.parts import AROUND, ATMOSPHERE, BODY, DAY

SPRING = SpringReservoir(60e-6, 1e-6, 57e3, 0.0, 1e8, ATMOSPHERE)
VACUUM = SpringReservoir(60e-6, 1e-6, 0.0, 0.45, 0.0, ATMOSPHERE)


def test_a_new_reservoir_is_full_and_a_refill_winds_it_up():
    assert fresh(SPRING, MEDIAN_LUCK) == Drawn(0.0)
    assert refilled(SPRING, Drawn(40e-6), Service(0.0), MEDIAN_LUCK) == Drawn(0.0)
    assert usable(SPRING, Drawn(0.0)) == pytest.approx(59e-6)
    assert (capacity(SPRING), ambient(SPRING)) == (60e-6, ATMOSPHERE)
    assert carry_over(SPRING, Drawn(0.0)) == pytest.approx(1.0 / 60.0)


@given(st.floats(0.0, 59e-6), st.floats(280.0, 320.0))
def test_a_spring_falls_by_hooke_s_law_and_knows_no_temperature(volume, kelvin):
    assert pressure(SPRING, Drawn(volume), kelvin) == pytest.approx(57e3 - 1e8 * volume, rel=1e-14)
    assert stiffness(SPRING, Drawn(volume), kelvin) == 1e8


@given(st.floats(3e4, 3e5))
def test_the_atmosphere_presses_a_vacuum_and_not_a_spring(around):
    assert pressure(SPRING._replace(ambient=around), Drawn(0.0), BODY) == 57e3
    assert pressure(VACUUM._replace(ambient=around), Drawn(0.0), BODY) == pytest.approx(0.45 * around)


def test_what_flows_is_what_is_drawn():
    assert advance(SPRING, Drawn(1e-6), DAY, AROUND).volume == 1e-6 + AROUND.flow * DAY
