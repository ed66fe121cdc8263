"""Programmes that run all the time: the same volume every day, from midnight or from the middle of the night."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.programmes.basal import constant, daily, flex
from fluidics.programmes.programme import pieces, volume

DAY = 86400.0
HOUR = 3600.0


@given(st.floats(1.0, 5.0 * DAY), st.floats(1e-15, 1e-9))
def test_one_rate_gives_rate_times_time(length, rate):
    assert volume(constant(rate, length), 0.0, length) == pytest.approx(rate * length, rel=1e-15)


@given(st.lists(st.floats(0.0, 1e-11), min_size=48, max_size=48), st.integers(1, 5))
def test_forty_eight_half_hours_give_the_same_each_day(rates, days):
    profile = daily([1800.0 * k for k in range(48)], rates, days * DAY)
    for day in range(days):
        assert volume(profile, day * DAY, (day + 1) * DAY) == pytest.approx(1800.0 * sum(rates), rel=1e-12)


def test_before_the_first_time_the_last_rate_runs():
    profile = daily([6.0 * HOUR, 22.0 * HOUR], [2.0, 1.0], DAY)
    assert list(pieces(profile, 0.0, DAY)) == [
        (0.0, 6.0 * HOUR, 1.0),
        (6.0 * HOUR, 22.0 * HOUR, 2.0),
        (22.0 * HOUR, DAY, 1.0),
    ]


def test_a_profile_ends_within_a_day():
    made = daily([0.0, 12.0 * HOUR], [1.0, 3.0], 1.5 * DAY)
    assert volume(made, 0.0, 2.0 * DAY) == (1.0 + 3.0 + 1.0) * 12.0 * HOUR


@given(st.floats(0.0, 1e-11), st.floats(1e-10, 1e-7), st.floats(1e-10, 1e-7))
def test_flex_steps_give_their_doses_and_the_base_rate_the_rest(base, one, other):
    made = flex([0.0, 2.0 * HOUR], [HOUR, 3.0 * HOUR], [one, other], base, 2.0 * DAY)
    assert volume(made, 0.0, HOUR) == pytest.approx(one, rel=1e-12)
    assert volume(made, DAY + 2.0 * HOUR, DAY + 5.0 * HOUR) == pytest.approx(other, rel=1e-12)
    assert volume(made, 0.0, 2.0 * DAY) == pytest.approx(2.0 * (one + other + 20.0 * HOUR * base), rel=1e-12)


def test_steps_may_fill_the_day():
    made = flex([0.0, 12.0 * HOUR], [12.0 * HOUR, 12.0 * HOUR], [43200.0, 86400.0], 7.0, DAY)
    assert made.rate.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: daily([], [], DAY), "each rate needs its time"),
        (lambda: daily([0.0], [1.0, 2.0], DAY), "each rate needs its time"),
        (lambda: daily([0.0, 0.0], [1.0, 2.0], DAY), "must rise"),
        (lambda: daily([0.0, DAY], [1.0, 2.0], DAY), "must rise"),
        (lambda: daily([-1.0], [1.0], DAY), "must rise"),
        (lambda: constant(-1.0, DAY), "not below zero"),
        (lambda: constant(float("nan"), DAY), "not below zero"),
        (lambda: constant(1.0, 0.0), "must be above zero"),
        (lambda: constant(1.0, float("inf")), "must be above zero"),
        (lambda: flex([0.0, HOUR], [2.0 * HOUR, HOUR], [1.0, 1.0], 0.0, DAY), "steps follow each other"),
        (lambda: flex([23.0 * HOUR], [2.0 * HOUR], [1.0], 0.0, DAY), "end within the day"),
        (lambda: flex([0.0], [HOUR], [-1.0], 0.0, DAY), "not below zero"),
    ],
)
def test_what_makes_no_basal_rate_is_refused(made, said):
    with pytest.raises(ValueError, match=said):
        made()
