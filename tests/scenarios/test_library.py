"""The library's scenarios are sourced, and their numbers give what is published about their devices."""

from __future__ import annotations

import math

import pytest
from CoolProp.CoolProp import PropsSI

from fluidics.engines.panel import seen
from fluidics.pump import new_pump
from fluidics.questions import carry_over, histogram, pressure, temperature, usable
from fluidics.reservoirs.propellant import saturation_pressure
from reliability.hazards import RATE, SHAPE
from scenarios.build import load, names
from scenarios.cite import references
from scenarios.entries import reading
from scenarios.propellants import propellants
from scenarios.schema import context
from scenarios.units import DAY, YEAR

BODY = 310.15
COOLPROP = {
    "R-113": "R113", "n-butane": "n-Butane", "isobutane": "IsoButane", "n-pentane": "n-Pentane",
    "isopentane": "Isopentane", "neopentane": "Neopentane", "R-114": "R114", "R-11": "R11", "R-123": "R123",
    "R-245fa": "R245fa",
}  # fmt: skip


def around(name: str):
    """Return what surrounds the parts of a scenario's new pump at the median rate."""
    design = load(name).design
    levels = histogram(design.regimen, design.population.mean_rate)
    return seen(design.pump, new_pump(design.pump), levels, 1.0)


def constants(name: str) -> tuple[float, ...]:
    units = {"antoine_a": "-", "antoine_b": "K", "antoine_c": "K"}
    entries = propellants()[name]
    return tuple(reading(key, unit, entries[key]["value"], context({})).si for key, unit in units.items())


# --- sources -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", names())
def test_every_value_has_a_kind_and_all_but_assumed_ones_a_known_source(name):
    for value in load(name).values:
        assert value.kind in {"measured", "stated", "assumed", "fitted", "derived"}, f"{value.path} is {value.kind}"
        assert value.source in {"", *references()}, f"{value.path} cites '{value.source}'"
        assert value.source or value.kind in {"assumed", "derived"}, f"{value.path} is {value.kind} without a source"
        assert value.fitted_to or value.kind != "fitted", f"{value.path} does not say what it was fitted to"


@pytest.mark.parametrize("name", names())
def test_every_scenario_has_title_description_and_requirement(name):
    scenario = load(name)
    assert scenario.title
    assert scenario.description
    assert scenario.requirement is not None


def test_the_older_pump_differs_in_drug_onset_clinic_and_battery_only():
    pair = ("implanted-insulin", "implanted-insulin-1994")
    values = [{value.path: value.si for value in load(name).values} for name in pair]
    assert {path for path in values[0] if values[0][path] != values[1][path]} == {
        "pump.drug.nucleation", "pump.drug.carried_growth", "pump.catheter.onset_rate", "pump.site.onset_rate",
        "pump.power.energy", "clinic.interval", "clinic.interval_spread", "clinic.longest_interval",
    }  # fmt: skip


# --- propellants (reference equations of state as in CoolProp 8) ---------------------------------------------------


@pytest.mark.parametrize("name", sorted(propellants()))
@pytest.mark.parametrize("celsius", [0, 20, 25, 37, 41, 50])
def test_vapour_pressure_is_that_of_the_reference_equation(name, celsius):
    kelvin = celsius + 273.15
    published = PropsSI("P", "T", kelvin, "Q", 0, COOLPROP[name])
    assert saturation_pressure(*constants(name), kelvin) == pytest.approx(published, rel=5e-4)


@pytest.mark.parametrize(("name", "kilopascal"), [("R-113", 70.35), ("n-butane", 347.77)])
def test_vapour_pressure_at_body_temperature(name, kilopascal):
    assert saturation_pressure(*constants(name), BODY) / 1e3 == pytest.approx(kilopascal, rel=1e-4)


# --- the implanted insulin pump ------------------------------------------------------------------------------------


def test_insulin_reservoir_sucks_with_31_kilopascal():
    """70.3 kPa absolute within 3 %: a patent's vapour pressure below 14.7 psia, a margin up to 2,400 m of altitude."""
    pump = load("implanted-insulin").design.pump
    assert pressure(pump.reservoir, new_pump(pump).reservoir, BODY) == pytest.approx(-31.0e3, rel=0.03)


