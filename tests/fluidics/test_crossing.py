"""The first moment at which a valve passes its threshold: closed forms, close pairs of crossings, a dense scan."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.compile import kernel
from fluidics.engines.course import empty_course
from fluidics.engines.crossing import margin as margin_of
from fluidics.engines.crossing import used_up
from fluidics.engines.modes import Modes
from fluidics.network import CHECK, Link, network
from tests.fluidics.random_networks import decades


@kernel
def first(made, modes, course, opened, end):
    """Return when link 0 first passes its threshold, as a kernel finds it."""
    return used_up(modes, 0, course, margin_of(made, modes, 0, course, 0, opened), 0.0, end)


def crossing(margin, slopes, rates, end, opened=1):
    """Return when margin + sum of slope (1 - e^(-rate t)) / rate first passes zero: an open check with crack 0."""
    valve = Link(1.0, 1e-3, 0.0, 0.0, 0.0, CHECK)
    size = len(rates)
    made = network([1.0] * size, [(0, size, valve)], [0.0])
    order = np.argsort(rates)[::-1]
    sign = 1.0 if opened else -1.0
    shape = np.zeros((1, size, size))
    shape[0, 0] = sign * np.array(slopes, dtype=float)[order]
    rate = np.array(rates, dtype=float)[order]
    modes = Modes(np.zeros(1, dtype=np.int64), rate[None, :], shape, shape[:, :1].copy())
    course = empty_course(made, sign * np.array([margin, *[0.0] * (size - 1)]))
    course.push[:] = 1.0
    for j in range(size):
        course.left[j] = math.exp(-rate[j] * end)
        course.reach[j] = -math.expm1(-rate[j] * end) / rate[j] if rate[j] > 0.0 else end
    return first(made, modes, course, opened, end)


def falling(times, margin, slopes, rates):
    """Return the margin at given times."""
    reach = [-np.expm1(-r * times) / r if r > 0.0 else times for r in rates]
    return margin + sum(s * h for s, h in zip(slopes, reach, strict=True))


@pytest.mark.parametrize("opened", [0, 1])
@given(decades(-6, 6), decades(-3, 3))
def test_one_decay_crosses_where_its_logarithm_says(opened, rate, size):
    """1 - (1 - e^-t r) * 2 is zero at ln 2 / r."""
    end = 100.0 / rate
    assert crossing(size, [-2.0 * size * rate], [rate], end, opened) == pytest.approx(math.log(2.0) / rate, rel=1e-11)


def test_a_straight_fall_crosses_where_its_slope_says():
    assert crossing(3.0, [-1.5], [0.0], 10.0) == pytest.approx(2.0, rel=1e-11)
    assert crossing(3.0, [-1.5], [0.0], 1.9) == 1.9


def test_a_valve_beyond_its_threshold_switches_at_once():
    assert crossing(-1.0, [5.0], [1.0], 10.0) == 0.0
    assert crossing(-1.0, [5.0], [1.0], 10.0, opened=0) == 0.0


@given(decades(-9, -1), decades(-4, 4), decades(1, 7))
def test_two_crossings_however_close_are_not_taken_for_none(depth, pace, length):
    """With a - (e^-t - e^-2t) it dips below zero around ln 2, where the bracket is 1/4, if a is less.

    The dip lasts 4 sqrt(depth) of a time that is up to 10^7 times as long.
    """
    margin = 0.25 * (1.0 - depth)
    exact = -math.log(0.5 * (1.0 + math.sqrt(depth)))
    found = crossing(margin, [pace, -2.0 * pace], [pace, 2.0 * pace], length / pace)
    if length < exact:
        assert found == length / pace
    else:
        # a relative band of 1e-12 around zero moves a flat crossing by its square root
        assert found * pace == pytest.approx(exact, abs=1e-10 / math.sqrt(depth))


@given(decades(-9, -1), decades(-4, 4), decades(1, 7))
def test_a_dip_that_stays_above_zero_is_no_crossing(height, pace, length):
    margin = 0.25 * (1.0 + height)
    assert crossing(margin, [pace, -2.0 * pace], [pace, 2.0 * pace], length / pace) == length / pace


def test_modes_that_cancel_are_seen_together():
    """Two equal rates, opposite parts: the margin stands still just above zero, which bounds apart could not tell."""
    assert crossing(1e-9, [-1.0, 1.0], [1.0, 1.0], 50.0) == 50.0


@given(
    st.lists(st.tuples(st.floats(-3.0, 3.0), decades(-3, 3)), min_size=1, max_size=6),
    st.floats(0.01, 2.0),
    decades(-1, 3),
)
def test_nothing_crosses_before_the_crossing_and_the_margin_is_zero_at_it(terms, margin, end):
    rates = [rate for _, rate in terms]
    slopes = [part * rate for part, rate in terms]
    scale = margin + sum(abs(part) for part, _ in terms)
    found = crossing(margin, slopes, rates, end)
    times = np.concatenate([np.linspace(0.0, found, 4000), np.geomspace(1e-6, max(found, 2e-6), 4000)])
    times = times[times < found * (1.0 - 1e-9)]
    assert (falling(times, margin, slopes, rates) > -2e-12 * scale).all()
    if found < end:
        assert falling(np.array([found]), margin, slopes, rates)[0] == pytest.approx(0.0, abs=3e-12 * scale)
