"""Flows of a network at an instant: slopes against differences, the balance of every node, zero flow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.engines.laws import Instant, Scene, implicit, look, passed, slipped
from fluidics.forcing import forcing
from fluidics.network import CHECK, GATE, Link, network
from fluidics.reservoirs.supply import Elastic


def instant(n: int, m: int, b: int) -> Instant:
    size = n + m + 1
    return Instant(np.zeros(n + b), np.zeros(n), np.zeros(n + b), np.zeros(size), np.zeros(m), np.zeros(size))


NETWORK = network(
    [1e-12, 2e-13, 0.0],
    [
        (3, 0, Link(1e-12, lift=1e-5)),
        (0, 1, Link(3e-12, 1e-15, 2e3, 2e3, 4e20, CHECK)),
        (1, 2, Link(2e-12, loss=1e21)),
        (2, 4, Link(5e-13, 1e-16, 1e3, 1e3, 0.0, GATE)),
    ],
    [2e3, 0.0],
    [0.0, 1e-6, 3e-6],
)
WAVES = forcing((4, 600.0, 1.2, 0.1), (1, 1e-9, 0.4, 0.7))
SCENE = Scene(
    NETWORK, Elastic(), WAVES, np.array([9e3, 6e3, 2e3]), np.array([0.0, 2e-9, -1e-9]), np.array([1, 1, 1, 1]),
    np.zeros(4, dtype=np.int64),
)  # fmt: skip
Y = np.array([3e-9, 1e-10, -4e-11, 0.0, 0.0, 0.0, 0.0, 0.0])


def seen(y, time):
    at = instant(3, 4, 2)
    look(SCENE, y, time, at)
    return at


def test_a_stenosis_of_linear_and_quadratic_resistance():
    assert passed(0.01, 100.0, 3000.0).flow == pytest.approx(5.0, rel=1e-15)
    assert passed(0.01, 100.0, -3000.0).flow == pytest.approx(-5.0, rel=1e-15)


@given(drop=st.floats(-1e6, 1e6), loss=st.floats(0.0, 1e24))
def test_the_quadratic_law_takes_the_pressure_it_says_and_is_regular_at_zero(drop, loss):
    conductance = 1e-12
    way = passed(conductance, loss, drop)
    assert way.flow / conductance + loss * way.flow * abs(way.flow) == pytest.approx(drop, rel=1e-12, abs=1e-300)
    assert way.steep == pytest.approx(1.0 / (1.0 / conductance + 2.0 * loss * abs(way.flow)), rel=1e-12)
    assert passed(conductance, loss, 0.0).flow == 0.0
    assert passed(conductance, loss, 0.0).steep == pytest.approx(conductance, rel=1e-15)


@given(drop=st.floats(-1e5, 1e5), lift=st.floats(0.0, 1e-4))
def test_a_slot_opens_to_pressure_from_behind_alone(drop, lift):
    way, h = slipped(1e-12, lift, drop), 1.0
    assert way.flow == pytest.approx(1e-12 * drop * (1.0 + lift * max(-drop, 0.0)) ** 3, rel=1e-12)
    slope = (slipped(1e-12, lift, drop + h).flow - slipped(1e-12, lift, drop - h).flow) / (2.0 * h)
    assert way.steep == pytest.approx(slope, rel=1e-3)


def test_what_leaves_a_node_arrives_at_its_neighbours():
    at = seen(Y, 0.3)
    entered = at.flow[3] - at.flow[6]
    assert at.flow[:3].sum() == pytest.approx(entered + at.flow[7], rel=1e-14)
    assert at.surge[:3].sum() == pytest.approx(at.surge[3] - at.surge[6] + at.surge[7], rel=1e-14)


def test_matrix_holds_the_slopes_of_the_flows():
    """One step in the complex plane would be neater; central differences do to seven digits."""
    matrix = np.zeros((3, 3))
    implicit(SCENE, seen(Y, 0.3), 0.0, matrix)
    for j, change in enumerate([1e-12, 1e-14, 1e-14]):
        up, down = Y.copy(), Y.copy()
        up[j] += change
        down[j] -= change
        slope = (seen(up, 0.3).flow[:3] - seen(down, 0.3).flow[:3]) / (2.0 * change)
        assert -matrix[:, j] == pytest.approx(slope, rel=1e-6, abs=1e-7 * np.abs(slope).max())
        assert abs(matrix[j, j]) >= np.abs(np.delete(matrix[:, j], j)).sum() * (1.0 - 1e-12)


def test_surge_is_how_flows_move_with_the_clock():
    h = 1e-5
    slope = (seen(Y, 0.3 + h).flow - seen(Y, 0.3 - h).flow) / (2.0 * h)
    assert seen(Y, 0.3).surge == pytest.approx(slope, rel=1e-6, abs=1e-16)
    assert np.abs(slope).max() > 1e-10


def test_a_shut_link_only_leaks():
    shut = SCENE._replace(open=np.array([1, 0, 1, 0]))
    at = instant(3, 4, 2)
    look(shut, Y, 0.0, at)
    assert at.flow[4] == pytest.approx(1e-15 * (at.pressure[0] - at.pressure[1]), rel=1e-14)
    assert at.steep[3] == 1e-16
