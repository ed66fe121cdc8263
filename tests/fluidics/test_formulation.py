"""Formulated insulin against the plain laws of which it is made, mass balances, quadrature and its limits."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from fluidics.compile import kernel
from fluidics.drugs.aggregation import Aggregation, Insulin
from fluidics.drugs.assembly import Assembly, early
from fluidics.drugs.degrading import DegradingDrug, Strength
from fluidics.drugs.formulation import (
    Formulated,
    FormulatedInsulin,
    air_left,
    carried_growth,
    loosened,
    nucleation_on_air,
)
from fluidics.drugs.nucleation import Association, Interface, Motion, Vessel, at_interfaces, free_monomer
from fluidics.fluid import water_viscosity
from fluidics.pump import MEDIAN_LUCK, Luck, Service
from fluidics.questions import advance, aggregate, fresh, mean_aggregate, potency, refilled, rinsed, viscosity
from tests.fluidics.parts import AROUND, BODY, DAY, INSULIN_PUMP, SAMPLES

DRUG, SAMPLE = SAMPLES[FormulatedInsulin]
PLAIN = INSULIN_PUMP.drug._replace(growth=DRUG.growth, nucleation=DRUG.nucleation, vial_spread=0.0)
BARE = DRUG._replace(degassing=1.0, uptake=0.0)
HUMAN = Association(dimer=114.0, hexamer=290.0, zinc=5e-3, phenol=0.3, allosteric=1e6)
LUCK = Luck(uniform=0.3, normal=0.7, batch=-1.1)
days = st.floats(1e-3, 120.0).map(lambda d: d * DAY)
shares = st.floats(0.0, 1.0)


@kernel
def quarter(drug, own, dt, around, service, luck):
    """Return the state after a refill and a time, and the mean of the aggregate over it."""
    full = refilled(drug, own, service, luck)
    return advance(drug, full, dt, around), mean_aggregate(drug, full, dt, around.temperature)


def aged(drug: FormulatedInsulin, own: Formulated, dt: float, kelvin: float = BODY) -> Formulated:
    return advance(drug, own, dt, AROUND._replace(temperature=kelvin))


# --- the laws it is made of -----------------------------------------------------------------------------------------


@given(days)
def test_without_air_and_with_all_preservative_it_aggregates_like_plain_insulin(dt):
    own, plain = fresh(BARE, LUCK), fresh(PLAIN, LUCK)
    for _ in range(3):
        mean = mean_aggregate(BARE, own, dt, BODY)
        assert mean == mean_aggregate(PLAIN, plain, dt, BODY)
        own, plain = aged(BARE, own, dt), advance(PLAIN, plain, dt, AROUND)
        own, plain = refilled(BARE, own, Service(0.1), LUCK), refilled(PLAIN, plain, Service(0.1), LUCK)
        assert (own.mass, own.nucleation, own.device) == tuple(plain)
    assert type(PLAIN) is Insulin
    assert type(plain) is Aggregation


@given(days, st.floats(275.0, 320.0))
def test_it_loses_its_strength_like_a_degrading_drug(dt, kelvin):
    law = DegradingDrug(1.0, DRUG.loss, DRUG.loss_energy, 0.0, 0.0, DRUG.reference_temperature, 0.0, *DRUG[-2:])
    around, own, lone = AROUND._replace(temperature=kelvin), SAMPLE, Strength(SAMPLE.active, 0.0, 0.0)
    for _ in range(2):
        own, lone = advance(DRUG, own, dt, around), advance(law, lone, dt, around)
        assert (own.active, own.unmeasured) == (lone.active, lone.unmeasured)
        own, lone = refilled(DRUG, own, Service(0.1), LUCK), refilled(law, lone, Service(0.1), LUCK)
    assert potency(DRUG, own) == potency(law, lone)


@pytest.mark.parametrize("kelvin", [300.0, 310.15, 314.0])
def test_aggregate_solves_its_differential_equation(kelvin):
    warm = math.exp(DRUG.activation_energy / 8.31446261815324 * (1.0 / BODY - 1.0 / kelvin))
    solved = solve_ivp(
        lambda t, m: warm * (SAMPLE.growth * m + SAMPLE.nucleation), (0.0, 60.0 * DAY), [SAMPLE.mass],
        method="DOP853", rtol=1e-12, atol=1e-16,
    )  # fmt: skip
    assert aggregate(DRUG, aged(DRUG, SAMPLE, 60.0 * DAY, kelvin)) == pytest.approx(solved.y[0, -1], rel=1e-9)


@given(st.floats(0.0, 5.0), st.floats(0.0, 1e-2), days)
def test_mean_aggregate_is_the_integral_over_the_interval(mass, nucleation, dt):
    own = SAMPLE._replace(mass=mass, nucleation=nucleation / DAY)
    area, _ = quad(lambda share: aged(DRUG, own, share * dt, 312.0).mass, 0.0, 1.0, epsabs=0.0, epsrel=1e-11)
    assert mean_aggregate(DRUG, own, dt, 312.0) == pytest.approx(area, rel=1e-10, abs=1e-300)


# --- preservative ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("insulin", [0.6, 2.4, 3.0])
@pytest.mark.parametrize("left", [0.9, 0.5, 0.25, 0.12, 0.05, 0.0])
def test_monomer_follows_the_mass_balances_of_hexamers(insulin, left):
    """25 mol/m3 of phenols; hexamers lock at K_p L^(1/6) = 3 mol/m3."""
    drug = DRUG._replace(preservative=25.0 / (0.3 * 1e6 ** (1.0 / 6.0)))
    balanced = [free_monomer(HUMAN, insulin, insulin / 3.0, 25.0 * share) for share in (left, 1.0)]
    assert loosened(drug, left) == pytest.approx(math.sqrt(balanced[0] / balanced[1]), rel=0.06)


def test_rates_go_with_monomer_as_the_early_phase_says():
    y = loosened(DRUG, 0.3)
    assert y > 1.5
    bulk = Assembly(1e-12, 2.0, 50.0, secondary=1e-6)
    walled = Assembly(0.0, 2.0, 50.0, secondary=1e-6, interface=1e-12, coverage=1e6)
    low, high = early(bulk, 1e-3), early(bulk, y * y * 1e-3)
    assert high.growth / low.growth == pytest.approx(y**3, rel=1e-12)
    assert high.nucleation / low.nucleation == pytest.approx(y**3, rel=1e-12)
    assert early(walled, y * y * 1e-3).nucleation / early(walled, 1e-3).nucleation == pytest.approx(y, rel=1e-8)


def test_less_preservative_speeds_growth_nuclei_and_air_by_their_orders():
    hungry, y = DRUG._replace(uptake=0.6), loosened(DRUG, 0.4)
    full, lost = (fresh(drug, MEDIAN_LUCK) for drug in (DRUG._replace(uptake=0.0), hungry))
    on_air = nucleation_on_air(DRUG, air_left(DRUG, 0.0))
    assert (full.growth, full.nucleation) == pytest.approx((DRUG.growth, DRUG.nucleation + on_air), rel=1e-14)
    assert lost.growth == pytest.approx(DRUG.growth * y**3, rel=1e-13)
    assert lost.nucleation == pytest.approx(DRUG.nucleation * y**3 + on_air * y, rel=1e-13)


@given(shares, shares, st.floats(0.0, 30.0))
def test_less_preservative_never_slows(one, other, preservative):
    drug = DRUG._replace(preservative=preservative)
    less, more = sorted((one, other))
    assert loosened(drug, less) >= loosened(drug, more) * (1.0 - 1e-13)
    assert loosened(drug, 1.0) == 1.0


def test_without_preservative_rates_are_finite():
    own = fresh(DRUG._replace(uptake=1.0), MEDIAN_LUCK)
    assert own.growth == pytest.approx(DRUG.growth * (1.0 + DRUG.preservative**6) ** 0.25, rel=1e-13)


# --- air ------------------------------------------------------------------------------------------------------------


@given(
    st.floats(1e-9, 1e-6), st.floats(0.0, 20.0), st.floats(0.0, 0.1), st.floats(0.0, 1.0), st.floats(0.0, 0.1),
    st.floats(0.0, 3.0),
)  # fmt: skip
def test_air_begins_what_it_does_in_the_law_of_interfaces(air, shaking, strokes, renewed, surfactant, hastening):
    """Dilute monomer, 1e-6 of what covers the interface, and no walls; the radius of the sphere by hand."""
    drug = DRUG._replace(renewal=shaking + renewed * strokes, surfactant=surfactant, hastening=hastening)
    law = Interface(0.0, 1e-15, 0.0, 1.0, drug.surfactant_half, hastening)
    radius = (0.75 * air / math.pi) ** (1.0 / 3.0)
    vessel = Vessel(drug.volume, 0.0, 4.0 * math.pi * radius**2)
    covered, half = at_interfaces(law, vessel, Motion(shaking, strokes, renewed, 0.0), surfactant)
    expected = drug.interface / 1e-15 * covered / half
    assert nucleation_on_air(drug, air) == pytest.approx(expected, rel=1e-12, abs=1e-300)


def test_what_degassing_leaves_is_lognormal():
    assert air_left(DRUG._replace(degassing=0.0), 0.0) == DRUG.air
    assert air_left(DRUG, 1.5) == pytest.approx(DRUG.air * (1.0 - DRUG.degassing) * math.exp(1.5 * DRUG.air_spread))
    assert air_left(DRUG._replace(degassing=1.0), 3.0) == 0.0
    assert nucleation_on_air(DRUG, 0.0) == 0.0


@given(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0))
def test_more_air_never_begins_less(one, other):
    less, more = (
        refilled(DRUG, SAMPLE, Service(0.1), Luck(uniform=0.5, normal=z, batch=0.0)).nucleation
        for z in sorted((one, other))
    )
    assert less <= more


# --- refills --------------------------------------------------------------------------------------------------------


def test_a_refill_mixes_and_carries_seeds():
    full = refilled(DRUG, SAMPLE, Service(0.25), MEDIAN_LUCK)
    assert full.mass == 0.25 * SAMPLE.mass
    assert full.active == pytest.approx(0.75 + 0.25 * SAMPLE.active, rel=1e-15)
    assert full.preservative == pytest.approx((0.75 + 0.25 * SAMPLE.preservative) * (1.0 - DRUG.uptake), rel=1e-15)
    assert full.device == SAMPLE.device


def test_luck_of_lot_device_and_batch_multiply_the_nucleation():
    own = fresh(DRUG, LUCK)
    device = DRUG.lot_spread * LUCK.batch + DRUG.device_spread * LUCK.normal
    median = fresh(DRUG, MEDIAN_LUCK).nucleation
    assert own.device == pytest.approx(device)
    assert own.nucleation == pytest.approx(median * math.exp(device), rel=1e-13)
    same_fill = Luck(uniform=0.5, normal=0.0, batch=2.0)
    full = refilled(DRUG, own, Service(0.0), same_fill)
    assert full.nucleation == pytest.approx(median * math.exp(device + 2.0 * DRUG.batch_spread), rel=1e-13)


def test_old_aggregate_grows_from_refill_to_refill_by_the_carried_growth():
    barren = DRUG._replace(nucleation=0.0, degassing=1.0, uptake=0.3)
    rho, span = 1.0 / 15.0, 45.0 * DAY
    own = fresh(barren, MEDIAN_LUCK)._replace(mass=1e-3)
    for _ in range(30):
        before = own
        own = refilled(barren, aged(barren, own, span, 311.0), Service(rho), MEDIAN_LUCK)
    assert own.mass / before.mass == pytest.approx(carried_growth(barren, rho, span, 311.0), rel=1e-12)


def test_a_rinse_takes_aggregate_and_old_drug_away():
    clean = rinsed(DRUG, SAMPLE)
    assert (clean.mass, clean.active) == (0.0, 1.0)
    assert clean._replace(mass=SAMPLE.mass, active=SAMPLE.active) == SAMPLE


# --- what others see ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kelvin", [276.0, 310.15, 312.0])
@pytest.mark.parametrize("drug", [DRUG, BARE, DRUG._replace(uptake=1.0)], ids=["air", "bare", "bereft"])
def test_compiled_and_plain_python_give_the_same_bits(drug, kelvin):
    around = AROUND._replace(temperature=kelvin)
    for dt in (60.0, 3.0 * DAY, 90.0 * DAY):
        assert quarter(drug, SAMPLE, dt, around, Service(0.1), LUCK) == quarter.py_func(
            drug, SAMPLE, dt, around, Service(0.1), LUCK
        )


def test_time_outside_the_measured_range_is_counted():
    assert aged(DRUG, SAMPLE, DAY).unmeasured == 0.0
    assert aged(DRUG, aged(DRUG, SAMPLE, DAY, 314.0), DAY, 276.0).unmeasured == 2.0 * DAY


def test_viscosity_is_that_of_water_and_protein():
    assert viscosity(DRUG, SAMPLE, BODY) == pytest.approx(1.049 * water_viscosity(BODY), rel=1e-15)
