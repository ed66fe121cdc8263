"""Laws of the survival estimates; reference figures are those of R survival 3.5-3 unless another source is named."""

import math
import tracemalloc
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reliability.counts import count
from reliability.survival import (
    aalen_johansen,
    aalen_johansen_counts,
    kaplan_meier,
    kaplan_meier_counts,
    normal_quantile,
    restricted_mean,
    time_reaching,
)

# Acute myelogenous leukaemia, maintained arm (Miller, Survival Analysis, 1981, p. 49).
AML_TIME = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161]
AML_EVENT = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0]
TIED_CAUSE = [0, 1, 1, 1, 2, 1, 0, 1, 0, 2, 2]
TIED_TIME = [1, 5, 3, 6, 1, 3, 2, 5, 2, 3, 6]
FIELDS = ("survival", "standard_error", "lower", "upper")

row = st.tuples(st.integers(1, 12), st.integers(0, 3), st.integers(-1, 11))
# The last row is at risk all the time, so that the risk set never empties early.
rows = st.tuples(st.lists(row, max_size=40), st.integers(0, 3)).map(lambda drawn: [*drawn[0], (13, drawn[1], -1)])


def at(curve, times):
    """Return the indices of times on a curve."""
    found = np.searchsorted(curve.time, times)
    assert np.array_equal(curve.time[found], times)
    return found


def split(drawn):
    """Return time, cause and entry of drawn rows, each entry below its time."""
    time, cause, entry = np.array(drawn).T
    return time, cause, np.minimum(entry, time - 1)


def test_survival_of_the_leukaemia_patients_is_that_of_r():
    curve = kaplan_meier(AML_TIME, AML_EVENT)
    failing = at(curve, [9, 13, 18, 23, 31, 34, 48])
    survival = [
        0.909090909091,
        0.818181818182,
        0.715909090909,
        0.613636363636,
        0.490909090909,
        0.368181818182,
        0.184090909091,
    ]
    error = [
        0.0866784172041,
        0.116291299830,
        0.139664970557,
        0.152632331027,
        0.164193267221,
        0.162668885827,
        0.153492745786,
    ]
    np.testing.assert_allclose(curve.survival[failing], survival, rtol=1e-11)
    np.testing.assert_allclose(curve.standard_error[failing], error, rtol=1e-11)
    [at_31, at_48] = at(curve, [31, 48])
    np.testing.assert_allclose([curve.lower[at_31], curve.upper[at_31]], [0.167330909777, 0.753399790371], rtol=1e-11)
    np.testing.assert_allclose([curve.lower[at_48], curve.upper[at_48]], [0.0117384801232, 0.525014842727], rtol=1e-11)


def test_median_and_restricted_mean_of_the_leukaemia_patients_are_those_of_r():
    curve = kaplan_meier(AML_TIME, AML_EVENT)
    assert time_reaching(curve) == pytest.approx((31.0, 13.0, math.nan), nan_ok=True)
    assert restricted_mean(curve, 48.0) == pytest.approx((31.8431818182, 4.52788471175), rel=1e-11)


def test_delayed_entry_with_ties_gives_the_risk_sets_of_r():
    curve = kaplan_meier([2, 10, 5, 4, 3], [1, 1, 1, 1, 1], entry=[1, 2, 4, 0, 0])
    assert curve.time.tolist() == [2, 3, 4, 5, 10]
    assert curve.at_risk.tolist() == [3, 3, 2, 2, 1]
    np.testing.assert_allclose(curve.survival, [2 / 3, 4 / 9, 2 / 9, 1 / 9, 0.0], rtol=1e-14)
    assert curve.standard_error[0] == pytest.approx(0.272165526976, rel=1e-11)
    np.testing.assert_allclose([curve.lower[1], curve.upper[1]], [0.0378756353218, 0.818001157594], rtol=1e-11)


