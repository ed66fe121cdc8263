"""Rate histograms: shares fill the day and the levels give the dose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.pump import Level
from fluidics.questions import histogram
from fluidics.regimen import BasalBolus, ConstantRate
from tests.fluidics.parts import RATE


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
