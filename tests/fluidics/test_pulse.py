"""Swinging and starting flow against Bessel functions and their limits."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import jn_zeros, jv

from fluidics.lines.pulse import starting, womersley


@pytest.mark.parametrize(
    ("alpha", "modulus", "degrees"),
    [(1.0, 0.98556713, -9.45266), (3.0, 0.54835434, -54.30262), (10.0, 0.06946805, -81.30663)],
)
def test_swing_of_the_flow(alpha, modulus, degrees):
    found = womersley(alpha)
    assert abs(found) == pytest.approx(modulus, rel=1e-6)
    assert math.degrees(cmath.phase(found)) == pytest.approx(degrees, rel=1e-6)


@given(st.floats(0.3, 100.0))
def test_swing_is_womersley_s_bessel_functions(alpha):
    z = 1j**1.5 * alpha
    profile = 2.0 * jv(1, z) / (z * jv(0, z))
    assert womersley(alpha) == pytest.approx(8.0 * (1.0 - profile) / (1j * alpha * alpha), rel=1e-10)


@given(st.floats(0.0, 1e-2))
def test_slow_swings_follow_poiseuille(alpha):
    # Q / Q_steady = 1 - i alpha^2 / 6 + ...
    assert womersley(alpha) == pytest.approx(1.0 - 1j * alpha * alpha / 6.0, abs=1e-9)


def test_fast_swings_are_those_of_a_free_mass():
    # the fluid moves as a plug, 90 degrees late: 8 / alpha^2 (1 - 2 / alpha ...)
    assert abs(womersley(1e3)) == pytest.approx(8e-6 * (1.0 - math.sqrt(2.0) / 1e3), rel=1e-4)


@pytest.mark.parametrize(("time", "share"), [(0.05, 0.27582087), (0.1, 0.46175446), (0.3, 0.83121127)])
def test_flow_starts(time, share):
    assert starting(time) == pytest.approx(share, rel=1e-6)


@pytest.mark.parametrize(("time", "tolerance"), [(0.0, 2e-6), (1e-4, 2e-6), (2e-3, 1e-12), (0.02, 1e-12)])
def test_starting_flow_is_the_whole_series(time, tolerance):
    zeros = jn_zeros(0, 5000)
    series = 32.0 * float(np.sum(-np.expm1(-zeros * zeros * time) / zeros**4))
    assert starting(time) == pytest.approx(series, abs=tolerance)


def test_flow_starts_as_a_free_mass_and_ends_steady():
    # all of the fluid accelerates at first: Q / Q_end = 8 t - ...
    assert starting(2e-3) == pytest.approx(8.0 * 2e-3, rel=0.1)
    assert starting(10.0) == pytest.approx(1.0, abs=1e-15)
