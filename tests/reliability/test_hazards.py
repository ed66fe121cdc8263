"""Hazard rows: exact Weibull firing ages, frailty, and a fresh threshold for every renewal."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reliability.hazards import AGE, CLOCK_WIDTH, HAZARD_WIDTH, TARGET, firing_age, next_firing, threshold, wind
from tests.reliability.plans import DAY, YEAR, hazard_rows
from tests.reliability.studies import joined, recurring_plan, simulate

shapes = st.sampled_from([0.5, 1.0, 1.2, 2.0, 3.0])


def row(rate, shape, frailty=0.0):
    return hazard_rows([[rate, shape, frailty, 0, 0, 0]])


@given(st.floats(1e-15, 1.0 - 1e-15))
def test_a_threshold_is_a_unit_exponential(u):
    assert threshold(u) == pytest.approx(-math.log(u), rel=1e-14, abs=1e-16)


@given(st.floats(0.01, 10.0), shapes, st.floats(1e-6, 30.0))
def test_the_cumulative_hazard_at_the_firing_age_is_the_target(per_year, shape, hazard):
    age = firing_age(per_year / YEAR, shape, hazard)
    assert (per_year * age / YEAR) ** shape == pytest.approx(hazard, rel=1e-12)


@given(st.floats(1e-6, 1.0 - 1e-6), shapes)
def test_a_uniform_gives_a_weibull_life(u, shape):
    life = firing_age(1.0 / (10.0 * YEAR), shape, threshold(u)) / YEAR
    assert stats.weibull_min.sf(life, shape, scale=10.0) == pytest.approx(u, rel=1e-10)


def test_without_a_rate_nothing_fires():
    assert firing_age(0.0, 1.0, 1e-9) >= 1e300
    assert firing_age(0.0, 2.0, 1e-9) >= 1e300


@given(st.floats(0.1, 10.0), shapes)
def test_frailty_multiplies_the_hazard(frailty, shape):
    frail, plain = np.zeros((1, CLOCK_WIDTH)), np.zeros((1, CLOCK_WIDTH))
    wind(row(0.1 / YEAR, shape, 1.0), frail, 0, frailty, 2.0)
    wind(row(0.1 / YEAR, shape, 0.0), plain, 0, frailty, 2.0)
    assert frail[0, TARGET] == plain[0, TARGET] == 2.0
    assert plain[0, AGE] == firing_age(0.1 / YEAR, shape, 2.0)
    # frailty * (rate * age)^shape reaches the same target
    assert frail[0, AGE] / plain[0, AGE] == pytest.approx(frailty ** (-1.0 / shape), rel=1e-12)


def test_the_row_of_the_soonest_age_is_next():
    clock = np.array([[1.0, 7.0], [1.0, 3.0], [1.0, 1e300]])
    assert next_firing(clock) == 1
    assert next_firing(clock[:1]) == 0
    assert next_firing(np.zeros((0, CLOCK_WIDTH))) == -1


def test_a_row_has_the_stated_width():
    assert row(1.0, 1.0).shape == (1, HAZARD_WIDTH)


def test_a_hazard_that_fires_many_times_in_a_cycle_draws_a_new_threshold_each_time():
    # every 9 days on average in cycles of 90 days: gaps are exponential and do not repeat
    events = joined([simulate(recurring_plan(1.0 / (9.0 * DAY), 1.0, 2.0), 0, 400)], "events")
    gaps = np.concatenate(
        [np.diff(np.concatenate(([0.0], events["time"][events["patient"] == p]))) for p in range(400)]
    )
    n = len(gaps)
    assert n > 20_000
    assert len(np.unique(np.round(gaps, 9))) > 0.999 * n
    # the last gap of each patient is cut by the end of follow-up; it is left out and biases the mean by a hundredth
    assert abs(np.corrcoef(gaps[:-1], gaps[1:])[0, 1]) < 4.0 / math.sqrt(n) + 0.01
    assert gaps.mean() == pytest.approx(9.0, rel=0.03)
    assert np.median(gaps) == pytest.approx(9.0 * math.log(2.0), rel=0.04)


@pytest.mark.parametrize("shape", [1.0, 2.0, 0.7])
def test_a_recurring_hazard_counts_like_its_poisson_process(shape):
    # minimal repair: the count up to time T is Poisson with mean (rate T)^shape, whatever happened before
    patients, expected = 4000, 6.0**shape
    events = joined([simulate(recurring_plan(6.0 / (5.0 * YEAR), shape, 5.0), 0, patients)], "events")
    counts = np.bincount(events["patient"], minlength=patients)
    assert abs(counts.mean() - expected) < 4.0 * math.sqrt(expected / patients)
    assert abs(counts.var() - expected) < 4.0 * math.sqrt((expected + 2.0 * expected**2) / patients)