def test_delayed_entry_with_censoring_is_that_of_r():
    entry = [0, 0, 1, 2, 0, 3, 1.5, 0, 2.5, 1]
    curve = kaplan_meier([2, 5, 4, 6, 7, 8, 3, 9, 4.5, 10], [1, 1, 1, 0, 1, 1, 1, 0, 1, 0], entry)
    survival = [0.857142857143, 0.75, 0.65625, 0.5625, 0.46875, 0.3515625, 0.234375]
    np.testing.assert_allclose(curve.survival[at(curve, [2, 3, 4, 4.5, 5, 7, 8])], survival, rtol=1e-11)
    assert curve.standard_error[at(curve, [5])[0]] == pytest.approx(0.160108605718, rel=1e-11)


def test_incidence_variance_is_that_of_sas():
    curve = aalen_johansen([1, 2, 3, 4, 5, 6], [0, 1, 1, 2, 2, 0])
    np.testing.assert_allclose(curve.incidence[1], [0, 0, 0, 0.2, 0.4, 0.4], rtol=1e-14)
    np.testing.assert_allclose(curve.standard_error[1] ** 2, [0, 0, 0, 0.032, 0.048, 0.048], rtol=1e-13)
    np.testing.assert_allclose(curve.lower[1, 3:5], [0.00836904, 0.05197575], atol=5e-9)
    np.testing.assert_allclose(curve.upper[1, 3:5], [0.58185303, 0.75281579], atol=5e-9)


@pytest.mark.parametrize("order", [np.arange(11), np.arange(11)[::-1], np.random.default_rng(1).permutation(11)])
def test_ties_are_exact_in_any_row_order(order):
    curve = aalen_johansen(np.array(TIED_TIME)[order], np.array(TIED_CAUSE)[order])
    reference = aalen_johansen(TIED_TIME, TIED_CAUSE)
    for field, same in zip(curve, reference, strict=True):
        np.testing.assert_array_equal(field, same)
    shown = at(curve, [1, 3, 5, 6])
    first = [0.0, 0.259740259740, 0.519480519481, 0.649350649351]
    second = [0.0909090909091, 0.220779220779, 0.220779220779, 0.350649350649]
    np.testing.assert_allclose(curve.incidence[0, shown], first, rtol=2e-12)
    np.testing.assert_allclose(curve.incidence[1, shown], second, rtol=2e-12)
    error = [0.0, 0.157187664801, 0.177106875451, 0.167116374245]
    np.testing.assert_allclose(curve.standard_error[0, shown], error, rtol=1e-11)


def test_incidence_equals_the_fine_gray_weighted_one_of_r():
    time = [1, 2, 3, 4, 4, 4, 5, 5, 6, 8, 8, 9, 10, 12]
    curve = aalen_johansen(time, [1, 2, 0, 1, 0, 0, 2, 1, 0, 0, 2, 0, 1, 0])
    shown = at(curve, [1, 2, 4, 5, 8, 10])
    first = [0.0714285714286, 0.0714285714286, 0.149350649351, 0.246753246753, 0.246753246753, 0.480519480519]
    second = [0.0, 0.0714285714286, 0.0714285714286, 0.168831168831, 0.285714285714, 0.285714285714]
    np.testing.assert_allclose(curve.incidence[0, shown], first, rtol=3e-12)
    np.testing.assert_allclose(curve.incidence[1, shown], second, rtol=3e-12)
    error = curve.standard_error[:, shown[-1]]
    np.testing.assert_allclose(error, [0.198298118358, 0.143069394523], rtol=1e-11)


def test_failures_at_time_zero_count():
    time = [0, 1, 2, 3, 4]
    assert kaplan_meier(time, [1, 1, 0, 1, 0]).survival[0] == pytest.approx(0.8)
    assert aalen_johansen(time, [1, 1, 0, 2, 0]).incidence[:, 0] == pytest.approx([0.2, 0.0])
    assert aalen_johansen(time, [1, 1, 0, 2, 0], entry=[-1] * 5).incidence[:, 0] == pytest.approx([0.2, 0.0])


