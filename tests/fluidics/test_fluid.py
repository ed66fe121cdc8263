"""Viscosity of water against the standard of 2008."""

from __future__ import annotations

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI

from fluidics.fluid import water_viscosity


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
