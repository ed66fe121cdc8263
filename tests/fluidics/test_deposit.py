"""Deposits: which limit rules, closed forms of narrowing and of fouling that ends, a leak with the cube."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from fluidics.lines.deposit import fouled, lining_share, narrowing, propped_leak, settling_rate, wall_shear
from fluidics.lines.valve import seat_conductance
from tests.fluidics.parts import DAY, WATER

RADIUS = 0.25e-3


@given(
    solids=st.floats(0.0, 1e-2),
    equilibrium=st.floats(0.0, 1e-2),
    surface=st.floats(0.0, 1e-8),
    flow=st.floats(-1e-10, 1e-10),
)
def test_a_deposit_takes_what_its_surface_can_and_never_more_than_comes(solids, equilibrium, surface, flow):
    rate = settling_rate(solids, equilibrium, surface, flow)
    assert 0.0 <= rate <= max(flow * solids, 0.0)
    assert rate <= max(surface * (solids - equilibrium), 0.0)
    if flow <= 0.0 or solids <= equilibrium:
        assert rate == 0.0
    else:
        assert rate in (surface * (solids - equilibrium), flow * solids)


def test_a_slow_surface_does_not_feel_the_flow_and_a_fast_one_not_its_constant():
    assert settling_rate(1e-4, 2e-5, 1e-13, 1e-10) == settling_rate(1e-4, 2e-5, 1e-13, 5e-10)
    assert settling_rate(1e-4, 2e-5, 1e-8, 1e-10) == settling_rate(1e-4, 2e-5, 1e-7, 1e-10) == 1e-10 * 1e-4


@pytest.mark.parametrize(("share", "times"), [(0.0, 1.0), (0.5, 4.0), (0.9, 100.0)])
def test_an_even_lining_raises_the_resistance_by_the_square_of_what_is_left(share, times):
    assert narrowing(share) == pytest.approx(times, rel=1e-14)


@given(st.floats(0.0, 0.999))
def test_a_constant_volume_rate_gives_the_inverse_square_of_the_time_left(time):
    lumen, rate = 3e-8, 1e-16
    end = lumen / rate
    assert narrowing(rate * time * end / lumen) == pytest.approx((1.0 - time) ** -2, rel=1e-9)


@given(st.floats(0.0, 0.99))
def test_a_lining_narrows_by_the_fourth_power_of_the_radius(depth):
    assert narrowing(lining_share(depth * RADIUS, RADIUS)) == pytest.approx((1.0 - depth) ** -4, rel=1e-9)


@pytest.mark.parametrize(("days", "times"), [(50.0, 2.17928940), (200.0, 16.7503957), (1000.0, 561.926865)])
def test_fouling_that_ends_has_its_closed_form(days, times):
    final, scale = 0.2e-3, 200.0 * DAY
    lining = fouled(0.0, final / scale, 1.0 / scale, days * DAY)
    assert narrowing(lining_share(lining, RADIUS)) == pytest.approx(times, rel=1e-8)


@given(
    thickness=st.floats(0.0, 1e-4), growth=st.floats(0.0, 1e-11), removal=st.floats(0.0, 1e-6), dt=st.floats(1.0, 1e7)
)
def test_fouling_is_the_solution_of_its_equation(thickness, growth, removal, dt):
    exact = solve_ivp(lambda _, x: growth - removal * x, (0.0, dt), [thickness], rtol=1e-11, atol=1e-16).y[0, -1]
    assert fouled(thickness, growth, removal, dt) == pytest.approx(exact, rel=1e-8, abs=1e-13)


@given(st.floats(0.0, 1.0))
def test_fouling_twice_is_fouling_once(share):
    span = 300.0 * DAY
    once = fouled(1e-5, 1e-11, 5e-8, span)
    assert fouled(fouled(1e-5, 1e-11, 5e-8, share * span), 1e-11, 5e-8, (1.0 - share) * span) == pytest.approx(once)


def test_without_removal_growth_is_linear():
    assert fouled(1e-6, 1e-12, 0.0, 1e7) == pytest.approx(1.1e-5, rel=1e-14)


@pytest.mark.parametrize("x", [0.00999, 0.01001])
def test_both_branches_of_fouling_meet(x):
    assert fouled(0.0, 1.0, x, 1.0) == pytest.approx(-math.expm1(-x) / x, rel=1e-11)


def test_a_pump_shears_its_wall_by_less_than_a_millipascal_and_a_flush_by_tens_of_pascals():
    # 1 to 100 uL/h through half a millimetre; 10 mL/min through the catheter of an implant
    assert wall_shear(WATER, 1e-9 / 3600.0, RADIUS) == pytest.approx(1.56e-5, rel=0.01)
    assert wall_shear(WATER, 1e-7 / 3600.0, RADIUS) == pytest.approx(1.56e-3, rel=0.01)
    assert 15.0 < wall_shear(WATER, 10e-6 / 60.0, 0.205e-3) < 20.0


def test_a_particle_on_a_seat_leaks_more_than_a_basal_rate():
    # half a micrometre, 10 kPa, radii 1 : 1.2
    assert seat_conductance(0.5e-6, 1e-3, 1.2e-3, 6.9e-4) * 10e3 * 3.6e12 == pytest.approx(18.7, abs=0.1)


@given(st.floats(0.1, 20.0))
def test_an_even_deposit_leaks_as_a_particle_of_its_height(micrometres):
    height, inner, outer = micrometres * 1e-6, 1e-3, 1.2e-3
    volume = height * math.pi * (outer**2 - inner**2)
    assert propped_leak(volume, inner, outer, WATER) == pytest.approx(
        seat_conductance(height, inner, outer, WATER), rel=1e-12
    )


@given(st.floats(0.1, 10.0))
def test_a_leak_grows_with_the_cube_of_a_steady_deposit(times):
    one = propped_leak(1e-12, 1e-3, 1.2e-3, WATER)
    assert propped_leak(times * 1e-12, 1e-3, 1.2e-3, WATER) == pytest.approx(times**3 * one, rel=1e-12)
