"""Rate histograms and the programmes of a day: shares fill the day, and levels and programmes give the dose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.compile import kernel
from fluidics.programmes.basal import constant, daily
from fluidics.programmes.programme import pieces, volume, with_bolus
from fluidics.programmes.regimen import BasalBolus, ConstantRate, ProgrammedDay, programmed, programmed_day
from fluidics.pump import Level
from fluidics.questions import histogram
from tests.fluidics.parts import DAY, RATE


@given(st.floats(0.05, 1.0), st.floats(2.0, 1000.0), st.floats(0.1, 10.0))
def test_levels_give_the_programmed_mean(basal, speed, dose):
    levels = histogram(BasalBolus(basal, speed * dose * RATE), dose * RATE)
    assert sum(level.share for level in levels) == pytest.approx(1.0, rel=1e-14)
    assert sum(level.rate * level.share for level in levels) == pytest.approx(dose * RATE, rel=1e-12)
    assert levels[0].rate * levels[0].share == pytest.approx(basal * dose * RATE, rel=1e-12)


def test_boluses_run_at_the_speed_of_the_device():
    levels = histogram(BasalBolus(0.55, 60.0 * RATE), RATE)
    assert levels[1].rate == 60.0 * RATE
    assert levels[1].share == pytest.approx(0.45 / 60.0)


def test_a_dose_above_the_bolus_speed_keeps_a_share_of_basal():
    levels = histogram(BasalBolus(0.5, 0.1 * RATE), RATE)
    assert levels[1].share == 0.999
    assert levels[0].rate * levels[0].share == pytest.approx(0.5 * RATE)


def test_one_rate_is_on_all_day():
    off = Level(0.0, 0.0)
    assert histogram(ConstantRate(), 3e-12) == (Level(3e-12, 1.0), off, off, off)


# --- a programmed day ----------------------------------------------------------------------------------------------


def mean(levels):
    return sum(level.rate * level.share for level in levels)


@given(st.lists(st.floats(0.0, 10.0), min_size=48, max_size=48).filter(lambda rates: sum(rates) > 0.1))
def test_four_levels_keep_the_volume_of_a_programme_and_fill_its_day(rates):
    programme = daily([1800.0 * k for k in range(48)], rates, DAY)
    levels = histogram(programmed_day(programme), volume(programme, 0.0, DAY) / DAY)
    assert mean(levels) * DAY == pytest.approx(volume(programme, 0.0, DAY), rel=1e-12)
    assert sum(level.share for level in levels) == pytest.approx(1.0, rel=1e-12)
    used = [level for level in levels if level.share > 0.0]
    assert min(rates) * (1.0 - 1e-12) <= used[0].rate <= used[-1].rate <= max(rates) * (1.0 + 1e-12)
    assert [level.rate for level in used] == sorted(level.rate for level in used)


@given(st.lists(st.sampled_from([0.0, 1.0, 2.5, 40.0]), min_size=2, max_size=24).filter(any))
def test_up_to_four_rates_are_kept_as_they_are(rates):
    programme = daily([3600.0 * k for k in range(len(rates))], rates, DAY)
    average = volume(programme, 0.0, DAY) / DAY
    used = [level.rate for level in histogram(programmed_day(programme), average) if level.share > 0.0]
    assert used == pytest.approx(sorted(set(rates)), rel=1e-12)


@kernel
def compiled(regimen, mean_rate):
    return histogram(regimen, mean_rate)


def test_compiled_levels_have_the_bits_of_plain_ones():
    regimen = ProgrammedDay(0.31, 0.52, 0.77, 0.23, 1.9, 0.2, 9.1, 0.05)
    assert compiled(regimen, RATE) == histogram(regimen, RATE)


def test_the_rates_that_are_merged_are_those_that_lie_closest():
    programme = daily([0.0, 3600.0, 7200.0, 10800.0, 14400.0], [1.0, 1.1, 5.0, 20.0, 60.0], 18000.0)
    levels = histogram(programmed_day(programme), volume(programme, 0.0, 18000.0) / 18000.0)
    assert [level.rate for level in levels] == pytest.approx([1.05, 5.0, 20.0, 60.0], rel=1e-12)


def test_a_programme_that_gives_nothing_has_no_day():
    with pytest.raises(ValueError, match="delivers nothing"):
        programmed_day(constant(0.0, DAY))


def test_the_regimen_of_basal_and_boluses_and_that_of_its_programme_agree():
    """They differ by what basal goes on during a bolus: the histogram's bolus has the speed of the device in all."""
    meals = BasalBolus(0.55, 600.0 * RATE)
    ours = histogram(programmed_day(programmed(meals, RATE, DAY)), RATE)
    theirs = histogram(meals, RATE)
    for one, other in zip(ours[:2], theirs[:2], strict=True):
        assert one.rate == pytest.approx(other.rate, rel=2e-3)
        assert one.share == pytest.approx(other.share, rel=2e-3)


# --- programmes of regimens ----------------------------------------------------------------------------------------


@given(st.one_of(st.floats(0.05, 0.999), st.just(1.0)), st.integers(1, 4))
def test_the_programme_of_a_regimen_gives_the_dose_of_each_day(basal, days):
    made = programmed(BasalBolus(basal, 60.0 * RATE), RATE, days * DAY)
    for day in range(days):
        assert volume(made, day * DAY, (day + 1) * DAY) == pytest.approx(RATE * DAY, rel=1e-12)


def test_meals_are_equal_and_at_seven_noon_and_six():
    made = programmed(BasalBolus(0.55, 60.0 * RATE), RATE, DAY)
    assert [bolus.start / 3600.0 for bolus in made.boluses] == [7.0, 12.0, 18.0]
    assert [bolus.volume for bolus in made.boluses] == pytest.approx([0.15 * RATE * DAY] * 3, rel=1e-12)
    assert [bolus.rate for bolus in made.boluses] == pytest.approx([60.0 * RATE] * 3, rel=1e-9)


def test_a_short_programme_has_the_meals_of_its_hours():
    assert len(programmed(BasalBolus(0.55, 60.0 * RATE), RATE, 10.0 * 3600.0).boluses) == 1


def test_a_constant_rate_stays():
    assert programmed(ConstantRate(), RATE, 3600.0).rate.tolist() == [RATE]


def test_levels_of_a_programmed_day_follow_each_other():
    made = programmed(ProgrammedDay(0.5, 0.75, 2.5, 0.25), RATE, DAY)
    assert list(pieces(made, 0.0, DAY)) == [(0.0, 64800.0, 0.5 * RATE), (64800.0, DAY, 2.5 * RATE)]


def test_a_day_with_a_bolus_goes_into_levels_and_back():
    made = with_bolus(constant(RATE, DAY), 3600.0, 600.0 * RATE, 60.0 * RATE)
    again = programmed(programmed_day(made), volume(made, 0.0, DAY) / DAY, DAY)
    assert volume(again, 0.0, DAY) == pytest.approx(volume(made, 0.0, DAY), rel=1e-12)


def test_a_regimen_without_a_programme_is_named():
    with pytest.raises(TypeError, match="Level has no programme"):
        programmed(Level(1.0, 1.0), RATE, DAY)
