"""The gap between engines: strokes and panels against pressures resolved within a stroke, on pumps and random lines."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.drives.piston import Deposit
from fluidics.engines.gap import Gap, exceeded, gap
from fluidics.engines.stroke import strokes
from fluidics.pump import new_pump
from tests.fluidics.implanted import BUTANE, GATE, joined
from tests.fluidics.implanted import RATE as GATED_RATE
from tests.fluidics.parts import ACTIVE, HEPATIC_PUMP, INSULIN_PUMP, QUIET, RATE
from tests.fluidics.stroking import (
    KPA,
    MICROLITRE,
    STIFF_DRIVE,
    STIFF_RATE,
    UNIT,
    Hose,
    Pusher,
    Spring,
    Tissue,
    pusher_pump,
    stiff_pump,
)
from tests.fluidics.worn import TUBED_PUMP, UL_PER_KPA, UNIT_PER_HOUR

HOUR = 3600.0
CLEAN = ACTIVE._replace(drive=Deposit(0.0))


def greatest(found: Gap) -> float:
    return max(abs(found.end_pressure), abs(found.volume_per_stroke), abs(found.volume_per_day))


@pytest.mark.parametrize("occluded", [False, True])
def test_strokes_of_the_stiff_pump_are_within_their_bound(occluded):
    found = gap(*stiff_pump(occluded), STIFF_RATE, span=6.0 * HOUR)
    assert found[:2] == ("stroke", "exact")
    assert greatest(found) < 2e-3
    assert found.volume_per_stroke == pytest.approx(0.0, abs=1e-3)
    assert not exceeded(found)


@pytest.mark.parametrize("rate", [RATE, 60.0 * RATE])
def test_strokes_of_an_implanted_pump_are_within_their_bound(rate):
    assert greatest(gap(INSULIN_PUMP, ACTIVE, rate, span=2.0 * HOUR)) < 5e-4


def test_minutes_of_a_restrictor_are_within_their_bound():
    assert greatest(gap(HEPATIC_PUMP, QUIET, 0.0, span=2.0 * HOUR)) < 5e-4


@pytest.mark.parametrize(("ambient", "taken"), [(101325.0, 0.115), (75e3, 0.062)])
def test_gas_in_a_piston_takes_its_share_of_a_stroke_at_any_height(ambient, taken):
    """In thin air a tenth of a microlitre swells, and the suction of the reservoir is less: the law of Boyle twice."""
    pump = INSULIN_PUMP._replace(
        drive=INSULIN_PUMP.drive._replace(bubble=0.1 * MICROLITRE),
        reservoir=INSULIN_PUMP.reservoir._replace(ambient=ambient),
    )
    assert greatest(gap(pump, new_pump(pump), RATE, span=10.0 * MICROLITRE / RATE)) < 1e-4
    clean = pump._replace(drive=pump.drive._replace(bubble=0.0))
    lost = [strokes(each, new_pump(each), RATE, 2e3, 20).resolved.volume[-1, 0] for each in (clean, pump)]
    assert 1.0 - lost[1] / lost[0] == pytest.approx(taken, rel=0.02)


def test_panels_know_nothing_of_the_swing_of_a_chamber():
    """An insulin pump's chamber takes a thousandth of a stroke; the stiff pump's, a tenth as large again, 7 % of it."""
    small = gap(INSULIN_PUMP, CLEAN, RATE, "panel", "stroke", span=2.0 * HOUR)
    assert 1e-3 < small.volume_per_day < 2e-3
    assert not exceeded(small)
    large = gap(*stiff_pump(True), STIFF_RATE, "panel", "exact", span=12.0 * HOUR)
    assert large.volume_per_stroke == pytest.approx(0.07, abs=0.005)
    assert exceeded(large)


def test_a_gap_of_an_engine_to_itself_is_none():
    found = gap(INSULIN_PUMP, ACTIVE, RATE, "stroke", "stroke", span=HOUR)
    assert found[2:5] == (0.0, 0.0, 0.0)


def test_what_a_shut_line_delivers_is_no_gap():
    """Volumes below a thousandth of the programme are measured by that thousandth."""
    pump, state = stiff_pump(True)
    shut = pump._replace(catheter=pump.catheter._replace(tip=1e30))
    assert abs(gap(shut, state, STIFF_RATE, span=HOUR).volume_per_day) < 1e-9


def test_small_pressures_count_as_a_kilopascal():
    pump, state = stiff_pump(False)
    level = pump._replace(site=pump.site._replace(rest=0.0))
    assert abs(gap(level, state, STIFF_RATE, "panel", "stroke", span=HOUR).end_pressure) < 1e-2


@settings(max_examples=40)
@given(
    wall=st.floats(-2.0, 0.5), lumen=st.floats(0.01, 1.0), tip=st.floats(0.0, 5.0), rest=st.floats(-2.0, 5.0),
    suction=st.floats(5.0, 40.0), leak=st.sampled_from([1e-8, 1e-7, 1e-6]), period=st.sampled_from([20.0, 60.0, 400.0]),
    limit=st.sampled_from([100.0, 1e6]),
)  # fmt: skip
def test_strokes_on_random_lines_are_within_a_hundredth_of_the_exact_engine(
    wall, lumen, tip, rest, suction, leak, period, limit
):
    """Lines that take up a stroke below 50 kPa, from open to nearly shut, with and without an end of force."""
    drive = STIFF_DRIVE._replace(filter_resistance=1.0 / (leak * UNIT), stall_pressure=limit * KPA)
    pump, state = stiff_pump(False)
    pump = pump._replace(
        reservoir=Spring(-suction * KPA, 1e9, 0.0),
        drive=drive,
        catheter=Hose(lumen / UNIT, 10.0**tip / UNIT, 10.0**wall * UNIT, 0.0),
        site=Tissue(rest * KPA, 0.0, 0.0),
    )
    found = gap(pump, state, 0.5 * MICROLITRE / period, span=60.0 * period)
    assert not exceeded(found), (found, pump)


@pytest.mark.parametrize("wall", [0.0, 1e-14])
@pytest.mark.parametrize("share", [1.0, 0.125])
@pytest.mark.parametrize("days", [0.0, 150.0, 220.0])
def test_gates_before_a_line_that_is_nearly_shut_are_as_near(days, share, wall):
    """The accumulator is then not emptied: what it keeps is not refilled, and leaks on; a narrow gate fills slowly."""
    gates = GATE._replace(gate_conductance=share * GATE.gate_conductance)
    found = gap(*joined(gates, BUTANE, days, wall), GATED_RATE, span=20.0 * 432.0)
    assert greatest(found) < (2e-3 if days else 1e-4)


@pytest.mark.parametrize("slowness", [1.0, 3.0])
def test_a_plunger_that_sticks_and_slips_gives_the_volume_of_a_stroke_on_average(slowness):
    """Slips of 2.6 uL, every fifth pulse: half a span of ten pulses holds one slip or two, and panels know none."""
    drive = TUBED_PUMP.drive._replace(compliance=0.16 * UL_PER_KPA, slow_compliance=0.0, breakaway_friction=20e3)
    pump, rate = TUBED_PUMP._replace(drive=drive), UNIT_PER_HOUR / slowness
    found = gap(pump, new_pump(pump), rate, "panel", "stroke", span=10.0 * drive.quantum / rate)
    assert abs(found.volume_per_stroke) < 5.1e-3
    assert abs(found.volume_per_day) > 0.02
    assert greatest(gap(pump, new_pump(pump), rate, span=10.0 * drive.quantum / rate)) < 1e-4


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("value", [math.nan, math.inf, -0.011])
def test_any_difference_that_is_not_within_the_bound_exceeds_it(at, value):
    differences = [0.0, 0.0, 0.0]
    differences[at] = value
    assert exceeded(Gap("stroke", "exact", *differences, bound=0.01))


def test_a_drive_that_carries_is_as_near():
    pump = pusher_pump(
        Pusher(0.5 * MICROLITRE, 0.05, 300.0 * KPA, 0.0), Hose(0.02 / UNIT, 1e3 / UNIT, 0.2 * UNIT, 0.0),
        Tissue(0.0, 0.0, 0.0),
    )  # fmt: skip
    assert greatest(gap(pump, new_pump(pump), STIFF_RATE, span=HOUR)) < 1e-3


def test_strangers_are_refused():
    with pytest.raises(ValueError, match="is not known; there are: exact, stroke, panel"):
        gap(INSULIN_PUMP, ACTIVE, RATE, "stroke", "euler")
    with pytest.raises(ValueError, match="it must be above zero and finite"):
        gap(INSULIN_PUMP, ACTIVE, RATE, span=0.0)
