"""The piston: its leak behind a bounding filter, its deposit, its force limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.drives.piston import BOUNDED, QUIET_DEPOSIT, STEP, Deposit, leak_conductance, seat_leak
from fluidics.pump import MEDIAN_LUCK
from fluidics.questions import advance, flow, fresh, panel, rinsed, stall, stroke, strokes
from tests.fluidics.parts import AROUND, ATMOSPHERE, DAY, INSULIN_PUMP, RATE, WATER

DRIVE = INSULIN_PUMP.drive


def test_new_seats_are_clean_and_deliver_the_stroke():
    own = fresh(DRIVE, MEDIAN_LUCK)
    assert own == Deposit(0.0)
    assert flow(DRIVE, own, RATE, -31e3, 5e3, ATMOSPHERE, WATER) == DRIVE.accuracy * RATE


def test_without_a_pressure_to_suck_nothing_leaks():
    for deposit in (0.0, 0.5, 5.0):
        assert flow(DRIVE, Deposit(deposit), RATE, 5e3, 5e3, ATMOSPHERE, WATER) == DRIVE.accuracy * RATE


def test_leak_is_cubic_in_a_small_gap_and_bounded_by_the_filter():
    small, double = (leak_conductance(DRIVE, Deposit(d), WATER) for d in (1e-3, 2e-3))
    assert double / small == pytest.approx(8.0, rel=1e-6)
    assert leak_conductance(DRIVE, Deposit(1.0), WATER) == pytest.approx(0.5 / DRIVE.filter_resistance, rel=1e-14)
    assert leak_conductance(DRIVE, Deposit(1e4), WATER) == pytest.approx(1.0 / DRIVE.filter_resistance, rel=1e-11)


def test_bounded_leak_takes_the_stated_share_of_the_mean_rate():
    # the filter lets 0.61 of the mean rate through at 31 kPa
    lost = DRIVE.accuracy * RATE - flow(DRIVE, Deposit(1e5), RATE, -31e3, 0.0, ATMOSPHERE, WATER)
    assert lost / RATE == pytest.approx(0.61, rel=1e-10)


def test_a_thicker_drug_leaks_less():
    thin, thick = (leak_conductance(DRIVE, Deposit(0.8), mu) for mu in (WATER, 3.0 * WATER))
    assert thin / thick == pytest.approx(3.0, rel=1e-14)


def test_ten_times_the_basal_rate_makes_a_tenth_of_the_loss():
    ideal = DRIVE._replace(accuracy=1.0)
    own = Deposit(1.0)
    leak = leak_conductance(ideal, own, WATER) * 36e3
    slow = 1.0 - flow(ideal, own, 10.0 * leak, -31e3, 5e3, ATMOSPHERE, WATER) / (10.0 * leak)
    fast = 1.0 - flow(ideal, own, 100.0 * leak, -31e3, 5e3, ATMOSPHERE, WATER) / (100.0 * leak)
    assert slow == pytest.approx(0.1, rel=1e-12)
    assert fast == pytest.approx(0.01, rel=1e-12)


def test_beyond_its_force_limit_it_only_leaks():
    own, limit = Deposit(0.5), stall(DRIVE)
    beyond = flow(DRIVE, own, RATE, -31e3, limit * 1.01, ATMOSPHERE, WATER)
    assert beyond == pytest.approx(-leak_conductance(DRIVE, own, WATER) * (limit * 1.01 + 31e3), rel=1e-14)
    assert flow(DRIVE, Deposit(0.0), RATE, -31e3, limit * 1.01, ATMOSPHERE, WATER) == 0.0


def test_strokes_move_the_programmed_volume():
    assert strokes(DRIVE, RATE) * DRIVE.stroke_volume == pytest.approx(RATE, rel=1e-15)
    assert strokes(DRIVE, RATE) * DAY == pytest.approx(200.0)  # 100 uL a day of 0.5 uL each


@given(st.floats(0.0, 3.0), st.floats(0.0, 90.0), st.floats(0.0, 2.0), st.floats(0.0, 1.0))
def test_deposit_grows_with_aggregate_and_with_held_pressure(deposit, days, mass, held):
    around = AROUND._replace(aggregate=mass, p2_out=(held * DRIVE.stall_pressure) ** 2)
    after = advance(DRIVE, Deposit(deposit), days * DAY, around).deposit
    growth = mass * days * (1.0 + 55.0 * held * held)  # one unit per unit of aggregate and day
    assert after == pytest.approx(deposit + growth, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("crept", [0.1, 1.0, 10.0])  # times of creep in a rest
def test_to_small_swings_a_bubble_is_a_compliance(crept):
    """It takes its share of a stroke, and creeps back between strokes, as a wall that yields gas / ambient^2 does."""
    yielding = 1e-14
    walled = DRIVE._replace(chamber_compliance=yielding, inlet_crack=100.0, outlet_crack=0.0)
    gassy = walled._replace(chamber_compliance=1e-20, bubble=yielding * ATMOSPHERE**2 / 101325.0)
    own = Deposit(0.1)
    rate = 2.0 * seat_leak(DRIVE, own, WATER) * DRIVE.stroke_volume / (crept * yielding)
    ideal = DRIVE.accuracy * DRIVE.stroke_volume
    wall, gas = (ideal - stroke(d, own, rate, 0.0, 0.0, ATMOSPHERE, WATER).volume for d in (walled, gassy))
    assert gas == pytest.approx(wall, rel=2e-3)


def test_a_rinse_leaves_its_share():
    assert rinsed(DRIVE, Deposit(1.5)).deposit == pytest.approx(0.03)


def test_panel_stops_at_the_quiet_deposit_then_goes_by_steps():
    steady = AROUND._replace(p2_out=0.0)
    for deposit in (0.0, 0.1, 0.5, 1.2, 2.0, 10.0):
        dt = panel(DRIVE, Deposit(deposit), steady)
        gained = advance(DRIVE, Deposit(deposit), dt, steady).deposit - deposit
        assert gained == pytest.approx(max(STEP * max(1.0, BOUNDED * deposit**3), QUIET_DEPOSIT - deposit), rel=1e-12)
    assert panel(DRIVE, Deposit(0.0), AROUND._replace(aggregate=0.0)) >= 1e300
