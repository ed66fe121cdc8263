"""Morphine near its solubility: the published pH of the precipitate predicted, flow that slows and flow that stops."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from fluidics.drugs.precipitate import (
    MORPHINE_BASE,
    MORPHINE_PKA,
    MORPHINE_SALT,
    SULFATE_TO_BASE,
    crusted_flow,
    fed_flow,
    filling_time,
    precipitation_ph,
    solubility,
)


def test_ten_milligrams_of_the_sulfate_fall_out_at_the_ph_the_manual_warns_of():
    # "above 10 mg/mL at a pH near or above 6.5"; nothing is fitted
    assert precipitation_ph(10.0 * SULFATE_TO_BASE) == pytest.approx(6.5, abs=0.05)
    assert solubility(6.5) / SULFATE_TO_BASE == pytest.approx(10.0, rel=0.05)


def test_the_solution_that_is_sold_for_pumps_is_far_from_its_limit():
    # 25 mg/mL of the sulfate at pH 4.5: twice as much dissolves, and up to pH 6 it stays so
    assert solubility(4.5) == MORPHINE_SALT > 2.0 * 25.0 * SULFATE_TO_BASE
    assert 6.0 < precipitation_ph(25.0 * SULFATE_TO_BASE) < 6.2


def test_at_its_dissociation_constant_twice_the_base_dissolves():
    assert solubility(MORPHINE_PKA) == pytest.approx(2.0 * MORPHINE_BASE, rel=1e-14)
    assert solubility(12.5) == pytest.approx(MORPHINE_BASE, rel=1e-4)


@given(st.floats(5.8, 9.0))
def test_the_ph_of_a_saturated_solution_is_where_it_falls_out(ph):
    assert precipitation_ph(solubility(ph)) == pytest.approx(ph, rel=1e-9)


def test_what_the_base_dissolves_never_falls_out():
    assert precipitation_ph(MORPHINE_BASE) == math.inf


@pytest.mark.parametrize("ph", [3.9, 12.6, math.nan])
def test_a_ph_nobody_measured_is_refused(ph):
    with pytest.raises(ValueError, match=r"pH 4 to 12\.5"):
        solubility(ph)


@pytest.mark.parametrize("concentration", [-1.0, 41.0, math.nan])
def test_a_solution_that_cannot_be_is_refused(concentration):
    with pytest.raises(ValueError, match="what the salt dissolves"):
        precipitation_ph(concentration)


@given(st.floats(1e-3, 30.0))
def test_a_chip_that_keeps_all_excess_slows_by_its_equation(time):
    # open share o: do/dt = -o^2 / T, flow o^2
    open_share = solve_ivp(lambda _, o: -o * o, (0.0, time), [1.0], rtol=1e-10, atol=1e-12).y[0, -1]
    assert fed_flow(time, 1.0) == pytest.approx(open_share**2, rel=1e-7)


@given(st.floats(0.0, 3.0))
def test_a_chip_that_crusts_steadily_stops(time):
    assert crusted_flow(time, 1.0) == pytest.approx(max(1.0 - time, 0.0) ** 2, rel=1e-12)
    assert crusted_flow(time, 1.0) <= fed_flow(time, 1.0) * (1.0 + 1e-14)


def test_both_chips_begin_alike():
    slope = 2.0 * 1e-7
    assert 1.0 - fed_flow(1e-7, 1.0) == pytest.approx(slope, rel=1e-5)
    assert 1.0 - crusted_flow(1e-7, 1.0) == pytest.approx(slope, rel=1e-5)


def test_a_milligram_of_excess_fills_a_chip_within_weeks():
    days = filling_time(math.pi * 25e-6**2 * 4.7, 1e-6 / 86400.0, 1.0, 1300.0) / 86400.0
    assert days == pytest.approx(9.23e-9 * 1300.0 / 1e-6, rel=1e-3)
    assert filling_time(1e-8, 1e-11, 0.0, 1300.0) == math.inf
    assert filling_time(1e-8, 1e-11, -1.0, 1300.0) == math.inf
