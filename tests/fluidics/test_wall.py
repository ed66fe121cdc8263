"""Walls of tubes: Lame's cylinder against solved numbers, limits and each other."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.lines.wall import free_wall_compliance, held_wall_compliance

INNER, OUTER, LENGTH = 0.25e-3, 0.6e-3, 0.4


@pytest.mark.parametrize(
    ("modulus", "poisson", "held", "free"),
    [
        (3e6, 0.49, 9.47339785e-14, 1.00016166e-13),  # silicone
        (15e6, 0.48, 1.88847558e-14, 1.98985135e-14),  # polyurethane
        (200e6, 0.46, 1.40685271e-15, 1.47668055e-15),  # polyethylene
    ],
)
def test_compliance_of_a_catheter(modulus, poisson, held, free):
    assert LENGTH * held_wall_compliance(INNER, OUTER, modulus, poisson) == pytest.approx(held, rel=1e-8)
    assert LENGTH * free_wall_compliance(INNER, OUTER, modulus, poisson) == pytest.approx(free, rel=1e-8)


def test_a_thin_wall_is_a_boiler():
    # hoop stress p a / t: dV / (L dp) = 2 pi a^3 / (E t), for an end-free wall
    thin = 1e-4 * INNER
    found = free_wall_compliance(INNER, INNER + thin, 1e6, 0.3)
    assert found == pytest.approx(2.0 * math.pi * INNER**3 / (1e6 * thin), rel=1e-3)


def test_a_bore_in_an_endless_block_knows_only_the_shear_modulus():
    # C / L = pi a^2 / G for b -> infinity, G = E / (2 (1 + nu))
    found = held_wall_compliance(INNER, 1e4 * INNER, 3e6, 0.4)
    assert found == pytest.approx(math.pi * INNER**2 / (3e6 / 2.8), rel=1e-6)


@given(st.floats(1.01, 50.0), st.floats(0.0, 0.5))
def test_a_held_wall_gives_less_than_a_free_one(ratio, poisson):
    held = held_wall_compliance(INNER, ratio * INNER, 1e6, poisson)
    assert 0.0 < held <= free_wall_compliance(INNER, ratio * INNER, 1e6, poisson) * (1.0 + 1e-12)


@given(st.floats(1.01, 50.0), st.floats(1.0, 2.0))
def test_a_thicker_wall_gives_less(ratio, more):
    thin = held_wall_compliance(INNER, ratio * INNER, 1e6, 0.49)
    assert held_wall_compliance(INNER, ratio * more * INNER, 1e6, 0.49) <= thin * (1.0 + 1e-12)
