"""Two gates and an accumulator: what a cycle passes on, what a field lets out, what the shut-off keeps in."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.drives.gated import Escaped, exchanged
from fluidics.engines.operating import bracketed_root
from fluidics.engines.rungs import ENGINES
from fluidics.pump import MEDIAN_LUCK, Service
from fluidics.questions import (
    advance,
    chamber,
    flow,
    fresh,
    operate,
    panel,
    phases,
    refilled,
    rinsed,
    stall,
    stroke,
    strokes,
)
from tests.fluidics.implanted import (
    AROUND,
    ATMOSPHERE,
    BUTANE,
    DAY,
    GATE,
    RATE,
    WATER,
    compiled_and_not,
    day_with,
    joined,
    resolved_flow,
    stroke_flow,
)

READY, TRIPPED = Escaped(0.0), Escaped(10e-9)
DRIVEN, BACK = 246.3e3, 1.3e3  # Pa
SCANNED = GATE._replace(field=30.0)


def test_an_aliquot_is_the_accumulators_compliance_times_the_pressure_across():
    # both gates stand open for twenty time constants
    made = stroke(GATE, READY, RATE, DRIVEN, BACK, ATMOSPHERE, WATER)
    assert made.volume == pytest.approx(GATE.accumulator * (DRIVEN - BACK), rel=1e-8)
    assert made.period == pytest.approx(GATE.aliquot / RATE, rel=1e-14)
    assert flow(GATE, READY, RATE, DRIVEN, BACK, ATMOSPHERE, WATER) == pytest.approx(RATE, rel=2e-3)


@given(st.floats(0.05, 20.0), st.floats(0.05, 20.0))
def test_short_open_times_pass_on_what_a_charged_and_discharged_capacitor_does(fill, dump):
    constant = GATE.accumulator / GATE.gate_conductance
    quick = GATE._replace(fill_time=fill * constant, dump_time=dump * constant)
    low = 0.0
    for _ in range(1000):  # a slow twin: cycle after cycle until nothing changes
        high = 1.0 + (low - 1.0) * math.exp(-fill)
        low = high * math.exp(-dump)
    assert exchanged(quick, WATER, 0.0) == pytest.approx(high - low, rel=1e-10)


def test_a_thicker_drug_passes_less_only_where_the_open_times_are_short():
    quick = GATE._replace(fill_time=1.0, dump_time=1.0)
    assert exchanged(quick, 3.0 * WATER, 0.0) < 0.6 * exchanged(quick, WATER, 0.0)
    assert exchanged(GATE, 1.5 * WATER, 0.0) == pytest.approx(1.0, rel=1e-5)


@given(rate=st.floats(1e-3, 60.0), p_in=st.floats(1e4, 4e5), p_out=st.floats(-1e4, 4e5))
def test_strokes_make_the_flow(rate, p_in, p_out):
    mean = flow(GATE, READY, rate * RATE, p_in, p_out, ATMOSPHERE, WATER)
    assert stroke_flow(GATE, READY, rate * RATE, p_in, p_out) == pytest.approx(mean, rel=1e-12, abs=1e-15 * RATE)


@given(st.floats(1e-3, 60.0))
def test_a_cycle_lasts_its_period_and_opens_one_gate_at_a_time(rate):
    steps = phases(GATE, READY, rate * RATE)
    period = stroke(GATE, READY, rate * RATE, DRIVEN, BACK, ATMOSPHERE, WATER).period
    assert sum(p.duration for p in steps) == pytest.approx(period, rel=1e-12)
    assert all(p.duration >= 0.0 and p.inlet + p.outlet <= 1.0 and p.carried == p.displaced == 0.0 for p in steps)
    assert steps[0].inlet == 1.0
    assert steps[2].outlet == 1.0


def test_it_cannot_cycle_faster_than_its_gates():
    fastest = GATE.aliquot / 22.0
    assert strokes(GATE, 0.5 * fastest) == pytest.approx(0.5 / 22.0, rel=1e-12)
    most = flow(GATE, READY, fastest, DRIVEN, BACK, ATMOSPHERE, WATER)
    assert flow(GATE, READY, 3.0 * fastest, DRIVEN, BACK, ATMOSPHERE, WATER) == pytest.approx(most, rel=1e-12)


def test_a_pump_at_rest_leaks_through_both_shut_gates():
    leak = 0.5 * GATE.gate_leak * (DRIVEN - BACK)
    assert flow(GATE, READY, 0.0, DRIVEN, BACK, ATMOSPHERE, WATER) == pytest.approx(leak, rel=1e-12)
    assert strokes(GATE, 0.0) == 0.0
    # the slower the cycle, the more of that leak comes through
    leaks = [flow(GATE, READY, r * RATE, DRIVEN, BACK, ATMOSPHERE, WATER) / (r * RATE) for r in (1e-3, 1e-2, 1e-1, 1.0)]
    assert leaks == sorted(leaks, reverse=True)


@pytest.mark.parametrize("fillings", [0.1, 1.0, 5.0])
def test_between_cycles_what_the_first_gate_leaks_fills_the_accumulator_before_it_leaks_on(fillings):
    """C p' = l (p_in - p) - l (p - p_out) from p_out on; l (p - p_out) goes out."""
    period = fillings * GATE.accumulator / (2.0 * GATE.gate_leak)
    rate = GATE.aliquot / period
    after = (np.arange(1000) + 0.5) / 1000 * period
    filled = 0.5 * (DRIVEN - BACK) * (1.0 - np.exp(-2.0 * GATE.gate_leak / GATE.accumulator * after))
    leak = flow(GATE, READY, rate, DRIVEN, BACK, ATMOSPHERE, WATER) - GATE.accumulator * (DRIVEN - BACK) / period
    assert leak == pytest.approx(GATE.gate_leak * filled.mean(), rel=1e-5)


