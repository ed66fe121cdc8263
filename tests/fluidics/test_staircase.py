"""A staircase has the integral of its line, stays within its bound, and is no finer than it must be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.staircase import staircase

POINTS = st.lists(
    st.tuples(st.floats(0.01, 10.0), st.sampled_from([0.0, 0.3, 1.0]) | st.floats(-50.0, 50.0)), min_size=2, max_size=30
)


def line(points):
    gaps, values = zip(*points, strict=True)
    return np.cumsum(gaps), np.array(values)


@given(POINTS, st.floats(0.05, 20.0))
def test_staircase_has_the_integral_of_its_line(points, bound):
    time, value = line(points)
    start, steps = staircase(time, value, bound)
    ends = np.append(start, time[-1])
    assert np.all(np.diff(ends) > 0.0)
    assert np.sum(np.diff(ends) * steps) == pytest.approx(np.trapezoid(value, time), abs=1e-9)


@given(POINTS, st.floats(0.05, 20.0))
def test_line_moves_within_a_step_by_no_more_than_the_bound(points, bound):
    time, value = line(points)
    start, steps = staircase(time, value, bound)
    for k, (begin, end) in enumerate(zip(start, [*start[1:], time[-1]], strict=True)):
        inside = (time > begin) & (time < end)
        seen = np.concatenate([np.interp([begin, end], time, value), value[inside]])
        assert np.ptp(seen) <= bound * (1.0 + 1e-9) + 1e-12
        assert seen.min() - 1e-9 <= steps[k] <= seen.max() + 1e-9


@given(st.floats(-100.0, 100.0), st.floats(-100.0, 100.0), st.floats(0.5, 30.0))
def test_a_ramp_has_equal_steps_and_no_more_than_it_needs(low, high, bound):
    start, steps = staircase([0.0, 7.0], [low, high], bound)
    assert len(steps) == max(math.ceil(abs(high - low) / bound), 1)
    assert np.diff(start) == pytest.approx(7.0 / len(steps), rel=1e-9)
    assert np.diff(steps) == pytest.approx((high - low) / len(steps), rel=1e-9, abs=1e-12)


def test_where_a_line_stands_still_the_step_has_its_value():
    start, steps = staircase([0.0, 1.0, 2.0, 5.0, 9.0, 10.0], [0.0, 0.2, 0.25, 0.25, 0.25, 0.0], 1.0)
    assert start.tolist() == [0.0, 2.0, 9.0]
    assert steps[1] == 0.25
    assert steps[0] == pytest.approx((0.1 + 0.225) / 2.0, rel=1e-14)


def test_points_that_lie_close_share_a_step():
    """A second of each of ten minutes, within a thousandth: one step."""
    wobble = 1e-3 * np.sin(np.arange(600.0))
    assert len(staircase(np.arange(600.0), 37.0 + wobble, 2.1e-3)[0]) == 1


@pytest.mark.parametrize(
    ("time", "value", "bound", "said"),
    [
        ([0.0], [1.0], 1.0, "1 times and 1 values given; a line needs two points"),
        ([0.0, 1.0], [1.0, 2.0, 3.0], 1.0, "2 times and 3 values given"),
        ([0.0, 2.0, 2.0], [1.0, 2.0, 3.0], 1.0, "times must rise, and 2 s comes after 2 s"),
        ([0.0, 1.0], [1.0, math.nan], 1.0, "not a finite number"),
        ([0.0, math.inf], [1.0, 2.0], 1.0, "not a finite number"),
        ([0.0, 1.0], [1.0, 2.0], 0.0, "bound 0.0: a line may move"),
    ],
)
def test_what_is_no_line_is_refused(time, value, bound, said):
    with pytest.raises(ValueError, match=said):
        staircase(time, value, bound)
