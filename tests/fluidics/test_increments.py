"""Drives that carry equal increments: nothing is lost between increment and phases, and force ends where it ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.increments import IDLE, held_by_force, increment, increment_phases, sealed_inlet
from fluidics.network import GATE
from fluidics.pump import Linear

QUANTUM = 0.5e-9


@given(st.floats(0.5, 2.0), st.floats(1e-13, 9e-10))
def test_phases_carry_the_increment_and_last_its_period(gain, rate):
    phases = increment_phases(gain * QUANTUM, QUANTUM, rate, 0.5)
    assert len(phases) == 6
    assert sum(p.carried * p.duration for p in phases) == pytest.approx(gain * QUANTUM, rel=1e-14)
    assert sum(p.displaced * p.duration for p in phases) == 0.0
    assert sum(p.duration for p in phases) == pytest.approx(QUANTUM / rate, rel=1e-14)
    assert increment(gain * QUANTUM, QUANTUM, rate).period == QUANTUM / rate


def test_a_rate_of_zero_rests():
    phases = increment_phases(QUANTUM, QUANTUM, 0.0, 0.5)
    assert sum(p.duration for p in phases) == IDLE == increment(QUANTUM, QUANTUM, 0.0).period
    assert all(p.carried == 0.0 for p in phases)
    assert increment(QUANTUM, QUANTUM, 0.0).volume == 0.0


def test_the_barrel_lets_nothing_pass_by_itself():
    link = sealed_inlet(1e-11)
    assert link.kind == GATE
    assert link.leak * 1e5 * 3.156e7 < 1e-9  # m3 in a year under 100 kPa


@given(st.floats(0.0, 1e-9), st.floats(-2e4, 2e5), st.floats(1e9, 1e17))
def test_below_the_limit_all_is_moved_and_at_the_limit_what_the_line_takes(moved, offset, slope):
    limit = 1e5
    point = held_by_force(moved, limit, Linear(offset, 0.4 * slope), Linear(0.0, 0.6 * slope))
    assert point.pressure == pytest.approx(offset + slope * point.flow, rel=1e-12, abs=1e-6)
    if offset + slope * moved <= limit:
        assert point.flow == moved
    elif offset <= limit:
        assert point.pressure == pytest.approx(limit, rel=1e-12)
        assert 0.0 <= point.flow < moved
    else:
        assert point.flow == 0.0
