"""Laws of ratios clustered by world and of their differences: textbook cases, independent binomials, and coverage when
worlds share luck."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reliability.paired import difference, rate_limits, ratio, share_limits, standard_error

ALONE = np.arange(1000)


def test_mean_of_single_subjects_has_the_textbook_error():
    x = np.random.default_rng(1).normal(5.0, 2.0, 1000)
    found = ratio(x, np.ones(1000), ALONE)
    assert found.value == pytest.approx(x.mean(), rel=1e-14)
    assert standard_error(found.influence) == pytest.approx(x.std(ddof=1) / math.sqrt(1000), rel=1e-12)


@pytest.mark.parametrize("k", [0, 1, 37, 500, 999, 1000])
def test_independent_share_has_the_exact_binomial_limits(k):
    """The effective number of trials of independent ones is their number."""
    from scipy.stats import binomtest

    hits = np.zeros(1000)
    hits[:k] = 1.0
    exact = binomtest(k, 1000).proportion_ci(method="exact")
    found = share_limits(ratio(hits, np.ones(1000), ALONE))
    assert (found.value, found.lower, found.upper) == pytest.approx((k / 1000, exact.low, exact.high), rel=1e-2)


def test_a_share_of_few_worlds_has_the_limits_of_korn_and_graubard():
    """Three worlds of 40 with 4, 10 and 7 successes: n* = p (1 - p) / error^2 (t_119 / t_2)^2."""
    from scipy.stats import beta, t

    found = share_limits(ratio(np.array([4.0, 10.0, 7.0]), np.full(3, 40.0), np.arange(3)))
    p, error = 21.0 / 120.0, math.sqrt(3.0 / 2.0 * 18.0) / 120.0
    trials = p * (1.0 - p) / error**2 * (t.ppf(0.975, 119) / t.ppf(0.975, 2)) ** 2
    assert trials < 120.0
    k = p * trials
    lower, upper = beta.ppf(0.025, k, trials - k + 1.0), beta.ppf(0.975, k + 1.0, trials - k)
    assert (found.value, found.lower, found.upper) == pytest.approx((p, lower, upper), rel=1e-9)


def test_repeated_trials_of_a_subject_do_not_narrow_an_empty_share():
    once = share_limits(ratio(np.zeros(1000), np.ones(1000), ALONE))
    often = share_limits(ratio(np.zeros(1000), np.full(1000, 80.0), ALONE))
    assert often.upper == once.upper == pytest.approx(1.0 - 0.025 ** (1 / 1000), rel=1e-9)


def test_interval_of_a_share_covers_when_worlds_share_luck():
    """60 worlds of 20 whose probability is beta with mean 0.05: nominal 95 %, at least 92.5 % in 400 studies."""
    luck = np.random.default_rng(5)
    world = np.repeat(np.arange(60), 20)
    covered = 0
    for _ in range(400):
        p = luck.beta(1.0, 19.0, 60)[world]
        found = share_limits(ratio((luck.random(1200) < p).astype(float), np.ones(1200), world))
        covered += found.lower <= 0.05 <= found.upper
    assert covered >= 370


def test_same_luck_takes_the_common_part_out_of_a_difference():
    luck = np.random.default_rng(3)
    common, own = luck.normal(10.0, 1.0, 1000), luck.normal(0.0, 0.1, 1000)
    a, b = ratio(common + own, np.ones(1000), ALONE), ratio(common, np.ones(1000), ALONE)
    found = difference(a, b)
    assert found.value == pytest.approx(own.mean(), rel=1e-9)
    assert found.gain == pytest.approx(200.0, rel=0.1)
    assert found.lower < 0.0 < found.upper


def test_no_difference_has_no_error_and_no_gain():
    same = ratio(np.arange(1000.0), np.ones(1000), ALONE)
    assert difference(same, same)[:3] == (0.0, 0.0, 0.0)
    assert math.isnan(difference(same, same).gain)


def test_rate_of_nothing_seen_has_no_upper_limit():
    assert math.isnan(rate_limits(ratio(np.zeros(4), np.ones(4), np.arange(4))).upper)


def test_limits_of_a_rate_stay_above_zero():
    x = np.zeros(1000)
    x[0] = 1.0
    found = rate_limits(ratio(x, np.ones(1000), ALONE))
    assert 0.0 < found.lower < found.value < found.upper


def test_one_world_is_refused():
    with pytest.raises(ValueError, match="give two worlds"):
        ratio(np.ones(3), np.ones(3), np.zeros(3, dtype=np.int64))


def test_no_time_followed_is_refused():
    with pytest.raises(ValueError, match="denominator sums to zero"):
        ratio(np.ones(2), np.zeros(2), np.array([0, 1]))
