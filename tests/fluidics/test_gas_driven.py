"""What is known of gas-driven and spring-driven pumps: temperature, height, depth, back pressure, a series of patients.

Only the drive pressures of the disposable pumps and the bias of the series are calibrations, each said so."""

from __future__ import annotations

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI
from hypothesis import given
from hypothesis import strategies as st

from fluidics.atmosphere import excursion, flight, standard_pressure, submerged_pressure
from fluidics.circuit import circuit, schedule
from fluidics.engines.exact import resolve
from fluidics.programmes.regimen import ConstantRate
from fluidics.pump import MEDIAN_LUCK, Pump, after_refill, new_pump
from fluidics.questions import histogram, operate, pressure, temperature
from fluidics.reservoirs.spring_reservoir import SpringReservoir
from tests.fluidics.gas_driven import (
    ATMOSPHERE,
    BELLOWS,
    BODY,
    CONSTANTS,
    DAY,
    LUMBAR,
    MMHG,
    SPINAL,
    WATER,
    delivery,
    gas_pump,
)
from tests.fluidics.parts import walked

PROPELLANTS = ("n-butane", "isobutane", "neopentane", "R-114", "R-11", "R-245fa")


def changed(pump: Pump, kelvin: float = BODY, ambient: float = ATMOSPHERE, back: float | None = None) -> float:
    """Return the change of the flow [%] in other surroundings."""
    site = pump.site._replace(body_temperature=kelvin)
    if back is not None:
        site = site._replace(pressure=back)
    other = pump._replace(site=site, reservoir=pump.reservoir._replace(ambient=ambient))
    return 100.0 * (delivery(other) / delivery(pump) - 1.0)


def gauge(pump: Pump, kelvin: float = BODY) -> float:
    return pressure(pump.reservoir, new_pump(pump).reservoir, kelvin)


# --- first principles ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("celsius", "ambient", "ratio"),
    [
        (35.0, ATMOSPHERE, 0.88560128),
        (39.0, ATMOSPHERE, 1.12470105),
        (41.0, ATMOSPHERE, 1.26034369),
        (37.0, 81e3, 1.08247397),
    ],
)
def test_solved_flows_of_a_butane_pump(celsius, ambient, ratio):
    def net(kelvin: float, around: float) -> float:
        """Return the flow with the viscosity of the standard for water."""
        there = pump._replace(reservoir=pump.reservoir._replace(ambient=around))
        viscosity = PropsSI("V", "T", kelvin, "P", ATMOSPHERE, "Water")
        return operate(there.drive, state.drive, 0.0, gauge(there, kelvin), viscosity, there, state).flow

    pump = gas_pump("n-butane", 0.0)
    state = new_pump(pump)
    assert net(celsius + 273.15, ambient) / net(BODY, ATMOSPHERE) == pytest.approx(ratio, rel=1e-4)
    # the viscosity of water that pumps use adds its own error
    assert 1.0 + changed(pump, celsius + 273.15, ambient) / 100.0 == pytest.approx(ratio, rel=1e-3)


def test_a_butane_pump_in_its_surroundings():
    pump = gas_pump("n-butane")
    assert gauge(pump) == pytest.approx(246.4e3, rel=1e-3)
    assert changed(pump, kelvin=BODY + 1.0) == pytest.approx(6.1, rel=0.02)
    assert changed(pump, ambient=standard_pressure(300.0)) == pytest.approx(1.45, rel=0.02)
    assert changed(pump, ambient=standard_pressure(2438.0)) == pytest.approx(10.6, rel=0.02)
    assert changed(pump, ambient=submerged_pressure(10.0, density=1000.0)) == pytest.approx(-40.0, rel=0.02)
    assert changed(pump, back=100.0 * MMHG) == pytest.approx(-4.9, rel=0.02)


def test_a_pump_on_r11_in_its_surroundings():
    pump = gas_pump("R-11")
    assert gauge(pump) / MMHG == pytest.approx(430.0, rel=0.03)
    assert gauge(pump, 298.15) == pytest.approx(4.7e3, rel=0.03)
    assert changed(pump, kelvin=BODY + 1.0) == pytest.approx(11.3, rel=0.03)
    assert changed(pump, ambient=standard_pressure(300.0)) == pytest.approx(6.4, rel=0.03)
    assert changed(pump, back=100.0 * MMHG) == pytest.approx(-21.5, rel=0.03)


@pytest.mark.parametrize(
    ("propellant", "degree", "hill", "mountain", "cabin", "water", "artery"),
    [
        ("n-butane", 6.1, 1.45, 6.8, 10.6, -40.0, -4.9), ("R-114", 6.5, 1.7, 8.1, 12.6, -47.0, -5.8),
        ("R-245fa", 8.3, 2.9, 13.5, 21.0, -79.0, -9.7),
    ],
)  # fmt: skip
def test_sensitivities_of_other_propellants(propellant, degree, hill, mountain, cabin, water, artery):
    # published figures have two digits
    pump = gas_pump(propellant)
    found = [changed(pump, kelvin=BODY + 1.0)]
    found += [changed(pump, ambient=standard_pressure(height)) for height in (300.0, 1500.0, 2438.0)]
    found += [changed(pump, ambient=submerged_pressure(10.0, density=1000.0)), changed(pump, back=100.0 * MMHG)]
    assert found == pytest.approx([degree, hill, mountain, cabin, water, artery], rel=0.02)


