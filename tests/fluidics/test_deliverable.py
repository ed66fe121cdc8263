"""What a drive cannot deliver is found: too fast, too slow, part of a stroke, at once, cancelled."""

from __future__ import annotations

import pytest

from fluidics.drives import DutyCycle, Gated, Peristaltic
from fluidics.engines.rungs import ENGINES
from fluidics.engines.trace import traced
from fluidics.programmes.basal import constant, daily
from fluidics.programmes.deliverable import (
    AT_ONCE,
    CANCELLED,
    PART_OF_A_STROKE,
    TOO_FAST,
    TOO_SLOW,
    bolus_step,
    quantum,
    undeliverable,
)
from fluidics.programmes.programme import suspended, with_bolus
from fluidics.pump import new_pump
from fluidics.questions import fastest, flow, operate, phases, stroke, strokes
from tests.fluidics.parts import ATMOSPHERE, HEPATIC_PUMP, INSULIN_PUMP, SAMPLES

DAY = 86400.0
UNIT = 2.5e-9  # m3 of U400
SPEED = 100.0 * UNIT / 3600.0
PISTON = SAMPLES[type(INSULIN_PUMP.drive)]
RESTRICTOR = SAMPLES[type(HEPATIC_PUMP.drive)]


FOLLOWING = sorted((kind for kind in SAMPLES if kind in flow.answers), key=lambda kind: kind.__name__)


def test_a_piston_is_as_fast_as_push_hold_and_return_allow():
    """Half a microlitre in half a second is a microlitre in a second."""
    assert fastest(PISTON[0]) == pytest.approx(1e-9, rel=1e-12)


def test_at_the_fastest_rate_the_phases_just_fit():
    rate = fastest(PISTON[0])
    assert sum(p.duration for p in phases(*PISTON, rate)) == pytest.approx(
        stroke(*PISTON, rate, 0.0, 0.0, ATMOSPHERE, 1e-3).period, rel=1e-12
    )


def test_a_restrictor_has_no_strokes_and_no_fastest_rate():
    assert fastest(RESTRICTOR[0]) >= 1e300
    assert quantum(RESTRICTOR[0]) == 0.0


def test_a_rotor_is_as_fast_as_its_motor_and_stops_anywhere():
    drive, own = SAMPLES[Peristaltic]
    slow = drive._replace(shortest_passage=2.0)
    assert fastest(drive) >= 1e300
    assert fastest(slow) == pytest.approx(drive.revolution_volume / (2.0 * drive.rollers), rel=1e-12)
    assert quantum(slow) == pytest.approx(drive.revolution_volume / drive.rollers, rel=1e-12)
    assert bolus_step(slow, own) == 0.0
    assert bolus_step(*PISTON) == quantum(PISTON[0])


@pytest.mark.parametrize("kind", FOLLOWING, ids=lambda kind: kind.__name__)
def test_beyond_its_fastest_rate_a_drive_does_what_it_does_there(kind):
    drive, own = SAMPLES[kind]
    if kind is Peristaltic:
        drive = drive._replace(shortest_passage=0.5)
    if fastest(drive) >= 1e300:
        return
    pump = INSULIN_PUMP._replace(drive=drive)
    state = new_pump(pump)

    def answers(rate):
        return (
            flow(drive, own, rate, 2e5, 3e4, ATMOSPHERE, 7e-4),
            strokes(drive, rate),
            phases(drive, own, rate),
            stroke(drive, own, rate, 2e5, 3e4, ATMOSPHERE, 7e-4),
            operate(drive, own, rate, 2e5, 7e-4, pump, state),
        )

    assert answers(7.0 * fastest(drive)) == answers(fastest(drive)) != answers(0.3 * fastest(drive))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_pump_asked_for_too_much_delivers_its_fastest_rate_in_every_engine(engine):
    """A microlitre a second for half a minute, whatever is programmed above that."""
    day = [
        traced(INSULIN_PUMP, new_pump(INSULIN_PUMP), constant(rate, 60.0), 30.0, engine).delivered[-1]
        for rate in (1e-9, 2.5e-9)
    ]
    assert day[0] == day[1] == pytest.approx(INSULIN_PUMP.drive.accuracy * 30e-9, rel=0.05)


