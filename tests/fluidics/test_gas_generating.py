"""A pump that makes gas: the maker's law of its flow, what its cushion does at a height and before a blocked line, and
how the engines follow it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.drives.gas_generating import Cushion
from fluidics.engines.gap import exceeded, gap
from fluidics.engines.operating import bracketed_root
from fluidics.engines.rosenbrock import integrate
from fluidics.engines.rungs import ENGINES
from fluidics.engines.trace import Blockage, Change, traced
from fluidics.network import Link, Schedule, network
from fluidics.programmes.basal import constant
from fluidics.pump import Luck, Service, new_pump
from fluidics.questions import disposable, flow, fresh, generated, operate, power_drawn, refilled, stroke, strokes
from tests.fluidics.cells import ATMOSPHERE, DAY, GAS, GAS_PUMP, GAS_RATE, MMHG, PSI
from tests.fluidics.implanted import WATER

NEW = new_pump(GAS_PUMP)
RESOLVING = ["exact", "stroke"]
HOUR = 3600.0


def followed(engine, hours, changes=(), blockages=(), alarm=1e300, pump=GAS_PUMP):
    span = hours * HOUR
    return traced(pump, NEW, constant(GAS_RATE, span), span, engine, changes, blockages, alarm)


def housed(hours, absolute):
    """Return what has left the housing [m3] when its gas has come to a pressure [Pa]: whatever happened before."""
    gas = GAS.cushion * ATMOSPHERE + GAS.reference_pressure * GAS_RATE * hours * HOUR
    return gas / absolute - GAS.cushion


@pytest.mark.parametrize(("mmhg", "percent"), [(0.0, 1.4), (11.0, -0.1), (50.0, -4.9), (100.0, -10.4), (200.0, -19.8)])
def test_back_pressure_slows_it_as_printed(mmhg, percent):
    """14.9 psia / (14.7 psia + p), Infu-Disk data sheet, page 3."""
    found = flow(GAS, NEW.drive, GAS_RATE, 0.0, mmhg * MMHG, 14.7 * PSI, WATER) / GAS_RATE
    assert 100.0 * (found - 1.0) == pytest.approx(percent, abs=0.1)


@given(p_out=st.floats(-2e4, 3e5), ambient=st.floats(3e4, 4e5), gain=st.floats(0.8, 1.2), p_in=st.floats(-1e4, 1e4))
def test_the_mass_of_gas_sets_the_flow(p_out, ambient, gain, p_in):
    own = Cushion(0.1, gain)
    found = flow(GAS, own, GAS_RATE, p_in, p_out, ambient, WATER)
    assert found * (ambient + p_out) == pytest.approx(generated(GAS, own, GAS_RATE), rel=1e-14)
    made = stroke(GAS, own, GAS_RATE, p_in, p_out, ambient, WATER)
    assert made.volume / made.period == pytest.approx(found, rel=1e-14)
    assert made.conductance == 0.0


@given(rate=st.floats(0.0, 1e3), ambient=st.floats(3e4, 2e5), kink=st.floats(0.0, 1e18))
def test_closed_form_is_the_generic_root(rate, ambient, kink):
    pump = GAS_PUMP._replace(
        reservoir=GAS_PUMP.reservoir._replace(ambient=ambient),
        catheter=GAS_PUMP.catheter._replace(kink_share=1.0, kink_resistance=kink),
    )
    asked = GAS, NEW.drive, rate * GAS_RATE, 0.0, WATER, pump, new_pump(pump)
    own, root = operate(*asked), bracketed_root(*asked)
    assert own.pressure == pytest.approx(root.pressure, rel=1e-9, abs=1e-6)
    assert own.flow == pytest.approx(root.flow, rel=1e-6, abs=1e-6 * GAS_RATE)


def test_units_differ_by_a_lognormal_gain_and_are_thrown_away():
    own = fresh(GAS, Luck(0.5, 2.0, 0.0))
    assert own == Cushion(GAS.cushion * ATMOSPHERE, pytest.approx(math.exp(0.08), rel=1e-14))
    assert refilled(GAS, Cushion(0.4, 1.0), Service(0.0), Luck(0.5, 2.0, 0.0)) == own
    assert (disposable(GAS), strokes(GAS, GAS_RATE), power_drawn(GAS, GAS_RATE)) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize("engine", RESOLVING)
@pytest.mark.parametrize("ambient", [75e3, 101325.0, 250e3])
def test_what_has_left_depends_on_the_gas_and_its_pressure_alone(engine, ambient):
    """Twelve hours on the ground, six at another pressure, the last of them to settle."""
    trace = followed(engine, 18.0, [Change(12.0 * HOUR, "reservoir.ambient", ambient)])
    inside = ambient + (trace.pressure[-1, 1] if engine == "exact" else 11.0 * MMHG)
    assert trace.delivered[-1] == pytest.approx(housed(18.0, inside), rel=1e-3, abs=1e-4 * GAS.cushion)
    assert trace.drawn[-1] == pytest.approx(trace.delivered[-1], rel=1e-5, abs=1e-4 * GAS.cushion)
    assert abs(trace.residual) <= 1e-12 * trace.delivered[-1]


@pytest.mark.parametrize("engine", RESOLVING)
def test_a_flight_takes_back_what_it_gave(engine):
    there = [Change(6.0 * HOUR, "reservoir.ambient", 75e3), Change(9.0 * HOUR, "reservoir.ambient", ATMOSPHERE)]
    stayed, flew = followed(engine, 12.0), followed(engine, 12.0, there)
    assert flew.delivered[-1] == pytest.approx(stayed.delivered[-1], rel=1e-4)
    assert np.max(flew.delivered - np.interp(flew.time, stayed.time, stayed.delivered)) > 0.3 * GAS.cushion


def test_gas_fills_a_blocked_pump_as_fast_as_its_cushion_allows():
    """(g p_ref Q t + J) / V reaches the alarm: every engine but the rigid one agrees on when."""
    alarm, blocked = 40e3, 6.0 * HOUR
    inside = ATMOSPHERE + alarm
    room = GAS.cushion + housed(6.0, ATMOSPHERE + 11.0 * MMHG)
    when = (inside * room - GAS.cushion * ATMOSPHERE) / (GAS.reference_pressure * GAS_RATE)
    for engine in RESOLVING:
        trace = followed(engine, 24.0, blockages=[Blockage(blocked, 1e19)], alarm=alarm)
        (alarmed,) = [event for event in trace.events if event.name == "alarm"]
        assert alarmed.time == pytest.approx(when, rel=2e-3)


def test_engines_agree_within_the_bound():
    for coarse, fine in (("stroke", "exact"), ("panel", "stroke")):
        assert not exceeded(gap(GAS_PUMP, NEW, GAS_RATE, coarse, fine, span=6.0 * HOUR))


@pytest.mark.parametrize("engine", ENGINES)
def test_it_runs_empty_when_the_bag_is(engine):
    small = GAS_PUMP._replace(reservoir=GAS_PUMP.reservoir._replace(capacity=0.65e-6))
    trace = traced(small, new_pump(small), constant(GAS_RATE, DAY), 0.6 * DAY, engine)
    assert trace.drawn[-1] == pytest.approx(0.5e-6, rel=1e-3)
    assert "reservoir empty" in [event.name for event in trace.events]


@pytest.mark.parametrize("compliance", [0.0, 1e-12])
def test_gas_that_is_made_in_a_node_has_a_closed_form(compliance):
    """Behind a shut line C (P - P0) is what the gas gained: C x + (J + g t) / (P0 + x) = J / P0 is a quadratic in x."""
    gas, growth, time = 0.05, 2e-6, 5e3
    still = network([compliance], [(0, 1, Link(1e-30))], [0.0], [gas], ATMOSPHERE, [growth])
    idle = Schedule(np.array([time]), np.zeros((1, 1)), np.zeros((1, 1), dtype=np.int64))
    found = integrate(still, idle, 1, np.array([0.0]), np.array([1]))
    room = gas / ATMOSPHERE
    if compliance == 0.0:
        wanted = growth * time / room
    else:
        b = compliance * ATMOSPHERE + room
        wanted = (-b + math.sqrt(b * b + 4.0 * compliance * growth * time)) / (2.0 * compliance)
    assert found.pressure[-1, 0] == pytest.approx(wanted, rel=1e-7)
    assert found.residual <= 1e-20


def test_a_node_that_makes_gas_delivers_at_the_pace_of_its_pressure():
    """At rest the gas over its pressure: a tube without resistance passes on what the gas displaces."""
    growth = GAS.reference_pressure * GAS_RATE
    open_end = network([0.0], [(0, 1, Link(1e-10))], [5e3], [0.05], ATMOSPHERE, [growth])
    hour = Schedule(np.array([HOUR]), np.zeros((1, 1)), np.zeros((1, 1), dtype=np.int64))
    found = integrate(open_end, hour, 1, np.array([5e3]), np.array([1]))
    assert found.volume[-1, 0] == pytest.approx(growth * HOUR / (ATMOSPHERE + 5e3), rel=1e-4)


def test_a_network_refuses_gas_made_where_that_is_no_number():
    made = network([1e-12], [(0, 1, Link(1e-12))], [0.0], [0.05], ATMOSPHERE, [math.nan])
    hour = Schedule(np.array([HOUR]), np.zeros((1, 1)), np.zeros((1, 1), dtype=np.int64))
    with pytest.raises(ValueError, match="growth has a number that is not finite"):
        integrate(made, hour, 1, np.array([0.0]), np.array([1]))
