"""Loss of strength against published storage, closed forms and a fine twin; the drug as a part stands in
`test_degrading`."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.drugs.degradation import (
    DEAMIDATION,
    DRY_STANDARD,
    NEUTRAL_SOLUTION,
    OLD_SOLUTIONS,
    POLYMER,
    STORED,
    bound,
    loss_rate,
    mean_decay,
    received,
    remaining,
)
from tests.fluidics.parts import BODY, DAY, YEAR

MONTH = YEAR / 12.0
WEEK = 7.0 * DAY


def left(law, span, kelvin=BODY):
    return float(remaining(law, np.array([span]), np.array([kelvin]))[0])


# degC and the time [s] in which 10 % are lost (Pingel and Volund, Diabetes 21 (1972) 805)
OLD = [(5.0, 69.0 * YEAR), (15.0, 10.0 * YEAR), (25.0, 20.0 * MONTH), (35.0, 3.0 * MONTH), (45.0, 10.0 * DAY)]

# degC, times in which 2 % and 5 % are lost (Brange, "Galenics of Insulin" (1987), table 16)
NEUTRAL = [
    (4.0, 36.0 * YEAR, 92.0 * YEAR), (15.0, 5.0 * YEAR, 13.0 * YEAR), (25.0, 12.0 * MONTH, 31.0 * MONTH),
    (40.0, 5.0 * WEEK, 14.0 * WEEK),
]  # fmt: skip


@pytest.mark.parametrize(("celsius", "time"), OLD)
def test_old_solutions_lose_a_tenth_at_the_published_time(celsius, time):
    rate = loss_rate(*OLD_SOLUTIONS[:3], 273.15 + celsius)
    assert 1.0 / 1.35 < rate / (-math.log(0.9) / time) < 1.35


def test_the_law_of_old_solutions_is_the_line_through_all_five_points():
    kelvin = np.array([273.15 + celsius for celsius, _ in OLD])
    slope, start = np.polyfit(1.0 / kelvin, np.log([-math.log(0.9) / time for _, time in OLD]), 1)
    for at in (280.0, 300.0, 315.0):
        assert loss_rate(*OLD_SOLUTIONS[:3], at) == pytest.approx(math.exp(start + slope / at), rel=2e-4)


@pytest.mark.parametrize(("days", "lost"), [(30.0, 5.81), (45.0, 8.59), (90.0, 16.45)])
def test_old_solutions_in_a_reservoir(days, lost):
    expected = 1.0 - math.exp(-days * DAY * math.exp(37.52439 - 17091.5 / BODY))
    assert 1.0 - left(OLD_SOLUTIONS, days * DAY) == pytest.approx(expected, rel=1e-12)
    assert 100.0 * expected == pytest.approx(lost, abs=6e-3)


@pytest.mark.parametrize(("celsius", "two", "five"), NEUTRAL)
def test_neutral_insulin_keeps_to_its_table(celsius, two, five):
    # months and weeks are printed as integers
    kelvin = 273.15 + celsius
    assert -math.log(left(NEUTRAL_SOLUTION, two, kelvin)) == pytest.approx(-math.log(0.98), rel=0.06)
    assert -math.log(left(NEUTRAL_SOLUTION, five, kelvin)) == pytest.approx(-math.log(0.95), rel=0.06)


def test_the_law_of_neutral_insulin_is_the_line_through_all_eight_points():
    kelvin = np.repeat([273.15 + row[0] for row in NEUTRAL], 2)
    rates = [-math.log(share) / time for _, *times in NEUTRAL for share, time in zip((0.98, 0.95), times, strict=True)]
    slope, start = np.polyfit(1.0 / kelvin, np.log(rates), 1)
    assert NEUTRAL_SOLUTION.rate == pytest.approx(math.exp(start + slope / BODY), rel=1e-3)
    assert NEUTRAL_SOLUTION.activation_energy == pytest.approx(-slope * 8.31446261815324, rel=1e-3)


def test_the_dry_standard_keeps_what_was_found_after_years():
    assert 100.0 * left(DRY_STANDARD, 14.0 * YEAR) == pytest.approx(65.7, abs=0.3)
    assert 100.0 * left(DRY_STANDARD, 12.0 * YEAR, 293.15) == pytest.approx(95.8, abs=0.3)
    assert 100.0 * (1.0 - left(DRY_STANDARD, 90.0 * DAY)) == pytest.approx(0.74, abs=0.06)
    assert left(DRY_STANDARD, 20.0 * YEAR, 253.15) > 0.9993  # the authors' own extrapolation


@pytest.mark.parametrize("law", [OLD_SOLUTIONS, NEUTRAL_SOLUTION], ids=["old", "neutral"])
@pytest.mark.parametrize("row", [row for row in STORED if "insulin" in row.drug], ids=lambda row: row.drug)
def test_insulin_in_pumps_keeps_what_was_found(law, row):
    assert left(law, row.time, row.temperature) >= row.left
    assert loss_rate(*law[:3], row.temperature) <= bound(row)


def test_the_dry_standard_is_the_lower_and_old_solutions_are_the_upper_bound():
    rates = [loss_rate(*law[:3], BODY) for law in (DRY_STANDARD, NEUTRAL_SOLUTION, OLD_SOLUTIONS)]
    assert rates == sorted(rates)


def test_polymer_and_deamidation_are_those_of_their_sources():
    assert POLYMER.rate * 2.0 * DAY == pytest.approx(0.0015, rel=1e-12)  # 0.15 points in 48 h
    assert 0.02 <= DEAMIDATION.rate * 30.0 * DAY <= 0.03


def test_a_bound_leaves_what_was_published():
    for row in STORED:
        assert math.exp(-bound(row) * row.time) == pytest.approx(row.left, rel=1e-14)


@given(st.lists(st.tuples(st.floats(0.0, 100.0), st.floats(278.15, 318.15)), min_size=1, max_size=8))
def test_the_order_of_warm_and_cold_days_does_not_matter(steps):
    days, kelvin = np.array(steps).T
    forward = remaining(OLD_SOLUTIONS, days * DAY, kelvin)
    backward = remaining(OLD_SOLUTIONS, days[::-1] * DAY, kelvin[::-1])
    assert forward[-1] == pytest.approx(backward[-1], rel=1e-12)
    assert np.all(np.diff(forward, prepend=1.0) <= 0.0)


@given(st.floats(-12.0, 2.5))
def test_mean_decay_is_the_mean_of_a_decay(power):
    x = 10.0**power
    assert mean_decay(x) == pytest.approx(-math.expm1(-x) / x, rel=1e-13)


def test_a_patient_receives_active_drug_not_volume():
    # a steady litre over 90 days: V (1 - e^-kt) / (kt), in one stretch or in many
    span, k = 90.0 * DAY, OLD_SOLUTIONS.rate
    exact = (1.0 - math.exp(-k * span)) / (k * span)
    once = received(OLD_SOLUTIONS, np.array([0.0, span]), np.array([0.0, 1.0]), np.array([BODY]))
    time = np.linspace(0.0, span, 400)
    often = received(OLD_SOLUTIONS, time, time / span, np.full(399, BODY))
    assert once[-1] == pytest.approx(exact, rel=1e-13)
    assert often[-1] == pytest.approx(exact, rel=1e-13)


def test_warm_days_and_boluses_agree_with_a_fine_sum():
    days = np.array([0.0, 10.0, 13.0, 13.0 + 1e-3, 40.0])  # a fever, a bolus
    kelvin = np.array([310.15, 313.15, 310.15, 309.15])
    volume = np.array([0.0, 1.0, 1.3, 2.3, 5.0])
    fine = np.unique(np.concatenate([days, np.linspace(0.0, 40.0, 40001)]))
    middle = 0.5 * (fine[1:] + fine[:-1])
    rates = [loss_rate(*OLD_SOLUTIONS[:3], float(at)) for at in kelvin]
    rate = np.array(rates)[np.searchsorted(days, middle, side="right") - 1]
    start = np.exp(-np.concatenate([[0.0], np.cumsum(rate * np.diff(fine) * DAY)]))
    expected = np.sum(np.diff(np.interp(fine, days, volume)) * 0.5 * (start[1:] + start[:-1]))
    found = received(OLD_SOLUTIONS, days * DAY, volume, kelvin)
    assert found[-1] == pytest.approx(expected, rel=1e-9)
    assert np.all(found <= volume)


@pytest.mark.parametrize(
    ("durations", "temperatures", "said"),
    [
        ([DAY], [350.0], "350 K given; the law holds from 278.15 to 318.15 K"),
        ([DAY], [270.0], "270 K given"),
        ([DAY], [math.nan], "nan K given"),
        ([-1.0], [BODY], "less than 0 s"),
        ([math.nan], [BODY], "not finite"),
        ([DAY, DAY], [BODY], "each step needs both"),
    ],
)
def test_what_cannot_be_is_refused(durations, temperatures, said):
    with pytest.raises(ValueError, match=said):
        remaining(OLD_SOLUTIONS, np.array(durations), np.array(temperatures))


@pytest.mark.parametrize("delivered", [[0.0, math.nan], [0.0, 1.0, 2.0]])
def test_a_delivery_that_cannot_be_is_refused(delivered):
    with pytest.raises(ValueError, match="delivered volume"):
        received(OLD_SOLUTIONS, np.array([0.0, DAY]), np.array(delivered), np.array([BODY]))