def test_quantum_of_a_gate_is_its_aliquot_however_long_its_cycle_takes():
    drive = SAMPLES[Gated][0]
    assert quantum(drive) == pytest.approx(drive.aliquot, rel=1e-15)
    assert quantum(drive._replace(fill_time=1e3)) == quantum(drive)


def test_gates_are_as_fast_as_their_shortest_cycle_or_an_open_gate():
    drive = SAMPLES[Gated][0]
    cycle = drive.fill_time + drive.dump_time + 2.0 * drive.pause
    assert fastest(drive) == pytest.approx(drive.aliquot / cycle, rel=1e-12)
    assert fastest(SAMPLES[DutyCycle][0]) == SAMPLES[DutyCycle][0].full_rate


def test_a_duty_cycle_has_no_volume_of_its_own():
    assert quantum(SAMPLES[DutyCycle][0]) == 0.0


def test_quantum_is_the_stroke_volume():
    assert quantum(PISTON[0]) == pytest.approx(INSULIN_PUMP.drive.stroke_volume, rel=1e-15)


def reasons(programme, fastest=1e-9, slowest=0.0, quantum=0.0):
    return [(found.reason, found.start) for found in undeliverable(programme, fastest, slowest, quantum)]


def test_what_a_pump_can_do_is_not_complained_about():
    made = with_bolus(constant(UNIT / 3600.0, DAY), 3600.0, 6.0 * UNIT, SPEED)
    assert reasons(made, slowest=0.2 * UNIT / 3600.0, quantum=0.2 * UNIT) == []


def test_rates_out_of_reach_are_found_where_they_begin():
    made = daily([0.0, 3600.0, 7200.0], [1.0, 3.0, 0.0], DAY)
    assert reasons(made, fastest=2.0) == [(TOO_FAST, 3600.0)]
    assert reasons(made, fastest=9.0, slowest=2.0) == [(TOO_SLOW, 0.0)]


def test_a_rate_at_the_limit_is_within_it():
    assert reasons(constant(2.0, DAY), fastest=2.0, slowest=2.0) == []


def test_a_bolus_of_a_stroke_and_a_half_is_found_and_an_extended_one_is_not():
    made = with_bolus(constant(0.0, DAY), 60.0, 0.3 * UNIT, SPEED)
    assert reasons(made, quantum=0.2 * UNIT) == [(PART_OF_A_STROKE, 60.0)]
    assert reasons(with_bolus(constant(0.0, DAY), 60.0, 0.3 * UNIT, SPEED, 600.0), quantum=0.2 * UNIT) == []


def test_boluses_at_once_are_found_and_boluses_one_after_the_other_are_not():
    made = with_bolus(constant(0.0, DAY), 0.0, 5.0 * UNIT, SPEED)  # until 180 s
    assert reasons(with_bolus(made, 120.0, UNIT, SPEED)) == [(AT_ONCE, 120.0)]
    assert reasons(with_bolus(made, 180.0, UNIT, SPEED)) == []
    assert reasons(with_bolus(made, 120.0, UNIT, SPEED, over=600.0)) == []


def test_a_cancelled_bolus_tells_how_much_of_it_is_given():
    made = with_bolus(suspended(constant(0.0, DAY), 60.0, 600.0), 0.0, 5.0 * UNIT, SPEED)
    (found,) = undeliverable(made, 1e-9, 0.0, 0.0)
    assert found.reason == CANCELLED
    assert (found.asked, found.limit) == (5.0 * UNIT, pytest.approx(5.0 * UNIT / 3.0))
