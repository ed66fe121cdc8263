"""Vapour pressures against an equation of state, and what they mean for the height at which suction is lost."""

from __future__ import annotations

import math

import pytest
from CoolProp.CoolProp import PropsSI

from fluidics.propellant import saturation_pressure
from tests.fluidics.parts import ATMOSPHERE, BODY, BUTANE, R113


@pytest.mark.parametrize(("constants", "name", "tolerance"), [(R113, "R113", 0.01), (BUTANE, "n-Butane", 0.02)])
@pytest.mark.parametrize("celsius", [20.0, 35.0, 37.0, 39.0, 41.0])
def test_antoine_meets_the_equation_of_state(constants, name, tolerance, celsius):
    # Antoine constants are fits of old data; against the equation of state they are good to 1 or 2 %
    standard = PropsSI("P", "T", celsius + 273.15, "Q", 0.0, name)
    assert saturation_pressure(*constants, celsius + 273.15) == pytest.approx(standard, rel=tolerance)


def test_r113_stays_below_the_atmosphere_at_body_temperature():
    # CoolProp 8: 70.3545 kPa at 37 degC; the Antoine fit gives 70.27
    assert saturation_pressure(*R113, BODY) == pytest.approx(70.35e3, rel=2e-3)


def test_r113_loses_its_suction_near_2970_m():
    # international standard atmosphere (ISO 2533): p = 101325 (1 - h / 44330.8 m)^5.25588
    height = 44330.8 * (1.0 - (saturation_pressure(*R113, BODY) / ATMOSPHERE) ** (1.0 / 5.25588))
    assert height == pytest.approx(2970.0, abs=15.0)  # 0.1 % of the vapour pressure is 9 m


def test_slope_with_temperature_is_that_of_clausius_and_clapeyron():
    # CoolProp 8: d ln p / dT at 37 degC is 2.85 %/K for n-butane and 3.58 %/K for R-113
    for constants, slope in ((BUTANE, 0.0285), (R113, 0.0358)):
        found = math.log(saturation_pressure(*constants, BODY + 0.5) / saturation_pressure(*constants, BODY - 0.5))
        assert found == pytest.approx(slope, rel=0.02)
