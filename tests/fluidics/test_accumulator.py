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
from fluidics.engines.pace import NEVER, Force, Setting, paced
from tests.fluidics.parts import WATER

AIR, TIME, STORE, GATE = 101325.0, 10.0, 1e-14, 2e-14


def push(lump, volume, start, gate=GATE, leak=0.0, p_in=2e5, alarm=NEVER):
    """Return what an accumulator of 10 fL/Pa does in ten seconds, and by which pressures."""
    given = Setting(1e-12, WATER, lump, Force(NEVER, 1.0, False), alarm, False, STORE, gate)
    return emptied(given, paced(lump, leak, TIME, 0.0, 0.0, 1.0), volume, p_in, start)


def filled_to(volume, start, gate=GATE):
    """Return the pressure [Pa] of the accumulator that gives a volume [m3] to a line that stands still."""
    return start + volume / (STORE * -math.expm1(-gate * TIME / STORE))


lumps = st.builds(
    Lump, st.floats(-17.0, -12.0).map(lambda x: 10.0**x), st.just(0.0), st.sampled_from([0.0, 1e12, 1e14]),
    st.floats(-18.0, -12.0).map(lambda x: 10.0**x), st.floats(0.0, 2e3), st.just(AIR),
)  # fmt: skip


@given(lump=lumps, start=st.floats(-1e4, 3e5), volume=st.floats(-1e-9, 3e-9), leak=st.sampled_from([0.0, 1e-16]))
def test_two_stores_come_together_as_integrated_step_by_step(lump, start, volume, leak):
    done = push(lump, volume, start, leak=leak)
    through, back = 1.0 / (1.0 / GATE + lump.near), leak / (1.0 + leak * lump.near)

    def slopes(t, y):
        over = through * (y[0] - y[1])
        out, returned = lump.out * (y[1] - lump.rest), back * (y[1] - 2e5)
        return [-over / STORE, (over - out - returned) / lump.compliance, out, over - returned]

    first = [filled_to(volume, start), start, 0.0, 0.0]
    scale = max(map(abs, first)) + 1.0
    found = solve_ivp(
        slopes, (0.0, TIME), first, method="Radau", rtol=1e-9, atol=[1e-7 * scale, 1e-7 * scale, 1e-20, 1e-20]
    )
    assert done.passed.pressure == pytest.approx(found.y[1, -1], abs=1e-5 * scale)
    assert done.passed.delivered == pytest.approx(found.y[2, -1], rel=1e-5, abs=1e-14)
    assert done.passed.entered == pytest.approx(found.y[3, -1], rel=1e-5, abs=1e-14)
    drive_end = found.y[1] + lump.near * through * (found.y[0] - found.y[1])
    assert done.peak >= drive_end.max() - 1e-5 * scale
    assert done.peak <= max(filled_to(volume, start), start, 2e5) + 1e-9 * scale


@given(lump=lumps, start=st.floats(-1e4, 3e5), volume=st.floats(0.0, 3e-9), gas=st.sampled_from([0.0, 1e-5, 1e-3]))
def test_what_goes_in_is_kept_or_goes_out(lump, start, volume, gas):
    bubbly = lump._replace(gas=gas)
    done = push(bubbly, volume, start, leak=1e-17).passed
    kept = stored(bubbly, done.pressure) - stored(bubbly, start)
    moved = abs(done.entered) + abs(done.delivered) + abs(kept) + gas / AIR
    assert done.entered - done.delivered == pytest.approx(kept, abs=1e-12 * moved)


def test_a_line_that_keeps_its_pressure_takes_the_volume_asked_for():
    done = push(Lump(1e-7, 0.0, 0.0, 0.0, 0.0, AIR), 2e-9, 1e4)
    assert done.passed.entered == pytest.approx(2e-9, rel=1e-6)


@pytest.mark.parametrize("resistance", [1e15, 1e16, 1e17])
def test_a_rigid_line_takes_what_a_capacitor_gives_through_both_resistances(resistance):
    done = push(Lump(1e-19, 0.0, 0.0, 1.0 / resistance, 0.0, AIR), 2e-9, 0.0)
    gone = -math.expm1(-TIME / (STORE * (resistance + 1.0 / GATE)))
    assert done.passed.delivered == pytest.approx(STORE * filled_to(2e-9, 0.0) * gone, rel=1e-4)
    share = resistance / (resistance + 1.0 / GATE)
    assert done.peak == pytest.approx(filled_to(2e-9, 0.0) * share, rel=1e-3)


@given(alarm=st.floats(1e3, 1.9e5), wall=st.floats(-16.0, -13.0), near=st.sampled_from([0.0, 1e13]))
def test_an_alarm_ends_the_push_where_the_drive_sees_it(alarm, wall, near):
    lump = Lump(10.0**wall, 0.0, near, 1e-16, 0.0, AIR)
    free = push(lump, 2e-9, 0.0)
    held = push(lump, 2e-9, 0.0, alarm=alarm)
    assert held.passed.stopped == (free.peak >= alarm)
    if held.passed.stopped:
        at_once = filled_to(2e-9, 0.0) * near / (near + 1.0 / GATE)
        assert held.peak == pytest.approx(max(alarm, at_once), rel=1e-6)
        assert held.passed.time < TIME
        assert np.isfinite(held.passed).all()
