"""Dispersion: published values, the law of Taylor and Aris against moments computed across the lumen, limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import erfcx, j1

from fluidics.transport.dispersion import (
    RATES,
    SHARES,
    breakthrough,
    closed_variance,
    laminar_residence,
    radial_mixing,
    scaled_complement,
    stroke_dispersion,
    taylor_aris,
)
from tests.fluidics.rings import variances

D, A = 1.5e-10, 0.25e-3  # insulin hexamer, m2/s; catheter of 0.5 mm bore, m
HOUR = 3600.0


def velocity(microlitres_per_hour: float) -> float:
    return microlitres_per_hour * 1e-9 / HOUR / (math.pi * A * A)


# --- steady flow -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "ratio"), [(1.0, 1.11582211), (10.0, 12.5822112), (100.0, 1159.22112)])
def test_dispersion_in_a_catheter_has_its_closed_form(rate, ratio):
    assert taylor_aris(D, A, velocity(rate)) / D == pytest.approx(ratio, rel=1e-7)


def test_the_modes_of_the_parabola_keep_its_two_sums():
    assert sum(SHARES) == pytest.approx(1.0 / 3.0, rel=1e-14)  # variance of the velocity over the lumen
    assert sum(share / rate for share, rate in zip(SHARES, RATES, strict=True)) == pytest.approx(1.0 / 48.0, rel=1e-14)
    assert max(abs(j1(math.sqrt(rate))) for rate in RATES[:-1]) < 1e-14


# --- strokes -----------------------------------------------------------------------------------------------------

strokes = st.tuples(st.floats(1e-11, 2e-9), st.floats(5e-5, 1e-3), st.floats(1e-4, 1e-1), st.floats(1.0, 1e5))


@given(strokes)
def test_strokes_spread_a_front_more_than_steady_flow_and_less_than_independent_steps(case):
    diffusivity, radius, displacement, period = case
    found = stroke_dispersion(diffusivity, radius, displacement, period)
    steady = taylor_aris(diffusivity, radius, displacement / period)
    assert found >= steady * (1.0 - 1e-12)
    assert found <= steady + displacement**2 / (6.0 * period) * (1.0 + 1e-12)


def test_strokes_in_quick_succession_are_steady_flow():
    period = 1e-4 * A * A / D
    assert stroke_dispersion(D, A, 1e-5 * period, period) == pytest.approx(taylor_aris(D, A, 1e-5), rel=1e-6)


def test_strokes_far_apart_are_independent_steps():
    assert stroke_dispersion(D, A, 2.5e-3, 1e5) == pytest.approx(D + 2.5e-3**2 / 6e5, rel=1e-3)


def test_a_piston_of_half_a_microlitre_disperses_six_times_as_much_as_even_flow():
    """Each 12 minutes; a result of the law, and no published number."""
    moved = 0.5e-9 / (math.pi * A * A)
    assert stroke_dispersion(D, A, moved, 720.0) / taylor_aris(D, A, moved / 720.0) == pytest.approx(6.4, abs=0.05)


@pytest.mark.parametrize("period", [0.02, 0.3, 5.0])
def test_the_law_of_strokes_meets_moments_computed_across_the_lumen(period):
    period *= A * A / D
    seen = variances(D, A, [(2e-3, period)] * 600)
    assert stroke_dispersion(D, A, 2e-3, period) == pytest.approx((seen[-1] - seen[-2]) / (2.0 * period), rel=5e-4)


@pytest.mark.parametrize("bad", [(0.0, A, 1e-3, 1.0), (D, 0.0, 1e-3, 1.0), (D, A, -1e-3, 1.0), (D, A, 1e-3, 0.0)])
def test_strokes_of_nothing_are_refused(bad):
    with pytest.raises(ValueError, match="all must be above zero"):
        stroke_dispersion(*bad)


# --- a step at the inlet -----------------------------------------------------------------------------------------


@given(st.floats(0.0, 1e6))
def test_the_scaled_complement_is_that_of_an_independent_library(x):
    assert scaled_complement(x) == pytest.approx(float(erfcx(x)), rel=1e-12)


TABLE = {
    10.0: (0.0800667526, 0.3833762696, 0.5852888592, 0.7366252184, 0.8745247385),
    50.0: (0.0002754566, 0.1527941838, 0.5395066941, 0.8452834029, 0.9842081914),
}


@pytest.mark.parametrize("peclet", TABLE)
def test_a_step_breaks_through_by_the_table_of_ogata_and_banks(peclet):
    for time, share in zip((0.5, 0.8, 1.0, 1.2, 1.5), TABLE[peclet], strict=True):
        assert breakthrough(1.0, time, 1.0, 1.0 / peclet) == pytest.approx(share, abs=1e-10)


def test_a_step_through_a_whole_catheter_neither_overflows_nor_loses_digits():
    speed = velocity(10.0)
    spread = taylor_aris(D, A, speed)
    transit = 0.4 / speed
    for time, share in ((0.9, 0.0000236300), (1.0, 0.5051508985), (1.1, 0.9998942758)):
        assert breakthrough(0.4, time * transit, speed, spread) == pytest.approx(share, abs=1e-10)
    assert breakthrough(1.0, 1.0, 1.0, 1.0 / 3400.0) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("peclet", [0.5, 10.0, 3000.0])
def test_what_breaks_through_is_short_by_exactly_the_volume_of_the_tube(peclet):
    """The flux meaning of the law: the old fluid that leaves is what the tube held."""
    far = 1.0 + 60.0 / math.sqrt(peclet) + 200.0 / peclet
    short, _ = quad(lambda t: 1.0 - breakthrough(1.0, t, 1.0, 1.0 / peclet), 0.0, far, limit=400, points=[1.0])
    assert short == pytest.approx(1.0, rel=1e-7)


def test_a_step_breaks_through_by_the_advection_diffusion_equation():
    """3200 cells in a tube of Peclet number 50, implicit in time, against the law."""
    from scipy.linalg import solve_banded

    peclet, cells, steps, length = 50.0, 3200, 1600, 3.0
    dx, dt = length / cells, 1.0 / steps
    drift, spread = 0.5 * dt / dx * 0.5, 0.5 * dt / (peclet * dx * dx)
    c = np.zeros(cells)
    bands = np.zeros((3, cells))
    bands[0, 1:], bands[1], bands[2, :-1] = drift - spread, 1.0 + 2.0 * spread, -drift - spread
    for _ in range(steps):
        known = (1.0 - 2.0 * spread) * c
        known[1:] += (drift + spread) * c[:-1]
        known[:-1] += (spread - drift) * c[1:]
        known[0] += 2.0 * (drift + spread)  # concentration one in the cell before the first
        c = solve_banded((1, 1), bands, known)
    at = (np.arange(cells) + 1.0) * dx
    law = np.array([breakthrough(float(x), 1.0, 1.0, 1.0 / peclet) for x in at])
    assert np.max(np.abs(c - law)) < 1e-3
    assert abs(np.interp(1.0, at, c) - 0.5395066941) < 1e-3


# --- residence times ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("peclet", "variance"), [(10.0, 0.18000091), (50.0, 0.03920000)])
def test_residence_in_a_closed_tube_has_its_closed_variance(peclet, variance):
    assert closed_variance(peclet) == pytest.approx(variance, rel=1e-7)


def test_the_closed_variance_has_no_seam_and_ends_at_a_stirred_tank():
    assert closed_variance(1e-2 * (1.0 - 1e-12)) == pytest.approx(closed_variance(1e-2), rel=1e-9)
    assert closed_variance(1e-9) == pytest.approx(1.0, rel=1e-8)


@pytest.mark.parametrize("peclet", [10.0, 50.0])
def test_the_closed_variance_is_that_of_cells_in_series_with_exchange(peclet):
    """Mean and second moment of the time to leave 1500 finite volumes closed at both ends, by the adjoint equation."""
    from scipy.linalg import solve_banded

    cells = 1500
    dx = 1.0 / cells
    # central faces inside; through the first nothing passes but the inflow, through the last only flow
    forward, backward = 0.5 / dx + 1.0 / (peclet * dx * dx), 1.0 / (peclet * dx * dx) - 0.5 / dx
    out = np.full(cells, forward)
    out[-1] = 1.0 / dx
    back = np.full(cells, backward)
    back[0] = 0.0
    bands = np.zeros((3, cells))
    bands[0, 1:], bands[1], bands[2, :-1] = -out[:-1], out + back, -back[1:]
    mean = solve_banded((1, 1), bands, np.ones(cells))
    square = solve_banded((1, 1), bands, 2.0 * mean)
    assert square[0] / mean[0] ** 2 - 1.0 == pytest.approx(closed_variance(peclet), rel=0.02)


def test_without_diffusion_the_parabola_leaves_with_its_own_law():
    radii = (np.arange(200000) + 0.5) / 200000  # rings of equal share of the flow would weigh by 2 u r
    times = 0.5 / (1.0 - radii**2)
    weights = 2.0 * radii * 2.0 * (1.0 - radii**2)
    for theta in (0.4, 0.6, 1.0, 3.0):
        left = float(np.sum(weights[times <= theta]) / np.sum(weights))
        assert laminar_residence(theta) == pytest.approx(left, abs=1e-5)


def test_mixing_counts_radial_diffusion_times():
    assert radial_mixing(D, A, A * A / D) == pytest.approx(1.0, rel=1e-15)


def test_a_tube_without_flow_has_no_residence():
    with pytest.raises(ValueError, match="must be above zero"):
        closed_variance(0.0)
