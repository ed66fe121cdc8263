"""A gate that opens for a share of each cycle before a restrictor: the mean, its limits, what the dead volume adds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.engines.operating import bracketed_root
from fluidics.pump import MEDIAN_LUCK, Stateless
from fluidics.questions import advance, flow, fresh, operate, phases, stall, stroke, strokes
from tests.fluidics.implanted import (
    AROUND,
    ATMOSPHERE,
    BUTANE,
    DAY,
    DUTY,
    RATE,
    WATER,
    compiled_and_not,
    joined,
    resolved_flow,
    stroke_flow,
)

OWN = Stateless()
DRIVEN, BACK = 246.3e3, 1.3e3  # Pa


@given(st.floats(0.0, 1.0))
def test_flow_is_the_share_of_time_that_the_gate_is_open(share):
    shut = flow(DUTY, OWN, 0.0, DRIVEN, BACK, ATMOSPHERE, WATER)
    full = flow(DUTY, OWN, DUTY.full_rate, DRIVEN, BACK, ATMOSPHERE, WATER)
    found = flow(DUTY, OWN, share * DUTY.full_rate, DRIVEN, BACK, ATMOSPHERE, WATER)
    assert found == pytest.approx(shut + share * (full - shut), rel=1e-12)


def test_an_open_gate_leaves_the_restrictor_and_a_shut_one_its_leak():
    across = DRIVEN - BACK
    full = across / (DUTY.resistance + 1.0 / DUTY.gate_conductance)
    assert flow(DUTY, OWN, DUTY.full_rate, DRIVEN, BACK, ATMOSPHERE, WATER) == pytest.approx(full, rel=1e-12)
    leak = across / (DUTY.resistance + 1.0 / DUTY.gate_leak)
    assert flow(DUTY, OWN, 0.0, DRIVEN, BACK, ATMOSPHERE, WATER) == pytest.approx(leak, rel=1e-12)
    assert full * DAY == pytest.approx(4e-6, rel=1e-2)


def test_it_cannot_deliver_more_than_an_open_gate():
    most = flow(DUTY, OWN, DUTY.full_rate, DRIVEN, BACK, ATMOSPHERE, WATER)
    assert flow(DUTY, OWN, 3.0 * DUTY.full_rate, DRIVEN, BACK, ATMOSPHERE, WATER) == most


def test_a_thicker_drug_flows_more_slowly_at_the_same_programme():
    thin, thick = (flow(DUTY, OWN, RATE, DRIVEN, BACK, ATMOSPHERE, mu) for mu in (WATER, 1.65 * WATER))
    assert thin / thick == pytest.approx(1.65, rel=1e-12)


@given(rate=st.floats(0.0, 20.0), p_in=st.floats(0.0, 4e5), p_out=st.floats(-1e4, 4e5))
def test_strokes_make_the_flow(rate, p_in, p_out):
    mean = flow(DUTY, OWN, rate * RATE, p_in, p_out, ATMOSPHERE, WATER)
    assert stroke_flow(DUTY, OWN, rate * RATE, p_in, p_out) == pytest.approx(mean, rel=1e-12, abs=1e-15 * RATE)


@given(st.floats(1e-3, 20.0))
def test_a_cycle_opens_the_gate_for_its_share(rate):
    steps = phases(DUTY, OWN, rate * RATE)
    assert sum(p.duration for p in steps) == pytest.approx(DUTY.cycle, rel=1e-13)
    assert stroke(DUTY, OWN, rate * RATE, DRIVEN, BACK, ATMOSPHERE, WATER).period == DUTY.cycle
    opened = sum(p.duration for p in steps if p.inlet == 1.0)
    assert opened == pytest.approx(min(rate * RATE / DUTY.full_rate, 1.0) * DUTY.cycle, rel=1e-13)
    assert strokes(DUTY, rate * RATE) * DUTY.cycle == 1.0


@given(rate=st.floats(0.0, 20.0), p_in=st.floats(0.0, 4e5), tip=st.floats(0.0, 400.0), mu=st.floats(5e-4, 2e-3))
def test_closed_form_is_the_generic_root(rate, p_in, tip, mu):
    pump, state = joined(DUTY, slope_age=tip, wall=1e-3)  # that stores any number of pulses
    asked = (pump.drive, state.drive, rate * RATE, p_in, mu, pump, state)
    own, root = operate(*asked), bracketed_root(*asked)
    assert own.pressure == pytest.approx(root.pressure, rel=1e-9, abs=1e-6)
    assert own.flow == pytest.approx(root.flow, rel=1e-9, abs=1e-9 * RATE)


@pytest.mark.parametrize(("wall", "gap"), [(0.0, 5e-3), (1e-14, 0.06), (1e-12, 5e-3)])
@pytest.mark.parametrize("age", [110.0, 140.0])
def test_a_tip_that_closes_meets_the_pulse_and_not_its_mean(age, wall, gap):
    found, mean = resolved_flow(DUTY._replace(dead_compliance=4.4e-19), BUTANE, RATE, 400, slope_age=age, wall=wall)
    assert mean == pytest.approx(found, rel=gap)


@pytest.mark.parametrize("dead", [4.4e-18, 4.4e-17, 4.4e-16])
@pytest.mark.parametrize("share", [0.5, 1.0, 4.0])
def test_resolved_cycles_deliver_the_flow_and_what_the_dead_volume_holds(dead, share):
    drive = DUTY._replace(dead_compliance=dead)
    found, mean = resolved_flow(drive, BUTANE, share * RATE, 20)
    full = resolved_flow(drive, BUTANE, DUTY.full_rate, 20)[1]
    # the dead volume empties once per cycle, and is filled again at once: R C of the full flow
    extra = drive.resistance * dead / drive.cycle * full
    assert found == pytest.approx(mean + extra, rel=2e-4)


def test_it_never_stalls_and_remembers_nothing():
    assert stall(DUTY) >= 1e300
    assert advance(DUTY, fresh(DUTY, MEDIAN_LUCK), DAY, AROUND) == OWN


def test_compiled_and_plain_answers_have_the_same_bits():
    compiled, plain = compiled_and_not(DUTY, DRIVEN)
    assert compiled == plain
