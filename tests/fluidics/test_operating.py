"""The operating point: closed forms against the generic root, force limits, and losses level by level."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.drives.piston import Deposit
from fluidics.engines.operating import bracketed_root, operated
from fluidics.pump import Level, new_pump
from fluidics.questions import flow, line, operate
from tests.fluidics.parts import (
    ACTIVE,
    ATMOSPHERE,
    BODY,
    DAY,
    HEPATIC_PUMP,
    INSULIN_PUMP,
    QUIET,
    RATE,
    WATER,
    insulin_levels,
    onset,
)

LIMIT = INSULIN_PUMP.drive.stall_pressure
OFF = Level(0.0, 0.0)


def aged(deposit: float, tip_days: float, capsule_days: float):
    """Return an insulin pump's state with a deposit and a line closed for some days."""
    return ACTIVE._replace(
        drive=Deposit(deposit), catheter=onset(0.0, tip_days * DAY, 1.0), site=onset(0.0, capsule_days * DAY, 1.0)
    )


def at(pump, state, rate, p_in, viscosity=WATER):
    """Return the operating point by the drive's own answer and by the generic root."""
    arguments = (pump.drive, state.drive, rate, p_in, viscosity, pump, state)
    return operate(*arguments), bracketed_root(*arguments)


@given(
    rate=st.floats(0.0, 200.0).map(lambda r: r * RATE),
    p_in=st.floats(-6e4, 1.4e4),  # above it both valves open, which the closed form leaves out
    deposit=st.floats(0.0, 5.0),
    tip=st.floats(0.0, 250.0),
    capsule=st.floats(0.0, 250.0),
    viscosity=st.floats(5e-4, 2e-3),
)
def test_closed_form_of_the_piston_is_the_generic_root(rate, p_in, deposit, tip, capsule, viscosity):
    state = aged(deposit, tip, capsule)
    closed, root = at(INSULIN_PUMP, state, rate, p_in, viscosity)
    assert closed.pressure == pytest.approx(root.pressure, rel=1e-9, abs=1e-6)
    assert closed.flow == pytest.approx(root.flow, rel=1e-9, abs=1e-9 * (rate + RATE))


@given(p_in=st.floats(0.0, 4e5), tip=st.floats(0.0, 400.0), viscosity=st.floats(5e-4, 2e-3))
def test_closed_form_of_the_restrictor_is_the_generic_root(p_in, tip, viscosity):
    state = QUIET._replace(catheter=onset(0.0, tip * DAY, 1.0))
    closed, root = at(HEPATIC_PUMP, state, 0.0, p_in, viscosity)
    assert closed.pressure == pytest.approx(root.pressure, rel=1e-9, abs=1e-6)
    assert closed.flow == pytest.approx(root.flow, rel=1e-9, abs=1e-9 * RATE)


@given(st.floats(0.0, 200.0).map(lambda r: r * RATE), st.floats(0.0, 3.0), st.floats(0.0, 220.0))
def test_the_operating_point_lies_on_the_line_and_below_the_force_limit(rate, deposit, tip):
    state = aged(deposit, tip, 0.0)
    point, _ = at(INSULIN_PUMP, state, rate, -31e3)
    catheter, site = (line(getattr(INSULIN_PUMP, p), getattr(state, p), WATER) for p in ("catheter", "site"))
    against = catheter.offset + site.offset + (catheter.slope + site.slope) * point.flow
    assert point.pressure == pytest.approx(against, rel=1e-12, abs=1e-9)
    assert point.pressure <= LIMIT * (1.0 + 1e-15)
    assert point.flow <= INSULIN_PUMP.drive.accuracy * rate


def test_a_stalled_piston_delivers_what_its_force_limit_pushes_through_the_line():
    state = aged(0.4, 150.0, 0.0)
    for point in at(INSULIN_PUMP, state, 60.0 * RATE, -31e3):
        assert point.pressure == pytest.approx(LIMIT, rel=1e-12)
        slope = line(INSULIN_PUMP.catheter, state.catheter, WATER).slope
        assert point.flow == pytest.approx((LIMIT - INSULIN_PUMP.site.pressure) / slope, rel=1e-9)
        assert 0.0 < point.flow < 0.5 * 60.0 * RATE


def test_a_body_that_presses_harder_than_the_force_limit_gets_nothing():
    pump = INSULIN_PUMP._replace(site=INSULIN_PUMP.site._replace(pressure=1.2 * LIMIT))
    for deposit in (0.0, 0.5):
        closed, root = at(pump, aged(deposit, 50.0, 0.0), RATE, -31e3)
        assert closed.flow <= 0.0
        assert closed.flow == pytest.approx(root.flow, rel=1e-9, abs=1e-12 * RATE)
        assert closed.pressure == pytest.approx(root.pressure, rel=1e-9)


