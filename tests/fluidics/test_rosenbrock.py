"""Smooth networks through time: the stiff pump, other methods, closed forms, balance, refusals; published cases
stand in `test_published_networks`."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.engines.exact import resolve
from fluidics.engines.rosenbrock import integrate
from fluidics.forcing import forcing, shifted
from fluidics.network import CHECK, Link, network
from tests.fluidics.parts import run
from tests.fluidics.pump_transient import (
    AFTER_131,
    DRAWN,
    END_OF_PUSH,
    KPA,
    MICROLITRE,
    OCCLUSION,
    P1,
    transient,
    transient_network,
    transient_schedule,
)
from tests.fluidics.smooth import GATED, by_radau, open_tubes, pushed, random_network, still

TIGHT = 1e-12
ATMOSPHERE = 101325.0


# --- the stiff pump ----------------------------------------------------------------------------------------------


def test_stiff_pump_agrees_with_the_exact_propagator_through_an_occlusion():
    """Same linear reservoir for both; errors are relative to the pressure or 1 kPa."""
    start = np.array([-27e3, -10e3, 1e3, 1e3, 1e3, 1e3])
    opened = np.zeros(6, dtype=np.int64)
    for occluded in (False, True):
        made = transient_network(0.0, occluded)
        loose = integrate(made, transient_schedule(), 40, start, opened, 1e-6)
        found = integrate(made, transient_schedule(), 40, start, opened, 1e-8)
        exact = resolve(made, transient_schedule(), 40, start, opened)
        wrong = np.abs(loose.pressure - exact.pressure) / np.maximum(np.abs(exact.pressure), 1e3)
        assert wrong.max() < 5e-6
        wrong = np.abs(found.pressure - exact.pressure) / np.maximum(np.abs(exact.pressure), 1e3)
        assert wrong.max() < 5e-8
        assert found.volume[:, 0] == pytest.approx(exact.volume[:, 0], rel=1e-7)
        assert np.array_equal(found.open, exact.open)
        assert found.switches == exact.switches
        assert found.residual < 1e-9 * found.volume[-1, 0]
        start, opened = exact.pressure[-1].copy(), exact.open[-1]


def test_stiff_pump_gives_the_published_digits_over_the_first_occluded_strokes():
    day = transient(lambda *given: integrate(*given, 1e-7), OCCLUSION + 11, 30)
    for strokes in (1, OCCLUSION, OCCLUSION + 1):
        assert day.drawn[4 * strokes - 1] / MICROLITRE == pytest.approx(DRAWN[strokes], rel=2e-7)
    for strokes in (1, OCCLUSION + 1):
        assert day.pressure[4 * strokes - 4, P1] / KPA == pytest.approx(END_OF_PUSH[strokes], rel=1e-6)
    assert day.pressure[4 * (OCCLUSION + 11) - 4, P1] / KPA == pytest.approx(AFTER_131, rel=1e-6)
    assert day.residual < 1e-9 * day.drawn[-1]


# --- another method on other variables ---------------------------------------------------------------------------


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), valves=st.booleans())
def test_random_networks_agree_with_radau(seed, valves):
    made = random_network(seed, valves)
    n = len(made.compliance)
    flow = 2e-9 if valves else 1e-9
    plan = still(2.0, made, 4)
    plan.source[0, 0], plan.source[2, n - 1] = flow, -0.3 * flow
    start = np.linspace(4e3, 2e3, n)
    waves = [] if valves else [(n + 1, 1e3, 0.7, 0.1)]
    done = integrate(made, plan, 1, start, open_tubes(made), 1e-10, forcing(*waves))
    pressure, volume = by_radau(made, plan, start, waves)
    assert done.pressure == pytest.approx(pressure, rel=1e-6, abs=1e-3)
    assert done.volume == pytest.approx(volume, rel=1e-6, abs=1e-15)
    assert done.residual < 1e-9 * np.abs(done.volume).max()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), friction=st.floats(0.0, 5e3))
def test_random_networks_with_valves_agree_with_the_exact_propagator(seed, friction):
    made = random_network(seed, True)
    n = len(made.compliance)
    made = made._replace(gas=np.zeros(n), loss=np.zeros(n + 1), lift=np.zeros(n + 1))
    made = made._replace(breakaway=made.crack + friction * (made.kind == CHECK))
    plan = still(3.0, made, 3)
    plan.source[0, 0], plan.source[1, 0], plan.source[2, n - 1] = 4e-9, -2e-9, 1e-9
    start = np.full(n, 2e3)
    done = integrate(made, plan, 4, start, open_tubes(made), 1e-9)
    exact = resolve(made, plan, 4, start, open_tubes(made))
    assert done.pressure == pytest.approx(exact.pressure, rel=1e-6, abs=1e-3)
    assert done.volume == pytest.approx(exact.volume, rel=1e-6, abs=1e-15)
    assert np.array_equal(done.open, exact.open)
    assert done.switches == exact.switches


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), low=st.floats(2e3, 30e3), more=st.floats(100.0, 30e3))
def test_more_driving_pressure_never_delivers_less(seed, low, more):
    made = random_network(seed, False)
    start, plan = np.full(len(made.compliance), 1e3), still(5.0, made)
    through = []
    for drive in (low, low + more):
        driven = made._replace(boundary=np.array([drive, made.boundary[1]]))
        done = integrate(driven, plan, 1, start, open_tubes(made), 1e-9)
        through.append(done.volume[-1, len(made.compliance)])  # the link from the last node to the outlet
        highest, lowest = max(1e3, *driven.boundary), min(1e3, *driven.boundary)
        assert np.all(done.pressure <= highest + 1e-3)
        assert np.all(done.pressure >= lowest - 1e-3)
        assert done.residual < 1e-9 * np.abs(done.volume).max()
    assert through[1] > through[0] - 1e-7 * abs(through[0])


# --- gas ---------------------------------------------------------------------------------------------------------


def test_a_bubble_emptied_through_a_resistance_follows_its_closed_form():
    """With x = P / P_end: dx/dt = -x^2 (x - 1) / tau, so t / tau = [1/x + ln(1 - 1/x)] from start to end."""
    gas, resistance = 2e-4, 1e12
    made = network([0.0], [(0, 1, Link(1.0 / resistance))], [0.0], [gas])
    tau = gas * resistance / ATMOSPHERE**2
    x0, x1 = 3.0, 1.2
    duration = tau * ((math.log(1.0 - 1.0 / x0) + 1.0 / x0) - (math.log(1.0 - 1.0 / x1) + 1.0 / x1))
    done = integrate(made, still(duration, made), 1, np.array([(x0 - 1.0) * ATMOSPHERE]), np.array([1]), 1e-10)
    assert done.pressure[-1, 0] / ATMOSPHERE + 1.0 == pytest.approx(x1, rel=1e-8)
    assert done.volume[-1, 0] == pytest.approx(gas / ATMOSPHERE * (1.0 / x1 - 1.0 / x0), rel=1e-8)


@pytest.mark.parametrize(("before", "after", "taken"), [(1.0, 1.3, 3.0), (1.3, 1.0, -3.9)])
def test_a_step_of_the_ambient_pressure_moves_fluid_by_boyle(before, after, taken):
    """13 uL of gas in a line: going down to 1.3 atmospheres takes 3.0 uL of what the pump delivers, 0.3 units of U100.

    Up again it gives back as much as it then holds: 13 uL at 1.3 atmospheres are 16.9 uL at one. Clinical chamber:
    -0.2 units within ten minutes, +0.3 units on the way back, whatever the rate (Bertuzzi et al., 2017; +-0.1).
    """
    gas = before * ATMOSPHERE * 13 * MICROLITRE
    for rate in (0.0, 20 * MICROLITRE / 3600.0):
        made = network([1e-17], [(0, 1, Link(1e-12))], [0.0], [gas], after * ATMOSPHERE)
        start = np.array([(before - after) * ATMOSPHERE])  # the gas still has its old volume
        done = integrate(made, pushed(600.0, made, 0, rate), 1, start, np.array([1]), 1e-9)
        assert (600.0 * rate - done.volume[-1, 0]) / MICROLITRE == pytest.approx(taken, rel=2e-3)
        assert done.residual < 1e-9 * abs(taken) * MICROLITRE


# --- valves ------------------------------------------------------------------------------------------------------


def test_dry_friction_gives_way_at_its_breakaway_and_holds_again_at_its_crack():
    """1e-10 m3/s fill 1e-12 m3/Pa from 4 to 10 kPa in 60 s; then exp(-100 t) to 4.001 kPa; drawing shuts at 4 kPa."""
    flow, store, conductance = 1e-10, 1e-12, 1e-10
    slip = Link(conductance, 1e-26, 4e3, 10e3, 0.0, CHECK)
    made = network([store], [(0, 1, slip)], [0.0])
    plan = pushed(1.0, made, 0, flow, 4)
    plan = plan._replace(duration=np.array([59.99, 0.03, 1.0, 10.0]))
    plan.source[3, 0] = -flow
    done = integrate(made, plan, 1, np.array([4e3]), np.array([0]), 1e-10)
    rest = flow / conductance
    last = math.log(2.0) / 100.0  # drawing as fast as before, flow and slip are through at half of it
    wanted = [9999.0, 4e3 + rest + (6e3 - rest) * math.exp(-2.0), 4e3 + rest, 4e3 - (10.0 - last) * flow / store]
    assert done.pressure[:, 0] == pytest.approx(wanted, rel=1e-8)
    assert done.open[:, 0].tolist() == [0, 1, 1, 0]
    assert done.switches == 2
    assert done.volume[-1, 0] == pytest.approx(flow * 51.02 - store * (done.pressure[-1, 0] - 4e3), rel=1e-9)


def test_gates_follow_the_schedule():
    plan = still(2.0, GATED, 2)
    plan.gates[1, 1] = 1
    done = integrate(GATED, plan, 3, np.array([50e3, 2e3]), np.array([1, 0, 1]), 1e-9)
    assert np.array_equal(done.open[:, 1], [0, 1] * 3)
    assert done.switches == 5
    leaked = done.volume[2, 1] - done.volume[1, 1]
    assert 0.0 < leaked < 1e-17 * 50e3


def test_a_check_that_is_shortly_open_within_a_step_is_not_missed():
    """A wave lifts the pressure over the crack for a hundredth of its period, while a step takes six of them."""
    check = Link(1e-9, 1e-20, 9.995e3, 9.995e3, 0.0, CHECK)
    made = network([1e-12], [(1, 0, Link(1e-6)), (0, 2, check)], [0.0, 0.0])
    waves = forcing((1, 10e3, 1e-3, 0.0))
    done = integrate(made, still(1000.0, made, 1), 5, np.zeros(1), np.array([1, 0]), 1e-5, waves)
    assert done.switches == 10


def test_pressure_never_passes_the_stall_and_the_wall_comes_home():
    """A wall pushes 1 uL into a shut line, gives way at 100 kPa, and draws back only what it displaced."""
    stall, stored = 100e3, 2e-15
    relief = Link(1e-10, 1e-24, stall, stall, 0.0, CHECK)
    made = network([stored, 1e-10], [(0, 3, relief), (1, 0, Link(1e-24)), (0, 2, Link(1e-24))], [0.0, 0.0])
    plan = still(3.0, made, 3)
    plan.source[0, 0], plan.source[2, 0] = 1e-9, -1e-9
    done = integrate(made, plan, 4, np.zeros(2), np.array([0, 1, 1]), 1e-9, relief=0)
    assert done.pressure[:, 0].max() <= stall + 1e-9 / 1e-10 + 1.0
    assert done.retained == pytest.approx(4.0 * (1e-9 - stored * stall), rel=1e-3)
    assert done.pressure[2::3, 0] == pytest.approx(0.0, abs=1.0)
    assert done.residual < 1e-9 * 4e-9
    same = resolve(made, plan, 4, np.zeros(2), np.array([0, 1, 1]), relief=0)
    assert done.pressure == pytest.approx(same.pressure, rel=1e-7, abs=1e-2)
    assert done.retained == pytest.approx(same.retained, rel=1e-7)


# --- what holds for every run ------------------------------------------------------------------------------------


def test_stretches_in_two_calls_are_one():
    made = random_network(7, True)
    n = len(made.compliance)
    plan = pushed(2.0, made, 0, 2e-9, 3)
    start = np.full(n, 2e3)
    waves = forcing((n + 1, 2e3, 0.31, 0.2))
    whole = integrate(made, plan, 6, start, open_tubes(made), 1e-10, waves)
    first = integrate(made, plan, 2, start, open_tubes(made), 1e-10, waves)
    then = integrate(made, plan, 4, first.pressure[-1], first.open[-1], 1e-10, shifted(waves, 4.0))
    assert then.pressure == pytest.approx(whole.pressure[6:], rel=1e-8, abs=1e-5)
    assert first.volume[-1] + then.volume[-1] == pytest.approx(whole.volume[-1], rel=1e-8, abs=1e-17)


def test_time_may_be_counted_in_any_unit():
    """Hours instead of seconds: rates and frequencies scale, pressures do not."""
    made = random_network(11, False)
    n = len(made.compliance)
    start = np.full(n, 2e3)
    slow = made._replace(conductance=made.conductance / 3600.0, loss=made.loss * 3600.0**2)
    one = integrate(made, pushed(3.0, made, 0, 1e-9), 2, start, open_tubes(made), 1e-10, forcing((n, 1e3, 0.5, 0.0)))
    many = integrate(
        slow, pushed(10800.0, slow, 0, 1e-9 / 3600.0), 2, start, open_tubes(made), 1e-10,
        forcing((n, 1e3, 0.5 / 3600.0, 0.0)),
    )  # fmt: skip
    assert many.pressure == pytest.approx(one.pressure, rel=1e-9)
    assert many.volume == pytest.approx(one.volume, rel=1e-9, abs=1e-18)


def test_every_third_stroke_is_recorded_and_the_last():
    made = random_network(3, False)
    plan, start = pushed(1.0, made, 0, 1e-9, 2), np.full(len(made.compliance), 1e3)
    all_rows = integrate(made, plan, 7, start, open_tubes(made))
    some = integrate(made, plan, 7, start, open_tubes(made), every=3)
    kept = [0, 1, 6, 7, 12, 13]
    assert np.array_equal(some.pressure, all_rows.pressure[kept])
    assert np.array_equal(some.time, all_rows.time[kept])
    assert np.array_equal(some.volume, all_rows.volume[kept])


def test_nothing_moves_when_nothing_pushes():
    made = network([1e-12, 0.0], [(0, 1, Link(1e-12, loss=1e22)), (1, 2, Link(1e-12, loss=1e22))], [0.0], [0.0, 1e-3])
    done = integrate(made, still(1e6, made), 3, np.zeros(2), open_tubes(made))
    assert not done.pressure.any()
    assert not done.volume.any()
    assert done.rejected == 0


def test_tolerance_orders_the_error():
    made = random_network(19, False)
    plan, start = pushed(2.0, made, 0, 3e-9), np.full(len(made.compliance), 1e3)
    best = integrate(made, plan, 1, start, open_tubes(made), TIGHT).pressure
    errors = [
        np.abs(integrate(made, plan, 1, start, open_tubes(made), tolerance).pressure - best).max()
        for tolerance in (1e-4, 1e-6, 1e-8)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[2] < 1e-7 * np.abs(best).max()


def test_compiled_and_plain_python_give_the_same_bits():
    probe = """
