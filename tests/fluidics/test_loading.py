"""A steady rate into a shut line against a plain compliance, its limits, and an independent solver."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from fluidics.lines.loading import loaded_pressure, time_to_pressure

RATES = st.floats(-13.0, -9.0).map(lambda x: 10.0**x)
SHARES = st.floats(0.05, 1.0)


@given(RATES, st.floats(1e3, 3e5))
def test_without_creep_the_missed_volume_is_compliance_times_pressure_at_any_rate(rate, pressure):
    assert rate * time_to_pressure(rate, pressure, 3e-13, 0.0, 100.0) == pytest.approx(3e-13 * pressure, rel=1e-13)


@given(RATES, st.floats(1e3, 3e5), SHARES, st.floats(1.0, 1e4))
def test_time_is_the_inverse_of_pressure(rate, pressure, share, creep):
    fast, slow = 3e-13 * share, 3e-13 * (1.0 - share)
    time = time_to_pressure(rate, pressure, fast, slow, creep)
    assert loaded_pressure(rate, time, fast, slow, creep) == pytest.approx(pressure, rel=1e-12)


@given(st.floats(1e3, 3e5), SHARES, st.floats(1.0, 1e4), st.floats(1.0, 50.0))
def test_a_faster_rate_misses_less_and_never_less_than_the_fast_compliance_holds(pressure, share, creep, factor):
    fast, slow = 3e-13 * share, 3e-13 * (1.0 - share)
    missed = [q * time_to_pressure(q, pressure, fast, slow, creep) for q in (1e-11, 1e-11 * factor)]
    assert fast * pressure * (1.0 - 1e-12) <= missed[1] <= missed[0] * (1.0 + 1e-12)
    assert missed[0] <= (fast + slow) * pressure * (1.0 + 1e-12)


def test_fast_and_slow_loading_are_the_two_compliances():
    args = (1e5, 1e-13, 2e-13, 120.0)
    assert 1e-4 * time_to_pressure(1e-4, *args) == pytest.approx(1e-13 * 1e5, rel=1e-6)
    assert 1e-16 * time_to_pressure(1e-16, *args) == pytest.approx(3e-13 * 1e5, rel=1e-6)


def test_creep_agrees_with_an_independent_solver():
    rate, fast, slow, creep = 2.5e-10, 1.2e-13, 1.5e-13, 90.0

    def change(_, y):
        strain = (slow * y[0] * 1e5 - y[1] * 1e-9) / creep
        return [(rate - strain) / fast * 1e-5, strain * 1e9]

    found = solve_ivp(change, (0.0, 200.0), [0.0, 0.0], method="Radau", rtol=1e-11, atol=1e-13, dense_output=True)
    for time in (1.0, 30.0, 100.0, 200.0):
        ours = loaded_pressure(rate, time, fast, slow, creep)
        assert ours == pytest.approx(float(np.asarray(found.sol(time))[0]) * 1e5, rel=1e-8)


def test_no_pressure_takes_no_time():
    assert time_to_pressure(1e-11, 0.0, 1e-13, 1e-13, 60.0) == 0.0