def test_a_shut_line_stops_the_flow():
    for point in at(INSULIN_PUMP, aged(0.4, 1000.0, 0.0), RATE, -31e3):
        assert point.pressure == pytest.approx(LIMIT, rel=1e-12)
        assert point.flow == pytest.approx(0.0, abs=1e-12 * RATE)


@pytest.mark.parametrize("pump", [INSULIN_PUMP, HEPATIC_PUMP])
def test_zero_rate_is_regular(pump):
    state = new_pump(pump)
    closed, root = at(pump, state, 0.0, pump.site.pressure)
    for point in (closed, root):
        assert point.flow == pytest.approx(0.0, abs=1e-12 * RATE)
        assert point.pressure == pytest.approx(pump.site.pressure, rel=1e-12)


def test_closing_costs_boluses_first_and_leaking_costs_basal_first():
    basal, bolus = RATE, 60.0 * RATE
    leaking, closing = aged(0.9, 0.0, 0.0), aged(0.0, 130.0, 0.0)

    drive = INSULIN_PUMP.drive._replace(accuracy=1.0)

    def lost(state, rate):
        return 1.0 - operate(drive, state.drive, rate, -31e3, WATER, INSULIN_PUMP, state).flow / rate

    assert 0.0 < 50.0 * lost(leaking, bolus) < lost(leaking, basal)
    assert lost(closing, bolus) > 0.2
    assert lost(closing, basal) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("factor", [2.0**-20, 2.0**17])
def test_another_unit_of_time_changes_no_bit(factor):
    pump = INSULIN_PUMP
    state = aged(0.7, 60.0, 30.0)
    times = {name: getattr(pump.drive, name) / factor for name in ("push_time", "hold_time", "return_time")}
    drive = pump.drive._replace(filter_resistance=pump.drive.filter_resistance / factor, **times)
    other = pump._replace(
        drive=drive,
        catheter=pump.catheter._replace(length=pump.catheter.length / factor),
        site=pump.site._replace(capsule_resistance=pump.site.capsule_resistance / factor),
    )
    base = operate(pump.drive, state.drive, RATE, -31e3, WATER, pump, state)
    scaled = operate(drive, state.drive, RATE * factor, -31e3, WATER, other, state)
    assert scaled == base._replace(flow=base.flow * factor)


def test_surroundings_are_averages_over_the_levels():
    state, levels = aged(0.7, 90.0, 30.0), insulin_levels()
    around = operated(INSULIN_PUMP, state, levels, 0.25, 1.0)
    mu = 1.049 * 6.905e-4
    points = [
        operate(INSULIN_PUMP.drive, state.drive, level.rate, around.p_in, mu, INSULIN_PUMP, state)
        for level in levels[:2]
    ]
    shares = [level.share for level in levels[:2]]
    mean = sum(s * p.flow for s, p in zip(shares, points, strict=True))
    assert around.flow == pytest.approx(mean, rel=1e-3)  # viscosity of water to 0.2 %
    assert around.programmed == pytest.approx(RATE, rel=1e-14)
    assert around.strokes == pytest.approx(200.0 / DAY, rel=1e-12)
    assert around.p_peak == pytest.approx(max(p.pressure for p in points), rel=5e-3)
    assert around.p2_out >= around.p_out * around.p_out
    assert (around.aggregate, around.temperature) == (0.25, BODY)


def test_a_loss_is_never_that_of_the_mean_rate():
    state = aged(0.0, 125.0, 0.0)
    together = operated(INSULIN_PUMP, state, (Level(RATE, 1.0), OFF, OFF, OFF), 0.0, 1.0)
    apart = operated(INSULIN_PUMP, state, insulin_levels(), 0.0, 1.0)
    assert together.flow == pytest.approx(1.02 * RATE, rel=1e-9)
    assert apart.flow < 0.95 * RATE


def test_a_pump_that_stands_still_strokes_no_more():
    around = operated(INSULIN_PUMP, ACTIVE, insulin_levels(), 0.0, 0.0)
    assert around.flow == around.strokes == 0.0
    assert around.programmed == pytest.approx(RATE, rel=1e-14)


def test_without_suction_there_is_no_basal_loss():
    state = aged(0.9, 0.0, 0.0)
    body_pressure = operate(INSULIN_PUMP.drive, Deposit(0.0), RATE, 0.0, WATER, INSULIN_PUMP, state).pressure
    point = operate(INSULIN_PUMP.drive, state.drive, RATE, body_pressure, WATER, INSULIN_PUMP, state)
    assert point.flow == pytest.approx(INSULIN_PUMP.drive.accuracy * RATE, rel=1e-12)
    sucked = operate(INSULIN_PUMP.drive, state.drive, RATE, -31e3, WATER, INSULIN_PUMP, state)
    assert sucked.flow < 0.9 * INSULIN_PUMP.drive.accuracy * RATE
    assert flow(INSULIN_PUMP.drive, state.drive, RATE, -31e3, sucked.pressure, ATMOSPHERE, WATER) == pytest.approx(
        sucked.flow, rel=1e-9
    )
