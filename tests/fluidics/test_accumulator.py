"""An accumulator that empties into a line: the two stores integrated step by step, limits, conservation, alarms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from fluidics.engines.accumulator import emptied
from fluidics.engines.lump import Lump, stored
from fluidics.engines.pace import NEVER, Force, Setting, Store, paced
from fluidics.engines.rungs import ENGINES
from fluidics.pump import new_pump
from fluidics.sites.blockage import Blocked
from scenarios.build import load
from tests.fluidics.parts import WATER

AIR, TIME, STORE, GATE, FULL = 101325.0, 10.0, 1e-14, 2e-14, 2e5


def push(lump, p_in, start, gate=GATE, leak=0.0, alarm=NEVER, unfilled=0.0):
    """Return what an accumulator of 10 fL/Pa, filled from a pressure, does in ten seconds."""
    store = Store(STORE, gate, 0.0, 0.0, unfilled)
    given = Setting(1e-12, WATER, lump, Force(NEVER, 1.0, False), alarm, False, store)
    return emptied(given, paced(lump, leak, TIME, 0.0, 0.0, 1.0), p_in, start)


lumps = st.builds(
    Lump, st.floats(-17.0, -12.0).map(lambda x: 10.0**x), st.just(0.0), st.sampled_from([0.0, 1e12, 1e14]),
    st.floats(-18.0, -12.0).map(lambda x: 10.0**x), st.floats(0.0, 2e3), st.just(AIR),
)  # fmt: skip


@given(lump=lumps, start=st.floats(-1e4, 3e5), p_in=st.floats(-1e4, 4e5), leak=st.sampled_from([0.0, 1e-16]))
def test_two_stores_come_together_as_integrated_step_by_step(lump, start, p_in, leak):
    done = push(lump, p_in, start, leak=leak)
    through, back = 1.0 / (1.0 / GATE + lump.near), leak / (1.0 + leak * lump.near)

    def slopes(t, y):
        over = through * (y[0] - y[1])
        out, returned = lump.out * (y[1] - lump.rest), back * (y[1] - p_in)
        return [-over / STORE, (over - out - returned) / lump.compliance, out, over - returned]

    first = [p_in, start, 0.0, 0.0]
    scale = max(map(abs, first)) + 1.0
    found = solve_ivp(
        slopes, (0.0, TIME), first, method="Radau", rtol=1e-9, atol=[1e-7 * scale, 1e-7 * scale, 1e-20, 1e-20]
    )
    assert done.passed.pressure == pytest.approx(found.y[1, -1], abs=1e-5 * scale)
    assert done.passed.delivered == pytest.approx(found.y[2, -1], rel=1e-5, abs=1e-14)
    assert done.passed.entered == pytest.approx(found.y[3, -1], rel=1e-5, abs=1e-14)
    drive_end = found.y[1] + lump.near * through * (found.y[0] - found.y[1])
    assert done.peak >= drive_end.max() - 1e-5 * scale
    assert done.peak <= max(p_in, start, lump.rest) + 1e-9 * scale


@given(
    gas=st.floats(-9.0, -3.0).map(lambda x: 10.0**x), out=st.floats(-19.0, -16.0).map(lambda x: 10.0**x),
    start=st.floats(0.0, 1e5), p_in=st.floats(1e5, 3e5),
)  # fmt: skip
def test_gas_behind_a_tip_that_is_nearly_shut_keeps_what_does_not_go_out(gas, out, start, p_in):
    lump = Lump(1e-15, gas, 0.0, out, 2e3, AIR)
    done = push(lump, p_in, start).passed

    def slopes(t, y):
        over, gone = GATE * (y[0] - y[1]), out * (y[1] - lump.rest)
        return [-over / STORE, (over - gone) / (lump.compliance + gas / (y[1] + AIR) ** 2), gone / 1e-15]

    found = solve_ivp(slopes, (0.0, TIME), [p_in, start, 0.0], method="Radau", rtol=1e-8, atol=1e-6)
    assert done.pressure == pytest.approx(found.y[1, -1], rel=1e-3)
    assert done.delivered == pytest.approx(1e-15 * found.y[2, -1], rel=0.01, abs=1e-5 * out * TIME * p_in)


@pytest.mark.parametrize("tip", [1e15, 1e20])
@pytest.mark.parametrize("air", [1e-12, 20e-12])
def test_a_bubble_behind_gates_lets_no_more_go_out_than_the_exact_engine_says(air, tip):
    design = load("gated-morphine").design
    site = Blocked(design.pump.site, tip)
    pump = design.pump._replace(site=site, catheter=design.pump.catheter._replace(air=air))
    stroke, exact = (
        ENGINES[name](pump, new_pump(pump), 10.0 * design.population.mean_rate, 1800.0, None, NEVER).delivered[-1]
        for name in ("stroke", "exact")
    )
    assert stroke == pytest.approx(exact, rel=1e-4)


@given(lump=lumps, start=st.floats(-1e4, 3e5), p_in=st.floats(-1e4, 4e5), gas=st.sampled_from([0.0, 1e-5, 1e-3]))
def test_what_goes_in_is_kept_or_goes_out(lump, start, p_in, gas):
    bubbly = lump._replace(gas=gas)
    done = push(bubbly, p_in, start, leak=1e-17).passed
    kept = stored(bubbly, done.pressure) - stored(bubbly, start)
    moved = abs(done.entered) + abs(done.delivered) + abs(kept) + gas / AIR
    assert done.entered - done.delivered == pytest.approx(kept, abs=1e-12 * moved)


@given(unfilled=st.floats(0.0, 0.95), gate=st.floats(1e-16, 1e-14))
def test_a_line_that_keeps_its_pressure_takes_what_two_exchanges_in_turn_let_through(unfilled, gate):
    """C (p_in - p) (1 - x) (1 - y) / (1 - x y), the law of the drive on a line that stands still."""
    done = push(Lump(1e-7, 0.0, 0.0, 0.0, 0.0, AIR), 2.1e5, 1e4, gate=gate, unfilled=unfilled)
    y = math.exp(-gate * TIME / STORE)
    through = (1.0 - unfilled) * (1.0 - y) / (1.0 - unfilled * y)
    assert done.passed.entered == pytest.approx(STORE * 2e5 * through, rel=1e-5)


@given(lump=lumps, unfilled=st.floats(0.0, 0.95))
def test_an_accumulator_fills_from_where_it_was_left(lump, unfilled):
    done = push(lump, FULL, 1e4, unfilled=unfilled)
    filled = FULL + unfilled * (done.store - FULL)
    assert done.passed.entered == pytest.approx(STORE * (filled - done.store), rel=1e-7, abs=1e-19)


@pytest.mark.parametrize("resistance", [1e15, 1e16, 1e17])
def test_a_rigid_line_takes_what_a_capacitor_gives_through_both_resistances(resistance):
    done = push(Lump(1e-19, 0.0, 0.0, 1.0 / resistance, 0.0, AIR), FULL, 0.0)
    gone = -math.expm1(-TIME / (STORE * (resistance + 1.0 / GATE)))
    assert done.passed.delivered == pytest.approx(STORE * FULL * gone, rel=1e-4)
    share = resistance / (resistance + 1.0 / GATE)
    assert done.peak == pytest.approx(FULL * share, rel=1e-3)


@given(alarm=st.floats(1e3, 1.9e5), wall=st.floats(-16.0, -13.0), near=st.sampled_from([0.0, 1e13]))
def test_an_alarm_ends_the_push_where_the_drive_sees_it(alarm, wall, near):
    lump = Lump(10.0**wall, 0.0, near, 1e-16, 0.0, AIR)
    free = push(lump, FULL, 0.0)
    held = push(lump, FULL, 0.0, alarm=alarm)
    assert held.passed.stopped == (free.peak >= alarm)
    if held.passed.stopped:
        at_once = FULL * near / (near + 1.0 / GATE)
        assert held.peak == pytest.approx(max(alarm, at_once), rel=1e-6)
        assert held.passed.time < TIME
        assert np.isfinite(held.passed).all()
