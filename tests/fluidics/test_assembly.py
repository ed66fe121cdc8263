"""Rates of fibrils: Arrhenius within its range, what is refused, and the early phase against the full equations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.drugs.aggregation import GAS_CONSTANT, Aggregation
from fluidics.drugs.assembly import (
    CLEAN,
    HIGHEST,
    Activation,
    Assembly,
    Fibrils,
    beginning,
    births,
    checked,
    early,
    multiplying,
    ordered,
    warmed,
)  # fmt: skip
from fluidics.drugs.conversion import convert
from fluidics.drugs.fibrils import assemble
from fluidics.questions import advance
from tests.fluidics.parts import AROUND, BODY, INSULIN_PUMP

U100 = 0.6  # mol/m3
CASE = Assembly(1e-12, 2.0, 50.0, secondary=1e-6)
FRAGMENTING = Assembly(1e-15, 2.0, 50.0, fragmentation=3e-8)
PRIOR = Activation(9e4, 8e4, 1e5, 7e4, 318.15, 310.15, 338.15)
shares = st.floats(1e-4, 0.3)


@pytest.mark.parametrize("order", [0.5, 1.0, 2.0, 2.5, 3.0, 6.0])
def test_order_is_the_exponent(order):
    assert ordered(0.6, order) == pytest.approx(0.6**order, rel=1e-14)
    assert ordered(0.0, order) == 0.0


def test_secondary_nucleation_saturates_at_its_ceiling():
    law = Assembly(0.0, 2.0, 50.0, secondary=1e-3, order=2.0, ceiling=1e-5)
    assert multiplying(law, 1e-3) == pytest.approx(1e-9, rel=1e-3)
    assert multiplying(law, 10.0) == pytest.approx(1e-5, rel=1e-3)
    assert multiplying(law, 0.1) == pytest.approx(0.5e-5, rel=1e-12)  # half where k_2 m^2 is the ceiling


def test_interface_saturates_where_monomer_covers_it():
    law = Assembly(0.0, 2.0, 50.0, interface=1e-10, coverage=0.2)
    assert beginning(law, 0.2) == pytest.approx(0.5e-10, rel=1e-14)
    assert beginning(law, 1e-6) == pytest.approx(0.5e-15, rel=1e-4)
    assert beginning(law, 0.0) == 0.0


def test_births_add_up():
    law = Assembly(1e-12, 2.0, 50.0, 1e-6, 2.0, math.inf, 3e-8, 1e-13, 0.1)
    expected = 1e-12 * 0.25 + 1e-13 * 0.5 / 0.6 + (1e-6 * 0.25 + 3e-8) * 0.1
    assert births(law, 0.5, 0.1) == pytest.approx(expected, rel=1e-14)


# --- temperature ----------------------------------------------------------------------------------------------------


@given(st.floats(310.15, 338.15))
def test_each_rate_follows_its_own_activation_energy(kelvin):
    law = Assembly(1e-12, 2.0, 50.0, 1e-6, 2.0, 1e-5, 3e-8, 1e-13, 0.1)
    there = warmed(law, PRIOR, kelvin)
    for name, energy in (
        ("nucleation", 9e4), ("interface", 9e4), ("elongation", 8e4), ("secondary", 1e5), ("ceiling", 1e5),
        ("fragmentation", 7e4),
    ):  # fmt: skip
        factor = math.exp(energy / GAS_CONSTANT * (1.0 / 318.15 - 1.0 / kelvin))
        assert getattr(there, name) == pytest.approx(getattr(law, name) * factor, rel=1e-12)
    assert (there.nucleus, there.order, there.coverage) == (law.nucleus, law.order, law.coverage)


def test_with_one_activation_energy_for_all_temperature_only_scales_time():
    """With n equal energies all lags, early or late, shrink by the same Arrhenius factor."""
    one = Activation(1e5, 1e5, 1e5, 1e5, 333.15, 310.15, 338.15)
    factor = math.exp(1e5 / GAS_CONSTANT * (1.0 / 333.15 - 1.0 / 310.15))
    asked = np.array([0.01, 0.5, 0.9])
    slow = convert(warmed(CASE, one, 310.15), U100, asked).time
    np.testing.assert_allclose(slow * factor, convert(CASE, U100, asked).time, rtol=1e-11)


@pytest.mark.parametrize("kelvin", [310.14, 338.16, 37.0, -5.0, math.nan, math.inf])
def test_temperature_outside_of_the_measurement_is_refused(kelvin):
    with pytest.raises(ValueError, match=r"known from 310\.15 to 338\.15 K"):
        warmed(CASE, PRIOR, kelvin)


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", Assembly._fields)
@pytest.mark.parametrize("value", [-1.0, math.nan])
def test_rates_that_make_no_sense_are_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} of an assembly"):
        checked(CASE._replace(**{name: value}), U100, CLEAN)


@pytest.mark.parametrize("total", [0.0, -0.6, math.nan, math.inf, 1.01 * HIGHEST])
def test_insulin_outside_of_dilute_solutions_is_refused(total):
    with pytest.raises(ValueError, match="insulin must be above 0 and at most 20"):
        checked(CASE, total, CLEAN)


@pytest.mark.parametrize("seeds", [(-1e-9, 0.1), (1e-9, 0.7), (math.nan, 0.1), (0.0, math.nan)])
def test_seeds_that_make_no_sense_are_refused(seeds):
    with pytest.raises(ValueError, match="seeds must hold"):
        checked(CASE, U100, Fibrils(*seeds))


def test_seeds_without_ends_that_nothing_multiplies_are_refused():
    with pytest.raises(ValueError, match="give their number"):
        checked(Assembly(0.0, 2.0, 50.0), U100, Fibrils(0.0, 0.1))


# --- the early phase ------------------------------------------------------------------------------------------------


def early_mass(law: Assembly, time: float) -> float:
    rates = early(law, U100)
    return rates.nucleation * math.expm1(rates.growth * time) / rates.growth


@given(shares)
@pytest.mark.parametrize(("law", "order"), [(CASE, 2.0), (FRAGMENTING, 0.0)])
def test_error_of_the_early_phase_follows_what_is_converted(law, order, share):
    """Stated error: exp(-growth t) and (b + 2) / 3 of the converted fraction, to first order."""
    time = float(convert(law, U100, np.array([share])).time[0])
    excess = early_mass(law, time) / (share * U100) - 1.0
    first = (order + 2.0) / 3.0 * share
    start = 1.0 / math.expm1(early(law, U100).growth * time)
    assert excess == pytest.approx(first + start, abs=1.5 * first * share * (1.0 + order) + 2.0 * start * first + 1e-5)


@pytest.mark.parametrize(("share", "bound"), [(0.001, 0.0014), (0.01, 0.014), (0.1, 0.155)])
def test_early_phase_is_this_wrong_at_this_depletion(share, bound):
    """Notes of `early`: 1.4 % at a fraction of 0.01, 15 % at 0.1, in a case with its lag behind it."""
    slow = CASE._replace(nucleation=1e-18)
    time = float(convert(slow, U100, np.array([share])).time[0])
    excess = early_mass(slow, time) / (share * U100) - 1.0
    assert 0.8 * bound < excess < bound
    late = math.log(share * U100 * early(slow, U100).growth / early(slow, U100).nucleation) / early(slow, U100).growth
    assert 0.0 < (time - late) * early(slow, U100).growth < bound


def test_law_of_lifetimes_is_the_early_phase_of_the_full_equations():
    """The drug of lifetimes with the two early rates follows the moment equations until monomer is spent."""
    rates = early(CASE, U100)
    drug = INSULIN_PUMP.drug._replace(growth=rates.growth, reference_temperature=BODY)
    own = Aggregation(mass=0.0, nucleation=rates.nucleation, device=0.0)
    for share in (1e-3, 1e-2):
        time = float(convert(CASE, U100, np.array([share])).time[0])
        lived = advance(drug, own, time, AROUND._replace(temperature=BODY)).mass
        assert lived == pytest.approx(share * U100, rel=1.4 * share + math.exp(-rates.growth * time))
        assert lived > share * U100


def test_seeds_of_the_law_of_lifetimes_grow_as_the_full_equations_say():
    """A refill's residue, grown as long as its number follows its mass: P = growth M / (2 k_e m)."""
    rates, seed = early(CASE, U100), 1e-6
    start = Fibrils(rates.growth * seed / (2.0 * CASE.elongation * (U100 - seed)), seed)
    time = 2.0 / rates.growth
    clean = CASE._replace(nucleation=0.0)
    grown = float(assemble(clean, U100, np.array([time]), start).mass[0])
    assert grown == pytest.approx(seed * math.exp(2.0), rel=2e-5)


def test_growth_goes_with_free_monomer_to_the_power_one_and_a_half():
    """With order 2 a hundredth of free monomer slows the exponential phase a thousand times."""
    assert early(CASE, 0.01 * U100).growth == pytest.approx(1e-3 * early(CASE, U100).growth, rel=1e-12)


def test_early_phase_needs_something_that_multiplies():
    with pytest.raises(ValueError, match="needs secondary nucleation or fragmentation"):
        early(Assembly(1e-12, 2.0, 50.0), U100)
