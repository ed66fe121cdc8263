"""Flush and rinse: what moves and what does not, a slow twin, figures of a catheter flushed through its side port."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.lines.catheter import hydraulic_resistance
from fluidics.lines.flush import alkali_capacity, flush_shear, flushed, rinsed_mass

RADIUS, LENGTH, MU, FLOW = 0.205e-3, 0.25, 9e-4, 10e-6 / 60.0
UNIT_MASS = 34.7e-9  # kg of insulin in a unit


def test_a_flush_of_ten_millilitres_a_minute_takes_54_kilopascals():
    pressure = hydraulic_resistance(MU, LENGTH, RADIUS) * FLOW
    assert pressure == pytest.approx(54e3, rel=0.01)
    # where hand and flow limit alike, both say the same shear
    assert flush_shear(RADIUS, LENGTH, MU, FLOW, pressure) == pytest.approx(
        flush_shear(RADIUS, LENGTH, MU, FLOW, 1e9), rel=1e-12
    )


def scoured(thickness, pressure, strength):
    """Return what is left when ten nanometres after ten are taken off while it moves: a slow twin."""
    layer = 1e-8
    while thickness > 0.0:
        opening = RADIUS - thickness
        if opening <= 0.0 or flush_shear(opening, LENGTH, MU, FLOW, pressure) <= strength:
            return thickness
        thickness -= layer
    return 0.0


@given(st.floats(1e-6, 2e-4), st.floats(1e4, 1e6), st.floats(1.0, 200.0))
def test_a_flush_leaves_what_the_twin_leaves(thickness, pressure, strength):
    left = flushed(thickness, RADIUS, LENGTH, MU, FLOW, pressure, strength)
    assert left == pytest.approx(scoured(thickness, pressure, strength), abs=2.5e-8)


def test_a_weak_lining_is_flushed_away_and_a_strong_one_stays():
    assert flushed(20e-6, RADIUS, LENGTH, MU, FLOW, 200e3, 10.0) == 0.0
    assert flushed(20e-6, RADIUS, LENGTH, MU, FLOW, 200e3, 100.0) == 20e-6


def test_a_lumen_that_is_nearly_closed_does_not_open_by_hand():
    # 10 um open: the hand's 200 kPa shear it by 4 Pa, a lumen half open by far more than 10 Pa
    assert flushed(RADIUS - 10e-6, RADIUS, LENGTH, MU, FLOW, 200e3, 10.0) == RADIUS - 10e-6
    assert flushed(0.5 * RADIUS, RADIUS, LENGTH, MU, FLOW, 200e3, 10.0) == 0.0
    assert flushed(RADIUS, RADIUS, LENGTH, MU, FLOW, 200e3, 1e-3) == RADIUS


def test_a_flush_never_adds():
    for strength in (1.0, 20.0, 40.0, 400.0):
        for thickness in (0.0, 1e-6, 5e-5, 2e-4):
            assert flushed(thickness, RADIUS, LENGTH, MU, FLOW, 200e3, strength) <= thickness


@pytest.mark.parametrize(
    ("thickness", "strength"),
    [(1e-3, 1.0), (-1e-6, 1.0), (float("nan"), 1.0), (1e-5, 0.0), (1e-5, float("nan"))],
)
def test_a_flush_that_cannot_be_is_refused(thickness, strength):
    with pytest.raises(ValueError, match=r"lining|above zero"):
        flushed(thickness, RADIUS, LENGTH, MU, FLOW, 200e3, strength)


def test_a_rinse_has_alkali_for_more_than_any_catheter_holds():
    capacity = alkali_capacity(20e-6, 10.0)
    assert 3000.0 < capacity / UNIT_MASS < 6000.0
    # the lumen of 33 uL packed with insulin
    assert capacity > 33e-9 * 1300.0


@given(st.floats(1e-9, 1e-3), st.floats(0.0, 1e5), st.floats(0.0, 1e-3))
def test_a_rinse_leaves_no_less_than_nothing_and_takes_no_more_than_it_can(deposit, contact, capacity):
    left = rinsed_mass(deposit, contact, 3600.0, capacity)
    assert 0.0 <= left <= deposit
    assert deposit - left <= capacity * (1.0 + 1e-12)
    assert left >= rinsed_mass(deposit, 2.0 * contact, 3600.0, capacity)


def test_two_rinses_that_are_not_exhausted_are_one_long_one():
    once = rinsed_mass(1e-6, 7200.0, 3600.0, 1.0)
    assert rinsed_mass(rinsed_mass(1e-6, 3600.0, 3600.0, 1.0), 3600.0, 3600.0, 1.0) == pytest.approx(once, rel=1e-14)
