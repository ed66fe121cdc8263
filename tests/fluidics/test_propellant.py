"""Vapour pressures against an equation of state, and what they mean for the height at which suction is lost."""

from __future__ import annotations

import math

import pytest
from CoolProp.CoolProp import PropsSI

from fluidics.atmosphere import standard_height
from fluidics.reservoirs.propellant import GAS_CONSTANT, propellant_pressure, saturation_pressure
from tests.fluidics.gas_driven import CONSTANTS
from tests.fluidics.parts import ATMOSPHERE, BODY, BUTANE, R113

STANDARD = {
    "n-butane": "n-Butane", "isobutane": "IsoButane", "n-pentane": "n-Pentane", "isopentane": "Isopentane",
    "neopentane": "Neopentane", "R-11": "R11", "R-113": "R113", "R-114": "R114", "R-123": "R123", "R-245fa": "R245fa",
}  # fmt: skip


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


@pytest.mark.parametrize("name", CONSTANTS)
def test_fitted_constants_meet_the_equation_of_state_within_a_tenth_of_a_percent(name):
    for celsius in range(15, 46):
        kelvin = celsius + 273.15
        standard = PropsSI("P", "T", kelvin, "Q", 0.0, STANDARD[name])
        assert saturation_pressure(*CONSTANTS[name], kelvin) == pytest.approx(standard, rel=3e-4), celsius


def test_every_propellant_has_constants():
    assert set(CONSTANTS) == set(STANDARD)


@pytest.mark.parametrize(
    ("name", "kelvin", "pascal"),
    [
        ("R-11", 293.15, 88681.912), ("R-11", 298.15, 106046.519), ("R-11", 308.15, 148670.658),
        ("R-11", 310.15, 158593.199), ("R-11", 313.15, 174427.485), ("R-114", 310.15, 310086.619),
        ("n-butane", 310.15, 347766.385), ("R-123", 310.15, 139729.955), ("R-113", 310.15, 70354.523),
    ],
)  # fmt: skip
def test_solved_saturation_pressures(name, kelvin, pascal):
    # CoolProp 8.0.0, and thermo for R-11; the constants are fitted to them
    assert saturation_pressure(*CONSTANTS[name], kelvin) == pytest.approx(pascal, rel=3e-4)


def test_fitted_r113_loses_its_suction_above_2970_m():
    vapour = saturation_pressure(*CONSTANTS["R-113"], BODY)
    assert vapour == pytest.approx(70354.5, rel=1e-3)
    assert standard_height(vapour) == pytest.approx(2970.0, abs=10.0)


def test_a_propellant_boils_until_its_liquid_is_gone_and_then_thins_out():
    boiling = saturation_pressure(*CONSTANTS["n-butane"], BODY)
    space = 5e-3 * GAS_CONSTANT * BODY / boiling
    for share in (0.01, 0.5, 0.999):
        assert propellant_pressure(*CONSTANTS["n-butane"], 5e-3, share * space, BODY) == boiling
    for share in (1.001, 2.0, 10.0):
        found = propellant_pressure(*CONSTANTS["n-butane"], 5e-3, share * space, BODY)
        assert found * share == pytest.approx(boiling, rel=1e-14)


@pytest.mark.parametrize(("name", "denser"), [("R-113", 0.03), ("n-butane", 0.10), ("isobutane", 0.13)])
def test_the_vapour_is_an_ideal_gas_within_what_is_stated(name, denser):
    pressure = saturation_pressure(*CONSTANTS[name], BODY)
    density = PropsSI("Dmolar", "T", BODY, "Q", 1.0, STANDARD[name])
    assert 1.0 - pressure / (density * GAS_CONSTANT * BODY) == pytest.approx(denser, abs=0.006)