@given(rows)
@settings(max_examples=60, deadline=None)
def test_survival_is_that_of_lifelines_with_ties_and_delayed_entry(drawn):
    lifelines = pytest.importorskip("lifelines")
    time, cause, entry = split(drawn)
    entry = np.maximum(entry, 0)
    curve = kaplan_meier(time, cause > 0, entry)
    theirs = lifelines.KaplanMeierFitter().fit(time, cause > 0, entry=entry)
    np.testing.assert_allclose(curve.survival, theirs.survival_function_at_times(curve.time), rtol=1e-12, atol=1e-14)
    limits = theirs.confidence_interval_.loc[curve.time].to_numpy().T
    inside = (curve.survival > 0.0) & (curve.survival < 1.0)
    np.testing.assert_allclose(curve.lower[inside], limits[0][inside], rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(curve.upper[inside], limits[1][inside], rtol=1e-9)


def slow_incidence(time, cause, entry, k):
    """Return one cause's incidence and its variance at the distinct times, by the printed double sums in fractions."""
    incidence, variance, past, survival = [], [], [], Fraction(1)
    for t in sorted(set(time.tolist())):
        n = int(np.sum((entry < t) & (time >= t)))
        d, own = int(np.sum((time == t) & (cause > 0))), int(np.sum((time == t) & (cause == k)))
        total = (past[-1][0] if past else Fraction(0)) + survival * Fraction(own, n)
        past.append((total, survival, n, d, own))
        survival *= Fraction(n - d, n)
        sums = Fraction(0)
        for F, S, n_i, d_i, own_i in past:
            if n_i > d_i:
                sums += (total - F) ** 2 * Fraction(d_i, n_i * (n_i - d_i))
            sums += S**2 * Fraction(own_i * (n_i - own_i), n_i**3) - 2 * (total - F) * S * Fraction(own_i, n_i**2)
        incidence.append(float(total))
        variance.append(float(sums))
    return incidence, variance


@given(rows)
@settings(max_examples=60, deadline=None)
def test_running_sums_equal_the_printed_double_sums(drawn):
    time, cause, entry = split(drawn)
    assume(cause.any())
    curve = aalen_johansen(time, cause, entry)
    for row, k in enumerate(curve.causes):
        incidence, variance = slow_incidence(time, cause, entry, k)
        np.testing.assert_allclose(curve.incidence[row], incidence, rtol=1e-12)
        np.testing.assert_allclose(curve.standard_error[row] ** 2, variance, rtol=1e-10, atol=1e-15)


@given(rows)
@settings(max_examples=60, deadline=None)
def test_incidences_and_survival_add_up_to_one_inside_zero_and_one(drawn):
    time, cause, entry = split(drawn)
    curve, survival = aalen_johansen(time, cause, entry), kaplan_meier(time, cause > 0, entry)
    np.testing.assert_allclose(curve.incidence.sum(axis=0) + survival.survival, 1.0, rtol=1e-13)
    for band in (curve.incidence, curve.lower, curve.upper, survival.survival, survival.lower, survival.upper):
        shown = band[~np.isnan(band)]
        assert np.all((shown >= 0.0) & (shown <= 1.0))
    assert np.all(np.diff(curve.incidence, axis=1) >= 0.0)
    assert np.all(np.diff(survival.survival) <= 0.0)


@given(rows)
@settings(max_examples=60, deadline=None)
def test_one_cause_alone_is_the_complement_of_survival_with_its_variance(drawn):
    time, cause, entry = split(drawn)
    assume(cause.any())
    survival, incidence = kaplan_meier(time, cause > 0, entry), aalen_johansen(time, np.where(cause > 0, 7, 0), entry)
    assert incidence.causes.tolist() == [7]
    np.testing.assert_allclose(incidence.incidence[0], 1.0 - survival.survival, atol=1e-14)
    np.testing.assert_allclose(incidence.standard_error[0] ** 2, survival.standard_error**2, rtol=1e-9, atol=1e-15)


def test_without_censoring_everything_is_binomial():
    draw = np.random.default_rng(2)
    time, cause, n = draw.integers(0, 50, 5000), draw.integers(1, 4, 5000), 5000
    curve = aalen_johansen(time, cause)
    for row, k in enumerate(curve.causes):
        share = np.array([np.mean((time <= t) & (cause == k)) for t in curve.time])
        np.testing.assert_allclose(curve.incidence[row], share, rtol=1e-12)
        np.testing.assert_allclose(curve.standard_error[row], np.sqrt(share * (1.0 - share) / n), rtol=1e-11)


def test_incidence_of_competing_weibull_lives_is_the_exact_one():
    draw, n = np.random.default_rng(7), 200_000
    lives = np.array([10.0 * draw.weibull(2.0, n), 12.0 * draw.weibull(1.2, n), draw.uniform(2.0, 40.0, n)])
    curve = aalen_johansen(lives.min(axis=0), np.array([1, 2, 0])[lives.argmin(axis=0)])
    # Quadrature of S(t) times each hazard at 2, 5 and 10; the tolerance is four standard errors.
    exact = [
        [0.036485846998848, 0.17961492057598, 0.41419167337854],
        [0.10835799557873, 0.27143126612091, 0.42108594427],
    ]
    shown = np.searchsorted(curve.time, [2.0, 5.0, 10.0], side="right") - 1
    assert np.all(np.abs(curve.incidence[:, shown] - exact) < 4.0 * curve.standard_error[:, shown])


def test_limits_cover_the_true_incidence_as_often_as_they_say():
    draw = np.random.default_rng(3)
    truth = 0.5 * (1.0 - math.exp(-1.0))
    covered = 0
    for _ in range(400):
        life, leave = draw.exponential(1.0, 200), draw.uniform(0.5, 2.0, 200)
        cause = np.where(life <= leave, draw.integers(1, 3, 200), 0)
        curve = aalen_johansen(np.minimum(life, leave), cause)
        last = np.searchsorted(curve.time, 1.0, side="right") - 1
        covered += curve.lower[0, last] <= truth <= curve.upper[0, last]
    # 400 samples at 95 %: one standard error is 0.0109, and four are allowed.
    assert abs(covered / 400 - 0.95) < 4 * 0.0109


def test_a_weight_is_a_number_of_equal_rows():
    time, cause, times = np.array([3, 1, 2, 2]), np.array([1, 2, 0, 1]), np.array([2, 1, 4, 3])
    repeated = aalen_johansen(np.repeat(time, times), np.repeat(cause, times))
    for field, same in zip(aalen_johansen(time, cause, weight=times), repeated, strict=True):
        np.testing.assert_array_equal(field, same)


def test_fractional_weights_do_not_depend_on_row_order():
    draw = np.random.default_rng(4)
    time, event, weight = draw.integers(1, 9, 500), draw.integers(0, 2, 500), draw.random(500)
    order = draw.permutation(500)
    curve = kaplan_meier(time, event, weight=weight)
    for field, same in zip(curve, kaplan_meier(time[order], event[order], weight=weight[order]), strict=True):
        np.testing.assert_array_equal(field, same)
    at_risk = [math.fsum(weight[time >= t]) for t in curve.time]
    np.testing.assert_allclose(curve.at_risk, at_risk, rtol=1e-12)


def test_all_weights_scaled_leave_the_curve_and_shrink_the_variance():
    single, triple = (kaplan_meier(AML_TIME, AML_EVENT, weight=np.full(11, w)) for w in (1.0, 3.0))
    np.testing.assert_allclose(triple.survival, single.survival, rtol=1e-15)
    assert triple.standard_error[0] == pytest.approx(single.standard_error[0] / math.sqrt(3.0), rel=1e-14)


def test_hours_and_days_give_the_same_curve():
    draw = np.random.default_rng(5)
    time, cause, entry = draw.integers(10, 3650, 2000), draw.integers(0, 3, 2000), draw.integers(0, 10, 2000)
    days, hours = aalen_johansen(time, cause, entry), aalen_johansen(24 * time, cause, 24 * entry)
    np.testing.assert_array_equal(hours.time, 24 * days.time)
    for field, same in zip(hours[1:], days[1:], strict=True):
        np.testing.assert_array_equal(field, same)


@given(rows)
@settings(max_examples=40, deadline=None)
def test_counts_on_a_grid_give_the_curve_of_the_rows(drawn):
    time, cause, entry = split(drawn)
    counts = count(time, cause, np.arange(14), entry, n_causes=3)
    rows_curve, grid_curve = kaplan_meier(time, cause > 0, entry), kaplan_meier_counts(counts)
    shown = at(grid_curve, rows_curve.time)
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(grid_curve, name)[shown], getattr(rows_curve, name))
    rows_causes, grid_causes = aalen_johansen(time, cause, entry), aalen_johansen_counts(counts)
    for row, k in enumerate(rows_causes.causes):
        np.testing.assert_array_equal(grid_causes.incidence[k - 1, shown], rows_causes.incidence[row])
        np.testing.assert_allclose(
            grid_causes.standard_error[k - 1, shown], rows_causes.standard_error[row], rtol=1e-12
        )


