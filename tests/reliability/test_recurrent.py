"""Laws of recurrent events, rates and shares."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reliability.recurrent import event_rate, mean_cumulative, share

# Valve-seat replacements of 41 diesel engines in days, and the last age of each: Nelson and Doganaksoy 1989, Meeker and
# Escobar, Statistical Methods for Reliability Data, 1998. Engine numbers start at 251.
VALVE_SEATS = """
251: 761 | 252: 759 | 327: 98 667 | 328: 326 653 653 667 | 329: 665 | 330: 84 667 | 331: 87 663 | 389: 646 653
390: 92 653 | 391: 651 | 392: 258 328 377 621 650 | 393: 61 539 648 | 394: 254 276 298 640 644 | 395: 76 538 642
396: 635 641 | 397: 349 404 561 649 | 398: 631 | 399: 596 | 400: 120 479 614 | 401: 323 449 582 | 402: 139 139 589
403: 593 | 404: 573 589 | 405: 165 408 604 606 | 406: 249 594 | 407: 344 497 613 | 408: 265 586 595
409: 166 206 348 389 | 410: 601 | 411: 410 581 601 | 412: 611 | 413: 608 | 414: 587 | 415: 367 603
416: 202 563 570 585 | 417: 587 | 418: 578 | 419: 578 | 420: 586 | 421: 585 | 422: 582
"""
SMALL = [[5, 10, 15, 17], [6, 13, 17, 19], [12, 20, 25, 26], [13, 15, 24], [16, 22, 25, 28]]


def histories(rows):
    """Return event times, subjects and ends of histories that close with their end."""
    time = [t for row in rows for t in row[:-1]]
    return time, np.repeat(np.arange(len(rows)), [len(row) - 1 for row in rows]), [row[-1] for row in rows]


def engines():
    """Return the histories of the valve seats."""
    cells = VALVE_SEATS.replace("\n", " | ").split("|")
    return [[int(t) for t in cell.split(":")[1].split()] for cell in cells if ":" in cell]


def last_before(curve, times):
    """Return the index of the last curve point at or before each time."""
    return np.searchsorted(curve.time, times, side="right") - 1


def slow_variance(time, subject, end, entry, cluster, at):
    """Return the sum over clusters of squared scores at one time, subject by subject and event by event."""
    score = dict.fromkeys(cluster.tolist(), 0.0)
    for s in sorted(set(time[time <= at].tolist())):
        watched = (entry < s) & (end >= s)
        n, d = int(watched.sum()), int(np.sum(time == s))
        for i in np.flatnonzero(watched):
            own = int(np.sum((time == s) & (subject == i)))
            score[int(cluster[i])] += (own - d / n) / n
    return sum(u * u for u in score.values())


def test_valve_seats_have_the_published_counts():
    rows = engines()
    assert (len(rows), sum(len(row) - 1 for row in rows)) == (41, 48)


def test_valve_seat_means_and_robust_errors_are_those_of_r():
    curve = mean_cumulative(*histories(engines()))
    shown = last_before(curve, [100, 200, 300, 400, 500, 550, 600, 650])
    mean = [
        0.146341463415,
        0.268292682927,
        0.463414634146,
        0.658536585366,
        0.808536585366,
        0.858536585366,
        1.01426413954,
        1.32046529134,
    ]
    error = [
        0.0551993371073,
        0.077316613401,
        0.109607275665,
        0.131841648287,
        0.149254940609,
        0.155129452563,
        0.173844328450,
        0.228505154950,
    ]
    np.testing.assert_allclose(curve.mean[shown], mean, atol=1e-10)
    np.testing.assert_allclose(curve.standard_error[shown], error, atol=1e-10)


def test_five_small_histories_have_the_robust_variance_by_hand():
    curve = mean_cumulative(*histories(SMALL))
    shown = last_before(curve, [5, 10, 15, 20, 25])
    np.testing.assert_allclose(curve.mean[shown], [0.2, 0.6, 1.6, 7 / 3, 11 / 3], rtol=1e-14)
    # 0.18963 and 0.145185 are 128/675 and 98/675.
    variance = [0.032, 0.128, 0.208, 128 / 675, 98 / 675]
    np.testing.assert_allclose(curve.standard_error[shown] ** 2, variance, rtol=1e-13)


rows = st.lists(
    st.tuples(st.integers(1, 12), st.integers(-1, 10), st.integers(0, 3), st.lists(st.integers(0, 12), max_size=4)),
    min_size=1,
    max_size=15,
)


@given(rows)
@settings(max_examples=60, deadline=None)
def test_running_sums_equal_the_scores_subject_by_subject(drawn):
    end, entry = np.array([row[0] for row in drawn]), np.array([row[1] for row in drawn])
    end, cluster = np.maximum(end, entry + 1), np.array([row[2] for row in drawn])
    pairs = [(t, i) for i, row in enumerate(drawn) for t in row[3] if entry[i] < t <= end[i]]
    time, subject = np.array(pairs, dtype=int).reshape(-1, 2).T
    for labels in (cluster, np.arange(end.size)):
        curve = mean_cumulative(time, subject, end, entry, labels)
        variance = [slow_variance(time, subject, end, entry, labels, t) for t in curve.time]
        np.testing.assert_allclose(curve.standard_error**2, variance, rtol=1e-10, atol=1e-13)


def test_under_full_observation_the_mean_is_plain_and_so_is_its_error():
    draw = np.random.default_rng(1)
    number = draw.poisson(draw.gamma(1.0, 2.0, 400))
    subject = np.repeat(np.arange(400), number)
    curve = mean_cumulative(draw.integers(0, 100, subject.size), subject, np.full(400, 100.0))
    assert curve.mean[-1] == pytest.approx(number.mean(), rel=1e-12)
    assert curve.standard_error[-1] == pytest.approx(number.std() / 20.0, rel=1e-11)


def test_shared_luck_shows_in_the_clustered_error_only():
    draw = np.random.default_rng(2)
    cluster = np.repeat(np.arange(40), 50)
    number = draw.poisson(draw.gamma(2.0, 0.5, 40)[cluster])
    subject = np.repeat(np.arange(2000), number)
    columns = (draw.random(subject.size), subject, np.ones(2000))
    alone, together = mean_cumulative(*columns), mean_cumulative(*columns, cluster=cluster)
    np.testing.assert_array_equal(together.mean, alone.mean)
    assert alone.standard_error[-1] == pytest.approx(number.std() / math.sqrt(2000.0), rel=1e-10)
    worlds = np.bincount(cluster, number - number.mean())
    assert together.standard_error[-1] == pytest.approx(math.sqrt(np.sum(worlds**2)) / 2000.0, rel=1e-10)
    assert together.standard_error[-1] > 3.0 * alone.standard_error[-1]


def test_row_order_changes_no_bit():
    time, subject, end = histories(engines())
    order = np.random.default_rng(3).permutation(len(time))
    shuffled = mean_cumulative(np.array(time)[order], subject[order], end)
    for field, same in zip(shuffled, mean_cumulative(time, subject, end), strict=True):
        np.testing.assert_array_equal(field, same)


def test_hours_and_days_give_the_same_mean():
    time, subject, end = histories(engines())
    days, hours = mean_cumulative(time, subject, end), mean_cumulative(24 * np.array(time), subject, 24 * np.array(end))
    for field, same in zip(hours[1:], days[1:], strict=True):
        np.testing.assert_array_equal(field, same)


def test_an_event_at_its_subjects_end_counts_before_the_end():
    curve = mean_cumulative([2, 2], [0, 1], end=[2, 2])
    assert (curve.at_risk.tolist(), curve.mean.tolist()) == ([2], [1.0])


def test_the_planned_end_of_the_dead_makes_the_mean_one_per_starter():
    # One of two dies at 1: with death as end the other's event counts 1, with the planned end one half.
    assert mean_cumulative([2], [1], end=[1, 3]).mean.tolist() == [1.0]
    assert mean_cumulative([2], [1], end=[3, 3]).mean.tolist() == [0.5]


def test_no_events_make_an_empty_curve():
    assert mean_cumulative([], [], end=[3, 3]).mean.size == 0


def test_limits_of_the_mean_stay_above_zero_around_it():
    curve = mean_cumulative(*histories(engines()))
    assert np.all((curve.lower > 0.0) & (curve.lower < curve.mean) & (curve.mean < curve.upper))
    np.testing.assert_allclose(curve.lower * curve.upper, curve.mean**2, rtol=1e-13)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([4], [0], [3]), "time 4 in row 0 lies outside the observation of subject 0"),
        (([1], [0], [3], [1]), "after 1 up to 3"),
        (([1], [2], [3]), "subject holds 2, but end has 1 rows"),
        (([1, 2], [0], [3]), "subject has 1 rows where 2 are expected"),
        (([1], [0], []), "end is empty"),
        (([math.nan], [0], [3]), "time holds nan"),
        (([1], [0], [3], [3]), "entry is 3 in row 0"),
        (([1], [0], [3], None, [0, 1]), "cluster has 2 rows"),
    ],
)
def test_wrong_histories_get_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        mean_cumulative(*arguments)


@pytest.mark.parametrize(
    ("events", "years", "rate", "lower", "upper"),
    [
        (23, 283.0, 8.1, 5.2, 12.2),  # catheter occlusions, World J Diabetes 2012;3:142
        (0, 100.0, 0.0, 0.0, 3.7),  # -ln 0.025 = 3.689
        (10, 100.0, 10.0, 4.8, 18.4),  # table of Garwood 1936: 4.795 and 18.39
    ],
)
def test_rates_have_garwoods_limits(events, years, rate, lower, upper):
    found = event_rate([events], [years])
    assert [round(100.0 * value, 1) for value in found[:3]] == [rate, lower, upper]
    assert math.isnan(found.standard_error)


@given(st.integers(0, 200), st.floats(0.5, 0.999))
@settings(deadline=None)
def test_garwoods_limits_leave_half_of_the_rest_in_each_tail(events, level):
    from scipy.stats import poisson

    found = event_rate([events], [1.0], level=level)
    assert poisson.cdf(events, found.upper) == pytest.approx(0.5 - 0.5 * level, rel=1e-9)
    if events:
        assert poisson.sf(events - 1, found.lower) == pytest.approx(0.5 - 0.5 * level, rel=1e-9)


def test_a_clustered_rate_over_equal_exposures_has_the_error_of_a_mean():
    cluster, events = np.repeat(np.arange(5), 2), np.array([1, 1, 0, 2, 3, 4, 0, 0, 1, 3])
    found = event_rate(events, np.full(10, 2.0), cluster)
    worlds = np.bincount(cluster, events) / 4.0
    assert found.rate == pytest.approx(worlds.mean(), rel=1e-14)
    assert found.standard_error == pytest.approx(worlds.std(ddof=1) / math.sqrt(5.0), rel=1e-13)
    # Student's 0.975 quantile with 4 degrees of freedom is 2.776445.
    assert found.upper / found.rate == pytest.approx(math.exp(2.776445 * found.standard_error / found.rate), rel=1e-6)


def test_clustered_limits_cover_the_true_rate_where_poisson_ones_do_not():
    draw = np.random.default_rng(4)
    cluster, covered = np.repeat(np.arange(60), 20), np.zeros(2)
    for _ in range(300):
        exposure = draw.uniform(0.5, 2.0, cluster.size)
        events = draw.poisson(exposure * draw.gamma(4.0, 0.25, 60)[cluster])
        for row, labels in enumerate((cluster, None)):
            found = event_rate(events, exposure, labels)
            covered[row] += found.lower <= 1.0 <= found.upper
    # 300 samples at 95 %: one standard error is 0.0126, and four are allowed.
    assert abs(covered[0] / 300 - 0.95) < 4 * 0.0126
    assert covered[1] / 300 < 0.8


def test_few_clusters_that_agree_by_chance_hide_no_spread_between_subjects():
    """Twenty events in two hundred subjects of four worlds, five in each: as sure as twenty events are, no surer."""
    events = np.zeros(200, dtype=int)
    events[::10] = 1
    found = event_rate(events, np.full(200, 5.0), np.arange(200) // 50)
    apart = np.std(events, ddof=1) / math.sqrt(200.0) / 5.0
    assert found.standard_error == pytest.approx(apart, rel=1e-12)
    assert math.log(found.upper / found.rate) == pytest.approx(1.971957 * apart / found.rate, rel=1e-6)
    many = event_rate(np.tile(events, 5), np.full(1000, 5.0), np.arange(1000) // 50)
    assert many.standard_error < 1e-12


def test_no_event_in_any_cluster_leaves_garwoods_upper_limit():
    found = event_rate([0, 0], [50.0, 50.0], [0, 1])
    assert found[:3] == pytest.approx((0.0, 0.0, -math.log(0.025) / 100.0), rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1], [0.0]), "exposure is 0"),
        (([1.5], [1.0]), "events holds 1.5"),
        (([1, 2], [1.0]), "events has 2 rows"),
        (([1, 2], [1.0, 1.0], [3, 3]), "a single label"),
        (([1, 2], [1.0, 1.0], [3]), "cluster has 1 rows"),
        (([1, 2], [1.0, math.nan]), "exposure holds nan in row 1"),
    ],
)
def test_wrong_rates_get_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        event_rate(*arguments)


def test_shares_have_the_limits_of_clopper_and_pearson():
    assert share(3, 10**6)[1:] == pytest.approx((6.18672550e-7, 8.76724779e-6), rel=1e-8)
    assert share(0, 10**5, level=0.9).upper == pytest.approx(2.9956874e-5, rel=1e-7)
    assert share(29, 30)[1:] == pytest.approx((0.82783054, 0.99915643), rel=1e-7)


def test_all_or_none_pin_one_limit():
    assert share(0, 5).lower == 0.0
    assert share(5, 5).upper == 1.0
    assert share(5, 5).lower == pytest.approx(0.025**0.2, rel=1e-12)


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (0, 0), (1.5, 5)])
def test_shares_out_of_range_are_refused(k, n):
    with pytest.raises(ValueError, match="is undefined: give whole numbers"):
        share(k, n)


@pytest.mark.parametrize("call", [lambda: share(1, 2, level=1.0), lambda: event_rate([1], [1.0], level=-0.1)])
def test_levels_outside_zero_and_one_are_refused(call):
    with pytest.raises(ValueError, match="level is"):
        call()
