"""Lumens that are no plain tube: closed forms, quadrature along the axis, and a library of pipe flow."""

from __future__ import annotations

import math

import fluids
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from fluidics.lines.catheter import hydraulic_resistance
from fluidics.lines.lumen import (
    annulus_resistance,
    eccentric_gain,
    hole_resistance,
    parallel,
    side_hole_resistance,
    stenosis_factor,
    taper_resistance,
)

MU, LENGTH, BORE = 6.9e-4, 0.40, 0.25e-3
WATER, DENSITY = 6.9130358e-4, 993.32977  # at 37 degC (IAPWS)


def test_solved_resistances():
    tube = hydraulic_resistance(MU, LENGTH, BORE)
    assert tube == pytest.approx(1.79924027e11, rel=1e-8)
    assert taper_resistance(MU, LENGTH, BORE, BORE / 2.0) == pytest.approx(8.39645457e11, rel=1e-8)
    assert annulus_resistance(MU, LENGTH, BORE / 2.0, BORE) == pytest.approx(1.42814937e12, rel=1e-8)
    assert annulus_resistance(MU, LENGTH, BORE / 2.0, BORE) / tube == pytest.approx(7.93751339, rel=1e-8)
    assert stenosis_factor(0.5) == pytest.approx(5.56846590, rel=1e-8)


def test_pressure_drop_of_a_catheter_agrees_with_another_library():
    # 0.3 m of 0.4 mm bore, water at 37 degC, 1 uL/s
    drop = 1e-9 * hydraulic_resistance(WATER, 0.3, 0.2e-3)
    assert drop == pytest.approx(330.0731477, rel=1e-8)
    theirs = fluids.one_phase_dP(m=1e-9 * DENSITY, rho=DENSITY, mu=WATER, D=0.4e-3, roughness=0.0, L=0.3)
    assert drop == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("reynolds", [0.5, 128.0, 500.0])
def test_friction_is_laminar_wherever_pumps_work(reynolds):
    speed = reynolds * WATER / (DENSITY * 0.4e-3)
    drop = speed * math.pi * 0.2e-3**2 * hydraulic_resistance(WATER, 0.3, 0.2e-3)
    friction = drop / (0.3 / 0.4e-3 * 0.5 * DENSITY * speed**2)
    assert friction == pytest.approx(64.0 / reynolds, rel=1e-12)
    assert friction == pytest.approx(fluids.friction_factor(Re=reynolds), rel=1e-12)


@given(st.floats(0.2, 5.0))
def test_a_taper_is_the_sum_of_its_slices(ratio):
    def slice_of(x: float) -> float:
        return 8.0 * MU / (math.pi * (BORE * (1.0 + (ratio - 1.0) * x / LENGTH)) ** 4)

    assert taper_resistance(MU, LENGTH, BORE, ratio * BORE) == pytest.approx(quad(slice_of, 0.0, LENGTH)[0], rel=1e-7)
    assert taper_resistance(MU, LENGTH, ratio * BORE, BORE) == pytest.approx(
        taper_resistance(MU, LENGTH, BORE, ratio * BORE), rel=1e-13
    )


def test_a_taper_that_does_not_is_a_tube():
    assert taper_resistance(MU, LENGTH, BORE, BORE) == pytest.approx(hydraulic_resistance(MU, LENGTH, BORE), rel=1e-14)


@given(st.floats(0.0, 0.9))
def test_a_stenosis_is_the_sum_of_its_slices(depth):
    def slice_of(x: float) -> float:
        return (1.0 - 0.5 * depth * (1.0 + math.cos(x))) ** -4 / (2.0 * math.pi)

    assert stenosis_factor(depth) == pytest.approx(quad(slice_of, -math.pi, math.pi, limit=200)[0], rel=1e-8)


def test_a_narrow_annulus_is_a_slot_and_a_hair_is_not_nothing():
    # gap h between plates of width 2 pi a: R = 12 mu L / (2 pi a h^3)
    gap = 0.01 * BORE
    slot = 12.0 * MU * LENGTH / (2.0 * math.pi * (BORE - 0.5 * gap) * gap**3)
    assert annulus_resistance(MU, LENGTH, BORE - gap, BORE) == pytest.approx(slot, rel=1e-5)
    # a thin core takes 1 / ln(a / b) of the flow: one in a thousand of the bore already 17 %
    hair = annulus_resistance(MU, LENGTH, 1e-3 * BORE, BORE) / hydraulic_resistance(MU, LENGTH, BORE)
    assert hair == pytest.approx(1.0 / (1.0 - 1.0 / math.log(1e3)), rel=1e-5)


def test_a_wire_that_touches_the_wall_lets_two_and_a_half_times_as_much_pass():
    # gap h (1 + e cos t) around the ring: mean of the cube is 1 + 1.5 e^2
    for e in (0.0, 0.3, 1.0):
        mean = quad(lambda t, e=e: (1.0 + e * math.cos(t)) ** 3 / (2.0 * math.pi), 0.0, 2.0 * math.pi)[0]
        assert eccentric_gain(e) == pytest.approx(mean, rel=1e-12)


@given(st.floats(1e6, 1e16), st.floats(1e6, 1e16))
def test_two_paths_resist_less_than_either(first, second):
    assert parallel(first, second) <= min(first, second) * (1.0 + 1e-15)
    assert 1.0 / parallel(first, second) == pytest.approx(1.0 / first + 1.0 / second, rel=1e-13)


def test_holes_are_openings_when_the_wall_is_thin_and_tubes_when_it_is_thick():
    assert hole_resistance(MU, 0.0, 0.1e-3) == pytest.approx(3.0 * MU / 0.1e-3**3, rel=1e-14)
    assert hole_resistance(MU, 1.0, 0.1e-3) == pytest.approx(hydraulic_resistance(MU, 1.0, 0.1e-3), rel=2e-4)


def test_side_holes_without_way_between_them_are_side_by_side():
    assert side_hole_resistance(6e8, 0.0, 6) == pytest.approx(1e8, rel=1e-14)
    assert side_hole_resistance(6e8, 1e8, 1) == 6e8


def test_a_long_row_of_holes_ends_in_its_closed_form():
    hole, between = 6e8, 1e8
    limit = math.sqrt(0.25 * between**2 + between * hole) - 0.5 * between
    assert side_hole_resistance(hole, between, 60) == pytest.approx(limit, rel=1e-12)


def test_a_closed_end_without_holes_is_refused():
    with pytest.raises(ValueError, match="leave one open"):
        side_hole_resistance(6e8, 1e8, 0)
