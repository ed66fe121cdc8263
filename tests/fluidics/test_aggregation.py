"""Aggregating insulin against a solver of differential equations, quadrature and its limits."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from fluidics.drugs.aggregation import GAS_CONSTANT, Aggregation, carried_growth, growth_rate
from fluidics.fluid import water_viscosity
from fluidics.pump import MEDIAN_LUCK, Luck, Service
from fluidics.questions import advance, aggregate, fresh, mean_aggregate, refilled, rinsed, viscosity
from tests.fluidics.parts import AROUND, BODY, DAY, INSULIN_PUMP

DRUG = INSULIN_PUMP.drug
masses = st.floats(0.0, 5.0)
nucleations = st.floats(0.0, 1e-2).map(lambda per_day: per_day / DAY)
days = st.floats(1e-3, 120.0).map(lambda d: d * DAY)


def grown(own: Aggregation, dt: float, temperature: float = BODY) -> float:
    return advance(DRUG, own, dt, AROUND._replace(temperature=temperature)).mass


@pytest.mark.parametrize("kelvin", [300.0, 310.15, 314.0])
def test_growth_solves_its_differential_equation(kelvin):
    own = Aggregation(mass=0.02, nucleation=3e-4 / DAY, device=0.0)
    rate = growth_rate(DRUG, kelvin)
    solved = solve_ivp(
        lambda t, m: rate * m + own.nucleation, (0.0, 90.0 * DAY), [own.mass], method="DOP853", rtol=1e-12, atol=1e-16
    )
    assert grown(own, 90.0 * DAY, kelvin) == pytest.approx(solved.y[0, -1], rel=1e-9)


@given(masses, nucleations, days)
def test_mean_aggregate_is_the_integral_over_the_interval(mass, nucleation, dt):
    own = Aggregation(mass, nucleation, 0.0)
    area, _ = quad(lambda share: grown(own, share * dt), 0.0, 1.0, epsabs=0.0, epsrel=1e-11)
    assert mean_aggregate(DRUG, own, dt, BODY) == pytest.approx(area, rel=1e-10, abs=1e-300)


def test_growth_follows_arrhenius():
    ratio = growth_rate(DRUG, 315.15) / growth_rate(DRUG, 310.15)
    expected = math.exp(DRUG.activation_energy / GAS_CONSTANT * (1.0 / 310.15 - 1.0 / 315.15))
    assert ratio == pytest.approx(expected, rel=1e-13)
    assert growth_rate(DRUG, DRUG.reference_temperature) == DRUG.growth


@pytest.mark.parametrize("dt", [1e-6, 1e-3, 1.0, 60.0, 3600.0])
def test_short_intervals_are_linear(dt):
    own = Aggregation(mass=0.5, nucleation=1e-6 / DAY, device=0.0)
    x = DRUG.growth * dt
    gained = (0.5 * DRUG.growth + own.nucleation) * dt
    assert grown(own, dt) - own.mass == pytest.approx(gained, rel=x + 1e-9, abs=2e-16)
    clean = Aggregation(mass=0.0, nucleation=1e-3 / DAY, device=0.0)
    assert grown(clean, dt) == pytest.approx(clean.nucleation * dt, rel=x + 1e-9)
    assert mean_aggregate(DRUG, clean, dt, BODY) == pytest.approx(0.5 * clean.nucleation * dt, rel=x + 1e-9)


def test_without_growth_nucleation_adds_up():
    still = DRUG._replace(growth=0.0)
    own = Aggregation(mass=0.1, nucleation=1e-7, device=0.0)
    assert advance(still, own, 1e5, AROUND).mass == pytest.approx(0.11, rel=1e-14)
    assert mean_aggregate(still, own, 1e5, BODY) == pytest.approx(0.105, rel=1e-14)


def test_clean_insulin_stays_clean():
    assert grown(Aggregation(0.0, 0.0, 0.0), 1e9) == 0.0


def test_seeds_are_carried_over_and_a_rinse_removes_them():
    own = Aggregation(mass=0.6, nucleation=1e-9, device=0.7)
    assert refilled(DRUG, own, Service(1.0 / 15.0), MEDIAN_LUCK).mass == pytest.approx(0.04)
    assert rinsed(DRUG, own) == Aggregation(0.0, own.nucleation, own.device)
    assert aggregate(DRUG, own) == 0.6


def test_old_aggregate_grows_from_refill_to_refill_by_the_carried_growth():
    rho, span = 1.0 / 15.0, 90.0 * DAY
    own = Aggregation(mass=1e-3, nucleation=0.0, device=0.0)
    barren = DRUG._replace(nucleation=0.0)
    for _ in range(3):
        after = advance(barren, own, span, AROUND)
        full = refilled(barren, after, Service(rho), MEDIAN_LUCK)
        assert full.mass / own.mass == pytest.approx(carried_growth(DRUG, rho, span, BODY), rel=1e-12)
        own = full
    # 0.02 per day over 90 days behind 1/15: e^1.8 / 15
    assert carried_growth(DRUG, rho, span, BODY) == pytest.approx(math.exp(1.8) / 15.0, rel=1e-12)


def test_luck_of_lot_device_batch_and_vial_multiply_the_nucleation():
    own = fresh(DRUG, Luck(uniform=0.5, normal=1.3, batch=-0.4))
    device = DRUG.lot_spread * -0.4 + DRUG.device_spread * 1.3
    assert own.device == pytest.approx(device)
    assert own.nucleation == pytest.approx(DRUG.nucleation * math.exp(device), rel=1e-13)
    full = refilled(DRUG, own, Service(0.0), Luck(uniform=0.5, normal=0.8, batch=2.0))
    shift = device + DRUG.batch_spread * 2.0 + DRUG.vial_spread * 0.8
    assert full.nucleation == pytest.approx(DRUG.nucleation * math.exp(shift), rel=1e-13)
    assert full.device == own.device


def test_viscosity_is_that_of_water_and_protein():
    own = Aggregation(0.0, 0.0, 0.0)
    assert viscosity(DRUG, own, BODY) == pytest.approx(1.049 * water_viscosity(BODY), rel=1e-15)
