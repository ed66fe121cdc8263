"""How long a drive pushes, and what its phases say of gates."""

from __future__ import annotations

from fluidics.drives import MultiRate
from fluidics.engines.lump import lumped
from fluidics.engines.pace import NEVER, active_time, hold_time, lead_time, setting, straight
from fluidics.pump import Stateless
from tests.fluidics.implanted import DUTY, GATE, SAMPLES, joined
from tests.fluidics.implanted import RATE as SLOW
from tests.fluidics.parts import ACTIVE, HEPATIC_PUMP, INSULIN_PUMP, RATE, WATER


def test_a_drive_pushes_while_its_phases_say_so():
    insulin = active_time(INSULIN_PUMP.drive, ACTIVE.drive, RATE, 432.0)
    assert insulin == INSULIN_PUMP.drive.push_time
    assert active_time(HEPATIC_PUMP.drive, Stateless(), 0.0, 60.0) == 60.0
    assert active_time(INSULIN_PUMP.drive, ACTIVE.drive, RATE, 0.05) == 0.05


def test_a_piston_holds_what_it_has_pushed():
    assert hold_time(INSULIN_PUMP.drive, ACTIVE.drive, RATE) == INSULIN_PUMP.drive.hold_time
    assert hold_time(DUTY, Stateless(), SLOW) == 0.0


def test_a_gate_before_an_open_outlet_pushes_while_it_is_open():
    """0.5 of 4 mL/d: an eighth of the ten minutes."""
    assert straight(DUTY, Stateless(), SLOW)
    assert active_time(DUTY, Stateless(), SLOW, DUTY.cycle) == 0.125 * DUTY.cycle
    assert active_time(*SAMPLES[MultiRate], SLOW, 60.0) == 60.0


def test_a_gate_that_fills_an_accumulator_does_not_push():
    own = SAMPLES[type(GATE)][1]
    assert not straight(GATE, own, SLOW)
    assert active_time(GATE, own, SLOW, 432.0) == GATE.dump_time
    assert lead_time(GATE, own, SLOW) == GATE.fill_time + GATE.pause
    assert lead_time(DUTY, Stateless(), SLOW) == lead_time(INSULIN_PUMP.drive, ACTIVE.drive, RATE) == 0.0


def test_only_what_a_gate_shuts_off_is_an_accumulator():
    held = []
    for drive in (GATE, DUTY):
        pump, state = joined(drive)
        given = setting(pump, state, SLOW, WATER, lumped(pump, state, WATER), NEVER)
        held.append((given.store.compliance, given.straight))
    assert held == [(GATE.accumulator, False), (0.0, True)]
