"""Steps that end where a watched pressure turns: closed forms, Radau with trapped gas, the engine with the modes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from fluidics.engines.exact import resolve
from fluidics.engines.rosenbrock import integrate
from fluidics.network import Link, network
from tests.fluidics.random_networks import cases, decades
from tests.fluidics.smooth import open_tubes, still

KPA, MICROLITRE = 1e3, 1e-9
AIR = 101325.0


def emptied(gate: float, out: float, gas: float = 0.0):
    """Return a node of 1 uL/kPa that empties into another one, with a bubble, which drains; links in uL/(s kPa)."""
    joins = [(0, 1, Link(gate * MICROLITRE / KPA)), (1, 2, Link(out * MICROLITRE / KPA))]
    return network([MICROLITRE / KPA] * 2, joins, [0.0], [0.0, gas])


@settings(max_examples=20)
@given(decades(-2, 2), decades(-2, 2))
def test_a_node_that_is_filled_and_drains_has_its_peak_where_two_decays_say(gate, out):
    """It is p = g (e^(-slow t) - e^(-fast t)) / (fast - slow), greatest at ln(fast / slow) / (fast - slow)."""
    made = emptied(gate, out)
    fast = gate + 0.5 * out + math.sqrt(gate * gate + 0.25 * out * out)
    slow = gate * out / fast
    when = math.log(fast / slow) / (fast - slow)
    peak = gate * (math.exp(-slow * when) - math.exp(-fast * when)) / (fast - slow)
    found = integrate(made, still(20.0 * when, made), 1, np.array([100.0 * KPA, 0.0]), open_tubes(made), watch=1)
    assert found.pressure[-2, 1] == pytest.approx(100.0 * KPA * peak, rel=3e-6)
    assert found.time[-2] == pytest.approx(when, rel=0.05)  # flat there
    assert found.residual <= 1e-12 * found.volume[-1, 0]


@pytest.mark.parametrize("bubble", [1.0, 10.0])  # uL of air
def test_a_bubble_lowers_the_peak_as_radau_says(bubble):
    made = emptied(2.0, 0.5, bubble * MICROLITRE * AIR)

    def slope(_, p):
        into, off = made.conductance[0] * (p[0] - p[1]), made.conductance[1] * p[1]
        room = made.compliance[1] + made.gas[1] / (p[1] + AIR) ** 2
        return [-into / made.compliance[0], (into - off) / room]

    start = np.array([100.0 * KPA, 0.0])
    judge = solve_ivp(slope, (0.0, 20.0), start, "Radau", rtol=1e-10, atol=1e-6, dense_output=True)
    peak = judge.sol(np.linspace(0.0, 3.0, 30001))[1].max()
    found = integrate(made, still(20.0, made), 1, start, open_tubes(made), watch=1)
    assert found.pressure[:, 1].max() == pytest.approx(peak, rel=2e-6)
    alarm = integrate(made, still(20.0, made), 1, start, open_tubes(made), watch=1, alarm=0.9 * peak)
    assert alarm.alarmed
    assert alarm.pressure[-1, 1] == pytest.approx(0.9 * peak, rel=1e-8)
    assert judge.sol(alarm.time[-1])[1] == pytest.approx(0.9 * peak, rel=1e-6)
    assert not integrate(made, still(20.0, made), 1, start, open_tubes(made), watch=1, alarm=1.001 * peak).alarmed


@settings(max_examples=10)
@given(cases(3, 1), st.data())
def test_random_networks_have_the_extremes_that_their_modes_tell(case, data):
    made, plan, pressure, opened = case
    node = data.draw(st.integers(0, made.compliance.shape[0] - 1))
    modes = resolve(made, plan, 1, pressure, opened, watch=node)
    steps = integrate(made, plan, 1, pressure, opened, 1e-9, watch=node)
    for side in (np.max, np.min):
        judge = side(np.append(pressure[node], modes.pressure[:, node]))
        # pressures below a kilopascal count as absolute in the error of a step
        assert side(np.append(pressure[node], steps.pressure[:, node])) == pytest.approx(judge, rel=1e-4, abs=1e-4)
