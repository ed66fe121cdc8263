"""A drug that loses its strength as a part of a pump: conservation, closed forms, refills; laws of all parts stand in
`test_questions`."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fluidics.compile import kernel
from fluidics.drugs.degradation import NEUTRAL_SOLUTION, OLD_SOLUTIONS, POLYMER, remaining
from fluidics.drugs.degrading import DegradingDrug, Strength
from fluidics.drugs.infusate import Infusate
from fluidics.fluid import water_viscosity
from fluidics.pump import MEDIAN_LUCK, Service, Stateless
from fluidics.questions import advance, aggregate, fresh, potency, refilled, rinsed, viscosity
from tests.fluidics.parts import AROUND, BODY, DAY

DRUG = DegradingDrug(
    relative_viscosity=1.049, loss=OLD_SOLUTIONS.rate, loss_energy=OLD_SOLUTIONS.activation_energy,
    polymerisation=POLYMER.rate, polymerisation_energy=POLYMER.activation_energy, reference_temperature=BODY,
    polymer_at_fill=0.0018, coldest=OLD_SOLUTIONS.coldest, warmest=OLD_SOLUTIONS.warmest,
)  # fmt: skip


@kernel
def stored(drug, own, span, around):
    """Return the state after a time."""
    return advance(drug, own, span, around)


def test_a_reservoir_of_old_insulin_loses_a_sixth_in_90_days():
    own = advance(DRUG, fresh(DRUG, MEDIAN_LUCK), 90.0 * DAY, AROUND)
    assert 100.0 * (1.0 - potency(DRUG, own)) == pytest.approx(16.45, abs=5e-3)


def test_the_part_follows_its_law_through_warm_and_cold_days():
    days, kelvins = np.array([10.0, 3.0, 20.0]), np.array([310.15, 313.15, 298.15])
    own = fresh(DRUG, MEDIAN_LUCK)
    for span, kelvin in zip(days * DAY, kelvins, strict=True):
        own = advance(DRUG, own, float(span), AROUND._replace(temperature=float(kelvin)))
    assert own.active == pytest.approx(remaining(OLD_SOLUTIONS, days * DAY, kelvins)[-1], rel=1e-13)


def test_drug_that_only_becomes_polymer_is_kept():
    only = DRUG._replace(polymerisation=DRUG.loss, polymerisation_energy=DRUG.loss_energy, polymer_at_fill=0.0)
    for days in (1e-6, 1e-2, 1.0, 1e3):
        own = advance(only, fresh(only, MEDIAN_LUCK), days * DAY, AROUND._replace(temperature=305.0))
        assert own.active + own.polymer == pytest.approx(1.0, rel=1e-14)


def test_polymer_rises_as_in_pumps_at_body_temperature():
    own = advance(DRUG, fresh(DRUG, MEDIAN_LUCK), 2.0 * DAY, AROUND)
    assert 100.0 * (own.polymer - DRUG.polymer_at_fill) == pytest.approx(0.15, rel=5e-3)


def test_a_warm_quiet_pump_keeps_formulated_insulin():
    """Less than 5 % in 7 days at 37 degC, and at most 0.15 points of polymer in 48 h: Senesh 2010, Lougheed 1997."""
    calm = DRUG._replace(loss=NEUTRAL_SOLUTION.rate, loss_energy=NEUTRAL_SOLUTION.activation_energy)
    for drug in (DRUG, calm):
        week = advance(drug, fresh(drug, MEDIAN_LUCK), 7.0 * DAY, AROUND)
        assert potency(drug, week) > 0.95


def test_a_refill_mixes_what_the_residual_lost():
    own = Strength(active=0.8, polymer=0.02, unmeasured=0.0)
    full = refilled(DRUG, own, Service(0.25), MEDIAN_LUCK)
    assert full.active == pytest.approx(0.95, rel=1e-15)
    assert full.polymer == pytest.approx(0.25 * 0.02 + 0.75 * 0.0018, rel=1e-15)
    assert refilled(DRUG, own, Service(0.0), MEDIAN_LUCK) == fresh(DRUG, MEDIAN_LUCK) == rinsed(DRUG, own)


def test_time_at_temperatures_that_were_not_measured_is_counted_for_good():
    own = fresh(DRUG, MEDIAN_LUCK)
    for days, kelvin in ((2.0, 310.15), (1.0, 321.0), (3.0, 278.15), (0.5, 270.0)):
        own = advance(DRUG, own, days * DAY, AROUND._replace(temperature=kelvin))
    assert own.unmeasured == 1.5 * DAY
    assert refilled(DRUG, own, Service(0.1), MEDIAN_LUCK).unmeasured == rinsed(DRUG, own).unmeasured == 1.5 * DAY


def test_refill_after_refill_settles():
    # after each refill A = rho q A + 1 - rho, with q = e^-kt: A -> (1 - rho) / (1 - rho q)
    own, span, rho = fresh(DRUG, MEDIAN_LUCK), 45.0 * DAY, 1.0 / 15.0
    for _ in range(40):
        own = refilled(DRUG, advance(DRUG, own, span, AROUND), Service(rho), MEDIAN_LUCK)
    share = math.exp(-DRUG.loss * span)
    assert potency(DRUG, own) == pytest.approx((1.0 - rho) / (1.0 - rho * share), rel=1e-12)


@pytest.mark.parametrize("kelvin", [279.4, 310.15, 312.0])
def test_compiled_and_plain_python_give_the_same_bits(kelvin):
    around, own = AROUND._replace(temperature=kelvin), fresh(DRUG, MEDIAN_LUCK)
    for span in (60.0, 3.0 * DAY, 90.0 * DAY):
        assert stored(DRUG, own, span, around) == advance(DRUG, own, span, around)


def test_what_others_see_of_it():
    own = Strength(0.9, 0.02, 0.0)
    assert viscosity(DRUG, own, BODY) == pytest.approx(1.049 * water_viscosity(BODY), rel=1e-15)
    assert aggregate(DRUG, own) == 0.0  # soluble polymer does not settle on the seats
    assert potency(Infusate(1.0), Stateless()) == 1.0
