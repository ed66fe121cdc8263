"""Bending and kinking: the energy of a bent tube minimised afresh, the ellipse in finite differences, the range."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from fluidics.lines.catheter import hydraulic_resistance
from fluidics.lines.kink import kink_curvature, kink_moment, kinked_resistance, oval_factor, ovality

WALL, RADIUS, POISSON, MODULUS = 0.05e-3, 0.5e-3, 0.48, 15e6


def moment(curvature):
    """Return Brazier's moment from the flattening that makes the energy of bending least."""
    bend = 0.5 * MODULUS * math.pi * RADIUS**3 * WALL * curvature**2
    ring = 0.375 * math.pi * MODULUS * WALL**3 / (RADIUS * (1.0 - POISSON**2))
    flat = minimize_scalar(
        lambda z: bend * (1.0 - 1.5 * z) + ring * z * z, bounds=(0.0, 1.0), method="bounded", options={"xatol": 1e-13}
    ).x
    return 2.0 * bend / curvature * (1.0 - 1.5 * flat), flat


def test_a_tube_kinks_where_its_moment_is_largest():
    top = minimize_scalar(lambda k: -moment(k)[0], bounds=(1.0, 200.0), method="bounded", options={"xatol": 1e-9})
    assert kink_curvature(WALL, RADIUS, POISSON) == pytest.approx(top.x, rel=3e-4)  # a flat top
    # where a minimum lies is known to half the digits of its depth
    assert kink_moment(MODULUS, WALL, RADIUS, POISSON) == pytest.approx(-top.fun, rel=3e-8)
    assert ovality(kink_curvature(WALL, RADIUS, POISSON), WALL, RADIUS, POISSON) == pytest.approx(2.0 / 9.0, rel=1e-12)


@given(st.floats(0.05, 0.999))
def test_flattening_makes_the_energy_least(share):
    curvature = share * kink_curvature(WALL, RADIUS, POISSON)
    assert ovality(curvature, WALL, RADIUS, POISSON) == pytest.approx(moment(curvature)[1], rel=1e-5)


def test_a_thick_silicone_tube_kinks_at_a_radius_of_a_millimetre():
    # bore 0.5, outside 1.2 mm, mean radius 0.425 mm; outside the range of thin walls
    assert 1.0 / kink_curvature(0.35e-3, 0.425e-3, 0.49) == pytest.approx(1e-3, rel=0.1)


def test_a_kinked_tube_has_no_ovality():
    with pytest.raises(ValueError, match="kinks at"):
        ovality(1.01 * kink_curvature(WALL, RADIUS, POISSON), WALL, RADIUS, POISSON)


@pytest.mark.parametrize("z", [0.0, 0.1, 2.0 / 9.0, 0.5])
def test_an_oval_lumen_resists_as_a_grid_of_it_does(z):
    # the flow of the velocity (1 - y^2 / a^2 - x^2 / b^2) a^2 b^2 / (2 (a^2 + b^2)), summed over a fine grid
    a, b = 1.0 + z, 1.0 - z
    x = (np.arange(2000) + 0.5) / 2000.0
    inside = np.maximum(1.0 - (x[:, None] ** 2 + x[None, :] ** 2), 0.0)
    flow = 4.0 * a * b * inside.sum() / 2000.0**2 * (a * b) ** 2 / (2.0 * (a * a + b * b))
    assert oval_factor(z) == pytest.approx(math.pi / 8.0 / flow, rel=1e-5)


def test_a_bend_does_not_show_in_the_flow_and_a_kink_does():
    assert oval_factor(2.0 / 9.0) < 1.25
    whole = hydraulic_resistance(6.9e-4, 0.25, 0.25e-3)
    # 2 mm of 250 mm closed to five per cent of the radius
    assert kinked_resistance(6.9e-4, 2e-3, 0.25e-3, 0.0) == pytest.approx(2e-3 / 0.25 * whole, rel=1e-12)
    assert kinked_resistance(6.9e-4, 2e-3, 0.25e-3, 0.95) > 50.0 * whole
