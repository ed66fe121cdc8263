"""The lead screw: pulses, slack, stick-slip, siphon and stall, by itself and in a network that resolves pressure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.circuit import CHAMBER, OUTLET, carries, circuit, schedule
from fluidics.drives.lead_screw import Slack
from fluidics.engines.exact import resolve
from fluidics.engines.operating import bracketed_root
from fluidics.pump import MEDIAN_LUCK, Luck, Service, new_pump
from fluidics.questions import (
    advance,
    chamber,
    creep,
    flow,
    fresh,
    operate,
    panel,
    phases,
    refilled,
    stall,
    stroke,
    strokes,
)
from fluidics.sites.blockage import Blocked
from tests.fluidics.parts import AROUND, ATMOSPHERE, RATE, WATER
from tests.fluidics.worn import TUBED_PUMP, UL_PER_KPA, UNIT, UNIT_PER_HOUR

DRIVE = TUBED_PUMP.drive
TIGHT = Slack(0.0)
LOOSE = DRIVE._replace(slack=8e-9)
WHOLE = DRIVE.compliance + DRIVE.slow_compliance
NEW = new_pump(TUBED_PUMP)
RATES = st.floats(0.025, 90.0).map(lambda r: r * UNIT_PER_HOUR)


def resolved(pump, rate, count, start=None):
    """Return what the exact engine makes of some strokes, and the network's state to go on from."""
    made = circuit(pump, NEW, carries(pump.drive, NEW.drive, rate))
    pressure, opened = start or (made.pressure.copy(), np.zeros(len(made.network.kind), dtype=np.int64))
    return resolve(made.network, schedule(made.network, pump.drive, NEW.drive, rate), count, pressure, opened)


def warm(rate=UNIT_PER_HOUR, pump=TUBED_PUMP):
    run = resolved(pump, rate, 200)
    return run.pressure[-1], run.open[-1]


@given(RATES, st.floats(-2e4, 2e5), st.floats(0.0, 8e-9))
def test_a_stroke_is_the_flow(rate, p_out, left):
    for own in (TIGHT, Slack(left)):
        one = stroke(LOOSE, own, rate, 0.0, p_out, ATMOSPHERE, WATER)
        mean = one.volume / one.period - one.conductance * p_out
        assert mean == pytest.approx(flow(LOOSE, own, rate, 0.0, p_out, ATMOSPHERE, WATER), rel=1e-13)


@given(RATES, st.floats(0.0, 8e-9))
def test_phases_carry_the_stroke_and_last_its_period(rate, left):
    steps, one = phases(LOOSE, Slack(left), rate), stroke(LOOSE, Slack(left), rate, 0.0, 0.0, ATMOSPHERE, WATER)
    assert sum(p.carried * p.duration for p in steps) == pytest.approx(one.volume, rel=1e-13)
    assert sum(p.duration for p in steps) == pytest.approx(one.period, rel=1e-13)
    assert strokes(LOOSE, rate) * one.period == pytest.approx(1.0)


@given(RATES, st.floats(-2e4, 2e5), st.floats(6.0, 18.0))
def test_its_operating_point_is_the_generic_root(rate, offset, exponent):
    pump = TUBED_PUMP._replace(site=Blocked(TUBED_PUMP.site._replace(pressure=offset), 10.0**exponent))
    closed, root = (ask(DRIVE, TIGHT, rate, 0.0, WATER, pump, NEW) for ask in (operate, bracketed_root))
    assert closed.flow == pytest.approx(root.flow, rel=1e-9, abs=1e-9 * rate)
    assert closed.pressure == pytest.approx(root.pressure, rel=1e-9, abs=1e-6)


def test_it_stalls_where_force_less_friction_ends():
    assert stall(DRIVE) == 104e3
    assert flow(DRIVE, TIGHT, RATE, 0.0, 103.9e3, ATMOSPHERE, WATER) == RATE
    assert flow(DRIVE, TIGHT, RATE, 0.0, 104.1e3, ATMOSPHERE, WATER) == 0.0


def test_slack_is_new_with_every_barrel_and_taken_up_before_anything_moves():
    luck = Luck(uniform=0.25, normal=0.0, batch=0.0)
    assert fresh(LOOSE, luck) == refilled(LOOSE, TIGHT, Service(0.0), luck) == Slack(2e-9)
    around = AROUND._replace(strokes=1e-12 / LOOSE.quantum)
    assert panel(LOOSE, Slack(2.3e-9), around) == pytest.approx(2000.0)  # four pulses that move nothing
    assert panel(LOOSE, Slack(0.3e-9), around) == pytest.approx(500.0)  # one that moves in part
    assert advance(LOOSE, Slack(2e-9), 2000.0, around).left == pytest.approx(0.0, abs=1e-24)
    assert flow(LOOSE, Slack(2e-9), RATE, 0.0, 0.0, ATMOSPHERE, WATER) == 0.0
    assert flow(LOOSE, Slack(0.1e-9), RATE, 0.0, 0.0, ATMOSPHERE, WATER) == pytest.approx(0.8 * RATE, rel=1e-14)
    assert panel(LOOSE, TIGHT, around) >= 1e300