def test_days_to_the_messages_are_those_of_the_manual():
    """15 mL of U400 at 40 U/d: 800 U are left on day 130, 400 U on day 140 (MiniMed 2007D manual, p. 69)."""
    design = load("implanted-insulin").design
    full = usable(design.pump.reservoir, new_pump(design.pump).reservoir)
    rate = design.population.mean_rate
    assert full / rate / DAY == pytest.approx(140.0, rel=1e-12)
    assert (design.pump.reservoir.capacity - design.clinic.low_volume) / rate / DAY == pytest.approx(130.0, rel=1e-12)


def test_catheter_holds_13_units_of_u400():
    catheter = load("implanted-insulin").design.pump.catheter
    assert math.pi * catheter.radius**2 * catheter.length == pytest.approx(32.5e-9, rel=1e-3)


def test_pump_takes_15_microwatt_and_200_strokes_a_day():
    """Less than 15 uW (Saudek et al., Horm. Metab. Res. 22 (1990) 201)."""
    power = load("implanted-insulin").design.pump.power
    strokes = around("implanted-insulin").strokes
    assert strokes * DAY == pytest.approx(200.0, rel=1e-9)
    assert power.base_power + power.stroke_energy * strokes == pytest.approx(15e-6, rel=1e-3)


@pytest.mark.parametrize(("name", "years"), [("implanted-insulin", 8.0), ("implanted-insulin-1994", 3.0)])
def test_battery_lasts_as_long_as_stated(name, years):
    power = load(name).design.pump.power
    drain = power.base_power + power.stroke_energy * around(name).strokes
    assert power.energy / drain / YEAR == pytest.approx(years, rel=0.01)


@pytest.mark.parametrize("name", ["implanted-insulin", "implanted-insulin-1994"])
def test_aggregate_does_not_run_away_in_the_library(name):
    pump = load(name).design.pump
    assert carry_over(pump.reservoir, new_pump(pump).reservoir) == pytest.approx(1 / 15, rel=1e-12)
    value = next(value for value in load(name).values if value.path == "pump.drug.carried_growth")
    assert value.si < 0.5


# --- the constant-flow pump ----------------------------------------------------------------------------------------


def test_constant_flow_pump_is_programmed_to_what_it_gives():
    found = around("fixed-rate-hepatic")
    assert found.flow == pytest.approx(found.programmed, rel=0.01)


def test_constant_flow_pump_gives_1_3_millilitres_of_water_a_day():
    design = load("fixed-rate-hepatic", ["drug.relative_viscosity=1.0"]).design
    levels = histogram(design.regimen, design.population.mean_rate)
    assert seen(design.pump, new_pump(design.pump), levels, 1.0).flow * DAY == pytest.approx(1.3e-6, rel=0.01)


def test_hepatic_pumps_fail_as_in_544_pumps():
    """9 % at one year and 16 % at two (Allen et al., J. Am. Coll. Surg. 201 (2005) 57)."""
    scenario = load("fixed-rate-hepatic")
    row = scenario.hazards[scenario.hazard_names.index("pump_failure")]
    failed = [1.0 - math.exp(-((row[RATE] * years * YEAR) ** row[SHAPE])) for years in (1, 2)]
    assert failed == pytest.approx([0.09, 0.16], abs=0.001)


def test_half_of_the_hepatic_patients_live_two_years():
    rate = load("fixed-rate-hepatic").design.population.death_rate
    assert math.exp(-rate * 2 * YEAR) == pytest.approx(0.5, abs=0.001)


@pytest.mark.parametrize("name", names())
def test_every_body_is_warm(name):
    """Under the skin it is a little cooler than inside."""
    assert temperature(load(name).design.pump.site) == (BODY - 3.0 if name.startswith("worn") else BODY)


@pytest.mark.parametrize(("hazard", "share"), [("pocket", 0.13), ("catheter", 0.18)])
def test_hepatic_complications_come_in_two_years_as_often_as_noted(hazard, share):
    scenario = load("fixed-rate-hepatic")
    row = scenario.hazards[scenario.hazard_names.index(hazard)]
    assert 1.0 - math.exp(-row[RATE] * 2 * YEAR) == pytest.approx(share, abs=1e-4)
