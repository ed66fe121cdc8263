"""The moment at which a check opens or shuts, found between the ends of a step."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.engines.laws import Instant, Scene, look
from fluidics.engines.rodas import STAGES, Bench, step
from fluidics.engines.switching import cross, dip, least_room, room, switch, until_switch
from fluidics.forcing import forcing
from fluidics.network import CHECK, Link, Network, network
from fluidics.reservoirs.supply import Elastic

BAND = 1e-10


def tank(crack: float, start: float, opened: int, waves=()) -> tuple[Scene, Bench]:
    """Return a tank of time constant 1 s beside a check, at the start of a step."""
    check = Link(1e-15, 1e-20, crack, crack, 0.0, CHECK)
    made: Network = network([1e-12], [(0, 1, Link(1e-12)), (0, 2, check)], [0.0, 0.0])
    scene = Scene(
        made, Elastic(), forcing(*waves), np.array([start]), np.zeros(1), np.array([1, opened]), np.array([0, 1])
    )
    here, there = (
        Instant(np.zeros(3), np.zeros(1), np.zeros(3), np.zeros(4), np.zeros(2), np.zeros(4)) for _ in range(2)
    )
    bench = Bench(np.zeros(4), np.zeros(4), np.zeros((STAGES, 4)), np.zeros((1, 1)), here, there, np.zeros(2, np.int64))
    look(scene, bench.y, 0.0, here)
    return scene, bench


def test_room_is_relative_and_counts_from_the_threshold_of_the_state():
    scene, bench = tank(4e3, 5e3, 0)
    assert room(scene, bench.here, 1, BAND) == pytest.approx((4e3 - 5e3) / 5e3 + BAND)
    scene.open[1] = 1
    assert room(scene, bench.here, 1, BAND) == pytest.approx((5e3 - 4e3) / 5e3 + BAND)
    assert least_room(scene, bench.here, BAND) == room(scene, bench.here, 1, BAND)


def test_a_check_without_room_switches_once():
    scene, bench = tank(4e3, 5e3, 0)
    assert switch(scene, bench.here, BAND) == 1
    assert scene.open.tolist() == [1, 1]
    assert switch(scene, bench.here, BAND) == 0


def test_a_check_that_is_not_watched_never_switches():
    scene, bench = tank(4e3, 5e3, 0)
    scene.watch[1] = 0
    assert switch(scene, bench.here, BAND) == 0
    assert least_room(scene, bench.here, BAND) == 1e300


@settings(max_examples=40, deadline=None)
@given(share=st.floats(0.8, 0.999))
def test_the_crossing_is_found_to_the_band(share):
    """An open check shuts when 5 kPa have decayed to its crack pressure."""
    crack = 5e3 * share
    scene, bench = tank(crack, 5e3, 1)
    step(scene, bench, 0.0, 0.3)
    taken = cross(scene, bench, 0.0, 0.3, BAND)
    assert -BAND <= least_room(scene, bench.there, BAND) <= 0.0
    # the check leaks a thousandth of what the tube lets through
    assert taken == pytest.approx(-math.log(share), rel=2e-3)


def test_a_dip_between_the_ends_is_seen_and_gone_to():
    """Drawing, then filling, by half a wave: 0.5 Pa on an open check, -0.3 Pa halfway, again above zero at the end."""
    scene, bench = tank(0.0, 0.5, 1, [(0, -5e-12, 1.0, 0.25)])
    step(scene, bench, 0.0, 0.5)
    assert least_room(scene, bench.there, BAND) > 1e-4
    assert 0.3 < dip(scene, bench, 0.5, BAND) < 0.7
    taken = until_switch(scene, bench, 0.0, 0.5, BAND)
    # 0.5 - 5 sin(2 pi t) / 2 pi = 0, and a little sooner as the tank drains
    assert taken == pytest.approx(math.asin(0.2 * math.pi) / (2.0 * math.pi), rel=0.1)
    assert -BAND <= least_room(scene, bench.there, BAND) < 0.0


def test_no_dip_where_nothing_bends():
    scene, bench = tank(1e3, 5e3, 1)
    step(scene, bench, 0.0, 0.1)
    assert dip(scene, bench, 0.1, BAND) == 1.0
    assert until_switch(scene, bench, 0.0, 0.1, BAND) == 0.1
