"""Elementary functions against decimal arithmetic of forty digits, scipy and their uncompiled selves."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from fluidics.elementary import exp, inverse_normal, log, power
from tests.fluidics.parts import fingerprint, uncompiled_fingerprint


def ulps(found: float, exact: Decimal) -> float:
    """Return the distance in units in the last place of the exact value."""
    return abs(float((Decimal(found) - exact) / Decimal(math.ulp(float(exact)))))


def test_exp_is_within_one_ulp():
    with localcontext() as context:
        context.prec = 40
        points = np.concatenate([np.linspace(-700.0, 700.0, 3001), np.linspace(-1.0, 1.0, 2001), [1e-300, -1e-17]])
        worst = max(ulps(exp(float(x)), Decimal(float(x)).exp()) for x in points)
    assert worst <= 1.0


def test_log_is_within_one_ulp():
    with localcontext() as context:
        context.prec = 40
        points = np.concatenate([np.geomspace(2.3e-308, 1.7e308, 1001), np.linspace(0.5, 2.0, 500)])
        worst = max(ulps(log(float(x)), Decimal(float(x)).ln()) for x in points if x != 1.0)
    assert worst <= 1.0


def test_power_loses_as_many_ulp_as_its_exponent_is_large():
    with localcontext() as context:
        context.prec = 45
        for x in np.geomspace(1e-30, 1e30, 25):
            for y in (-3.0, -0.5, 1.0 / 3.0, 1.2, 2.0, 3.0, 8.0):
                # the error of the logarithm and one rounding grow with the exponent that they enter
                allowed = 2.0 + 3.0 * abs(y * math.log(float(x)))
                assert ulps(power(float(x), y), Decimal(float(x)) ** Decimal(y)) <= allowed


def test_logarithm_of_powers_of_two_is_exact_to_one_ulp():
    for k in range(-1000, 1001, 7):
        if k:
            assert abs(log(2.0**k) - k * math.log(2.0)) <= math.ulp(k * math.log(2.0))


@pytest.mark.parametrize(("x", "same_as"), [(-1e308, -708.0), (-709.0, -708.0), (710.0, 709.0), (1e308, 709.0)])
def test_exp_is_cut_to_normal_numbers(x, same_as):
    assert exp(x) == exp(same_as)
    assert math.isfinite(exp(x))
    assert exp(x) >= 2.2250738585072014e-308


@pytest.mark.parametrize(
    ("x", "y", "value"), [(0.0, 2.0, 0.0), (0.0, 0.5, 0.0), (5.0, 0.0, 1.0), (1.0, 1e300, 1.0), (-1.0, 2.0, 0.0)]
)
def test_power_at_its_edges(x, y, value):
    assert power(x, y) == value


@given(st.floats(-300.0, 300.0), st.floats(-300.0, 300.0))
def test_exp_of_a_sum_is_a_product(a, b):
    assert exp(a + b) == pytest.approx(exp(a) * exp(b), rel=1e-13)


@given(st.floats(-700.0, 700.0))
def test_log_undoes_exp(x):
    assert log(exp(x)) == pytest.approx(x, rel=1e-15, abs=1e-15)


def test_normal_quantile_meets_an_independent_library():
    points = np.concatenate([np.linspace(0.0005, 0.9995, 1999), np.geomspace(1e-300, 0.4, 500)])
    found = np.array([inverse_normal(float(u)) for u in points])
    np.testing.assert_allclose(found, special.ndtri(points), rtol=4e-15, atol=4e-16)


def test_normal_quantile_of_a_known_level():
    assert inverse_normal(0.975) == pytest.approx(1.959963984540054, rel=1e-15)  # tables of the normal law


@given(st.integers(0, 2**51 - 1))
def test_normal_quantile_is_odd(k):
    u = (k + 0.5) * 2.0**-52  # so that 1 - u is exact
    assert inverse_normal(u) == -inverse_normal(1.0 - u)


def test_normal_quantile_never_falls():
    # the seams of its three approximations are at 0.075 and at exp(-25)
    for seam in (0.075, math.exp(-25.0), 0.925):
        near = seam + seam * 1e-13 * np.arange(-200, 201)
        assert (np.diff([inverse_normal(float(u)) for u in near]) >= -4e-15 * abs(inverse_normal(seam))).all()
    wide = np.linspace(0.001, 0.999, 4001)
    assert (np.diff([inverse_normal(float(u)) for u in wide]) > 0.0).all()


def test_extreme_uniforms_give_finite_quantiles():
    for u in (2.0**-53, 1.0 - 2.0**-53):
        assert 8.0 < abs(inverse_normal(u)) < 8.5


def test_compiled_and_uncompiled_give_the_same_bits():
    assert fingerprint().split()[0] == uncompiled_fingerprint().split()[0]
