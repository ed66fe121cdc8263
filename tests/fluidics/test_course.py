"""One stretch without valves: two tanks that even out, in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.compile import kernel
from fluidics.engines.course import aim, begin, difference, empty_course, go
from fluidics.engines.modes import empty_modes, resolved_modes
from fluidics.network import Link, network
from tests.fluidics.random_networks import decades

OPEN = np.ones(1, dtype=np.int64)


@kernel
def gone(made, modes, opened, course, dt, passed):
    """Return the row of modes by which a stretch went."""
    row = resolved_modes(made, opened, modes)
    begin(made, modes, row, opened, course)
    aim(modes, row, course, dt)
    go(made, modes, row, opened, course, dt, passed)
    return row


def after(made, pressure, dt, source=None, steps=1):
    """Return course and volumes after a number of equal stretches."""
    course, passed = empty_course(made, pressure), np.zeros(made.kind.shape[0])
    course.source[:] = 0.0 if source is None else source
    modes = empty_modes(made)
    for _ in range(steps):
        gone(made, modes, np.ones_like(passed, dtype=np.int64), course, dt / steps, passed)
    return course, passed


@given(decades(-6, 6), decades(-6, 6), decades(-4, 4), st.floats(0.0, 50.0))
def test_two_tanks_even_out(left, right, link, times):
    """The difference d decays with C1 C2 / (g (C1 + C2)); what passed is C1 C2 / (C1 + C2) times what d has lost."""
    together = left * right / (left + right)
    dt = times * together / link
    course, passed = after(network([left, right], [(0, 1, Link(link))], []), np.array([3.0, 1.0]), dt)
    lost = -2.0 * math.expm1(-times)
    assert passed[0] == pytest.approx(together * lost, rel=1e-12, abs=1e-300)
    assert course.change == pytest.approx([-together * lost / left, together * lost / right], rel=1e-12, abs=1e-300)
    assert (course.pressure == course.origin + course.change).all()


@given(decades(-6, 6), st.floats(0.1, 30.0))
def test_a_source_fills_a_tank_without_an_outlet_for_ever(compliance, dt):
    made = network([compliance, 1.0], [(0, 1, Link(1.0))], [])
    course, _ = after(made, np.zeros(2), dt, source=np.array([2.0, 3.0]))
    assert (course.change * made.compliance).sum() == pytest.approx(5.0 * dt, rel=1e-12)


def test_many_short_stretches_are_one_long_one():
    made = network([1.0, 0.1], [(2, 0, Link(3.0)), (0, 1, Link(1.0)), (1, 3, Link(20.0))], [5.0, -1.0])
    source = np.array([0.5, 0.0])
    whole, passed = after(made, np.array([1.0, 2.0]), 2.0, source)
    parts, passed_in_parts = after(made, np.array([1.0, 2.0]), 2.0, source, steps=1000)
    assert parts.pressure == pytest.approx(whole.pressure, rel=1e-12)
    assert passed_in_parts == pytest.approx(passed, rel=1e-12)


def test_a_difference_counts_boundaries():
    made = network([1.0], [(1, 0, Link(1.0)), (0, 2, Link(1.0)), (1, 2, Link(1.0))], [7.0, 2.0])
    course = empty_course(made, np.array([4.0]))
    assert [difference(made, course, k) for k in range(3)] == [3.0, 2.0, 5.0]
