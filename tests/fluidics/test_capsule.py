"""The capsule that ends its growth: both limits of the logistic law, its equation, the flap."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from fluidics.compile import kernel
from fluidics.engines.operating import bracketed_root
from fluidics.pump import Pump, PumpState
from fluidics.questions import advance, back_pressure, compliance, flow, line, panel
from fluidics.sites.capsule import Encapsulating, grown_share
from fluidics.sites.site import Peritoneum
from tests.fluidics.parts import ACTIVE, AROUND, ATMOSPHERE, BODY, DAY, INSULIN_PUMP, RATE, WATER, YEAR, onset

CLOSING = 23.7 * DAY
SITE = Encapsulating(BODY, 2e3, 0.175 / YEAR, 0.0, CLOSING, 2.3e11, 2.3e17, 1e-13)
ENDLESS = Peritoneum(BODY, 2e3, 0.175 / YEAR, 0.0, CLOSING, 2.3e11)


def aged(days):
    return onset(0.0, days * DAY, 1.0)


@given(st.floats(1e-6, 6.0))  # below it both laws are differences that lose digits
def test_a_small_capsule_grows_like_the_one_without_end(closings):
    own = onset(0.0, closings * CLOSING, 1.0)
    with_end, without = line(SITE, own, WATER).slope, line(ENDLESS, own, WATER).slope
    assert with_end == pytest.approx(without, rel=2.0 * math.exp(closings) / 1e6 + 1e-9)


def test_a_capsule_ends_at_its_final_resistance_and_compliance():
    assert line(SITE, aged(4000.0), WATER).slope == pytest.approx(SITE.final_resistance, rel=1e-12)
    assert compliance(SITE, aged(4000.0)) == pytest.approx(SITE.final_compliance, rel=1e-12)
    assert line(SITE, onset(0.3, 0.0, 1.0), WATER).slope == 0.0
    assert compliance(SITE, onset(0.3, 0.0, 1.0)) == 0.0


@pytest.mark.parametrize("ratio", [2.0, 30.0, 1e4])
def test_growth_is_verhulsts_equation(ratio):
    # y = f + (1 - f) / K is the plain logistic curve: dy/dx = y (1 - y), from 1 / K
    end = math.log(ratio) + 1.5
    grown = solve_ivp(lambda _, y: y * (1.0 - y), (0.0, end), [1.0 / ratio], rtol=1e-11, atol=1e-14).y[0, -1]
    share = grown_share(end, ratio)
    assert share + (1.0 - share) / ratio == pytest.approx(grown, rel=1e-8)


def test_half_of_the_final_size_is_reached_after_the_logarithm_of_the_ratio():
    # f = 1/2 at e^x = K + 1
    assert grown_share(math.log(1001.0), 1000.0) == pytest.approx(0.5, rel=1e-12)


def test_onset_inside_a_panel_is_exact():
    own = advance(SITE, onset(0.05, 0.0, 1.0), 200.0 * DAY, AROUND)
    assert own.age == pytest.approx(200.0 * DAY - 0.05 / 0.175 * YEAR, rel=1e-9)


@given(st.floats(-1e-9, 0.0), st.floats(0.0, 500.0))
def test_drawing_back_costs_nothing(drawn, days):
    assert back_pressure(SITE, aged(days), drawn, WATER) == SITE.pressure


@given(st.floats(0.0, 1e-9), st.floats(0.0, 500.0))
def test_pressing_out_meets_the_capsule(pushed, days):
    law = line(SITE, aged(days), WATER)
    assert back_pressure(SITE, aged(days), pushed, WATER) == law.offset + law.slope * pushed


def test_a_leaking_pump_draws_through_the_flap_what_the_capsule_would_hold_back():
    pump = Pump(*INSULIN_PUMP)._replace(site=SITE)
    state = PumpState(*ACTIVE)._replace(site=aged(4000.0), catheter=onset(1.0, 0.0, 1.0))
    leaking = state.drive._replace(deposit=5.0)
    drawn = bracketed_root(pump.drive, leaking, 0.0, -31e3, WATER, pump, state).flow
    # the line stays at the pressure of the body, so the leak is that of the open site
    catheter = line(pump.catheter, state.catheter, WATER).slope
    free = flow(pump.drive, leaking, 0.0, -31e3, SITE.pressure, ATMOSPHERE, WATER)
    assert free < drawn < 0.0
    assert drawn == pytest.approx(free, rel=2.0 * catheter * abs(free) / 33e3 + 1e-9)
    shut = back_pressure(SITE, aged(4000.0), RATE, WATER) - SITE.pressure
    assert shut > 1e5


@kernel
def answered(part, own, dt, around, drawn):
    later = advance(part, own, dt, around)
    pressure = back_pressure(part, later, drawn, WATER)
    return later, line(part, later, WATER), panel(part, later, around), compliance(part, later), pressure


@pytest.mark.parametrize("days", [0.0, 30.0, 700.0])
def test_compiled_and_plain_have_the_same_bits(days):
    asked = (SITE, aged(days), 2.0 * DAY, AROUND, 1e-12)
    assert answered(*asked) == getattr(answered, "py_func", answered)(*asked)