@pytest.mark.parametrize(("propellant", "atmospheres"), [("n-butane", 3.4), ("R-114", 3.1), ("R-11", 1.57)])
def test_a_chamber_stops_a_gas_driven_pump(propellant, atmospheres):
    pump = gas_pump(propellant, 0.0)
    stop = (gauge(pump) + ATMOSPHERE) / ATMOSPHERE
    assert stop == pytest.approx(atmospheres, rel=0.02)
    assert changed(pump, ambient=0.999 * stop * ATMOSPHERE) > -100.0
    assert changed(pump, ambient=1.001 * stop * ATMOSPHERE) < -100.0  # it flows back


def over(pump: Pump, time: np.ndarray, knots: np.ndarray) -> float:
    """Return the volume [m3] while the ambient follows its knots; the flow is linear in it."""
    flows = [delivery(pump._replace(reservoir=pump.reservoir._replace(ambient=float(p)))) for p in knots]
    return float(np.trapezoid(flows, time))


def test_a_flight_of_ten_hours_costs_a_butane_pump_an_hour_of_drug():
    pump = gas_pump("n-butane")
    time, knots = flight(2438.4, 10.0 * 3600.0)
    extra = over(pump, time, knots) / delivery(pump) - time[-1]
    # 10.6 % of ten hours at cruise, about half of it on the way up and down
    ways = time[-1] - 10.0 * 3600.0
    assert extra / 3600.0 == pytest.approx(0.106 * (10.0 + 0.52 * ways / 3600.0), rel=0.01)


def test_a_treatment_at_two_and_a_half_atmospheres_costs_half_its_dose():
    # 1.5 atm of 246.4 - 1.3 kPa, on the way there and back half of it
    pump = gas_pump("n-butane")
    time, knots = excursion(2.5 * ATMOSPHERE, 5400.0, 1.5 * ATMOSPHERE / 600.0)
    lost = time[-1] - over(pump, time, knots) / delivery(pump)
    assert lost == pytest.approx(1.5 * ATMOSPHERE / (246.44e3 - 10.0 * MMHG) * (5400.0 + 600.0), rel=1e-4)


def test_the_exact_engine_empties_a_sprung_bellows_as_the_closed_form_does():
    # a spring alone makes the flow decay with R / k; the open link behind the restrictor adds 1e-4 to its resistance
    pump = gas_pump("n-butane")._replace(reservoir=BELLOWS._replace(stiffness=1e9), catheter=SPINAL, site=LUMBAR)
    state, day = new_pump(pump), 24 * 60
    made = circuit(pump, state, carries=True)
    minutes = schedule(made.network, pump.drive, state.drive, 0.0)
    found = resolve(made.network, minutes, day, made.pressure, np.ones(len(made.network.kind), dtype=np.int64), day)
    first = delivery(pump)
    rate = first * 1e9 / (gauge(pump) - made.pressure[-1])
    assert found.volume[-1, -1] == pytest.approx(first / rate * -np.expm1(-rate * DAY), rel=1.5e-4)
    assert abs(found.residual) < 1e-9 * found.volume[-1, -1]


# --- disposable pumps ------------------------------------------------------------------------------------------------


def spring_pump(spring: float, vacuum: float = 0.0, ambient: float = ATMOSPHERE, back: float = 0.0) -> Pump:
    reservoir = SpringReservoir(60e-6, 1e-6, spring, vacuum, 0.0, ambient)
    return gas_pump("n-butane", back)._replace(reservoir=reservoir)


def test_a_spring_and_a_capillary_run_faster_when_warm():
    # a spring-driven pump from 25 to 30 degC: +10.8 % (J. Pain Symptom Manage., 1997), by the viscosity of water
    pump = spring_pump(50e3)
    pump = pump._replace(site=pump.site._replace(body_temperature=298.15))
    assert changed(pump, kelvin=303.15) == pytest.approx(10.8, abs=1.5)


LOW, HIGH = 800e2, 1000e2  # [Pa]: the pump in the chamber, and the tip outside


def test_a_vacuum_pump_loses_the_pressure_that_drives_it():
    # 455 hPa of drive at 1000 hPa is fitted to the 64 % that the tip outside costs; 20 % follows (published: 19 to 27)
    level = delivery(spring_pump(0.0, 0.455, HIGH))
    assert 100.0 * (delivery(spring_pump(0.0, 0.455, LOW)) / level - 1.0) == pytest.approx(-20.0, abs=1e-9)
    outside = delivery(spring_pump(0.0, 0.455, LOW, HIGH - LOW))
    assert 100.0 * (outside / level - 1.0) == pytest.approx(-64.0, abs=3.0)


