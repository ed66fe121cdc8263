"""Flow over time: the volume of a programme at any time, strokes when they are due, traces without what flows back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.programmes.basal import constant, daily
from fluidics.programmes.programme import DAY, suspended, volume, with_bolus
from fluidics.transport.flow import flowed, flowing

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


@given(st.lists(st.floats(-1e-10, 1e-7), min_size=1, max_size=9))
def test_a_trace_flows_forward_and_ends_near_what_it_delivered(parts):
    delivered = np.cumsum([1e-6, *parts])
    flow = flowed(np.arange(1.0, delivered.size + 1.0), delivered)
    assert np.all(np.diff(flow.volume) >= 0.0)
    assert flow.volume[0] == flow.time[0] == 0.0
    assert flow.volume[-1] == pytest.approx(delivered[-1], abs=1e-3 * flow.volume[-1])


def test_a_trace_that_draws_the_body_in_is_refused():
    with pytest.raises(ValueError, match="leak into the line"):
        flowed(np.array([1.0, 2.0]), np.array([1e-9, 0.9e-9]))


@pytest.mark.parametrize(
    ("time", "stroke"), [([0.0, 2.0 * DAY], 0.0), ([-1.0, 1.0], 0.0), ([], 0.0), ([0.0, 1.0], -1.0)]
)
def test_flow_outside_a_programme_is_refused(time, stroke):
    with pytest.raises(ValueError, match="times must lie"):
        flowing(constant(RATE, DAY), np.array(time), stroke)