@given(
    rate=st.floats(0.0, 60.0), p_in=st.floats(0.0, 4e5), tip=st.floats(0.0, 400.0), viscosity=st.floats(5e-4, 2e-3),
    field=st.sampled_from([0.0, 30.0]),
)  # fmt: skip
def test_closed_form_is_the_generic_root(rate, p_in, tip, viscosity, field):
    pump, state = joined(GATE._replace(field=field), slope_age=tip, wall=1e-3)  # that stores any number of aliquots
    asked = (pump.drive, state.drive, rate * RATE, p_in, viscosity, pump, state)
    own, root = operate(*asked), bracketed_root(*asked)
    assert own.pressure == pytest.approx(root.pressure, rel=1e-9, abs=1e-6)
    assert own.flow == pytest.approx(root.flow, rel=1e-9, abs=1e-9 * RATE + 1e-15)


@pytest.mark.parametrize(("wall", "gap"), [(0.0, 0.02), (1e-13, 0.07), (1e-12, 0.01)])
@pytest.mark.parametrize("age", [90.0, 120.0, 140.0])
def test_a_tip_that_closes_meets_the_aliquot_and_not_its_mean(age, wall, gap):
    """In a rigid line it is felt when it holds up the accumulator, long before it resists the mean flow."""
    found, mean = resolved_flow(GATE, BUTANE, RATE, 400, slope_age=age, wall=wall)
    assert mean == pytest.approx(found, rel=gap)


@pytest.mark.parametrize("wall", [1e-15, 1e-14])
def test_a_line_that_stores_as_much_as_the_accumulator_lies_between(wall):
    found, mean = resolved_flow(GATE, BUTANE, RATE, 400, slope_age=120.0, wall=wall)
    pump, state = joined(GATE, BUTANE, 120.0, wall)
    steady = bracketed_root(GATE, READY, RATE, DRIVEN, WATER, pump, state).flow
    assert found < mean < found + 0.8 * (steady - found)
    assert mean < 1.5 * found


@pytest.mark.parametrize(("share", "gap"), [(0.1, 1e-4), (1.0, 1e-4), (10.0, 1e-4), (40.0, 1e-3)])
def test_resolved_cycles_deliver_the_flow_within_a_stated_gap(share, gap):
    found, mean = resolved_flow(GATE, BUTANE, share * RATE, 40)
    assert found == pytest.approx(mean, rel=gap)


# --- in a field ---------------------------------------------------------------------------------------------------


def test_a_field_opens_both_gates():
    free = 0.5 * GATE.gate_conductance * (DRIVEN - BACK)
    for rate in (0.0, RATE):
        assert flow(SCANNED, READY, rate, DRIVEN, BACK, ATMOSPHERE, WATER) == pytest.approx(free, rel=1e-12)
    assert free > 400.0 * RATE
    assert [(p.inlet, p.outlet) for p in phases(SCANNED, READY, RATE) if p.duration > 0.0] == [(1.0, 1.0)]
    assert stroke_flow(SCANNED, READY, RATE, DRIVEN, BACK) == pytest.approx(free, rel=1e-12)
    found, mean = resolved_flow(SCANNED, BUTANE, RATE, 100)
    assert found == pytest.approx(mean, rel=5e-6)  # the circuit's tip resists a thousandth of the lumen, 3e-6 of all


