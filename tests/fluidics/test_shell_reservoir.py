"""The reservoir in a rigid shell: Boyle's law inside, and an ambient that it does not follow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.pump import MEDIAN_LUCK, Service
from fluidics.questions import advance, ambient, capacity, carry_over, fresh, pressure, refilled, stiffness, usable
from fluidics.reservoirs.reservoir import Drawn
from tests.fluidics.implanted import AROUND, ATMOSPHERE, BODY, DAY, SHELL


def test_a_full_reservoir_has_the_pressure_of_its_gas():
    assert pressure(SHELL, fresh(SHELL, MEDIAN_LUCK), BODY) == 0.0
    assert usable(SHELL, Drawn(0.0)) == pytest.approx(18.6e-6)
    assert capacity(SHELL) == 20e-6


@given(st.floats(0.0, 20e-6), st.floats(280.0, 320.0))
def test_gas_expands_by_boyle_and_warms_by_gay_lussac(drawn, kelvin):
    absolute = pressure(SHELL, Drawn(drawn), kelvin) + SHELL.ambient
    assert absolute * (60e-6 + drawn) / kelvin == pytest.approx(ATMOSPHERE * 60e-6 / BODY, rel=1e-12)


@given(st.floats(0.0, 20e-6))
def test_stiffness_is_how_fast_the_pressure_falls(drawn):
    step = 1e-9
    fall = pressure(SHELL, Drawn(drawn - step), BODY) - pressure(SHELL, Drawn(drawn + step), BODY)
    assert stiffness(SHELL, Drawn(drawn), BODY) == pytest.approx(fall / (2.0 * step), rel=1e-5)


def test_the_ambient_moves_only_what_the_pressure_is_measured_from():
    deep = SHELL._replace(ambient=2.0 * ATMOSPHERE)
    for drawn in (0.0, 5e-6, 18e-6):
        change = pressure(deep, Drawn(drawn), BODY) - pressure(SHELL, Drawn(drawn), BODY)
        assert change == pytest.approx(-ATMOSPHERE, rel=1e-12)
    assert ambient(deep) == 2.0 * ATMOSPHERE


def test_what_is_drawn_is_what_flows_and_a_refill_leaves_the_residual():
    after = advance(SHELL, Drawn(2e-6), 3.0 * DAY, AROUND)
    assert after.volume == pytest.approx(2e-6 + 1.5e-6, rel=1e-12)
    assert carry_over(SHELL, after) == pytest.approx(0.07, rel=1e-12)
    assert refilled(SHELL, after, Service(0.07), MEDIAN_LUCK) == Drawn(0.0)
