"""Flow over time: the volume of a programme at any time, strokes when they are due, where it turns."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.programmes.basal import constant, daily
from fluidics.programmes.programme import DAY, suspended, volume, with_bolus
from fluidics.transport.flow import drawn_back, flowing, turns

RATE = 1e-12


def programme():
    basal = daily([0.0, 6.0 * 3600.0], [RATE, 3.0 * RATE], 2.0 * DAY)
    return with_bolus(suspended(basal, 0.7 * DAY, 0.2 * DAY), DAY, 3e-8, 1e-11)


@given(st.lists(st.floats(0.0, 2.0 * DAY), min_size=2, max_size=9, unique=True))
def test_at_any_time_the_programmed_volume_has_flowed(times):
    flow = flowing(programme(), np.array([0.0, *sorted(times)]))
    expected = [volume(programme(), 0.0, float(time)) for time in flow.time]
    assert flow.volume.tolist() == pytest.approx(expected, rel=1e-12, abs=1e-24)


@settings(max_examples=30)
@given(st.floats(2e-9, 2e-8))
def test_strokes_never_run_ahead_of_the_programme_nor_lag_by_more_than_one(stroke):
    asked = programme()
    flow = flowing(asked, np.array([0.0, 2.0 * DAY]), stroke)
    due = np.array([volume(asked, 0.0, float(time)) for time in flow.time])
    assert np.all(flow.volume <= due * (1.0 + 1e-9) + 1e-9 * stroke)
    assert np.all(flow.volume >= due - stroke * (1.0 + 1e-6))
    assert np.all(np.diff(flow.time) >= 0.0)


def test_strokes_give_the_volume_that_is_due():
    programme = suspended(constant(1.0, 20.0), 3.5, 2.0)
    flow = flowing(programme, np.array([0.0, 3.2, 10.0, 20.0]), stroke=1.0)
    assert [float(flow.volume[flow.time <= t].max()) for t in (0.0, 3.2, 10.0, 20.0)] == [0.0, 3.0, 8.0, 18.0]
    assert np.all(np.diff(flow.volume) >= 0.0)
    assert set(np.diff(flow.volume)) == {0.0, 1.0}


@given(st.lists(st.floats(-3.0, 3.0), min_size=1, max_size=30), st.floats(0.0, 4.0))
def test_between_turns_nothing_flows_against_the_direction_by_more_than_the_least(steps, least):
    volume = np.cumsum([0.0, *steps])
    rows = [0, *turns(volume, least), volume.size - 1]
    for k, (first, last) in enumerate(pairwise(rows)):
        way = (1.0 if k % 2 == 0 else -1.0) * volume[first : last + 1]
        assert np.max(np.maximum.accumulate(way) - way, initial=0.0) <= least
        assert k == 0 or len(rows) - 2 == k or way[-1] - way[0] > least


def test_flow_in_one_direction_never_turns():
    assert turns(np.array([0.0, 1.0, 1.0, 4.0]), 0.0) == []
    assert turns(np.array([0.0, -1.0, -4.0]), 0.5) == [0]


@given(st.lists(st.floats(-3.0, 3.0), max_size=9))
def test_what_was_drawn_back_is_none_where_more_has_left_than_ever(steps):
    volume = np.cumsum([0.0, *steps])
    back = drawn_back(volume)
    assert np.all(back >= 0.0)
    assert all((back[k] == 0.0) == (volume[k] == volume[: k + 1].max()) for k in range(volume.size))


@pytest.mark.parametrize(
    ("time", "stroke"), [([0.0, 2.0 * DAY], 0.0), ([-1.0, 1.0], 0.0), ([], 0.0), ([0.0, 1.0], -1.0)]
)
def test_flow_outside_a_programme_is_refused(time, stroke):
    with pytest.raises(ValueError, match="times must lie"):
        flowing(constant(RATE, DAY), np.array(time), stroke)
