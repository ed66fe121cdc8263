"""Networks whose numbers other simulators publish, by the Rosenbrock engine; its own laws: `test_rosenbrock`."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fluidics.engines.rosenbrock import integrate
from fluidics.forcing import forcing
from fluidics.network import Link, network
from tests.fluidics.smooth import open_tubes, pushed, still


def settled(made, node, flow, duration=1e3):
    """Return pressures and flows in the end, when a steady flow enters a node."""
    start = np.zeros(len(made.compliance))
    plan = pushed(duration, made, node, flow, 2)
    done = integrate(made, plan, 1, start, open_tubes(made), 1e-10)
    assert done.residual < 1e-9 * flow * duration
    return done.pressure[-1], (done.volume[-1] - done.volume[0]) / (0.5 * duration)


def test_steady_flow_through_two_resistances():
    """Case steadyFlow_RC_R of svZeroDSolver: 5 through 100, then 100 against 100."""
    made = network([1e-4, 1e-4], [(0, 1, Link(0.01)), (1, 2, Link(0.01))], [100.0])
    pressure, flow = settled(made, 0, 5.0)
    assert pressure == pytest.approx([1100.0, 600.0], rel=1e-9)
    assert flow == pytest.approx([5.0, 5.0], rel=1e-9)


def test_steady_flow_through_a_stenosis():
    """Case steadyFlow_stenosis_R: 100 q + 100 q |q|, then 100 against 100."""
    made = network([1e-4, 1e-4], [(0, 1, Link(0.01, loss=100.0)), (1, 2, Link(0.01))], [100.0])
    pressure, _ = settled(made, 0, 5.0)
    assert pressure == pytest.approx([3600.0, 600.0], rel=1e-9)


def test_steady_flow_through_a_bifurcation():
    """Case steadyFlow_bifurcationR_R1: a trunk and two branches of 100 each, ended by 100 against 100."""
    tube = Link(0.01)
    made = network(
        [1e-4] * 4, [(0, 1, tube), (1, 2, tube), (1, 3, tube), (2, 4, tube), (3, 5, tube)], [100.0, 100.0]
    )
    pressure, flow = settled(made, 0, 5.0)
    assert pressure == pytest.approx([1100.0, 600.0, 350.0, 350.0], rel=1e-9)
    assert flow == pytest.approx([5.0, 2.5, 2.5, 2.5, 2.5], rel=1e-9)


def test_channels_of_a_chip():
    """Three channels of 1 mm from 1000 Pa meet in one: the network of the MMFT simulator's own test."""
    duct = Link(5.89679007e-10 / (1000.0 - 2500.0 / 3.0))  # its flow over its pressure drop
    hops = [(3, 0, duct), (4, 1, duct), (5, 2, duct), (0, 1, duct), (2, 1, duct), (1, 6, duct)]
    made = network([1e-15] * 3, hops, [1000.0, 1000.0, 1000.0, 0.0])
    done = integrate(made, still(1.0, made, 2), 1, np.zeros(3), open_tubes(made), 1e-10)
    flow = (done.volume[1] - done.volume[0]) / 0.5
    assert done.pressure[-1] == pytest.approx([833.3333, 666.6667, 833.3333], abs=5e-5)
    assert flow == pytest.approx(
        [5.89679007e-10, 1.17935801e-9, 5.89679007e-10, 5.89679007e-10, 5.89679007e-10, 2.35871603e-9], rel=1e-8
    )


def test_periodic_flow_into_a_windkessel_by_complex_impedance():
    """2.2 + 2.5 sin(2 pi t) through 100 into 1000, then 1e-4 beside 1000; published: svZeroDSolver to 7e-5."""
    turn = 2.0 * math.pi
    store = 1e-14  # of the two nodes that store nothing: a phase of 1e-10
    made = network([store, store, 1e-4], [(0, 1, Link(0.01)), (1, 2, Link(1e-3)), (2, 3, Link(1e-3))], [0.0])
    waves = forcing((0, 2.5, 1.0, 0.0))
    plan = pushed(1.0, made, 0, 2.2, 32)
    done = integrate(made, plan, 3, np.array([4620.0, 4400.0, 2200.0]), open_tubes(made), 1e-9, waves)
    outlet = 1000.0 + 1000.0 / (1.0 + 1j * turn * 1e-4 * 1000.0)
    swing = 2.5 * outlet
    assert (2.2 * 2000.0 - abs(swing), 2.2 * 2000.0 + abs(swing)) == pytest.approx((-37.6728, 8837.6728), abs=5e-5)
    assert 2.2 * 2100.0 + 2.5 * abs(100.0 + outlet) == pytest.approx(9299.9184, abs=5e-5)
    assert 4400.0 + swing.imag == pytest.approx(3273.8069, abs=5e-5)
    phase = np.exp(1j * turn * done.time[-32:])
    assert done.pressure[-32:, 1] == pytest.approx(4400.0 + (swing * phase).imag, rel=1e-6, abs=1e-3)
    assert done.pressure[-32:, 0] == pytest.approx(4620.0 + (2.5 * (100.0 + outlet) * phase).imag, rel=1e-6, abs=1e-3)
    assert done.pressure[-1, 1] == pytest.approx(3273.8069, rel=1e-6)


def test_imposed_pressure_at_one_end_and_flow_at_the_other():
    """p_in = 0.5 sin t on a compliance of 1, cos 2t through a resistance of 1 (case pulsatileFlow_CRL), in kPa."""
    turn = 2.0 * math.pi
    made = network([1e-3, 1e-13], [(2, 0, Link(1e4)), (0, 1, Link(1e-3))], [0.0])
    waves = forcing((2, 500.0, 1.0 / turn, 0.0), (1, -1.0, 2.0 / turn, 0.25))
    plan = still(turn, made, 48)
    start = np.array([0.0, -1000.0])
    done = integrate(made, plan, 2, start, open_tubes(made), 1e-10, waves)
    t = done.time[48:]
    assert done.pressure[48:, 1] == pytest.approx(500.0 * np.sin(t) - 1000.0 * np.cos(2.0 * t), abs=2e-3)
    assert done.pressure[48:, 1].min() == pytest.approx(-1031.25, rel=3e-3)
    assert done.pressure[48:, 1].max() == pytest.approx(1500.0, rel=1e-6)
    entered = 0.5 * np.sin(2.0 * t) + 0.5 * np.sin(t)  # the integral of cos 2t + 0.5 cos t
    assert done.volume[48:, 0] == pytest.approx(entered, abs=1e-6)