def test_a_field_that_is_too_weak_changes_nothing():
    for field in (0.0, 0.5, 1.0):
        weak = GATE._replace(field=field)
        found, free = (flow(drive, READY, RATE, DRIVEN, BACK, ATMOSPHERE, WATER) for drive in (weak, GATE))
        assert found == free
        assert advance(weak, READY, DAY, AROUND) == READY


@given(st.floats(1e-3, 1e3), st.integers(1, 30))
def test_at_most_ten_microlitres_escape_then_nothing_until_a_reset(scale, looks):
    own, escaped, dt = READY, 0.0, 60.0 * scale / looks
    for _ in range(looks):
        through = flow(SCANNED, own, RATE, DRIVEN, BACK, ATMOSPHERE, WATER)
        step = min(dt, panel(SCANNED, own, AROUND._replace(flow=through)))
        own = advance(SCANNED, own, step, AROUND._replace(flow=through))
        escaped += through * step
    assert escaped <= 10e-9 * (1.0 + 1e-12)
    assert own.volume == pytest.approx(escaped, rel=1e-12)
    assert escaped * 25.0 * 1e6 <= 0.25 * (1.0 + 1e-12)  # mg of morphine at 25 mg/mL


def test_once_tripped_the_pump_gives_nothing_in_or_out_of_the_field_until_a_visit():
    for drive in (SCANNED, GATE):
        for rate in (0.0, RATE, 50.0 * RATE):
            assert flow(drive, TRIPPED, rate, DRIVEN, BACK, ATMOSPHERE, WATER) == 0.0
            assert stroke_flow(drive, TRIPPED, rate, DRIVEN, BACK) == 0.0
        assert advance(drive, TRIPPED, 100.0 * DAY, AROUND) == TRIPPED
        assert all(p.inlet == p.outlet == 0.0 for p in phases(drive, TRIPPED, RATE))
        idle = stroke(drive, TRIPPED, RATE, DRIVEN, BACK, ATMOSPHERE, WATER)
        assert phases(drive, TRIPPED, RATE)[0].duration == idle.period
        assert chamber(drive, TRIPPED, WATER).outlet.conductance <= 1e-8 * GATE.gate_conductance
    assert refilled(GATE, TRIPPED, Service(0.1), MEDIAN_LUCK) == rinsed(GATE, TRIPPED) == fresh(GATE, MEDIAN_LUCK)
    assert flow(GATE, fresh(GATE, MEDIAN_LUCK), RATE, DRIVEN, BACK, ATMOSPHERE, WATER) > 0.9 * RATE


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("wider", [1.0, 100.0])
def test_a_scan_trips_the_shut_off_in_every_engine(wider, engine):
    """Also where gates a hundred times wider let ten microlitres out in a twentieth of a second."""
    drive = GATE._replace(gate_conductance=wider * GATE.gate_conductance)
    day = day_with(drive, BUTANE, engine, "drive.field", 30.0)
    before, after = np.interp((6.0 * 3600.0, 8.0 * 3600.0), day.time, day.delivered)
    # beside what escapes, shut gates leak
    assert 9e-9 < after - before <= 10e-9 * (1.0 + 1e-3)
    assert day.delivered[-1] - after == pytest.approx(0.0, abs=1e-3 * RATE * DAY)


def test_without_a_shut_off_the_reservoir_runs_out_in_the_field():
    unguarded = SCANNED._replace(escape=1.0)
    through = flow(unguarded, READY, RATE, DRIVEN, BACK, ATMOSPHERE, WATER)
    own = advance(unguarded, READY, DAY, AROUND._replace(flow=through))
    assert own.volume > 20e-6
    assert flow(unguarded, own, RATE, DRIVEN, BACK, ATMOSPHERE, WATER) == through


def test_the_reservoirs_pressure_is_the_limit():
    assert stall(GATE) >= 1e300
    assert flow(GATE, READY, RATE, DRIVEN, DRIVEN, ATMOSPHERE, WATER) == 0.0
    assert flow(GATE, READY, RATE, DRIVEN, 1.1 * DRIVEN, ATMOSPHERE, WATER) < 0.0


@pytest.mark.parametrize("drive", [GATE, SCANNED])
def test_compiled_and_plain_answers_have_the_same_bits(drive):
    compiled, plain = compiled_and_not(drive, DRIVEN)
    assert compiled == plain
