"""Several capillaries: which setting a rate picks, what it delivers, and how a network sees it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.drives.multirate import conducted, nominal_rate
from fluidics.engines.operating import bracketed_root
from fluidics.engines.rungs import ENGINES
from fluidics.engines.trace import Blockage, traced
from fluidics.programmes.programme import Programme
from fluidics.pump import MEDIAN_LUCK, Stateless
from fluidics.questions import (
    advance,
    chamber,
    flow,
    fresh,
    operate,
    phases,
    pressure,
    stall,
    stroke,
    strokes,
    throttle,
)
from tests.fluidics.implanted import (
    AROUND,
    ATMOSPHERE,
    BODY,
    BUTANE,
    DAY,
    RATE,
    SETTINGS,
    WATER,
    compiled_and_not,
    joined,
    resolved_flow,
    stroke_flow,
)

OWN = Stateless()
STEP = 0.5e-6 / DAY  # between settings


@given(st.floats(0.0, 5.0).filter(lambda steps: abs(2.0 * steps % 1.0 - 0.5) > 1e-9))  # rounding settles a tie
def test_a_rate_picks_the_nearest_of_eight_settings(steps):
    # the first three capillaries make 0 to 7 steps of 0.5 mL/d
    nearest = min(range(8), key=lambda k: (abs(k - 2.0 * steps), k))
    picked = nominal_rate(SETTINGS, 2.0 * steps * STEP)
    assert picked == pytest.approx(nearest * STEP, rel=1e-12, abs=1e-30)


@given(st.lists(st.floats(0.1, 10.0), min_size=3, max_size=3), st.floats(0.0, 20.0))
def test_no_other_setting_is_nearer(rates, wanted):
    drive = SETTINGS._replace(
        **{
            f"{name}_resistance": 245e3 / (r * STEP)
            for name, r in zip(("first", "second", "third"), rates, strict=True)
        }
    )
    picked = nominal_rate(drive, wanted * STEP)
    sums = [a + b + c for a in (0.0, rates[0]) for b in (0.0, rates[1]) for c in (0.0, rates[2])]
    assert abs(picked / STEP - wanted) == pytest.approx(min(abs(s - wanted) for s in sums), rel=1e-9, abs=1e-9)


def test_it_delivers_its_setting_and_not_what_was_programmed():
    for wanted in (0.9, 1.0, 1.2):
        found = flow(SETTINGS, OWN, wanted * 1e-6 / DAY, 245e3, 0.0, ATMOSPHERE, WATER)
        assert found * DAY == pytest.approx(1e-6, rel=1e-5)  # the leak beside it
        assert nominal_rate(SETTINGS, wanted * 1e-6 / DAY) * DAY == pytest.approx(1e-6, rel=1e-12)
    # more than all three give at once, and less than half the smallest
    assert nominal_rate(SETTINGS, 9e-6 / DAY) * DAY == pytest.approx(3.5e-6, rel=1e-12)
    assert nominal_rate(SETTINGS, 0.2e-6 / DAY) == 0.0


def test_rates_follow_pressure_and_viscosity_as_any_restrictor_does():
    base = flow(SETTINGS, OWN, RATE, 245e3, 0.0, ATMOSPHERE, WATER)
    assert flow(SETTINGS, OWN, RATE, 257.25e3, 12.25e3, ATMOSPHERE, 2.0 * WATER) == pytest.approx(0.5 * base, rel=1e-12)
    assert flow(SETTINGS, OWN, RATE, 122.5e3, 245e3, ATMOSPHERE, WATER) == pytest.approx(-0.5 * base, rel=1e-12)


def test_shut_capillaries_leak():
    found = flow(SETTINGS, OWN, 0.0, 245e3, 0.0, ATMOSPHERE, WATER)
    assert found == pytest.approx(SETTINGS.shut_leak * 245e3, rel=1e-12)
    assert strokes(SETTINGS, RATE) == 0.0


@given(rate=st.floats(0.0, 10.0), p_in=st.floats(0.0, 4e5), p_out=st.floats(-1e4, 4e5))
def test_its_conductance_makes_the_flow(rate, p_in, p_out):
    mean = flow(SETTINGS, OWN, rate * RATE, p_in, p_out, ATMOSPHERE, WATER)
    assert stroke_flow(SETTINGS, OWN, rate * RATE, p_in, p_out) == pytest.approx(mean, rel=1e-12, abs=1e-15 * RATE)


@given(st.floats(0.0, 10.0))
def test_a_network_sees_the_capillaries_that_are_open(rate):
    (step, *others) = phases(SETTINGS, OWN, rate * RATE)
    assert step.duration == stroke(SETTINGS, OWN, rate * RATE, 245e3, 0.0, ATMOSPHERE, WATER).period == 60.0
    assert not any(other.duration for other in others)
    inlet = chamber(SETTINGS, OWN, WATER).inlet
    through = inlet.leak + step.inlet * throttle(SETTINGS, OWN, rate * RATE) * inlet.conductance
    assert through == pytest.approx(conducted(SETTINGS, rate * RATE, WATER), rel=1e-12)


@given(rate=st.floats(0.0, 10.0), p_in=st.floats(0.0, 4e5), tip=st.floats(0.0, 400.0), mu=st.floats(5e-4, 2e-3))
def test_closed_form_is_the_generic_root(rate, p_in, tip, mu):
    pump, state = joined(SETTINGS, slope_age=tip)
    asked = (pump.drive, state.drive, rate * RATE, p_in, mu, pump, state)
    own, root = operate(*asked), bracketed_root(*asked)
    assert own.pressure == pytest.approx(root.pressure, rel=1e-9, abs=1e-6)
    assert own.flow == pytest.approx(root.flow, rel=1e-9, abs=1e-9 * RATE)


@pytest.mark.parametrize("engine", ENGINES)
def test_behind_a_resistance_every_engine_keeps_to_ohms_law(engine):
    """Settings change at noon; before the site a resistance as large as that of half a millilitre per day."""
    programme = Programme(np.array([0.0, 0.5 * DAY]), np.array([STEP, 3.0 * STEP]), DAY)
    pump, state = joined(SETTINGS, BUTANE)
    trace = traced(pump, state, programme, DAY, engine, blockages=(Blockage(0.0, 245e3 / STEP),))
    p_in, rest = pressure(BUTANE, state.reservoir, BODY), pump.site.pressure
    wanted = sum(0.5 * DAY * (p_in - rest) / (245e3 / STEP * (1.0 + 1.0 / steps)) for steps in (1.0, 3.0))
    assert trace.delivered[-1] == pytest.approx(wanted, rel=2e-3)


@pytest.mark.parametrize("steps", [0.0, 1.0, 3.0, 7.0])
def test_resolved_minutes_deliver_the_flow_within_a_stated_gap(steps):
    found, mean = resolved_flow(SETTINGS, BUTANE, steps * STEP, 60)
    assert found == pytest.approx(mean, rel=2e-4)


def test_it_never_stalls_and_remembers_nothing():
    assert stall(SETTINGS) >= 1e300
    assert advance(SETTINGS, fresh(SETTINGS, MEDIAN_LUCK), DAY, AROUND) == OWN


def test_compiled_and_plain_answers_have_the_same_bits():
    compiled, plain = compiled_and_not(SETTINGS, 245e3)
    assert compiled == plain
