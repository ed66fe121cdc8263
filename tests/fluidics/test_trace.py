"""One device in time by three engines: they agree, fluid is kept, the world may change, alarms stop the pump."""

from __future__ import annotations

import numpy as np
import pytest

from fluidics.engines.rungs import ENGINES
from fluidics.engines.trace import Blockage, Change, Event, traced
from fluidics.programmes.basal import constant
from fluidics.programmes.programme import with_bolus
from fluidics.pump import new_pump
from tests.fluidics.implanted import BUTANE, GATE, ROLLER, joined
from tests.fluidics.implanted import RATE as ROTOR_RATE
from tests.fluidics.parts import ATMOSPHERE, DAY, HEPATIC_PUMP, INSULIN_PUMP, RATE

HOUR = 3600.0
SOFT = INSULIN_PUMP._replace(catheter=INSULIN_PUMP.catheter._replace(wall_compliance=1e-13))


def day(pump, engine, programme=None, span=DAY, **more):
    return traced(pump, new_pump(pump), programme or constant(RATE, DAY), span, engine, **more)


@pytest.mark.parametrize("pump", [INSULIN_PUMP, HEPATIC_PUMP, SOFT], ids=["piston", "restrictor", "soft line"])
@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_delivers_a_day(pump, engine):
    """Within 0.2 %, what the chamber of a piston takes out of its strokes."""
    trace, panel = day(pump, engine), day(pump, "panel")
    assert trace.delivered[-1] == pytest.approx(panel.delivered[-1], rel=3e-3)
    assert trace.programmed[-1] == pytest.approx(RATE * DAY, rel=1e-12)
    assert abs(trace.residual) <= 1e-9 * trace.delivered[-1]
    assert np.all(np.diff(trace.time) > 0.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_reservoir_loses_what_is_drawn(engine):
    trace = day(INSULIN_PUMP, engine)
    assert trace.state.reservoir.volume == pytest.approx(trace.drawn[-1], rel=1e-12)
    spent = new_pump(INSULIN_PUMP).power.energy - trace.state.power.energy
    power = INSULIN_PUMP.power
    assert spent == pytest.approx(power.base_power * DAY + power.stroke_energy * trace.strokes, rel=1e-3)


@pytest.mark.parametrize("engine", ["exact", "stroke"])
def test_a_bolus_is_given_in_strokes(engine):
    meal = 20e-9
    programme = with_bolus(constant(RATE, DAY), 7.0 * HOUR, meal, 60.0 * RATE)
    trace, plain = day(INSULIN_PUMP, engine, programme), day(INSULIN_PUMP, engine)
    assert trace.delivered[-1] - plain.delivered[-1] == pytest.approx(meal, rel=0.02)
    assert trace.strokes - plain.strokes == pytest.approx(meal / INSULIN_PUMP.drive.stroke_volume, abs=1.0)


@pytest.mark.parametrize("engine", ["exact", "stroke"])
def test_a_shut_line_holds_the_missed_volume_and_gives_it_back(engine):
    """Until the drive stalls the line takes up compliance times pressure; opened, it delivers that at once."""
    shut, opened = Blockage(2.0 * HOUR, 1e20), Blockage(20.0 * HOUR, 0.0)
    trace = day(SOFT, engine, blockages=(shut, opened))
    at = np.searchsorted(trace.time, 19.9 * HOUR)
    held = trace.drawn[at] - trace.delivered[at]
    stall, stored = SOFT.drive.stall_pressure, 1e-13
    assert held == pytest.approx(stored * (stall - SOFT.site.pressure), rel=0.12)
    after = np.searchsorted(trace.time, 20.2 * HOUR)
    assert trace.delivered[after] - trace.delivered[at] == pytest.approx(held, rel=0.15)
    assert [event.name for event in trace.events] == ["blockage", "release"]


@pytest.mark.parametrize("engine", ["exact", "stroke"])
def test_an_alarm_comes_when_the_line_is_loaded_and_stops_the_pump(engine):
    trace = day(SOFT, engine, blockages=(Blockage(2.0 * HOUR, 1e20),), alarm=60e3)
    (_, alarm) = trace.events
    wanted = 1e-13 * (60e3 - SOFT.site.pressure) / RATE
    stroke_time = SOFT.drive.stroke_volume / RATE
    assert alarm.name == "alarm"
    assert alarm.time == pytest.approx(2.0 * HOUR + wanted, abs=2.0 * stroke_time)
    later = trace.time > alarm.time + stroke_time
    assert np.ptp(trace.drawn[later]) < 0.05 * SOFT.drive.stroke_volume  # what the seats leak back


BLOCKED = Blockage(2.0 * HOUR, 1e20), Blockage(5.0 * HOUR, 0.0)
ANSWER = 1200.0


@pytest.mark.parametrize("engine", ENGINES)
def test_an_alarm_that_is_answered_sounds_again_until_the_line_is_open(engine):
    trace = day(SOFT, engine, blockages=BLOCKED, alarm=60e3, answer=ANSWER)
    told = [event for event in trace.events if event.name in ("alarm", "answered")]
    assert [event.name for event in told] == ["alarm", "answered"] * (len(told) // 2)
    assert len(told) >= 8
    for alarm, answered in zip(told[::2], told[1::2], strict=True):
        assert answered.time == pytest.approx(alarm.time + ANSWER, abs=1e-6)
    for answered, alarm in zip(told[1::2], told[2::2], strict=False):
        assert 0.0 <= alarm.time - answered.time <= SOFT.drive.stroke_volume / RATE
    assert 5.0 * HOUR <= told[-1].time < 5.0 * HOUR + ANSWER


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_missed_until_an_answer_stays_missed_and_no_fluid_is_lost(engine):
    """Each alarm cuts a stroke short; its rest is missed too. The wall of the chamber comes home meanwhile."""
    trace, free = day(SOFT, engine, blockages=BLOCKED, alarm=60e3, answer=ANSWER), day(SOFT, engine)
    alarms, stroke = sum(event.name == "alarm" for event in trace.events), SOFT.drive.stroke_volume
    missed = free.delivered[-1] * (1.0 - ANSWER * alarms / DAY) - trace.delivered[-1]
    assert -0.5 * stroke < missed < (alarms + 0.5) * stroke
    assert abs(trace.residual) <= 1e-9 * trace.delivered[-1]
    assert trace.drawn[-1] == pytest.approx(trace.delivered[-1], abs=1e-3 * stroke)
    assert trace.state.reservoir.volume == pytest.approx(trace.drawn[-1], rel=1e-12)
    assert (np.diff(trace.time) > 0.0).all()


def test_engines_that_know_the_line_agree_on_alarms_and_answers():
    exact, stroke = (day(SOFT, engine, blockages=BLOCKED, alarm=60e3, answer=ANSWER) for engine in ("exact", "stroke"))
    assert [event.name for event in exact.events] == [event.name for event in stroke.events]
    assert np.allclose([e.time for e in exact.events], [e.time for e in stroke.events], atol=1.0)
    assert exact.delivered[-1] == pytest.approx(stroke.delivered[-1], rel=2e-3)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_line_above_its_alarm_sounds_before_anything_is_pushed(engine):
    trace = day(SOFT, engine, span=HOUR, alarm=0.5 * SOFT.site.pressure)
    assert trace.events == (Event(0.0, "alarm", 0.5 * SOFT.site.pressure),)
    assert (trace.drawn[0], trace.delivered[0]) == (0.0, 0.0)


def test_a_peak_within_a_phase_sounds_the_alarm():
    """Of 2.5 uL behind two gates, on a catheter with a wall: ends of phases stay below 1.4 kPa."""
    pump, state = joined(GATE, BUTANE, wall=1e-15)
    free, heard = (traced(pump, state, constant(ROTOR_RATE, DAY), HOUR, "exact", alarm=p) for p in (1e300, 2e3))
    line = free.node_names.index("line_1")
    assert free.pressure[:, line].max() > 2.5e3
    (alarm,) = heard.events
    assert GATE.fill_time + GATE.pause < alarm.time < GATE.fill_time + GATE.pause + GATE.dump_time
    assert heard.pressure[np.searchsorted(heard.time, alarm.time), line] == pytest.approx(2e3, rel=1e-9)


def test_altitude_weakens_the_suction_of_a_reservoir():
    change = Change(2.0 * HOUR, "reservoir.ambient", 80e3)
    trace = day(INSULIN_PUMP, "exact", changes=(change,))
    before, after = (trace.pressure[np.searchsorted(trace.time, t), 0] for t in (HOUR, 3.0 * HOUR))
    assert after - before == pytest.approx(ATMOSPHERE - 80e3, rel=1e-3)
    assert trace.events == (Event(2.0 * HOUR, "reservoir.ambient", 80e3),)


def test_fever_and_altitude_raise_the_flow_of_a_pressed_pump():
    warm = day(HEPATIC_PUMP, "exact", changes=(Change(0.0, "site.body_temperature", 312.15),)).delivered[-1]
    high = day(HEPATIC_PUMP, "exact", changes=(Change(0.0, "reservoir.ambient", 81e3),)).delivered[-1]
    plain = day(HEPATIC_PUMP, "exact").delivered[-1]
    assert warm / plain == pytest.approx(1.13, abs=0.01)
    assert high / plain == pytest.approx(1.087, abs=0.005)


def test_a_dry_reservoir_ends_delivery():
    small = INSULIN_PUMP._replace(reservoir=INSULIN_PUMP.reservoir._replace(capacity=1.05e-6))
    trace = day(small, "panel")
    assert trace.events[0].name == "reservoir empty"
    assert trace.delivered[-1] < 0.6 * trace.programmed[-1]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_pump_that_cannot_stop_gives_what_its_reservoir_holds(engine):
    """0.3 mL of the millilitre that a day's flow is."""
    small = HEPATIC_PUMP._replace(reservoir=HEPATIC_PUMP.reservoir._replace(capacity=2.3e-6))
    trace = day(small, engine)
    assert [event.name for event in trace.events] == ["reservoir empty"]
    assert trace.drawn[-1] == pytest.approx(0.3e-6, rel=3e-3)
    assert trace.delivered[-1] == pytest.approx(0.3e-6, rel=3e-3)
    assert trace.time[-1] == pytest.approx(DAY, rel=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_counts_the_passages_of_a_rotor_alike(engine):
    pump, state = joined(ROLLER)
    trace = traced(pump, state, constant(ROTOR_RATE, DAY), DAY, engine)
    assert trace.strokes == pytest.approx(DAY * ROTOR_RATE / 6e-9, abs=1.0)
    turned = trace.state.drive.revolutions - state.drive.revolutions
    assert turned == pytest.approx(0.5 * DAY * ROTOR_RATE / 6e-9, rel=1e-6)


def test_a_flow_that_is_not_finite_ends_a_trace():
    with pytest.raises(RuntimeError, match="is not finite"):
        day(INSULIN_PUMP, "stroke", changes=(Change(1e3, "site.body_temperature", -5.0),))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"changes": (Change(0.0, "drive.colour", 1.0),)}, "the pump has no number 'drive.colour'"),
        ({"changes": (Change(0.0, "site.pressure", np.nan),)}, "site.pressure is nan; give a finite number"),
        ({"changes": (Change(-1.0, "site.pressure", 1.0),)}, "must lie within the trace"),
        ({"blockages": (Blockage(2.0 * DAY, 1.0),)}, "must lie within the trace"),
        ({"answer": 0.5}, "an alarm answered after 0.5 s; give at least 1 s"),
        ({"span": 0.0}, "its length must be above zero"),
        ({"span": 2.0 * DAY}, "the programme says nothing after 86400 s"),
    ],
)
def test_what_cannot_be_is_refused(more, said):
    with pytest.raises(ValueError, match=said):
        day(INSULIN_PUMP, "panel", **more)
