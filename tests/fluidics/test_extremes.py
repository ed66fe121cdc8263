"""The true extremes of a node within a phase, and when it comes to an alarm: closed forms, Radau's dense output."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.circuit import LINE, circuit, schedule
from fluidics.engines.exact import resolve
from fluidics.network import CHECK, Link, Schedule, network
from fluidics.pump import MEDIAN_LUCK
from fluidics.questions import fresh
from tests.fluidics.implanted import BUTANE, DUTY, GATE, RATE, joined
from tests.fluidics.radau import greatest_and_least
from tests.fluidics.random_networks import cases, decades

LINE_NODE = 1


def emptied(gate: float, out: float):
    """Return a node at 1 that empties into another one, which drains: both store 1, and its rates (fast, slow)."""
    made = network([1.0, 1.0], [(0, 1, Link(gate)), (1, 2, Link(out))], [0.0])
    half, root = 0.5 * (2.0 * gate + out), math.sqrt(gate * gate + 0.25 * out * out)
    return made, half + root, gate * out / (half + root)


def still(duration: float, links: int = 2, nodes: int = 2) -> Schedule:
    return Schedule(np.array([duration]), np.zeros((1, nodes)), np.zeros((1, links), dtype=np.int64))


def run(made, plan, start, **more):
    return resolve(made, plan, 1, np.array(start), np.zeros(made.kind.shape[0], dtype=np.int64), **more)


@given(decades(-3, 3), decades(-3, 3), st.floats(1.5, 1e3))
def test_a_node_that_is_filled_and_drains_has_its_peak_where_two_decays_say(gate, out, longer):
    """It is p = g (e^(-slow t) - e^(-fast t)) / (fast - slow), greatest at ln(fast / slow) / (fast - slow)."""
    made, fast, slow = emptied(gate, out)
    when = math.log(fast / slow) / (fast - slow)
    peak = gate * (math.exp(-slow * when) - math.exp(-fast * when)) / (fast - slow)
    found = run(made, still(longer * when), [1.0, 0.0], watch=LINE_NODE)
    plain = run(made, still(longer * when), [1.0, 0.0])
    assert found.pressure[-2, LINE_NODE] == pytest.approx(peak, rel=1e-11)
    assert found.time[-2] == pytest.approx(when, rel=1e-5)
    assert found.volume[-2, 0] - found.volume[-2, 1] == pytest.approx(peak, rel=1e-9, abs=1e-12)
    assert np.array_equal(found.pressure[-1], plain.pressure[-1])  # to look changes nothing
    assert np.array_equal(found.volume[-1], plain.volume[-1])


def test_a_pressure_that_goes_one_way_has_no_row_but_that_of_its_end():
    made = network([1.0], [(0, 1, Link(1.0))], [0.0])
    push = Schedule(np.array([1.0, 1.0]), np.array([[1.0], [0.0]]), np.zeros((2, 1), dtype=np.int64))
    assert run(made, push, [0.0], watch=0).time.tolist() == [1.0, 2.0]


def test_a_valve_that_opens_late_leaves_a_kink_that_is_seen():
    """With dry friction a node rises at 1 /s to 2 and jumps to falling when the valve opens, towards 1.5."""
    made = network([1.0], [(0, 1, Link(100.0, 1e-9, 1.5, 2.0, 0.0, CHECK))], [0.0])
    push = Schedule(np.array([3.0]), np.array([[1.0]]), np.zeros((1, 1), dtype=np.int64))
    found = run(made, push, [0.0], watch=0)
    assert found.time[0] == pytest.approx(2.0, rel=1e-8)
    assert found.pressure[:, 0] == pytest.approx([2.0, 1.51], rel=1e-7)


@given(decades(-2, 2), st.floats(0.05, 0.95))
def test_an_alarm_comes_when_a_decay_says(out, share):
    """A source of 1 into 1 that drains through g: p = (1 - e^(-g t)) / g."""
    made = network([1.0], [(0, 1, Link(out))], [0.0])
    push = Schedule(np.array([20.0 / out]), np.array([[1.0]]), np.zeros((1, 1), dtype=np.int64))
    found = run(made, push, [0.0], watch=0, alarm=share / out)
    assert found.alarmed
    assert found.time[-1] == pytest.approx(-math.log1p(-share) / out, rel=1e-9)
    assert found.pressure[-1, 0] == pytest.approx(share / out, rel=1e-10)
    assert found.residual <= 1e-12 * found.time[-1]


@given(decades(-2, 2), decades(-2, 2), st.floats(0.01, 0.99))
def test_an_alarm_below_a_peak_within_a_phase_is_not_missed(gate, out, share):
    made, fast, slow = emptied(gate, out)
    when = math.log(fast / slow) / (fast - slow)
    peak = gate * (math.exp(-slow * when) - math.exp(-fast * when)) / (fast - slow)
    found = run(made, still(50.0 / slow), [1.0, 0.0], watch=LINE_NODE, alarm=share * peak)
    assert found.alarmed
    assert found.time[-1] < when
    assert found.pressure[-1, LINE_NODE] == pytest.approx(share * peak, rel=1e-9)
    assert not run(made, still(50.0 / slow), [1.0, 0.0], watch=LINE_NODE, alarm=1.0001 * peak).alarmed


def test_a_node_that_is_above_its_alarm_sounds_at_once():
    made, *_ = emptied(1.0, 1.0)
    found = run(made, still(1.0), [0.0, 2.0], watch=LINE_NODE, alarm=1.0)
    assert (found.alarmed, found.time.tolist(), found.volume.tolist()) == (True, [0.0], [[0.0, 0.0]])


@settings(max_examples=15)
@given(cases(4, 1), st.data())
def test_random_networks_have_the_extremes_that_radau_sees(case, data):
    made, plan, pressure, opened = case
    node = data.draw(st.integers(0, made.compliance.shape[0] - 1))
    judge = greatest_and_least(made, plan, pressure, opened, node)
    found = resolve(made, plan, 1, pressure, opened, watch=node)
    ends = np.append(0.0, np.cumsum(plan.duration))
    seen = np.append(pressure[node], found.pressure[:, node])
    times = np.append(0.0, found.time)
    for k in range(len(plan.duration)):
        within = seen[(times >= ends[k] * (1.0 - 1e-12)) & (times <= ends[k + 1] * (1.0 + 1e-12))]
        assert [within.max(), within.min()] == pytest.approx(judge[k], rel=2e-6, abs=1e-6)


@pytest.mark.parametrize(("drive", "hidden"), [(GATE, 1.5e3), (DUTY, 0.0)], ids=["gated", "duty cycle"])
def test_a_gate_that_opens_raises_a_line_as_high_as_radau_sees(drive, hidden):
    """The line of a spinal catheter with a wall: the ends of phases do not show what an accumulator does to it."""
    pump, state = joined(drive, BUTANE, wall=1e-15)
    state = state._replace(drive=fresh(drive, MEDIAN_LUCK))
    made = circuit(pump, state, carries=True, rate=RATE)
    plan = schedule(made.network, drive, state.drive, RATE)
    opened = np.zeros(made.network.kind.shape[0], dtype=np.int64)
    judge = greatest_and_least(made.network, plan, made.pressure, opened, LINE)
    found = resolve(made.network, plan, 1, made.pressure, opened, watch=LINE)
    ends = resolve(made.network, plan, 1, made.pressure, opened)
    assert found.pressure[:, LINE].max() == pytest.approx(judge[:, 0].max(), rel=1e-6)
    assert found.pressure[:, LINE].max() >= ends.pressure[:, LINE].max() + hidden
