"""One kind of site in a closed cell: closed forms, equilibrium, conservation, an independent integrator."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from fluidics.compile import kernel
from fluidics.drugs.langmuir import Sites, bound

positive = st.floats(-4.0, 4.0).map(lambda power: 10.0**power)
shares = st.floats(0.0, 1.0)


@kernel
def stuck(sites, ratio, own, concentration, dt):
    """Return what `bound` gives inside a kernel."""
    return bound(sites, ratio, own, concentration, dt)


def test_without_release_and_with_as_many_sites_as_drug_it_is_second_order():
    # c = c0 / (1 + k c0 t): the case in which both roots meet
    for time in (1e-9, 0.1, 1.0, 50.0):
        assert bound(Sites(2.0, 3.0, 0.0), 1.0, 0.0, 2.0, time) == pytest.approx(
            2.0 - 2.0 / (1.0 + 6.0 * time), rel=1e-12
        )


def test_a_wall_far_from_full_takes_first_order():
    # dc/dt = -k r Q c
    found = bound(Sites(1e6, 1e-6, 0.0), 2.0, 0.0, 1.0, 0.7)
    assert 1.0 - 2.0 * found == pytest.approx(math.exp(-2.0 * 0.7), rel=1e-5)


def test_in_the_end_it_is_the_isotherm():
    sites, ratio = Sites(2.0, 0.5, 0.1), 3.0
    rest = bound(sites, ratio, 0.3, 4.0, 1e4)
    free = 4.0 + ratio * (0.3 - rest)
    assert rest == pytest.approx(2.0 * free / (free + 0.2), rel=1e-12)


def test_a_wall_without_binding_only_releases():
    assert bound(Sites(1.0, 0.0, 0.5), 1.0, 0.8, 0.2, 2.0) == pytest.approx(0.8 * math.exp(-1.0), rel=1e-13)


@given(positive, positive, positive, positive, shares, positive, positive)
def test_two_steps_are_one(capacity, binding, release, ratio, share, concentration, dt):
    sites, own = Sites(capacity, binding, release), share * capacity
    middle = bound(sites, ratio, own, concentration, 0.4 * dt)
    free = concentration + ratio * (own - middle)
    end = bound(sites, ratio, middle, max(free, 0.0), 0.6 * dt)
    whole = concentration + ratio * own
    assert end == pytest.approx(bound(sites, ratio, own, concentration, dt), rel=1e-8, abs=1e-9 * whole / ratio)


@given(positive, positive, positive, positive, shares, positive, positive)
def test_neither_site_nor_fluid_ever_holds_less_than_nothing(
    capacity, binding, release, ratio, share, concentration, dt
):
    own = share * capacity
    found = bound(Sites(capacity, binding, release), ratio, own, concentration, dt)
    assert 0.0 <= found <= capacity * (1.0 + 1e-12)
    assert ratio * found <= (concentration + ratio * own) * (1.0 + 1e-12)


@pytest.mark.parametrize("own", [0.0, 0.9, 1.99])
def test_an_independent_integrator_agrees(own):
    sites, ratio, start = Sites(2.0, 0.7, 0.3), 1.5, 2.5

    def rate(_, q):
        return sites.binding * (start + ratio * (own - q)) * (sites.capacity - q) - sites.release * q

    for time in (0.1, 1.0, 6.0):
        judge = solve_ivp(rate, (0.0, time), [own], rtol=1e-11, atol=1e-13).y[0, -1]
        assert bound(sites, ratio, own, start, time) == pytest.approx(judge, rel=1e-9)


def test_compiled_and_plain_python_give_the_same_bits():
    sites = Sites(2.0, 0.7, 0.3)
    for time in (1e-6, 0.1, 3.0):
        assert stuck(sites, 1.5, 0.2, 2.5, time) == bound(sites, 1.5, 0.2, 2.5, time)
