"""A line that is fed in pulses: its limits, and the periodic state summed pulse by pulse."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.lines.pulsed_line import line_storage, pulse_resistance
from fluidics.pump import new_pump
from tests.fluidics.gas_driven import SPINAL
from tests.fluidics.parts import ATMOSPHERE, HEPATIC_PUMP


def stepped(resistance: float, storage: float, on: float, off: float) -> float:
    """Return the same from the pressure that a thousand cycles of unit flow leave: a slow twin."""
    tau, start = resistance * storage, 0.0
    for _ in range(1000):
        top = resistance + (start - resistance) * math.exp(-on / tau)
        start = top * math.exp(-off / tau)
    during = resistance + (start - resistance) * tau / on * -math.expm1(-on / tau)
    return during - resistance * on / (on + off)


@given(st.floats(-2.0, 2.0), st.floats(-2.0, 2.0))
def test_the_periodic_state_is_what_many_pulses_lead_to(on, off):
    asked = (3.0, 1.0 / 3.0, 10.0**on, 10.0**off)
    assert pulse_resistance(*asked) == pytest.approx(stepped(*asked), rel=1e-9, abs=1e-8)


@given(st.floats(-3.0, 6.0), st.floats(-3.0, 6.0))
def test_a_rigid_line_resists_in_full_and_a_soft_one_not_at_all(on, off):
    up, down = 10.0**on, 10.0**off
    assert pulse_resistance(2e15, 0.0, up, down) == pytest.approx(2e15 * down / (up + down), rel=1e-9, abs=2e8)
    assert pulse_resistance(2e15, 1e3, up, down) <= 1e-12 * 2e15
    assert pulse_resistance(0.0, 1e-12, up, down) == 0.0


@given(st.floats(0.01, 100.0), st.floats(0.0, 100.0), st.floats(0.0, 10.0), st.floats(0.0, 10.0))
def test_what_a_line_stores_it_does_not_resist(on, off, less, more):
    soft = pulse_resistance(1.0, less + more, on, off)
    assert soft <= pulse_resistance(1.0, less, on, off) + 1e-12


def test_no_pause_leaves_no_swing():
    assert pulse_resistance(1e15, 1e-14, 60.0, 0.0) == 0.0


def test_air_stores_too():
    airy = HEPATIC_PUMP._replace(catheter=SPINAL._replace(air=2e-9))
    dry = HEPATIC_PUMP._replace(catheter=SPINAL)
    more = line_storage(airy, new_pump(airy)) - line_storage(dry, new_pump(dry))
    assert more == pytest.approx(2e-9 / ATMOSPHERE, rel=1e-9)
