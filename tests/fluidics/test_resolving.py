"""A stretch with every pressure resolved: stretches join, and fluid stays when the world changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.circuit import CHAMBER, RESERVOIR, circuit
from fluidics.engines.resolving import TIP, resolved, settled
from fluidics.network import Link, network
from fluidics.pump import new_pump
from fluidics.questions import strokes
from fluidics.sites.blockage import Blocked
from tests.fluidics.implanted import ROLLER, joined
from tests.fluidics.parts import ATMOSPHERE, HEPATIC_PUMP, INSULIN_PUMP, RATE

STATE = new_pump(INSULIN_PUMP)
NEVER = 1e300


def bubbly(compliance: float, gas: float, ambient: float):
    return network([compliance], [(0, 1, Link(1e-12))], [0.0], [gas], ambient)


@given(st.floats(1e-16, 1e-11), st.floats(0.0, 1e-2), st.floats(3e4, 3e5), st.floats(3e4, 3e5), st.floats(-2e4, 2e5))
def test_fluid_stays_when_the_atmosphere_changes(compliance, gas, before, after, pressure):
    first, second = bubbly(compliance, gas, before), bubbly(compliance, gas, after)
    found = settled(first, second, np.array([pressure]))[0]
    assert found + after > 0.0
    kept = compliance * pressure - gas / (pressure + before)
    assert compliance * found - gas / (found + after) == pytest.approx(
        kept, rel=1e-9, abs=1e-9 * (compliance * 1e5 + gas / before)
    )


def test_gas_alone_keeps_its_absolute_pressure():
    """Without a wall that yields, a bubble whose fluid cannot leave keeps its volume."""
    first, second = bubbly(1e-22, 1.0, ATMOSPHERE), bubbly(1e-22, 1.0, 0.75 * ATMOSPHERE)
    found = settled(first, second, np.array([0.0]))[0]
    assert found == pytest.approx(0.25 * ATMOSPHERE, rel=1e-6)


def test_gas_that_comes_out_of_solution_pushes_fluid():
    """A bubble that grows from 1 to 3 uL at one pressure presses 2 uL into a wall that yields 1 uL/Pa: two pascals."""
    first, second = bubbly(1e-9, 1e-9 * ATMOSPHERE, ATMOSPHERE), bubbly(1e-9, 3e-9 * ATMOSPHERE, ATMOSPHERE)
    assert settled(first, second, np.array([0.0]))[0] == pytest.approx(2.0, rel=1e-4)


def test_the_same_network_keeps_its_pressures():
    here = np.array([1.0, 2.0])
    made = network([1e-12, 1e-12], [(0, 1, Link(1e-12)), (1, 2, Link(1e-12))], [0.0])
    assert settled(made, made, here) is here


def test_two_stretches_are_one():
    whole = resolved(INSULIN_PUMP, STATE, RATE, 7200.0, None, NEVER)
    first = resolved(INSULIN_PUMP, STATE, RATE, 3000.0, None, NEVER)
    moved = STATE._replace(reservoir=STATE.reservoir._replace(volume=first.drawn[-1]))
    rest = resolved(INSULIN_PUMP, moved, RATE, 7200.0 - first.time[-1], first.fast, NEVER)
    assert first.strokes + rest.strokes == whole.strokes
    assert first.delivered[-1] + rest.delivered[-1] == pytest.approx(whole.delivered[-1], rel=1e-9)
    assert rest.pressure[-1] == pytest.approx(whole.pressure[-1], rel=1e-6, abs=1.0)


def test_what_is_drawn_goes_out_or_is_stored():
    part = resolved(INSULIN_PUMP, STATE, 5.0 * RATE, 3600.0, None, NEVER)
    start = circuit(INSULIN_PUMP, STATE, carries=False).pressure
    stored = ((part.pressure[-1] - start) * part.fast.network.compliance)[RESERVOIR + 1 :].sum()
    assert abs(part.residual) < 1e-9 * part.delivered[-1]
    assert abs(part.drawn[-1] - part.delivered[-1] - stored) < 1e-9 * part.delivered[-1]
    assert np.array_equal(part.delivered, part.volume[:, TIP])


def test_a_rotor_turns_as_far_in_two_stretches_as_in_one():
    pump, state = joined(ROLLER)
    passages = strokes(ROLLER, RATE)
    whole = resolved(pump, state, RATE, 7000.0, None, NEVER)
    first = resolved(pump, state, RATE, 2500.0, None, NEVER)
    rest = resolved(pump, state, RATE, 4500.0, first.fast, NEVER)
    assert whole.strokes == pytest.approx(7000.0 * passages, rel=1e-9)
    assert first.strokes + rest.strokes == pytest.approx(whole.strokes, rel=1e-9)


def test_only_strokes_before_an_alarm_are_counted():
    shut = INSULIN_PUMP._replace(site=Blocked(INSULIN_PUMP.site, 1e22))
    shut = shut._replace(catheter=INSULIN_PUMP.catheter._replace(wall_compliance=1e-13))
    part = resolved(shut, STATE, RATE, 100.0 * INSULIN_PUMP.drive.stroke_volume / RATE, None, 20e3)
    # 18 kPa on 0.1 uL/kPa take 1.8 uL: the fourth stroke
    assert part.alarmed
    assert part.strokes == 4.0


def test_no_rate_is_a_rest():
    part = resolved(INSULIN_PUMP, STATE, 0.0, 600.0, None, NEVER)
    assert part.strokes == 0.0
    assert abs(part.delivered[-1]) < 1e-3 * RATE * 600.0


def test_a_restrictor_flows_whatever_is_programmed():
    still = resolved(HEPATIC_PUMP, new_pump(HEPATIC_PUMP), 0.0, 3600.0, None, NEVER)
    asked = resolved(HEPATIC_PUMP, new_pump(HEPATIC_PUMP), RATE, 3600.0, None, NEVER)
    assert still.delivered[-1] == pytest.approx(asked.delivered[-1], rel=1e-9)
    assert asked.strokes == 0.0
    assert asked.pressure[-1, RESERVOIR] == pytest.approx(245208.8, rel=1e-6)


def test_a_wall_that_an_alarm_stopped_comes_home_and_draws_what_it_pushed():
    shut = INSULIN_PUMP._replace(site=Blocked(INSULIN_PUMP.site, 1e22))
    shut = shut._replace(catheter=INSULIN_PUMP.catheter._replace(wall_compliance=1e-13))
    stopped = resolved(shut, STATE, RATE, 100.0 * INSULIN_PUMP.drive.stroke_volume / RATE, None, 20e3)
    home = stopped.fast.home
    rest = resolved(shut, STATE, 0.0, 3600.0, stopped.fast, NEVER)
    start = circuit(shut, STATE, carries=False).pressure
    stored = ((rest.pressure[-1] - start) * rest.fast.network.compliance)[RESERVOIR + 1 :].sum()
    pushed = -float(home.duration @ home.source[:, CHAMBER])
    assert 0.0 < pushed < INSULIN_PUMP.drive.stroke_volume
    seeped = stopped.delivered[-1] + rest.delivered[-1]  # through what shuts the tip
    assert stopped.drawn[-1] + rest.drawn[-1] == pytest.approx(stored + seeped, rel=1e-8)
    assert rest.fast.home is None
    assert rest.fast.due == stopped.fast.due < 0.01  # of a stroke, since the one that was cut short began
