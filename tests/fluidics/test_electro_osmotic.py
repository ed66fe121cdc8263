"""An electro-osmotic cell: published flows of its currents, what pressure sends back, its power, and how the engines
follow it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.drives.electro_osmotic import current
from fluidics.engines.gap import exceeded, gap
from fluidics.engines.operating import bracketed_root, operated
from fluidics.engines.rungs import ENGINES
from fluidics.engines.trace import Blockage, traced
from fluidics.power import Charge
from fluidics.programmes.basal import constant
from fluidics.pump import Level, Stateless, new_pump
from fluidics.questions import (
    advance,
    chamber,
    fastest,
    flow,
    operate,
    phases,
    power_drawn,
    stall,
    stroke,
    strokes,
    throttle,
)
from tests.fluidics.cells import ATMOSPHERE, CELL, CELL_PUMP, DAY, UL_PER_MINUTE
from tests.fluidics.implanted import WATER

OWN = Stateless()
NEW = new_pump(CELL_PUMP)
LOW, HIGH = 0.15 * UL_PER_MINUTE, 0.60 * UL_PER_MINUTE
IDEAL = CELL._replace(membrane_leak=0.0, chamber_compliance=0.0)
PASCALS = st.floats(-5e4, 3e5)


def delivered(drive, rate, p_in, p_out):
    return flow(drive, OWN, rate, p_in, p_out, ATMOSPHERE, WATER)


@pytest.mark.parametrize(("milliampere", "rate"), [(2.5, LOW), (10.0, HIGH)])
def test_a_coulomb_carries_a_microlitre(milliampere, rate):
    """0.15 to 0.60 uL/min at 2.5 to 10 mA (Uhlig et al., J. Biomed. Mater. Res. 17 (1983) 931)."""
    assert current(CELL, rate) * 1e3 == pytest.approx(milliampere, rel=1e-12)
    assert delivered(IDEAL, rate, 0.0, 69.3e3) == pytest.approx(rate, rel=1e-12)


def test_it_takes_the_published_energy_and_power():
    assert power_drawn(CELL, LOW) / (LOW * 1e9) == pytest.approx(6.4e-2, rel=1e-3)  # J/uL
    assert power_drawn(CELL, LOW) < 2e-4
    assert power_drawn(CELL, 2.0 * LOW) == pytest.approx(4.0 * power_drawn(CELL, LOW), rel=1e-12)
    assert strokes(CELL, LOW) * 69.0 * DAY == pytest.approx(1e4, rel=0.01)
    assert strokes(CELL, 0.0) == power_drawn(CELL, 0.0) == 0.0


@given(share=st.floats(0.01, 1.0), p_in=PASCALS, p_out=PASCALS, rise=st.floats(0.0, 1e4))
def test_pressure_sends_back_what_membrane_and_reversals_let_through(share, p_in, p_out, rise):
    base, less = (delivered(CELL, share * HIGH, p_in, p) for p in (p_out, p_out + rise))
    lost = (CELL.membrane_leak + CELL.chamber_compliance / CELL.half_cycle) * rise
    if p_out + rise + CELL.outlet_crack >= CELL.stall_pressure:
        assert less == 0.0
    elif less > 0.0:
        assert base - less == pytest.approx(lost, rel=1e-9, abs=1e-12 * HIGH)
    assert base >= less >= 0.0


@given(rate=st.floats(1e-6, 3.0), p_in=PASCALS, p_out=PASCALS)
def test_its_half_cycles_make_the_flow(rate, p_in, p_out):
    made = stroke(CELL, OWN, rate * HIGH, p_in, p_out, ATMOSPHERE, WATER)
    assert made.volume / made.period == pytest.approx(delivered(CELL, rate * HIGH, p_in, p_out), rel=1e-13)
    (phase, *others) = phases(CELL, OWN, rate * HIGH)
    assert phase.duration == made.period == CELL.half_cycle
    assert not any(other.duration for other in others)
    assert phase.carried == pytest.approx(min(rate * HIGH, HIGH), rel=1e-14)


def test_more_than_its_greatest_current_makes_no_more():
    assert fastest(CELL) == pytest.approx(HIGH, rel=1e-14)
    assert delivered(CELL, 5.0 * HIGH, 0.0, 0.0) == pytest.approx(delivered(CELL, HIGH, 0.0, 0.0), rel=1e-14)
    assert power_drawn(CELL, 5.0 * HIGH) == pytest.approx(CELL.cell_resistance * 1e-4, rel=1e-12)


@given(rate=st.floats(0.0, 2.0), p_in=PASCALS, slope=st.floats(0.0, 1e17), offset=st.floats(0.0, 2e5))
def test_closed_form_is_the_generic_root(rate, p_in, slope, offset):
    pump = CELL_PUMP._replace(
        site=CELL_PUMP.site._replace(pressure=offset),
        catheter=CELL_PUMP.catheter._replace(length=slope / 1e17 * 1e5),
    )
    asked = CELL, OWN, rate * HIGH, p_in, WATER, pump, NEW
    own, root = operate(*asked), bracketed_root(*asked)
    assert own.pressure == pytest.approx(root.pressure, rel=1e-9, abs=1e-6)
    assert own.flow == pytest.approx(root.flow, rel=1e-6, abs=1e-6 * LOW)


def test_at_rest_only_the_membrane_leaks():
    inlet = chamber(CELL, OWN, WATER).inlet.conductance
    assert throttle(CELL, OWN, 0.0) * inlet == pytest.approx(CELL.membrane_leak, rel=1e-12)
    assert throttle(CELL, OWN, LOW) == 1.0
    assert delivered(CELL, 0.0, 0.0, 10e3) == 0.0


def test_the_battery_pays_for_each_rate_by_itself():
    """Two currents for half of the day each take more than their mean: 5 (I / 2)^2 against 4 (I / 2)^2."""
    levels = (Level(0.5 * LOW, 0.5), Level(1.5 * LOW, 0.5), Level(0.0, 0.0), Level(0.0, 0.0))
    around = operated(CELL_PUMP, NEW, levels, 0.0, 1.0)
    assert around.power == pytest.approx(1.25 * power_drawn(CELL, LOW), rel=1e-12)
    left = advance(CELL_PUMP.power, Charge(1e3, 1e3), DAY, around)
    assert 1e3 - left.energy == pytest.approx((CELL_PUMP.power.base_power + around.power) * DAY, rel=1e-9)
    assert operated(CELL_PUMP, NEW, levels, 0.0, 0.0).power == 0.0


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_delivers_its_mean_flow(engine):
    trace = traced(CELL_PUMP, NEW, constant(LOW, DAY), 0.5 * DAY, engine)
    p_in = 0.5 * (trace.pressure[0, 0] + trace.pressure[-1, 0])
    wanted = delivered(CELL, LOW, p_in, CELL_PUMP.site.pressure)
    assert trace.delivered[-1] / trace.time[-1] == pytest.approx(wanted, rel=2e-3)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_blocked_line_comes_to_the_force_limit_and_no_higher(engine):
    trace = traced(CELL_PUMP, NEW, constant(HIGH, DAY), 0.5 * DAY, engine, blockages=[Blockage(3600.0, 1e19)])
    line = [k for k, name in enumerate(trace.node_names) if name.startswith("line")]
    assert np.max(trace.pressure[:, line]) == pytest.approx(stall(CELL), rel=2e-3)


def test_engines_agree_within_the_bound():
    for coarse, fine in (("stroke", "exact"), ("panel", "stroke")):
        assert not exceeded(gap(CELL_PUMP, NEW, LOW, coarse, fine, span=0.25 * DAY))
