"""Onset and growth of what closes a catheter: exact passages of panel boundaries."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.lines.occlusion import QUIET_PRESSURE, STEP, Onset, awaited, first_wait, growth, growth_panel, supplied
from tests.fluidics.parts import AROUND, DAY, YEAR, onset

CLOSING = 13.4 * DAY


@given(st.floats(1e-12, 1.0 - 1e-12))
def test_the_first_wait_is_a_unit_exponential_threshold(u):
    onset = first_wait(u)
    assert onset.wait == pytest.approx(-math.log(u), rel=1e-14, abs=1e-15)
    assert (onset.age, onset.factor) == (0.0, 1.0)


@pytest.mark.parametrize("spread", [0.0, 0.3, 0.5, 1.0])
def test_the_batch_factor_has_mean_one(spread):
    own = onset(0.5, 0.0, 1.0)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    mean = sum(w * supplied(own, spread, float(z)).factor for z, w in zip(nodes, weights, strict=True)) / weights.sum()
    assert mean == pytest.approx(1.0, rel=1e-12)


def test_a_batch_changes_nothing_but_the_factor():
    assert supplied(onset(0.5, 7.0, 1.0), 0.5, 2.0) == onset(0.5, 7.0, supplied(onset(0.1, 0.0, 3.0), 0.5, 2.0).factor)


@given(st.floats(1e-3, 10.0), st.floats(0.01, 5.0), st.floats(0.1, 3.0), st.floats(1.0, 4000.0))
def test_the_onset_inside_a_panel_is_exact(wait, per_year, factor, days):
    rate, dt = per_year / YEAR, days * DAY
    after = awaited(onset(wait, 0.0, factor), rate, dt)
    start = wait / (rate * factor)
    if dt < start:
        assert after.age == 0.0
        assert after.wait == pytest.approx(wait * (1.0 - dt / start), rel=1e-9, abs=1e-12)
    else:
        assert after.wait == 0.0
        assert after.age == pytest.approx(dt - start, rel=1e-9, abs=1e-6)


@given(st.floats(0.0, 1.0))
def test_the_age_does_not_depend_on_where_the_panel_ends(share):
    own, rate, dt = onset(0.05, 0.0, 1.3), 0.5 / YEAR, 60.0 * DAY
    once = awaited(own, rate, dt)
    twice = awaited(awaited(own, rate, share * dt), rate, (1.0 - share) * dt)
    assert once.age > 0.0
    assert twice.age == pytest.approx(once.age, rel=1e-12)


def test_a_process_that_started_only_ages():
    assert awaited(onset(0.0, 5.0, 2.0), 0.0, 7.0) == onset(0.0, 12.0, 2.0)


def test_without_hazard_nothing_ever_starts():
    assert awaited(onset(1.0, 0.0, 1.0), 0.0, 1e12) == onset(1.0, 0.0, 1.0)


def test_growth_is_one_before_onset_and_doubles_at_a_fixed_pace():
    assert growth(onset(0.4, 0.0, 1.0), CLOSING) == 1.0
    double = CLOSING * math.log(2.0)
    for age in (double, 3.0 * double, 10.0 * double):
        assert growth(onset(0.0, age, 1.0), CLOSING) == pytest.approx(2.0 ** (age / double), rel=1e-13)


def ahead(age_days, **pressures):
    """Return how far the growth exponent gets in one panel, from an age and line pressures."""
    own = onset(0.0, age_days * DAY, 1.0)
    around = AROUND._replace(**({"p_rest": 2e3, "p_stall": 1e5, "p_out": 2.1e3} | pressures))
    return growth_panel(own, 0.5 / YEAR, CLOSING, around) / CLOSING


def test_panel_is_unlimited_where_nothing_can_start():
    assert growth_panel(onset(0.4, 0.0, 1.0), 0.0, CLOSING, AROUND) >= 1e300


def test_panel_before_onset_passes_it_by_a_step():
    own, rate = onset(0.4, 0.0, 1.3), 0.5 / YEAR
    after = awaited(own, rate, growth_panel(own, rate, CLOSING, AROUND))
    assert after.age == pytest.approx(STEP * CLOSING, rel=1e-9)


def test_a_quiet_tip_is_followed_in_one_panel_up_to_the_quiet_pressure():
    rise = 50.0
    assert rise * math.exp(ahead(10.0, p_peak=2e3 + rise, p_next=2e3 + rise)) == pytest.approx(QUIET_PRESSURE, rel=1e-9)


@pytest.mark.parametrize("share", [0.6, 0.75, 0.9])
def test_panel_ends_where_the_next_level_stalls(share):
    # at a share of the room between rest and stall, the level stalls when its rise has grown by the inverse
    rise = share * (1e5 - 2e3)
    assert math.exp(ahead(80.0, p_peak=2e3 + rise, p_next=2e3 + rise)) == pytest.approx(1.0 / share, rel=1e-9)


@pytest.mark.parametrize("mean", [2.1e3, 2e4, 9e4])
@pytest.mark.parametrize("share", [0.21, 0.999, 1.0])
def test_no_panel_under_pressure_is_longer_than_a_step(mean, share):
    rise = share * (1e5 - 2e3)
    assert 0.02 < ahead(80.0, p_out=mean, p_peak=2e3 + rise, p_next=2e3 + rise) <= STEP


def test_a_line_closed_for_ages_stays_finite():
    closed = Onset(wait=0.0, age=1e4 * DAY, factor=1.0)
    assert 1e100 < growth(closed, DAY) < 1e140
