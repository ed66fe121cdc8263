"""Words become SI numbers as an independent library of units says, and what is no quantity is refused with a reason."""

from __future__ import annotations

import contextlib
import math

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.units import UNITS, convert, offered, quantity, scale

# What pint calls a unit whose short name means something else to it
PINT = {
    "d": "day", "y": "julian_year", "year": "julian_year", "years": "julian_year", "h": "hour", "%": "percent",
    "-": "dimensionless", "1": "dimensionless", "C": "coulomb", "P": "poise", "cP": "centipoise", "Wh": "watt_hour",
    "Ah": "ampere_hour", "mAh": "milliampere_hour", "nL": "nanoliter", "dL": "deciliter", "mmH2O": "cmH2O / 10",
}  # fmt: skip
OF_A_DRUG = {"U", "IU", "mU", "g", "mg", "ug", "ng"}
COMPOUND = {
    "mPa s": "mPa * s", "mL/d": "mL / day", "uL/h": "uL / hour", "1/y": "1 / julian_year", "/y": "1 / julian_year",
    "kJ/mol": "kJ / mol", "Pa s/m3": "Pa * s / m**3", "kPa/mL": "kPa / mL", "J/mol/K": "J / mol / K", "mm2": "mm**2",
    "cm^3": "cm**3", "µL/min": "uL / min", "s-1": "1 / s",
}  # fmt: skip


@pytest.fixture(scope="module")
def registry() -> pint.UnitRegistry:
    return pint.UnitRegistry()


@pytest.mark.parametrize("unit", sorted(set(UNITS) - OF_A_DRUG))
def test_every_unit_is_that_of_pint(unit, registry):
    other = registry.Quantity(registry.parse_expression(PINT.get(unit, unit))).to_base_units()
    assert quantity(f"1 {unit}").number == pytest.approx(other.magnitude, rel=1e-7)


@pytest.mark.parametrize("unit", sorted(COMPOUND))
def test_every_compound_unit_is_that_of_pint(unit, registry):
    other = registry.parse_expression(COMPOUND[unit]).to_base_units()
    assert quantity(f"1 {unit}").number == pytest.approx(other.magnitude, rel=1e-9)


@given(
    number=st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 6)),
    unit=st.sampled_from(["mL", "uL/h", "kPa", "mmHg", "d", "degC", "degF", "Pa s/m3"]),
)
def test_any_number_with_a_unit_is_what_pint_makes_of_it(number, unit):
    registry = pint.application_registry.get()
    names = {"uL/h": "uL / hour", "d": "day", "Pa s/m3": "Pa * s / m**3"}
    other = registry.Quantity(number, registry.parse_units(names.get(unit, unit))).to_base_units().magnitude
    assert quantity(f"{number!r} {unit}").number == pytest.approx(other, rel=1e-9, abs=1e-12)


@given(st.floats(1e-3, 1e3), st.floats(1.0, 1e4))
def test_drug_is_divided_by_its_concentration(amount, concentration):
    volume = convert(f"{amount!r} U", "m3", quantity(f"{concentration!r} U/mL"))
    assert volume == pytest.approx(amount / concentration * 1e-6, rel=1e-12)


def test_forty_units_a_day_of_u400_are_a_tenth_of_a_millilitre():
    assert convert("40 U/d", "m3/s", quantity("400 U/mL")) == pytest.approx(0.1e-6 / 86400.0, rel=1e-15)


def test_drug_by_mass_needs_a_concentration_by_mass():
    assert convert("5 mg", "m3", quantity("10 mg/mL")) == pytest.approx(0.5e-6, rel=1e-15)
    with pytest.raises(ValueError, match="does not fit"):
        convert("5 mg", "m3", quantity("400 U/mL"))


def test_a_power_of_ten_costs_no_digit():
    assert quantity("2.5 uL").number == 2.5e-9
    assert quantity("15 mL").number == 1.5e-5


@pytest.mark.parametrize(("one", "other"), [("1 ml", "1 mL"), ("1 ul", "1 µL"), ("1μL", "1 uL"), ("1 IU/mL", "1 U/mL")])
def test_two_spellings_are_one_unit(one, other):
    assert quantity(one) == quantity(other)


@pytest.mark.parametrize(
    ("text", "unit", "reason"),
    [
        ("20", "m3", "it has no unit; allowed: mL, uL, L, m3"),
        ("20 psi", "m3", "its unit does not fit here; allowed: mL, uL, L, m3"),
        ("20 mLL", "m3", "unknown unit 'mLL'; did you mean 'mL'?"),
        ("20 ML", "m3", "unknown unit 'ML'"),
        ("40 U/d", "m3/s", "or drug when it has a concentration"),
        ("40 U/d", "s", "does not fit"),
        ("nan mL", "m3", "not a finite number"),
        ("inf mL", "m3", "not a finite number"),
        ("1e400 mL", "m3", "not a finite number"),
        ("mL", "m3", "not a number with a unit"),
        ("", "m3", "not a number with a unit"),
        ("1.2.3 mL", "m3", "not a number"),
        ("3 mL", "-", "it is a pure number"),
        ("1 J/mol K", "J/mol", "ambiguous"),
        ("37 degC/s", "K", "unknown unit 'degC'"),
    ],
)
def test_what_is_no_such_quantity_is_refused_with_its_reason(text, unit, reason):
    with pytest.raises(ValueError) as error:
        convert(text, unit)
    assert reason in str(error.value)


@given(st.text(max_size=20))
def test_any_text_is_a_finite_number_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert math.isfinite(quantity(text).number)


@pytest.mark.parametrize(
    "unit", ["m", "m3", "m3/s", "Pa", "K", "s", "1/s", "Pa s", "J", "W", "J/mol", "Pa s/m3", "Pa/m3"]
)
def test_every_unit_that_is_offered_fits(unit):
    dimension = scale(unit).dimension
    for word in offered(dimension).split(", "):
        assert quantity(f"1 {word}").dimension == dimension