def test_a_balloon_does_not_know_the_height_unless_its_tip_is_elsewhere():
    # 571 hPa of drive is fitted to the 35 % that the tip outside costs; no change with all of it high up follows
    level = delivery(spring_pump(571e2, 0.0, HIGH))
    assert delivery(spring_pump(571e2, 0.0, LOW)) == level
    outside = delivery(spring_pump(571e2, 0.0, LOW, HIGH - LOW))
    assert 100.0 * (outside / level - 1.0) == pytest.approx(-35.0, abs=3.0)


# --- a series of patients: 34 pumps of 60 mL, 14,191 days, 90.26 % of the nominal flow -----------------------------

PUMPS, REFILLS = 34, 60  # weekly refills of 34 pumps: 14,280 days
NOMINAL = 8e-6 / DAY


def series(propellant: str, temperatures: np.ndarray, bias: float = 0.0) -> float:
    """Return the mean flow of a series of pumps [% of nominal], measured from refill to refill.

    Each was calibrated at 37 degC, at sea level, against nothing.
    """
    levels = histogram(ConstantRate(), NOMINAL)
    a, b, c = CONSTANTS[propellant]
    bench = gas_pump(propellant, 0.0)
    resistance = gauge(bench) / NOMINAL / (1.0 - bias)
    measured = []
    for kelvin in temperatures:
        bellows = BELLOWS._replace(
            capacity=62e-6, antoine_a=a, antoine_b=b, antoine_c=c, stiffness=0.0, amount=0.05, space=10e-6
        )
        pump = gas_pump(propellant, 0.0, resistance)._replace(reservoir=bellows)
        pump = pump._replace(site=pump.site._replace(body_temperature=float(kelvin)))
        state = new_pump(pump)
        for _ in range(REFILLS):
            warming, _ = walked(pump, after_refill(pump, state, MEDIAN_LUCK), levels, 3.0 * 3600.0, 3)
            state, _ = walked(pump, warming, levels, 7.0 * DAY - 3.0 * 3600.0, 1)
            measured.append(state.reservoir.volume / (7.0 * DAY * NOMINAL))
    return 100.0 * float(np.mean(measured))


COOL = 308.65 + 0.5 * (np.arange(PUMPS) + 0.5) / PUMPS  # bodies of 35.5 to 36 degC


def test_a_series_with_the_published_bias_delivers_the_published_mean():
    # the bias is a calibration; what a weekly cold refill costs comes on top
    assert series("n-butane", np.full(PUMPS, BODY), 0.0974) == pytest.approx(90.26, abs=0.2)


@pytest.mark.parametrize(("propellant", "mean"), [("R-245fa", 90.2), ("neopentane", 91.5), ("n-butane", 92.7)])
def test_cool_bodies_explain_most_of_the_bias_or_all_of_it(propellant, mean):
    # published: 90.26, to be met within 2; n-butane, the likely propellant, explains three quarters of the bias
    found = series(propellant, COOL)
    assert found == pytest.approx(mean, abs=0.3)
    assert (abs(found - 90.26) < 2.0) is (propellant != "n-butane")


# --- laws ----------------------------------------------------------------------------------------------------------


@given(st.sampled_from(PROPELLANTS), st.floats(288.15, 318.0), st.floats(0.0, 5.0))
def test_flow_rises_with_temperature(propellant, kelvin, more):
    pump = gas_pump(propellant, 0.0)
    cool, warm = (
        pump._replace(site=pump.site._replace(body_temperature=t)) for t in (kelvin, min(kelvin + more, 318.15))
    )
    if gauge(pump, temperature(cool.site)) >= 0.0:
        assert delivery(warm) >= delivery(cool)


@given(st.sampled_from(PROPELLANTS), st.floats(3e4, 4e5), st.floats(0.0, 1e5), st.floats(0.0, 2e4))
def test_flow_rises_with_driving_pressure(propellant, ambient, more, back):
    pump = gas_pump(propellant, back)
    deep, high = (
        delivery(pump._replace(reservoir=pump.reservoir._replace(ambient=a))) for a in (ambient + more, ambient)
    )
    assert high >= deep
    against = delivery(pump._replace(site=pump.site._replace(pressure=back + more)))
    assert against <= delivery(pump)


@given(st.floats(0.5, 10.0), st.floats(1.0, 10.0))
def test_flow_rises_with_inverse_viscosity(thin, factor):
    thick = gas_pump("n-butane")._replace(drug=gas_pump("n-butane").drug._replace(relative_viscosity=thin * factor))
    pump = thick._replace(drug=thick.drug._replace(relative_viscosity=thin))
    assert delivery(thick) <= delivery(pump)
    assert delivery(pump) / delivery(thick) == pytest.approx(factor, rel=1e-10)


def test_water_is_what_restrictors_are_sized_with():
    assert gas_pump("n-butane").drive.reference_viscosity == WATER
