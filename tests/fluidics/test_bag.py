"""The bag: limp at first, holding back at its end, its stiffness the slope of its pressure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.pump import MEDIAN_LUCK, Service
from fluidics.questions import advance, carry_over, disposable, fresh, pressure, refilled, stiffness, usable
from fluidics.reservoirs.reservoir import Drawn
from tests.fluidics.parts import AROUND, DAY, RATE
from tests.fluidics.worn import PATCH_PUMP

BAG = PATCH_PUMP.reservoir


def test_limp_until_its_walls_meet():
    assert pressure(BAG, Drawn(1.8e-6), 310.15) == 0.0
    assert pressure(BAG, Drawn(1.9e-6), 310.15) == pytest.approx(-5e3, rel=1e-9)


@given(st.floats(0.0, 2e-6), st.floats(0.0, 2e-7))
def test_pressure_never_rises_with_the_volume_drawn(drawn, more):
    assert pressure(BAG, Drawn(drawn + more), 310.15) <= pressure(BAG, Drawn(drawn), 310.15)


@given(st.floats(0.0, 1.79e-6) | st.floats(1.81e-6, 2e-6))
def test_stiffness_is_the_slope_of_the_pressure(drawn):
    step = 1e-12
    slope = (pressure(BAG, Drawn(drawn), 310.15) - pressure(BAG, Drawn(drawn + step), 310.15)) / step
    assert stiffness(BAG, Drawn(drawn), 310.15) == pytest.approx(slope, rel=1e-6)


def test_a_refill_is_a_new_bag():
    own = advance(BAG, fresh(BAG, MEDIAN_LUCK), DAY, AROUND)
    assert own.volume == pytest.approx(DAY * RATE, rel=1e-15)
    assert usable(BAG, own) == pytest.approx(1.9e-6 - DAY * RATE, rel=1e-14)
    assert refilled(BAG, own, Service(0.0), MEDIAN_LUCK) == Drawn(0.0)
    assert (carry_over(BAG, own), disposable(BAG)) == (0.0, 1.0)
