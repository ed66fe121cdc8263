"""When strokes come: what is programmed is stroked, at whatever rates, and never a part of a stroke."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.engines.timing import active, between, lasting, timing, turning
from fluidics.network import Schedule

PISTON = Schedule(
    np.array([0.1, 0.1, 0.3, 59.5]),
    np.array([[0.0, 5.0], [0.0, 0.0], [0.0, -5.0 / 3.0], [0.0, 0.0]]),
    np.zeros((4, 2), dtype=np.int64),
)


@given(st.lists(st.tuples(st.floats(1.0, 4e3), st.floats(0.6, 1e4)), min_size=1, max_size=12))
def test_strokes_add_up_to_what_is_programmed(stretches):
    """Periods and spans [s] in turn: the strokes begun never differ by more than one from the volume programmed."""
    due, begun, programmed, debt = 1.0, 0, 1.0, 0.0
    for period, span in stretches:
        if span <= debt:
            debt -= span
            continue
        found = timing(period, 0.5, due, span - debt)
        programmed += found.span / period
        begun += found.strokes + (found.last > 0.0)
        due, debt = found.due, found.span - (span - debt)
        assert found.wait + found.strokes * period + found.last == pytest.approx(found.span, rel=1e-9)
        assert begun <= programmed + 1e-6
        assert programmed - begun <= 1.0 + 1e-6


def test_an_even_day_has_as_many_strokes_as_periods():
    assert timing(60.0, 0.5, 1.0, 86400.0) == (0.0, 1440, 0.0, 1.0, 86400.0)


def test_a_stroke_that_has_begun_is_ended():
    assert timing(60.0, 0.5, 1.0, 60.1) == (0.0, 1, 0.5, 0.5 / 60.0, 60.5)


def test_a_stroke_in_years_is_one_all_the_same():
    """However small a stretch is beside the period, there is something to do in it."""
    found = timing(4e13, 0.5, 1.0, 3600.0)
    assert (found.wait, found.strokes, found.last, found.span) == (0.0, 0, 3600.0, 3600.0)


def test_the_moving_part_of_a_stroke_ends_with_its_last_motion():
    assert active(PISTON) == pytest.approx(0.5)
    assert active(lasting(PISTON, 3.0)) == 0.0
    assert lasting(PISTON, 3.0).duration.tolist() == [3.0]


@given(st.floats(0.0, 59.0), st.floats(0.05, 60.0))
def test_a_part_of_a_stroke_does_what_the_stroke_does_then(start, length):
    stop = min(start + length, 60.0)
    part = between(PISTON, start, stop)
    assert part.duration.sum() == pytest.approx(stop - start, abs=1e-7)
    edges = np.concatenate(([0.0], np.cumsum(PISTON.duration)))
    for k in range(len(part.duration)):
        middle = start + part.duration[:k].sum() + 0.5 * part.duration[k]
        assert np.array_equal(part.source[k], PISTON.source[np.searchsorted(edges, middle) - 1])


@given(st.lists(st.tuples(st.floats(1.0, 4e3), st.floats(0.6, 1e4)), min_size=1, max_size=12))
def test_a_rotor_turns_as_far_as_is_programmed(stretches):
    """Periods and spans [s] in turn: nothing is lost where the rate changes within a turn."""
    due, turned, programmed = 1.0, 0.0, 0.0
    for period, span in stretches:
        found = turning(period, due, span)
        assert found.wait + found.strokes * period + found.last == pytest.approx(span, rel=1e-8)
        turned += found.wait / period + found.strokes + found.last / period
        programmed += span / period
        assert due % 1.0 + span / period - found.due == pytest.approx(
            round(due % 1.0 + span / period - found.due), abs=1e-6
        )
        due = found.due
    assert turned == pytest.approx(programmed, rel=1e-8)
