"""Conversion times against closed forms, the published case, an independent quadrature and the equations in time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from scipy.integrate import quad, solve_ivp

from fluidics.drugs import conversion
from fluidics.drugs.assembly import CLEAN, Assembly, Fibrils, births
from fluidics.drugs.conversion import convert, two_step
from fluidics.drugs.fibrils import assemble
from tests.fluidics.test_fibrils import laws, seeds

U100 = 0.6
CASE = Assembly(1e-12, 2.0, 50.0, secondary=1e-6)
BAD = [
    (0.0, 1.0, 1.0, 0.5),
    (1.0, -1.0, 1.0, 0.5),
    (1.0, 1.0, 30.0, 0.5),
    (1.0, 1.0, 1.0, 1.0),
    (math.nan, 1.0, 1.0, 0.5),
]


def test_published_case_to_all_its_digits():
    asked = np.array([0.01, 0.1, 0.5, 0.9, 0.99])
    known = [2023.8955922, 2546.8406988, 3070.2559560, 3736.9495044, 4597.7418029]
    found = convert(CASE, U100, asked)
    np.testing.assert_allclose(found.time, known, rtol=2e-11)


@pytest.mark.parametrize(("nucleus", "half"), [(2.0, 1.3169579), (3.0, 1.3880786), (4.0, 1.4590703)])
def test_half_time_of_oosawa(nucleus, half):
    law = Assembly(1e-12, nucleus, 50.0)
    rate = math.sqrt(2.0 * 50.0 * 1e-12 * U100**nucleus)
    exact = math.acosh(2.0 ** (nucleus / 2.0)) / math.sqrt(nucleus / 2.0)
    assert exact == pytest.approx(half, abs=5e-8)
    assert float(convert(law, U100, np.array([0.5])).time[0]) * rate == pytest.approx(exact, rel=1e-13)


def test_seeds_that_only_grow():
    found = convert(Assembly(0.0, 2.0, 50.0), 1.0, np.array([0.6, 0.99999]), Fibrils(1e-4, 0.2))
    np.testing.assert_allclose(found.time, [100.0 * math.log(2.0), 100.0 * math.log(8e4)], rtol=1e-11)
    np.testing.assert_array_equal(found.number, 1e-4)


def independent(law: Assembly, start: Fibrils, share: float) -> float:
    """Return the conversion time by SciPy, quadrature within quadrature; m = m0 - u^2 for the singular end."""
    m0 = U100 - start.mass

    def number(u: float) -> float:
        def begun(v: float) -> float:
            return births(law, m0 - v * v, start.mass + v * v) / (m0 - v * v) * 2.0 * v

        area, _ = quad(begun, 0.0, u, epsabs=0.0, epsrel=1e-11, limit=200)
        return math.sqrt(start.number**2 + area / law.elongation)

    def slowness(y: float) -> float:  # u = e^y: the lag is long on a linear scale and short on this one
        u = math.exp(y)
        return u * 2.0 * u / (2.0 * law.elongation * (m0 - u * u) * number(u))

    last = 0.5 * math.log(share * U100 - start.mass)
    return float(quad(slowness, last - 45.0, last, epsabs=0.0, epsrel=1e-9, limit=400)[0])


@pytest.mark.parametrize(
    ("law", "start"),
    [
        (CASE, CLEAN),
        (Assembly(1e-15, 2.0, 50.0, fragmentation=3e-8), CLEAN),
        (Assembly(1e-13, 2.0, 50.0, 1e-5, 2.0, 1e-7, 0.0, 1e-14, 0.05), Fibrils(1e-9, 1e-5)),
    ],
)
def test_times_agree_with_an_independent_quadrature(law, start):
    for share in (0.01, 0.5):
        assert float(convert(law, U100, np.array([share]), start).time[0]) == pytest.approx(
            independent(law, start, share), rel=1e-8
        )


@settings(max_examples=60)
@given(laws, seeds)
def test_equations_in_time_reach_the_shares_at_these_times(law, start):
    asked = np.array([0.35, 0.6, 0.95])
    found = convert(law, U100, asked, start)
    course = assemble(law, U100, found.time, start, tolerance=1e-13)
    np.testing.assert_allclose(course.mass / U100, asked, rtol=1e-10)
    np.testing.assert_allclose(course.number, found.number, rtol=1e-10)


@given(laws, seeds)
def test_seeds_shorten_every_time(law, start):
    assume(start.mass < 0.1)
    asked = np.array([0.35, 0.6])
    assert np.all(convert(law, U100, asked, start).time <= convert(law, U100, asked).time * (1.0 + 1e-12))


def test_half_time_depends_on_concentration_as_secondary_nucleation_says():
    """Local exponent -1.43 at U100, towards -(b + 1) / 2 where primary nucleation fades."""
    pair = [float(convert(CASE, U100 * f, np.array([0.5])).time[0]) for f in (0.99, 1.01)]
    assert math.log(pair[1] / pair[0]) / math.log(1.01 / 0.99) == pytest.approx(-1.43, abs=0.005)


def test_insulin_without_any_beginning_never_converts():
    found = convert(Assembly(0.0, 2.0, 50.0, secondary=1e-6), U100, np.array([0.1, 0.5]))
    assert np.all(np.isinf(found.time))
    assert np.all(found.number == 0.0)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.0, math.nan])
def test_shares_out_of_range_are_refused(share):
    with pytest.raises(ValueError, match="shares must be a row of numbers above 0 and below 1"):
        convert(CASE, U100, np.array([share]))


def test_shares_that_the_seeds_already_hold_are_refused():
    with pytest.raises(ValueError, match=r"above 0\.5 and"):
        convert(CASE, U100, np.array([0.4]), Fibrils(1e-6, 0.3))


def test_a_quadrature_that_does_not_settle_is_an_error(monkeypatch):
    monkeypatch.setattr(conversion, "MOST_PANELS", 4)
    with pytest.raises(RuntimeError, match="not settled"):
        convert(CASE, U100, np.array([0.5]))


# --- two steps ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_two_step_times_solve_their_equation(share):
    first, catalysed = 2e-6, 3e-3
    time = two_step(first, catalysed, U100, share)
    left = solve_ivp(
        lambda _, a: -first * a - catalysed * a * (U100 - a), (0.0, time), [U100], "DOP853", rtol=1e-12, atol=1e-14
    ).y[0, -1]
    assert 1.0 - left / U100 == pytest.approx(share, abs=1e-10)


def test_half_time_of_two_steps_is_the_published_one():
    ratio = 1e-3 * U100 / 1e-6
    assert two_step(1e-6, 1e-3, U100, 0.5) == pytest.approx(math.log(2.0 + ratio) / (1e-6 + 1e-3 * U100), rel=1e-14)


@pytest.mark.parametrize("given", BAD)
def test_two_steps_that_make_no_sense_are_refused(given):
    with pytest.raises(ValueError, match="rates and insulin must be above zero"):
        two_step(*given)