def test_slack_is_what_a_series_of_strokes_lacks():
    own, around, total = Slack(3.3e-9), AROUND._replace(strokes=UNIT_PER_HOUR / LOOSE.quantum), 0.0
    for _ in range(20):
        one = stroke(LOOSE, own, UNIT_PER_HOUR, 0.0, 0.0, ATMOSPHERE, WATER)
        total += one.volume
        own = advance(LOOSE, own, one.period, around)
    assert total == pytest.approx(20 * LOOSE.quantum - 3.3e-9, rel=1e-12)


def test_after_its_start_it_delivers_what_is_programmed():
    run = resolved(TUBED_PUMP, UNIT_PER_HOUR, 400, warm())
    # slips come every second or third pulse, so that a day is known within one slip
    assert run.volume[-1, OUTLET] == pytest.approx(400 * DRIVE.quantum, abs=1.01 * WHOLE * 4e3)
    assert run.residual <= 1e-9 * run.volume[-1, OUTLET]


def test_the_plunger_slips_by_compliance_times_the_step_of_friction():
    # pulses so small that they are no part of the slip; dry friction: C (p_b - p_r), every C (p_b - p_r) / Q
    spring = DRIVE._replace(compliance=WHOLE, slow_compliance=0.0)
    fine = TUBED_PUMP._replace(drive=spring._replace(quantum=2e-11, breakaway_friction=12e3))
    slip, rate = WHOLE * 8e3, 0.05 * UNIT_PER_HOUR
    run = resolved(fine, rate, 3000, warm(rate, fine))
    volume = run.volume[:, OUTLET]
    rests = np.diff(volume) < 0.01 * fine.drive.quantum
    starts = np.flatnonzero(rests[:-1] & ~rests[1:])
    apart = np.diff(volume[starts])
    assert len(apart) > 10
    assert apart == pytest.approx(np.full(len(apart), slip), rel=0.02)
    assert np.diff(run.time[starts]) == pytest.approx(np.full(len(apart), slip / rate), rel=0.02)


@pytest.mark.parametrize("height", [-0.95, 0.95])
def test_a_head_moves_its_compliance_once_and_the_rate_returns(height):
    moved = TUBED_PUMP._replace(catheter=TUBED_PUMP.catheter._replace(height=height))
    hours = 20  # pulses in an hour
    first = resolved(moved, UNIT_PER_HOUR, 3 * hours, warm())
    later = resolved(moved, UNIT_PER_HOUR, 10 * hours, (first.pressure[-1], first.open[-1]))
    slip = 1.01 * WHOLE * 4e3
    expected = 3.0 * UNIT + WHOLE * 1000.0 * 9.80665 * height
    assert first.volume[-1, OUTLET] == pytest.approx(expected, abs=slip)
    assert later.volume[-1, OUTLET] == pytest.approx(10.0 * UNIT, abs=slip)


def test_a_shut_line_fills_the_compliance_and_stalls_at_the_force_limit():
    shut = TUBED_PUMP._replace(site=Blocked(TUBED_PUMP.site, 1e24))
    run = resolved(shut, UNIT_PER_HOUR, 100, warm())
    peak = run.pressure[:, CHAMBER].max()
    assert DRIVE.stall_pressure <= peak < DRIVE.stall_pressure + 1.1e3
    # until 60 kPa above the running friction the pulses have filled the compliance with what they carried
    start = warm()[0][CHAMBER]
    reached = int(np.argmax(run.pressure[:, CHAMBER] > 64e3))
    carried = np.ceil((reached + 1) / 2.0) * DRIVE.quantum
    assert carried == pytest.approx(WHOLE * (64e3 - start), abs=1.5 * DRIVE.quantum)


def test_the_chamber_stores_at_once_and_late_behind_dry_friction():
    joined = chamber(DRIVE, TIGHT, WATER)
    assert joined.compliance == pytest.approx(0.12 * UL_PER_KPA)
    assert creep(DRIVE, TIGHT) == (0.15 * UL_PER_KPA, 120.0)
    assert (joined.outlet.crack, joined.outlet.breakaway) == (4e3, 8e3)
    assert joined.stall == DRIVE.stall_pressure


def test_a_new_screw_of_a_pump_without_slack_is_tight():
    assert fresh(DRIVE, MEDIAN_LUCK) == TIGHT
