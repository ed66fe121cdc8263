"""Two check valves that a reservoir pushes open: the exact engine as judge of strokes and panels, continuity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.engines.pace import NEVER
from fluidics.engines.rungs import ENGINES
from fluidics.free_flow import Between, added, run_through
from fluidics.pump import new_pump
from fluidics.questions import flow, pressure, stroke, viscosity
from tests.fluidics.parts import ATMOSPHERE, BODY, INSULIN_PUMP, RATE, WATER


def pressed(over):
    """Return the insulin pump with a full reservoir `over` [Pa] above the site."""
    full = pressure(INSULIN_PUMP.reservoir, new_pump(INSULIN_PUMP).reservoir, BODY)
    reservoir = INSULIN_PUMP.reservoir
    return INSULIN_PUMP._replace(
        reservoir=reservoir._replace(ambient=reservoir.ambient + full - INSULIN_PUMP.site.pressure - over)
    )


@pytest.mark.parametrize("rate", [RATE, 60.0 * RATE])
@pytest.mark.parametrize("over", [5e3, 11.9e3, 12.1e3, 13e3, 30e3])
def test_engines_agree_on_what_a_reservoir_above_the_line_pushes_through(over, rate):
    pump = pressed(over)
    state = new_pump(pump)
    exact, stroked, panel = (ENGINES[name](pump, state, rate, 60.0, None, NEVER).delivered[-1] for name in ENGINES)
    assert stroked == pytest.approx(exact, rel=0.015)
    if over == 30e3:
        assert panel == pytest.approx(exact, rel=0.015)


def test_a_pump_that_stands_still_runs_out_the_same():
    pump = pressed(30e3)
    given = [ENGINES[name](pump, new_pump(pump), 0.0, 20.0, None, NEVER).delivered[-1] for name in ENGINES]
    assert given[1:] == pytest.approx([given[0]] * 2, rel=2e-3)
    assert given[0] > 1e-8


@given(st.floats(1e-10, 1e-8), st.floats(0.0, 1e-6))
def test_a_stroke_adds_no_more_than_its_volume_and_the_less_the_more_runs_through(volume, through):
    wall = Between(12e3, 2e-12, volume, 0.1, 0.3)
    here, there = added(wall, through), added(wall, 1.01 * through)
    assert 0.0 <= there <= here <= volume
    # the stroke takes back no more than the flow gives meanwhile
    assert there + 0.4 * 1.01 * through >= here + 0.4 * through - 1e-15 * volume


def test_where_both_valves_begin_to_open_nothing_jumps():
    drive, own = INSULIN_PUMP.drive, new_pump(INSULIN_PUMP).drive._replace(deposit=0.5)
    crack = drive.inlet_crack + drive.outlet_crack
    below, above = (flow(drive, own, RATE, crack + d, 0.0, ATMOSPHERE, WATER) for d in (-1e-6, 1e-6))
    assert below == pytest.approx(above, rel=1e-5)
    below, above = (stroke(drive, own, RATE, crack + d, 0.0, ATMOSPHERE, WATER) for d in (-1e-8, 1e-8))
    assert below.volume == pytest.approx(above.volume, rel=1e-6)
    through = above.conductance * (crack + 1e-8 - above.crack)  # the open valves pass 3e-5 more in 1e-6 Pa
    assert through == pytest.approx(below.conductance * crack, rel=1e-5)


def test_the_line_takes_what_runs_through_at_the_operating_point():
    pump = pressed(30e3)
    state = new_pump(pump)
    p_in = pressure(pump.reservoir, state.reservoir, BODY)
    part = ENGINES["panel"](pump, state, RATE, 60.0, None, NEVER)
    thicker = viscosity(pump.drug, state.drug, BODY) / pump.drive.reference_viscosity
    wall = Between(12e3, 2e-12 / thicker, 0.0, 0.1, 0.3)
    assert part.delivered[-1] / 60.0 == pytest.approx(run_through(wall, p_in - part.pressure[-1, 1]), rel=0.01)