import hashlib, numpy as np
from fluidics.engines.rosenbrock import integrate
from fluidics.forcing import forcing
from tests.fluidics.smooth import open_tubes, pushed, random_network
made = random_network(7, True)
n = len(made.compliance)
waves = forcing((n + 1, 2e3, 0.31, 0.2))
done = integrate(made, pushed(1.0, made, 0, 2e-9, 2), 2, np.full(n, 2e3), open_tubes(made), 1e-7, waves)
print(done.switches, hashlib.sha256(done.pressure.tobytes() + done.volume.tobytes()).hexdigest())
"""
    compiled, plain = run(probe), run(probe, NUMBA_DISABLE_JIT="1")
    assert compiled == plain


# --- refusals ----------------------------------------------------------------------------------------------------


def test_a_rigid_room_that_is_filled_beyond_its_gas_raises():
    made = network([0.0], [(0, 1, Link(1e-60))], [0.0], [1e-4])
    with pytest.raises(RuntimeError, match="stroke 2, phase 1: no step converges"):
        integrate(made, pushed(1.0, made, 0, 0.6e-9), 3, np.zeros(1), np.array([1]))


def test_valves_that_never_rest_raise():
    made = network([1e-12], [(0, 1, Link(1e-9, 1e-15, 1e3, 1e3, 0.0, CHECK)), (0, 2, Link(1e-9))], [0.0, 0.0])
    waves = forcing((2, 3e3, 100.0, 0.0))
    with pytest.raises(RuntimeError, match="stroke 1, phase 1: valves switched more than 100000 times"):
        integrate(made, still(600.0, made), 1, np.zeros(1), np.array([0, 1]), 1e-4, waves)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"tolerance": 0.0}, "tolerance must be above zero, given 0.0"),
        ({"tolerance": math.nan}, "tolerance must be above zero"),
        ({"forcing": forcing((9, 1.0, 1.0, 0.0))}, r"forcing acts on \[9\]; nodes and boundaries are 0 to 3"),
        ({"pressure": np.array([0.0, -2e5])}, "node 1: its gas starts at -98675 Pa absolute"),
        ({"pressure": np.zeros(3)}, "pressure has shape"),
        ({"strokes": 0}, "strokes must be a whole number from 1"),
        ({"relief": 1}, "relief 1 must be -1 or the number of a check from a node to a boundary"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(change, sentence):
    tube = Link(1e-12)
    made = network([1e-12, 0.0], [(2, 0, tube), (0, 1, tube), (1, 3, tube)], [1e3, 0.0], [0.0, 1e-3])
    given_all = {
        "network": made, "schedule": still(1.0, made), "strokes": 1, "pressure": np.zeros(2),
        "open_links": open_tubes(made),
    } | change  # fmt: skip
    with pytest.raises(ValueError, match=sentence):
        integrate(**given_all)
