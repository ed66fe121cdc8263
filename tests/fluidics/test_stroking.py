"""A stretch by strokes: stretches join, an alarm ends one, and a line keeps its fluid when it changes."""

from __future__ import annotations

import numpy as np
import pytest

from fluidics.engines.stroking import stroked
from fluidics.engines.trace import Blockage, traced
from fluidics.programmes.basal import constant
from fluidics.programmes.programme import with_bolus
from fluidics.pump import new_pump
from fluidics.sites.blockage import Blocked
from scenarios.build import load
from tests.fluidics.implanted import BUTANE, DUTY, GATE, joined
from tests.fluidics.implanted import RATE as SLOW
from tests.fluidics.parts import INSULIN_PUMP, RATE
from tests.fluidics.worn import DAY, TUBED_PUMP, UNIT_PER_HOUR

SOFT = INSULIN_PUMP._replace(catheter=INSULIN_PUMP.catheter._replace(wall_compliance=1e-13))
SHUT = SOFT._replace(site=Blocked(SOFT.site, 1e20))
STATE = new_pump(SOFT)
NEVER = 1e300


def test_two_stretches_are_one():
    whole = stroked(SHUT, STATE, RATE, 4000.0, None, NEVER)
    first = stroked(SHUT, STATE, RATE, 1500.0, None, NEVER)
    moved = STATE._replace(reservoir=STATE.reservoir._replace(volume=first.drawn[-1]))
    rest = stroked(SHUT, moved, RATE, 4000.0 - first.time[-1], first.fast, NEVER)
    assert first.strokes + rest.strokes == whole.strokes
    assert rest.fast.pressure == pytest.approx(whole.fast.pressure, rel=1e-9)
    assert first.drawn[-1] + rest.drawn[-1] == pytest.approx(whole.drawn[-1], rel=1e-9)


def test_an_alarm_ends_a_stretch():
    part = stroked(SHUT, STATE, RATE, 8000.0, None, 5e4)
    assert part.alarmed
    assert part.time[-1] < 8000.0
    assert part.pressure[-1, 1] == pytest.approx(5e4, rel=1e-6)


def test_a_line_that_stiffens_keeps_its_fluid():
    held = stroked(SHUT, STATE, RATE, 3000.0, None, NEVER)
    stiff = SHUT._replace(catheter=SHUT.catheter._replace(wall_compliance=0.5e-13))
    after = stroked(stiff, STATE, 0.0, 1.0, held.fast, NEVER)
    soft, hard = held.fast.lump.compliance, after.fast.lump.compliance
    assert after.fast.pressure == pytest.approx(held.fast.pressure * soft / hard, rel=1e-3)


def test_a_stalled_line_that_is_opened_gives_what_it_stored_and_draws_the_strokes_that_follow():
    blockages = Blockage(0.25 * DAY, 1e20), Blockage(0.75 * DAY, 0.0)
    given = TUBED_PUMP, new_pump(TUBED_PUMP), constant(UNIT_PER_HOUR, DAY), DAY
    stroke, exact = (traced(*given, engine, blockages=blockages) for engine in ("stroke", "exact"))
    late = float(np.interp(0.75 * DAY, stroke.time, stroke.drawn))
    assert stroke.drawn[-1] - late == pytest.approx(0.25 * UNIT_PER_HOUR * DAY, rel=1e-3)
    assert stroke.drawn[-1] == pytest.approx(exact.drawn[-1], rel=1e-3)
    # the plunger of the exact engine sticks, up to 4 kPa on 0.27 uL/kPa away
    assert stroke.delivered[-1] == pytest.approx(exact.delivered[-1], rel=0.01)


@pytest.mark.parametrize("wall", [0.0, 1e-14, 1e-12])
@pytest.mark.parametrize("resistance", [1e15, 1e16])
@pytest.mark.parametrize("drive", [DUTY, GATE], ids=["duty", "gated"])
def test_gates_before_a_resistance_deliver_as_the_exact_engine_says(drive, resistance, wall):
    """A rigid line lets a duty cycle feel the resistance while its gate is open: 175 uL of 500 at 1e16 Pa s/m3."""
    pump, _ = joined(drive, BUTANE, wall=wall)
    given = pump, new_pump(pump), constant(SLOW, 0.25 * DAY), 0.25 * DAY
    stroke, exact = (
        traced(*given, engine, blockages=(Blockage(0.0, resistance),)).delivered[-1] for engine in ("stroke", "exact")
    )
    assert stroke == pytest.approx(exact, rel=0.01)


def test_a_rotor_keeps_to_a_programme_that_changes_within_its_passages():
    """A bolus of four minutes in passages of three quarters of an hour is neither lost nor stretched."""
    design = load("roller-insulin").design
    pump, rate = design.pump, design.population.mean_rate
    programme = with_bolus(constant(0.5 * rate, 43200.0), 7.0 * 3600.0, 50e-9, 100.0 * rate)
    for engine in ("exact", "stroke"):
        trace = traced(pump, new_pump(pump), programme, 43200.0, engine)
        assert trace.delivered[-1] == pytest.approx(trace.programmed[-1], rel=0.01)
        before, after = (float(np.interp(t, trace.time, trace.delivered)) for t in (7.0 * 3600.0, 7.2 * 3600.0))
        assert after - before == pytest.approx(50e-9 + 0.5 * rate * 720.0, rel=0.03)
