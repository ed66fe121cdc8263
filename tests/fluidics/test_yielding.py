"""Walls that give way: what is not displaced is not drawn, and nothing is lost or made."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.engines.exact import resolve
from fluidics.engines.stage import staged
from fluidics.network import CHECK, Link, Schedule, network
from tests.fluidics.diaphragms import LIMIT, OUTLET, RELIEF, REST, SHUT, STROKE, STROKE_VOLUME, SWING, diaphragm


def test_a_wall_may_give_way_from_the_push_until_it_goes_back():
    stage = staged(diaphragm(0.0), STROKE, RELIEF)
    assert stage.out.tolist() == [1, 1, 0, 0]
    assert stage.back == pytest.approx([0.0, 0.0, STROKE_VOLUME, 0.0], rel=1e-15)


def test_a_wall_that_goes_back_in_two_steps_knows_what_is_left():
    source = np.array([[4.0], [-1.0], [0.0], [-3.0]])
    steps = Schedule(np.array([1.0, 1.0, 1.0, 1.0]), source, np.zeros((4, 3), dtype=np.int64))
    stage = staged(diaphragm(0.0), steps, RELIEF)
    assert stage.back.tolist() == [0.0, 4.0, 0.0, 3.0]
    assert stage.out.tolist() == [1, 0, 1, 0]


def test_without_a_wall_nothing_gives_way():
    stage = staged(diaphragm(0.0), STROKE, -1)
    assert (stage.relief, stage.out.any(), stage.back.any()) == (-1, False, False)


def test_a_wall_that_never_gives_way_keeps_nothing():
    got = resolve(diaphragm(1e4), STROKE, 20, REST, SHUT, relief=RELIEF)
    assert abs(got.retained) < 1e-6 * got.volume[-1, OUTLET]
    assert got.residual < 1e-9 * got.volume[-1, OUTLET]


@pytest.mark.parametrize("line", [1.5e5, 1.95e5, 1.99e5, 2.5e5])
def test_a_wall_that_gives_way_draws_what_it_delivers(line):
    got = resolve(diaphragm(line), STROKE, 50, REST, SHUT, relief=RELIEF)
    drawn, delivered, kept = got.volume[-1]
    assert drawn == pytest.approx(delivered, abs=SWING + 1e-12)
    assert kept == got.retained
    assert 50 * (STROKE_VOLUME - SWING) < delivered + kept < 50 * STROKE_VOLUME
    assert got.residual < 1e-9 * 50 * STROKE_VOLUME
    # the relief carries at most what the wall displaces
    assert got.pressure.max() <= LIMIT + STROKE_VOLUME / 0.1 / 1e-11 * (1.0 + 1e-9)
    assert got.retained > 0.5 * 50 * STROKE_VOLUME or line < 1.98e5


def test_a_wall_that_is_home_does_not_give_way_to_the_body():
    """A line above the force limit presses through a leaking outlet: fluid goes to the reservoir, not to the wall."""
    made = diaphragm(3e5)._replace(leak=np.array([1e-15, 1e-14, 1e-23]))
    rest = Schedule(np.array([1e4]), np.zeros((1, 1)), np.zeros((1, 3), dtype=np.int64))
    got = resolve(made, rest, 1, REST, np.array([0, 0, 1]), relief=RELIEF)
    assert got.open[-1, RELIEF] == 0
    assert abs(got.retained) < 1e-6 * abs(got.volume[-1, OUTLET])
    assert got.volume[-1, OUTLET] < 0.0


def test_what_a_drive_that_carries_cannot_push_goes_back_to_the_reservoir():
    """A roller between a reservoir at 1 kPa and a shut line: the chamber stands at the limit above the reservoir."""
    limit = 1e5
    relief = Link(1e-10, 1e-20, limit, limit, 0.0, CHECK)
    joins = [(0, 1, Link(1e-18)), (1, 2, Link(1e-18)), (1, 0, relief)]
    made = network([1e-9, 1e-15], joins, [0.0])
    turn = Schedule(np.array([100.0]), np.array([[-5e-9, 5e-9]]), np.zeros((1, 3), dtype=np.int64))
    got = resolve(made, turn, 10, np.array([1e3, 1e3]), SHUT)
    pressure = got.pressure[-1]
    assert pressure[1] - pressure[0] == pytest.approx(limit + 5e-9 / 1e-10, rel=1e-6)
    assert got.volume[-1, 2] == pytest.approx(10 * 100.0 * 5e-9, rel=1e-4)
    assert got.retained == 0.0
    assert got.residual < 1e-9 * got.volume[-1, 2]


@given(st.floats(0.0, 3e5), st.floats(0.0, 3e5))
@settings(max_examples=30)
def test_a_pump_delivers_less_against_more_pressure(one, other):
    low, high = sorted((one, other))
    runs = [resolve(diaphragm(line), STROKE, 5, REST, SHUT, relief=RELIEF) for line in (low, high)]
    easy, hard = (run.volume[-1, OUTLET] for run in runs)
    assert hard <= easy + 1e-9 * 5 * STROKE_VOLUME
