"""Programmes: what is laid over a basal rate adds exactly the volume it says, where it says."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given as each
from hypothesis import strategies as st

from fluidics.programmes.basal import constant, daily
from fluidics.programmes.programme import Programme, given, pieces, plain, suspended, volume, with_bolus, with_temporary

DAY = 86400.0
HOUR = 3600.0
UNIT = 2.5e-9  # m3 of U400
BASAL = 0.9 * UNIT / HOUR
SPEED = 60.0 * UNIT / HOUR

times = st.floats(0.0, 2.9 * DAY)
spans = st.floats(1.0, DAY)
doses = st.floats(0.01 * UNIT, 20.0 * UNIT)


def total(programme: Programme) -> float:
    return volume(programme, 0.0, programme.length)


def rate_at(programme: Programme, time: float) -> float:
    return next(rate for start, stop, rate in pieces(programme, 0.0, programme.length) if start <= time < stop)


@st.composite
def basal_rates(draw) -> Programme:
    made = daily([0.0, 6.0 * HOUR, 22.0 * HOUR], [BASAL, draw(st.floats(0.0, 3.0)) * BASAL, BASAL], 3.0 * DAY)
    for at, over, factor in draw(st.lists(st.tuples(times, spans, st.floats(0.0, 2.0)), max_size=2)):
        made = with_temporary(made, at, over, lambda rate, factor=factor: factor * rate)
    for at, over, least in draw(st.lists(st.tuples(times, spans, st.floats(0.0, 0.2)), max_size=2)):
        made = suspended(made, at, over, least * BASAL)
    return made


wishes = st.lists(st.tuples(times, doses, st.one_of(st.just(0.0), spans)), max_size=4)


def with_all(programme: Programme, wished) -> Programme:
    for at, dose, over in wished:
        programme = with_bolus(programme, at, dose, SPEED, over)
    return programme


programmes = st.builds(with_all, basal_rates(), wishes)


# --- boluses -----------------------------------------------------------------------------------------------------


@each(st.floats(0.0, 2.0 * DAY), doses, st.floats(1.0, 8.0 * HOUR), st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_a_bolus_of_any_kind_adds_its_volume_and_no_more(at, dose, over, now):
    before = constant(BASAL, 3.0 * DAY)
    after = with_bolus(before, at, dose, SPEED, over, now)
    assert total(after) == pytest.approx(total(before) + dose, rel=1e-12)
    assert sum(map(given, after.boluses)) == pytest.approx(dose, rel=1e-12)
    assert volume(after, 0.0, at) == pytest.approx(volume(before, 0.0, at), rel=1e-12)


def test_a_normal_bolus_runs_at_the_speed_of_the_device():
    made = with_bolus(constant(BASAL, DAY), at=HOUR, volume=6.0 * UNIT, speed=SPEED)
    assert made.start.tolist() == pytest.approx([0.0, HOUR, HOUR + 360.0], rel=1e-15)
    assert made.rate.tolist() == pytest.approx([BASAL, BASAL + SPEED, BASAL], rel=1e-12)


def test_an_extended_bolus_is_spread_evenly():
    made = with_bolus(constant(BASAL, DAY), at=HOUR, volume=6.0 * UNIT, speed=SPEED, over=2.0 * HOUR)
    assert rate_at(made, HOUR) == rate_at(made, 2.9 * HOUR) == pytest.approx(BASAL + 3.0 * UNIT / HOUR)
    assert rate_at(made, 3.0 * HOUR) == BASAL


def test_a_dual_bolus_gives_its_share_first_and_then_spreads_the_rest():
    made = with_bolus(constant(0.0, DAY), at=HOUR, volume=6.0 * UNIT, speed=SPEED, over=2.0 * HOUR, now=0.5)
    assert volume(made, HOUR, HOUR + 180.0) == pytest.approx(3.0 * UNIT, rel=1e-12)
    assert volume(made, HOUR + 180.0, HOUR + 180.0 + 2.0 * HOUR) == pytest.approx(3.0 * UNIT, rel=1e-12)
    assert [bolus.extended for bolus in made.boluses] == [False, True]


def test_the_end_of_a_programme_cuts_a_bolus():
    made = with_bolus(constant(0.0, HOUR), at=HOUR - 60.0, volume=6.0 * UNIT, speed=SPEED)
    assert total(made) == pytest.approx(UNIT, rel=1e-12)
    assert given(made.boluses[0]) == pytest.approx(UNIT, rel=1e-12)
    assert made.boluses[0].volume == 6.0 * UNIT


def test_a_suspension_cancels_a_bolus_under_way_and_what_would_follow():
    still = suspended(constant(BASAL, DAY), HOUR + 60.0, 60.0)
    made = with_bolus(still, at=HOUR, volume=6.0 * UNIT, speed=SPEED, over=HOUR, now=0.5)
    assert total(made) - total(still) == pytest.approx(UNIT, rel=1e-9)
    assert rate_at(made, HOUR + 130.0) == BASAL


def test_a_bolus_asked_for_during_a_suspension_is_not_given():
    still = suspended(constant(BASAL, DAY), HOUR, HOUR)
    made = with_bolus(still, at=1.5 * HOUR, volume=UNIT, speed=SPEED, over=3.0 * HOUR)
    assert total(made) == total(still)
    assert given(made.boluses[0]) == 0.0


# --- temporary rates and suspensions -----------------------------------------------------------------------------


@each(times, spans, st.floats(0.0, 3.0))
def test_a_temporary_factor_multiplies_the_volume_of_its_time(at, over, factor):
    before = daily([0.0, 8.0 * HOUR], [BASAL, 2.0 * BASAL], 3.0 * DAY)
    after = with_temporary(before, at, over, lambda rate: factor * rate)
    inside = volume(before, at, at + over)
    assert volume(after, at, at + over) == pytest.approx(factor * inside, rel=1e-9, abs=1e-24)
    assert total(after) == pytest.approx(total(before) + (factor - 1.0) * inside, rel=1e-12)


def test_a_suspension_leaves_the_least_rate_that_the_pump_keeps():
    least = 0.2 * UNIT / HOUR
    made = suspended(constant(BASAL, DAY), 2.0 * HOUR, 4.0 * HOUR, least)
    assert total(made) == pytest.approx(20.0 * HOUR * BASAL + 4.0 * HOUR * least, rel=1e-12)


def test_a_suspension_without_an_end_is_a_minimum_rate_mode():
    assert total(suspended(constant(BASAL, DAY), 0.0, minimum=0.1 * BASAL)) == pytest.approx(0.1 * BASAL * DAY)


# --- any programme -----------------------------------------------------------------------------------------------


@each(programmes, times, times, times)
def test_volumes_of_neighbouring_times_add_up(programme, a, b, c):
    a, b, c = sorted((a, b, c))
    parts = volume(programme, a, b) + volume(programme, b, c)
    assert parts == pytest.approx(volume(programme, a, c), rel=1e-12, abs=1e-24)


@each(programmes)
def test_pieces_follow_each_other_from_beginning_to_end_and_differ(programme):
    found = list(pieces(programme, 0.0, programme.length))
    assert found[0][0] == 0.0
    assert found[-1][1] == programme.length
    assert all(one[1] == other[0] and one[2] != other[2] for one, other in itertools.pairwise(found))
    assert all(start < stop and rate >= 0.0 for start, stop, rate in found)


@each(basal_rates(), wishes)
def test_a_programme_holds_its_basal_volume_and_what_is_given_of_each_bolus(basal, wished):
    programme = with_all(basal, wished)
    assert total(programme) == pytest.approx(total(basal) + sum(map(given, programme.boluses)), rel=1e-12, abs=1e-21)


@each(basal_rates(), wishes)
def test_nothing_is_given_while_the_pump_is_suspended_but_the_least_rate(basal, wished):
    programme = with_all(basal, wished)
    for start, stop in basal.suspensions:
        assert volume(programme, start, stop) == volume(basal, start, stop)


def test_edges_without_a_change_go():
    assert plain(Programme(np.array([0.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0]), 2.0)).start.tolist() == [0.0]


# --- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: with_bolus(p, DAY, UNIT, SPEED), "bolus at 86400.0 s"),
        (lambda p: with_bolus(p, -1.0, UNIT, SPEED), "must begin between 0 and 86400 s"),
        (lambda p: with_bolus(p, 0.0, 0.0, SPEED), "both must be above zero"),
        (lambda p: with_bolus(p, 0.0, float("nan"), SPEED), "both must be above zero"),
        (lambda p: with_bolus(p, 0.0, UNIT, 0.0), "both must be above zero"),
        (lambda p: with_bolus(p, 0.0, UNIT, SPEED, over=0.0, now=0.5), "a rest needs a time"),
        (lambda p: with_bolus(p, 0.0, UNIT, SPEED, over=HOUR, now=1.5), "1.5 of it now"),
        (lambda p: with_bolus(p, 8e4, 1e-30, SPEED), "no time that a clock can tell"),
        (lambda p: suspended(p, 2.0 * DAY), "suspension at"),
        (lambda p: suspended(p, 0.0, HOUR, -1.0), "must not be below zero"),
        (lambda p: suspended(with_bolus(p, 0.0, UNIT, SPEED), HOUR), "before its boluses"),
        (lambda p: with_temporary(p, 0.0, 0.0, lambda rate: rate), "and last"),
        (lambda p: with_temporary(p, 0.0, HOUR, lambda rate: -rate), "not below zero"),
        (lambda p: with_temporary(suspended(p, 0.0, HOUR), 0.0, HOUR, lambda rate: rate), "before all else"),
    ],
)
def test_what_makes_no_programme_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        change(constant(BASAL, DAY))
