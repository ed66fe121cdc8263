"""Viscosity of water against the standard of 2008, that of glycerol in it against its published formula."""

from __future__ import annotations

import math

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI
from hypothesis import given
from hypothesis import strategies as st

from fluidics.fluid import glycerol_ratio, water_viscosity


@pytest.mark.parametrize(("low", "high", "tolerance"), [(290.0, 315.0, 5e-3), (293.15, 313.15, 2e-3)])
def test_water_follows_the_standard_within_the_stated_tolerance(low, high, tolerance):
    for kelvin in np.linspace(low, high, 40):
        standard = PropsSI("V", "T", float(kelvin), "P", 101325.0, "Water")
        assert water_viscosity(float(kelvin)) == pytest.approx(standard, rel=tolerance)


def test_cold_water_is_one_and_a_third_percent_low():
    standard = PropsSI("V", "T", 277.15, "P", 101325.0, "Water")
    assert water_viscosity(277.15) / standard - 1.0 == pytest.approx(-0.013, abs=2e-3)


def test_viscosity_at_body_temperature():
    # IAPWS 2008: 6.91303584e-4 Pa s and -1.949 %/K at 37 degC
    assert water_viscosity(310.15) == pytest.approx(6.91303584e-4, rel=2e-3)
    slope = (water_viscosity(310.65) - water_viscosity(309.65)) / water_viscosity(310.15)
    assert slope == pytest.approx(-0.01949, rel=2e-2)


def cheng(share, celsius):
    """Return the published formula as it is printed [mPa s]."""
    a = 0.705 - 0.0017 * celsius
    b = (4.9 + 0.036 * celsius) * a**2.5
    alpha = 1.0 - share + a * b * share * (1.0 - share) / (a * share + b * (1.0 - share))
    water = 1.790 * math.exp((-1230.0 - celsius) * celsius / (36100.0 + 360.0 * celsius))
    glycerol = 12100.0 * math.exp((-1233.0 + celsius) * celsius / (9900.0 + 70.0 * celsius))
    return water**alpha * glycerol ** (1.0 - alpha)


@pytest.mark.parametrize(
    ("share", "ratio"), [(0.1, 1.27), (0.2, 1.65), (0.3, 2.25), (0.4, 3.21), (0.5, 4.90), (0.6, 8.17)]
)
def test_glycerol_divides_the_flow_at_body_temperature(share, ratio):
    assert glycerol_ratio(share, 310.15) == pytest.approx(ratio, rel=1e-2)


@given(st.floats(0.0, 1.0), st.floats(0.0, 100.0))
def test_glycerol_follows_the_published_formula(share, celsius):
    expected = cheng(share, celsius) / cheng(0.0, celsius)
    assert glycerol_ratio(share, 273.15 + celsius) == pytest.approx(expected, rel=1e-12)


def test_no_glycerol_is_water_and_all_of_it_is_thick():
    assert glycerol_ratio(0.0, 310.15) == 1.0
    # 0.934 Pa s at 25 degC (Segur and Oberstar, Ind. Eng. Chem. 43 (1951) 2117: 0.945)
    assert glycerol_ratio(1.0, 298.15) * water_viscosity(298.15) == pytest.approx(0.94, rel=0.05)


def test_glycerol_loses_more_of_its_viscosity_with_warmth_than_water():
    assert glycerol_ratio(0.5, 313.15) < glycerol_ratio(0.5, 310.15) < glycerol_ratio(0.5, 298.15)
