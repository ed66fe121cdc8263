"""Free monomer against its mass balances and limits, and nucleation at interfaces against its proportions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq, fsolve

from fluidics.drugs.assembly import Activation, Assembly, early, warmed
from fluidics.drugs.conversion import convert
from fluidics.drugs.fibrils import assemble
from fluidics.drugs.nucleation import Association, Interface, Motion, Vessel, at_interfaces, free_monomer

# The dimer is published; the others are orders of magnitude: nothing below is fitted to a monomer share
HUMAN = Association(dimer=114.0, hexamer=290.0, zinc=5e-3, phenol=0.3, allosteric=1e6)
U100, U400 = 0.6, 2.4  # mol/m3
PRESERVED = 25.0  # mol/m3 of phenol and cresol
WALLS = Interface(1e-18, 1e-15, 9.0, 0.05, 1e-3, 0.0)
VIAL = Vessel(1e-5, 2e-3, 3e-4)
SHAKEN = Motion(2.0, 0.0, 0.0, 0.3)

insulins = st.floats(1e-4, 5.0)
zincs = st.floats(0.0, 2.0)
phenols = st.floats(0.0, 40.0)


# --- free monomer ---------------------------------------------------------------------------------------------------


@given(insulins, zincs, phenols)
def test_insulin_and_zinc_are_conserved(insulin, zinc, phenol):
    """Put back into the balances, solved for free zinc by another method, the share gives all insulin and all zinc."""
    monomer = free_monomer(HUMAN, insulin, zinc, phenol) * insulin
    dimer = HUMAN.dimer * monomer**2
    locked = (1.0 + (1.0 + phenol / HUMAN.phenol) ** 6 / HUMAN.allosteric) / (1.0 + 1.0 / HUMAN.allosteric)
    bare = HUMAN.hexamer * dimer**3 * locked

    def lacking(z: float) -> float:
        return z + 2.0 * bare * (1.0 + z / HUMAN.zinc) * z / HUMAN.zinc - zinc

    free = brentq(lacking, 0.0, zinc, xtol=1e-16, rtol=1e-14) if zinc > 0.0 else 0.0
    held = monomer + 2.0 * dimer + 6.0 * bare * (1.0 + free / HUMAN.zinc) ** 2
    assert held == pytest.approx(insulin, rel=1e-8)


def test_dimers_alone_solve_a_quadratic():
    law = HUMAN._replace(hexamer=0.0)
    for insulin in (1e-4, 0.01, 1.0):
        expected = 2.0 / (1.0 + math.sqrt(1.0 + 8.0 * law.dimer * insulin))
        assert free_monomer(law, insulin, 0.0, 0.0) == pytest.approx(expected, rel=1e-12)


def test_balances_agree_with_a_general_solver():
    def lacking(logs):
        m, z = math.exp(logs[0]), math.exp(logs[1])
        hexamer = HUMAN.hexamer * (HUMAN.dimer * m * m) ** 3 * (1.0 + z / HUMAN.zinc) ** 2 / (1.0 + 1e-6)
        hexamer *= 1.0 + (1.0 + PRESERVED / HUMAN.phenol) ** 6 / HUMAN.allosteric
        bound = 2.0 * hexamer * (z / HUMAN.zinc) / (1.0 + z / HUMAN.zinc)
        return [math.log((m + 2.0 * HUMAN.dimer * m * m + 6.0 * hexamer) / U400), math.log((z + bound) / 0.8)]

    share = math.exp(fsolve(lacking, [-7.0, -5.0], xtol=1e-13)[0]) / U400
    assert free_monomer(HUMAN, U400, 0.8, PRESERVED) == pytest.approx(share, rel=1e-9)


def test_dilute_insulin_is_monomer_and_formulated_insulin_hardly():
    """Commercial formulations hold under 1 % of monomer (Maikawa et al., Adv. Ther. 3 (2020) 1900094)."""
    assert free_monomer(HUMAN, 1e-6, 0.0, 0.0) > 0.999
    assert free_monomer(HUMAN, U100, U100 / 3.0, PRESERVED) < 0.01
    assert free_monomer(HUMAN, U100, 0.0, 0.0) > 0.03


@given(insulins, zincs, phenols, st.floats(0.1, 0.9))
def test_less_zinc_or_phenol_and_dilution_free_monomer(insulin, zinc, phenol, left):
    share = free_monomer(HUMAN, insulin, zinc, phenol) * (1.0 - 1e-10)
    assert free_monomer(HUMAN, insulin, left * zinc, phenol) >= share
    assert free_monomer(HUMAN, insulin, zinc, left * phenol) >= share
    assert free_monomer(HUMAN, left * insulin, left * zinc, phenol) >= share


def test_lost_preservative_speeds_growth_by_the_power_one_and_a_half():
    """PVC takes up to 88 % of bacteriostatics (Chantelau et al., Diabetes Care 10 (1987) 348)."""
    law = Assembly(1e-12, 2.0, 50.0, secondary=1e-6)
    full, lost = (free_monomer(HUMAN, U400, U400 / 3.0, p) for p in (PRESERVED, 0.12 * PRESERVED))
    assert lost > 3.0 * full
    sped = early(law, lost * U400).growth / early(law, full * U400).growth
    assert sped == pytest.approx((lost / full) ** 1.5, rel=1e-12)


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        ((HUMAN, 0.0, 0.1, 1.0), "insulin must be above 0"),
        ((HUMAN, math.nan, 0.1, 1.0), "insulin must be above 0"),
        ((HUMAN, 25.0, 0.1, 1.0), "at most 20"),
        ((HUMAN, 0.6, -0.1, 1.0), "zinc must be zero or more"),
        ((HUMAN, 0.6, 0.1, math.nan), "phenol must be zero or more"),
        ((HUMAN._replace(dimer=-1.0), 0.6, 0.1, 1.0), "dimer must be zero or more"),
        ((HUMAN._replace(zinc=0.0), 0.6, 0.1, 1.0), "must be above zero"),
    ],
)
def test_formulations_that_make_no_sense_are_refused(bad, match):
    with pytest.raises(ValueError, match=match):
        free_monomer(*bad)


# --- interfaces -----------------------------------------------------------------------------------------------------


def test_nucleation_goes_with_area_and_renewal():
    still, _ = at_interfaces(WALLS, VIAL, Motion(0.0, 0.0, 0.0, 0.0), 0.0)
    assert still == pytest.approx(1e-18 * 2e-3 / 1e-5, rel=1e-12)
    wet, _ = at_interfaces(WALLS, VIAL, Motion(0.0, 0.0, 0.0, 0.5), 0.0)
    assert wet == pytest.approx(5.5 * still, rel=1e-12)
    once, _ = at_interfaces(WALLS, VIAL, Motion(1.0, 0.0, 0.0, 0.0), 0.0)
    twice, _ = at_interfaces(WALLS, VIAL, Motion(2.0, 0.0, 0.0, 0.0), 0.0)
    assert twice - still == pytest.approx(2.0 * (once - still), rel=1e-12)


@given(st.floats(0.0, 10.0), st.floats(0.0, 1.0))
def test_strokes_renew_air_like_so_much_shaking(strokes, renewed):
    by_strokes = at_interfaces(WALLS, VIAL, Motion(0.0, strokes, renewed, 0.0), 0.0)
    by_shaking = at_interfaces(WALLS, VIAL, Motion(strokes * renewed, 0.0, 0.0, 0.0), 0.0)
    assert by_strokes == by_shaking


def test_without_air_neither_shaking_nor_strokes_count():
    degassed = VIAL._replace(air=0.0)
    assert at_interfaces(WALLS, degassed, Motion(2.0, 1.0, 1.0, 0.0), 0.0) == at_interfaces(
        WALLS, degassed, Motion(0.0, 0.0, 0.0, 0.0), 0.0
    )


def nucleation(law: Interface, surfactant: float, monomer: float = 1e-3) -> float:
    covered, half = at_interfaces(law, VIAL, SHAKEN, surfactant)
    return covered * monomer / (monomer + half)


def test_surfactant_protects_or_hastens():
    """Signs of Chawla et al., Diabetes 34 (1985) 420: one poloxamer stops aggregation, two reversed ones hasten it."""
    bare = nucleation(WALLS, 0.0)
    assert nucleation(WALLS, 0.1) < 0.1 * bare
    assert nucleation(WALLS._replace(hastening=3.0), 0.1) > bare
    assert nucleation(WALLS._replace(surfactant=math.inf), 0.1) == pytest.approx(bare, rel=1e-15)
    hastened = nucleation(WALLS._replace(hastening=3.0), 1e6, 1e-9)
    assert hastened / nucleation(WALLS, 0.0, 1e-9) == pytest.approx(3.0, rel=1e-6)


@pytest.mark.parametrize(
    ("law", "vessel", "motion", "surfactant"),
    [
        (WALLS, VIAL, SHAKEN, -1.0),
        (WALLS._replace(air=math.nan), VIAL, SHAKEN, 0.0),
        (WALLS._replace(coverage=0.0), VIAL, SHAKEN, 0.0),
        (WALLS, VIAL._replace(volume=0.0), SHAKEN, 0.0),
        (WALLS, VIAL._replace(air=-1e-4), SHAKEN, 0.0),
        (WALLS, VIAL, SHAKEN._replace(shaking=math.inf), 0.0),
        (WALLS, VIAL, SHAKEN._replace(wetted=1.1), 0.0),
        (WALLS, VIAL, SHAKEN._replace(renewed=math.nan), 0.0),
    ],
)
def test_interfaces_that_make_no_sense_are_refused(law, vessel, motion, surfactant):
    with pytest.raises(ValueError, match="must be"):
        at_interfaces(law, vessel, motion, surfactant)


# --- a reservoir of U400 --------------------------------------------------------------------------------------------
# The hostile prior: rates of order of those of hot, acid tests, taken from 60 to 37 degC with 100 kJ/mol, on whatever
# monomer a formulation leaves free. Measured down to 45 degC; absolute rates of pump insulin are not published.

DAY = 86400.0
HOT = Assembly(1e-12, 2.0, 50.0, secondary=1e-6)
PRIOR = Activation(1e5, 1e5, 1e5, 1e5, 333.15, 310.15, 338.15)


def half_time(zinc: float, phenol: float) -> float:
    """Return when half of the free monomer of U400 at 37 degC would be converted [s]; hexamers only add to it."""
    monomer = free_monomer(HUMAN, U400, zinc, phenol) * U400
    return float(convert(warmed(HOT, PRIOR, 310.15), monomer, np.array([0.5])).time[0])


def test_stabilised_u400_does_not_fibrillate_within_ninety_days():
    """The manual of the 2007 pump: refills each 90 days for physical stability."""
    monomer = free_monomer(HUMAN, U400, U400 / 3.0, PRESERVED) * U400
    grown = assemble(warmed(HOT, PRIOR, 310.15), monomer, np.array([90.0 * DAY]))
    assert grown.mass[0] / U400 < 1e-7
    assert half_time(U400 / 3.0, PRESERVED) > 2000.0 * DAY


def test_u400_that_lost_zinc_and_preservative_fibrillates_within_ninety_days():
    """Same kernel, another formulation; 88 % of the preservative gone, as into PVC, and no zinc."""
    assert half_time(0.0, 0.12 * PRESERVED) < 60.0 * DAY
    assert half_time(0.0, PRESERVED) > half_time(U400 / 3.0, 0.12 * PRESERVED) > 90.0 * DAY