def test_limits_are_undefined_at_zero_and_one_and_the_error_is_zero():
    curve = kaplan_meier([1, 2, 3], [0, 1, 1])
    assert np.isnan(curve.lower[[0, 2]]).all()
    assert np.isnan(curve.upper[[0, 2]]).all()
    assert curve.standard_error[[0, 2]].tolist() == [0.0, 0.0]
    assert curve.lower[1] < curve.survival[1] < curve.upper[1]


def test_nobody_failing_leaves_survival_at_one_and_no_cause():
    assert kaplan_meier([1, 2], [0, 0]).survival.tolist() == [1.0, 1.0]
    assert aalen_johansen([1, 2], [0, 0]).incidence.shape == (0, 2)


def test_an_early_empty_risk_set_is_said():
    with pytest.warns(UserWarning, match="at time 1 while others enter later"):
        curve = kaplan_meier([1, 3, 4], [1, 1, 0], entry=[0, 2, 2])
    assert curve.survival.tolist() == [0.0, 0.0, 0.0]


def test_a_wider_level_gives_a_wider_band():
    bands = [kaplan_meier(AML_TIME, AML_EVENT, level=level) for level in (0.5, 0.9, 0.99)]
    for narrow, wide in pairwise(bands):
        assert wide.lower[0] < narrow.lower[0] < narrow.upper[0] < wide.upper[0]
    assert normal_quantile(0.95) == pytest.approx(1.959963984540054, rel=1e-14)


