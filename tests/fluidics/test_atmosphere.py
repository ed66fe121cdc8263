"""The standard atmosphere against another implementation, and what follows from it under water and in a cabin."""

from __future__ import annotations

import numpy as np
import pytest
from fluids import ATMOSPHERE_1976
from hypothesis import given
from hypothesis import strategies as st

from fluidics.atmosphere import SEA_LEVEL, excursion, flight, standard_height, standard_pressure, submerged_pressure


@pytest.mark.parametrize(
    ("height", "pressure"),
    [(0.0, 101325.0), (1500.0, 84559.677), (2438.4, 75271.205), (3000.0, 70121.162), (5000.0, 54048.286)],
)
def test_pressure_is_that_of_the_standard_of_1976(height, pressure):
    assert standard_pressure(height) == pytest.approx(pressure, rel=1e-6)


@pytest.mark.parametrize("height", [-1500.0, 300.0, 10999.0, 11500.0, 15000.0, 19999.0])
def test_pressure_agrees_with_another_implementation(height):
    assert standard_pressure(height) == pytest.approx(ATMOSPHERE_1976(height).P, rel=2e-6)


@given(st.floats(-2000.0, 20000.0))
def test_height_is_the_inverse_of_pressure(height):
    assert standard_height(standard_pressure(height)) == pytest.approx(height, abs=1e-6)


@given(st.floats(-2000.0, 20000.0), st.floats(0.0, 1000.0))
def test_pressure_falls_with_height(height, more):
    assert standard_pressure(min(height + more, 20000.0)) <= standard_pressure(height)


def test_the_column_of_air_weighs_what_the_pressure_falls():
    # dp / dh = -rho g with the density of an ideal gas at 288.15 K
    fall = (standard_pressure(-0.5) - standard_pressure(0.5)) / 1.0
    assert fall == pytest.approx(101325.0 / (287.0529 * 288.15) * 9.80665, rel=1e-6)


@pytest.mark.parametrize("height", [-2001.0, 20001.0, float("nan")])
def test_other_heights_are_refused(height):
    with pytest.raises(ValueError, match="-2000 m to 20000 m"):
        standard_pressure(height)


@pytest.mark.parametrize("pressure", [5000.0, 130e3, float("nan")])
def test_pressures_of_no_height_are_refused(pressure):
    with pytest.raises(ValueError, match="standard atmosphere has"):
        standard_height(pressure)


def test_ten_metres_of_sea_water_weigh_one_hundred_kilopascals():
    assert submerged_pressure(10.0) - SEA_LEVEL == pytest.approx(1025.0 * 9.80665 * 10.0, rel=1e-14)
    assert submerged_pressure(0.0, surface=8e4) == 8e4


def test_a_flight_starts_and_ends_on_the_ground():
    time, pressure = flight(2438.4, 3600.0)
    assert pressure[0] == pressure[-1] == SEA_LEVEL
    assert pressure.min() == standard_pressure(2438.4)
    assert np.all(np.diff(time) > 0.0)
    at_cruise = time[pressure == pressure.min()]
    assert at_cruise[1] - at_cruise[0] == pytest.approx(3600.0)


def test_between_the_knots_of_a_flight_the_pressure_is_nearly_linear():
    time, pressure = flight(2438.4, 0.0)
    middle = 0.5 * time[8]
    assert np.interp(middle, time, pressure) == pytest.approx(standard_pressure(2438.4 / 2.0), rel=1e-4)


@given(st.floats(3e4, 5e5), st.floats(0.0, 1e5), st.floats(1.0, 1e4))
def test_a_dive_goes_there_stays_and_comes_back_at_its_rate(pressure, stay, rate):
    time, knots = excursion(pressure, stay, rate)
    assert knots.tolist() == [SEA_LEVEL, pressure, pressure, SEA_LEVEL]
    assert time[2] - time[1] == pytest.approx(stay, abs=1e-6)
    assert rate * (time[1] - time[0]) == pytest.approx(abs(pressure - SEA_LEVEL), rel=1e-9)
    assert time[3] - time[2] == pytest.approx(time[1], abs=1e-6)


def test_a_dive_that_never_arrives_is_refused():
    with pytest.raises(ValueError, match="above zero"):
        excursion(2e5, 3600.0, 0.0)
