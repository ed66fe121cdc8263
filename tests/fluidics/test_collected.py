"""Windows of a laboratory: their contents add up, noise averages out, gain does not, drift does not know the rate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.collected import alike, delivered_in_windows, increments_of
from fluidics.elementary import inverse_normal
from fluidics.pump import Luck
from fluidics.questions import fresh, stroke
from tests.fluidics.parts import ATMOSPHERE, WATER
from tests.fluidics.worn import PATCH_PUMP, UNIT_PER_HOUR

POD = PATCH_PUMP.drive
EXACT = POD._replace(gain_spread=0.0, drift_spread=0.0, noise=0.0)
HOUR = 3600.0


@given(st.integers(1, 30), st.integers(1, 20))
def test_a_perfect_pod_delivers_what_is_programmed_in_every_window(per_window, windows):
    rate = per_window * EXACT.increment / HOUR
    found = delivered_in_windows(EXACT, rate, HOUR, *np.zeros((2, 3)), np.zeros((3, per_window * windows)))
    assert found.shape == (3, windows)
    assert found == pytest.approx(np.full((3, windows), rate * HOUR), rel=1e-12)


def test_windows_that_hold_no_whole_number_of_increments_show_it():
    rate = 1.5 * EXACT.increment / HOUR
    found = delivered_in_windows(EXACT, rate, HOUR, *np.zeros((2, 1)), np.zeros((1, 6)))
    assert found[0] / EXACT.increment == pytest.approx([1.0, 2.0, 1.0, 2.0])


def test_all_increments_are_in_the_windows():
    numbers = np.random.default_rng(3)
    gain, noise = numbers.standard_normal(5), numbers.standard_normal((5, 240))
    still = POD._replace(drift_spread=0.0)
    found = delivered_in_windows(still, UNIT_PER_HOUR, 6.0 * HOUR, gain, np.zeros(5), noise)
    pushed = increments_of(still, UNIT_PER_HOUR, gain, np.zeros(5), noise)
    assert found.sum(axis=1) == pytest.approx(pushed.sum(axis=1), rel=1e-12)


def test_drift_adds_the_same_at_any_rate():
    one = np.ones(1)
    for rate in (0.05 * UNIT_PER_HOUR, 5.0 * UNIT_PER_HOUR):
        noise = np.zeros((1, round(12.0 * HOUR * rate / POD.increment)))
        still, moving = (delivered_in_windows(POD, rate, 12.0 * HOUR, 0.0 * one, z * one, noise) for z in (0.0, 1.0))
        assert (moving - still)[0, 0] == pytest.approx(POD.drift_spread * 12.0 * HOUR, rel=1e-9)


def test_the_mean_of_a_pod_is_what_the_part_answers():
    luck = Luck(uniform=0.2, normal=1.3, batch=0.0)
    quiet, rate = POD._replace(noise=0.0), 0.3 * UNIT_PER_HOUR
    own = fresh(quiet, luck)
    drift = np.array([inverse_normal(luck.uniform)])
    volume = increments_of(quiet, rate, np.array([luck.normal]), drift, np.zeros((1, 1)))[0, 0]
    assert volume == pytest.approx(stroke(quiet, own, rate, 0.0, 0.0, ATMOSPHERE, WATER).volume, rel=1e-13)


def test_noise_shrinks_with_the_root_of_the_window_and_gain_does_not():
    numbers = np.random.default_rng(4)
    noisy = POD._replace(gain_spread=0.0, drift_spread=0.0, likeness=0.0)
    noise = numbers.standard_normal((200, 400))
    short, long = (
        delivered_in_windows(noisy, UNIT_PER_HOUR, hours * HOUR, np.zeros(200), np.zeros(200), noise)
        for hours in (1.0, 4.0)
    )
    # 4,000 and 1,000 windows: the ratio of two standard deviations is known within 2.5 %
    ratio = (short.std() / short.mean()) / (long.std() / long.mean())
    assert ratio == pytest.approx(2.0, abs=4.0 * 2.0 * 0.025)
    pods = numbers.standard_normal(4000)
    gains = increments_of(
        POD._replace(noise=0.0), UNIT_PER_HOUR, pods, np.zeros(4000), np.zeros((4000, 1))
    )
    assert np.log(gains / POD.increment).std() == pytest.approx(0.055, rel=4.0 / np.sqrt(8000.0))


def test_noise_that_is_alike_spreads_windows_as_a_first_order_process():
    # variance of a sum of n: n (1 + r) / (1 - r) - 2 r (1 - r^n) / (1 - r)^2
    likeness, n = 0.6, 12
    numbers = np.random.default_rng(5).standard_normal((4000, n))
    noise = alike(numbers, likeness)
    expected = n * (1 + likeness) / (1 - likeness) - 2 * likeness * (1 - likeness**n) / (1 - likeness) ** 2
    slack = 4.0 * np.sqrt(2.0 / 4000.0)
    assert noise.sum(axis=1).var() == pytest.approx(expected, rel=slack)
    assert noise[:, -1].var() == pytest.approx(1.0, rel=slack)
    assert alike(numbers, 0.0) == pytest.approx(numbers)


def test_no_increment_is_pulled_back():
    assert increments_of(POD, UNIT_PER_HOUR, *np.zeros((2, 1)), np.full((1, 1), -9.0))[0, 0] == 0.0


def test_a_run_shorter_than_a_window_is_refused():
    with pytest.raises(ValueError, match="less than one window of 3600 s; give more numbers"):
        delivered_in_windows(POD, UNIT_PER_HOUR, HOUR, *np.zeros((2, 1)), np.zeros((1, 5)))