def test_a_million_rows_take_memory_in_proportion():
    draw = np.random.default_rng(6)
    peaks = []
    for n in (100_000, 1_000_000):
        time, cause = draw.random(n), draw.integers(0, 4, n)
        tracemalloc.start()
        aalen_johansen(time, cause)
        peaks.append(tracemalloc.get_traced_memory()[1] / n)
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
    assert peaks[1] < 500.0  # bytes per row


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([1, math.nan], [1, 1]), "time holds nan in row 1"),
        (([1, math.inf], [1, 1]), "time holds inf in row 1"),
        (([-1, 2], [1, 1]), "time holds -1 in row 0"),
        (([], []), "time is empty"),
        (([1, 2], [1]), "event or cause has 1 rows where 2 are expected"),
        (([1, 2], [1, 2]), "event holds 2"),
        (([1, 2], [1, 0.5]), "event holds 0.5 in row 1"),
        (([[1, 2]], [1, 1]), "time has 2 dimensions"),
        (([1, 2], [1, 1], [0, 2]), "entry is 2 in row 1, where the end is 2"),
        (([1, 2], [1, 1], [0, math.nan]), "entry is nan in row 1"),
        (([1, 2], [1, 1], [0]), "entry has 1 rows"),
        (([1, 2], [1, 1], None, [1]), "weight has 1 rows"),
        (([1, 2], [1, 1], None, [0, 0]), "weight is 0 in all rows"),
        (([1, 2], [1, 1], None, [1, -1]), "weight holds -1 in row 1"),
    ],
)
def test_wrong_input_gets_one_sentence(columns, message):
    with pytest.raises(ValueError, match=message):
        kaplan_meier(*columns)


def test_words_are_not_numbers():
    with pytest.raises(TypeError, match="cause holds str"):
        aalen_johansen([1, 2], ["battery", "valve"])


@pytest.mark.parametrize("call", [lambda c: time_reaching(c, 1.0), lambda c: restricted_mean(c, 200.0)])
def test_levels_and_horizons_outside_the_curve_are_refused(call):
    with pytest.raises(ValueError, match="give a"):
        call(kaplan_meier(AML_TIME, AML_EVENT))


def test_levels_outside_zero_and_one_are_refused():
    with pytest.raises(ValueError, match="level is 95"):
        kaplan_meier(AML_TIME, AML_EVENT, level=95)
