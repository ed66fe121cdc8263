"""The restrictor between a propellant and an artery: what temperature and altitude do to its flow."""

from __future__ import annotations

import pytest

from fluidics.pump import MEDIAN_LUCK, Stateless
from fluidics.questions import advance, flow, fresh, pressure, stall, strokes, viscosity
from tests.fluidics.parts import AROUND, ATMOSPHERE, BODY, DAY, HEPATIC_PUMP, WATER

DRIVE, RESERVOIR, DRUG = HEPATIC_PUMP.drive, HEPATIC_PUMP.reservoir, HEPATIC_PUMP.drug


def free_flow(celsius: float, ambient: float) -> float:
    """Return the flow [m3/s] at a temperature, outlet open to the ambient."""
    kelvin = celsius + 273.15
    p_in = pressure(RESERVOIR._replace(ambient=ambient), fresh(RESERVOIR, MEDIAN_LUCK), kelvin)
    return flow(DRIVE, Stateless(), 0.0, p_in, 0.0, ATMOSPHERE, viscosity(DRUG, Stateless(), kelvin))


@pytest.mark.parametrize(
    ("celsius", "ambient", "ratio"),
    [
        (35.0, 101325.0, 0.88560128),
        (39.0, 101325.0, 1.12470105),
        (41.0, 101325.0, 1.26034369),
        (37.0, 81e3, 1.08247397),
    ],
)
def test_fever_and_altitude_speed_up_a_butane_pump(celsius, ambient, ratio):
    # expected from an equation of state and the standard viscosity of water; Antoine's law is 0.4 % off in pressure,
    # the handy viscosity 0.2 %, and a quarter of the error of the pressure is lifted by the ambient
    found = free_flow(celsius, ambient) / free_flow(37.0, 101325.0)
    assert found == pytest.approx(ratio, rel=1e-2)


def test_sized_for_a_millilitre_a_day():
    # 246.4 kPa over 2.1293e16 Pa s/m3 is 1 mL/day
    assert free_flow(37.0, 101325.0) * DAY == pytest.approx(1e-6 * 2.1293e16 / 2e16, rel=1e-2)


def test_flow_is_pressure_over_resistance_and_viscosity():
    base = flow(DRIVE, Stateless(), 0.0, 200e3, 12e3, ATMOSPHERE, WATER)
    assert base == pytest.approx(188e3 / 2e16, rel=1e-15)
    assert flow(DRIVE, Stateless(), 0.0, 200e3, 12e3, ATMOSPHERE, 2.0 * WATER) == pytest.approx(base / 2.0, rel=1e-15)


def test_programme_makes_no_difference_and_costs_no_strokes():
    still, fast = (flow(DRIVE, Stateless(), rate, 1e5, 0.0, ATMOSPHERE, WATER) for rate in (0.0, 1.0))
    assert still == fast
    assert strokes(DRIVE, 1e-9) == 0.0


def test_it_never_stalls_and_remembers_nothing():
    assert stall(DRIVE) >= 1e300
    assert advance(DRIVE, fresh(DRIVE, MEDIAN_LUCK), DAY, AROUND) == Stateless()


def test_it_flows_back_when_the_outlet_is_above_the_reservoir():
    assert flow(DRIVE, Stateless(), 0.0, 1e5, 1.2e5, ATMOSPHERE, WATER) < 0.0
    assert flow(DRIVE, Stateless(), 0.0, 1e5, 1e5, ATMOSPHERE, WATER) == 0.0
    assert viscosity(DRUG, Stateless(), BODY) > 0.0
