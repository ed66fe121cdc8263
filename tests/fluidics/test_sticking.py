"""A plunger that sticks and slips, stroke by stroke against the exact engine; closed forms of dry friction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.engines.pace import NEVER
from fluidics.engines.rungs import ENGINES
from fluidics.engines.sticking import SLIDING, Held
from fluidics.engines.stroke import strokes
from fluidics.engines.trace import Blockage, traced
from fluidics.programmes.basal import daily
from fluidics.pump import new_pump
from fluidics.sites.blockage import Blocked
from scenarios.build import load
from scenarios.programmes import BLOCKED, programme
from tests.fluidics.worn import DAY, TUBED_PUMP, UL_PER_KPA, UNIT_PER_HOUR

NEW = new_pump(TUBED_PUMP)
QUANTUM = TUBED_PUMP.drive.quantum
HOUR = 3600.0


def pump(breakaway, **numbers):
    return TUBED_PUMP._replace(drive=TUBED_PUMP.drive._replace(breakaway_friction=breakaway, **numbers))


def given_out(device, engine, rate, count):
    """Return what each of the first strokes of a new barrel gives, in strokes."""
    part = ENGINES[engine](device, NEW, rate, count * QUANTUM / rate, None, NEVER)
    ends = np.interp(np.arange(count + 1) * QUANTUM / rate, part.time, part.delivered, left=0.0)
    return np.diff(ends) / QUANTUM


@pytest.mark.parametrize("breakaway", [6e3, 8e3, 20e3, 31e3])
def test_strokes_of_a_plunger_without_creep_are_those_of_the_exact_engine_one_by_one(breakaway):
    device = pump(breakaway, slow_compliance=0.0)
    coarse, fine = (given_out(device, engine, UNIT_PER_HOUR, 60) for engine in ("stroke", "exact"))
    assert coarse == pytest.approx(fine, abs=1e-5)
    assert coarse.min() < 1e-6


@pytest.mark.parametrize("share", [1.0, 0.25, 0.1, 0.05])
@pytest.mark.parametrize("breakaway", [8e3, 20e3])
def test_a_plunger_that_creeps_slips_in_the_same_strokes_as_in_the_exact_engine(breakaway, share):
    """It goes on sliding while it creeps, and sticks again where strokes are half an hour apart."""
    device = pump(breakaway)
    coarse, fine = (given_out(device, engine, share * UNIT_PER_HOUR, 30) for engine in ("stroke", "exact"))
    assert np.argmax(coarse > 1.2) == np.argmax(fine > 1.2) > 0
    assert np.cumsum(coarse) == pytest.approx(np.cumsum(fine), abs=1.2 if breakaway > 1e4 else 0.1)
    assert coarse.sum() == pytest.approx(fine.sum(), abs=0.01)


@pytest.mark.parametrize("creeping", [0.0, 0.15])
def test_after_a_pause_it_has_to_break_away_again(creeping):
    device = pump(20e3, slow_compliance=creeping * UL_PER_KPA)
    plan = daily([0.0, 3.0 * HOUR, 4.0 * HOUR], [UNIT_PER_HOUR, 0.0, UNIT_PER_HOUR], 24.0 * HOUR)
    looks = np.array([1.0, 2.9, 4.2, 6.0]) * HOUR
    found = []
    for engine in ("stroke", "exact"):
        day = traced(device, NEW, plan, 6.0 * HOUR, engine)
        found.append(np.interp(looks, day.time, day.delivered) / QUANTUM)
        assert abs(day.residual) < 1e-12 * day.delivered[-1]
    assert found[0] == pytest.approx(found[1], abs=0.01)


@settings(max_examples=30)
@given(
    held=st.floats(-2e4, 1e4), ahead=st.floats(0.0, 5e3), start=st.floats(0.0, 3e4), share=st.floats(0.01, 1.0),
    closed=st.sampled_from([0.0, 1e17, 1e20]),
)  # fmt: skip
def test_a_stuck_plunger_loses_no_fluid(held, ahead, start, share, closed):
    device = pump(20e3)._replace(site=Blocked(TUBED_PUMP.site, closed))
    done = strokes(device, NEW, share * UNIT_PER_HOUR, start, 20, wait=100.0, last=9.0, held=Held(held, ahead))
    assert abs(done.resolved.residual) < 1e-12 * (done.resolved.volume[-1, 0] + 1e-13 * 4e4)
    assert done.resolved.volume[-1, 0] == pytest.approx(21 * QUANTUM, rel=1e-12)


def test_a_plunger_that_slides_by_itself_has_no_stick():
    smooth = pump(TUBED_PUMP.drive.running_friction)
    assert strokes(smooth, NEW, UNIT_PER_HOUR, 500.0, 3).held == SLIDING
    assert given_out(smooth, "stroke", UNIT_PER_HOUR, 5) == pytest.approx(np.ones(5), rel=1e-3)


def test_a_bolus_into_a_shut_line_alarms_before_what_creeps_has_followed():
    """A meal at noon, pulses every 3 s, finds half of the compliance: the alarm that the whole would give at six."""
    scenario = load("worn-insulin-tubed", ['population.mean_rate="4 U/d"'])
    pump, asked, blocked = scenario.design.pump, programme(scenario, 2.0 * DAY), (Blockage(7200.0, BLOCKED),)
    exact, stroke = (
        traced(pump, new_pump(pump), asked, 0.55 * DAY, engine, blockages=blocked, alarm=90.7e3)
        for engine in ("exact", "stroke")
    )
    times = [next(event.time for event in trace.events if event.name == "alarm") for trace in (exact, stroke)]
    assert times[1] == pytest.approx(times[0], rel=0.002)
    assert stroke.drawn[-1] == pytest.approx(exact.drawn[-1], rel=0.005)
    assert stroke.delivered[-1] == pytest.approx(exact.delivered[-1], rel=0.005)
