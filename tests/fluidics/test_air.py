"""Air: solubility against handbook values, Boyle's law, and a growth that composes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.lines.air import ATMOSPHERE, boyle, bunsen, grown, outgassed


@pytest.mark.parametrize(("celsius", "published"), [(15.0, 0.0205), (20.0, 0.0187), (25.0, 0.0171), (30.0, 0.0157)])
def test_solubility_of_air_is_that_of_the_handbooks(celsius, published):
    assert bunsen(celsius + 273.15) == pytest.approx(published, rel=0.01)


def test_a_climb_makes_old_bubbles_a_third_larger():
    # King et al., Diabetes Care 34 (2011) 1932: 760 to 560 mmHg
    assert boyle(1.0, 760.0, 560.0) == pytest.approx(1.357, abs=5e-4)


def test_there_and_back_a_bubble_is_what_it_was():
    assert boyle(boyle(13e-9, 1.0, 1.3), 1.3, 1.0) == pytest.approx(13e-9, rel=1e-15)


def test_a_liquid_that_stays_as_it_is_gives_off_nothing():
    assert outgassed(1.8e-6, 277.15, 277.15, ATMOSPHERE, ATMOSPHERE) == 0.0
    assert outgassed(1.8e-6, 310.15, 277.15, ATMOSPHERE, ATMOSPHERE) == 0.0  # it would take air up


def test_gas_given_off_is_what_henry_no_longer_holds():
    # all that leaves the liquid, counted at 0 degC and one atmosphere
    volume = outgassed(1e-6, 277.15, 310.15, ATMOSPHERE, 0.75 * ATMOSPHERE)
    left = 1e-6 * (bunsen(277.15) - 0.75 * bunsen(310.15))
    assert volume * 0.75 * 273.15 / 310.15 == pytest.approx(left, rel=1e-13)


@given(st.floats(0.0, 2e-8), st.floats(0.0, 2e-8), st.floats(0.0, 1e5), st.floats(0.0, 1e5))
def test_growth_composes_and_stays_between_now_and_final(now, final, first, second):
    once = grown(now, final, first + second, 3600.0)
    twice = grown(grown(now, final, first, 3600.0), final, second, 3600.0)
    assert twice == pytest.approx(once, rel=1e-11, abs=1e-15 * final)
    assert min(now, final) - 1e-23 <= once <= max(now, final) + 1e-23
