"""The clustered estimates against the estimators for plain arrays, and their errors against jackknives and scatter."""

from __future__ import annotations

import numpy as np
import pytest

from reliability.clustered import Happenings, Subjects, log_limits, log_log_limits, means
from reliability.recurrent import mean_cumulative
from reliability.survival import aalen_johansen, kaplan_meier, normal_quantile

STEPS = np.arange(0, 41, 4)


def lives(seed, n, size, shared=0.0):
    """Return worlds of `size` subjects, steps of their ends, and causes 0, 1, 2; `shared` spreads a world's hazard."""
    rng = np.random.default_rng(seed)
    world = np.arange(n) // size
    pace = np.exp(shared * rng.normal(size=world[-1] + 1))[world]
    step = np.ceil(rng.exponential(25.0, n) / pace).astype(int)
    cause = rng.integers(0, 3, n)
    return world, np.minimum(step, 40), np.where(step > 40, 0, cause)


def of_lives(world, step, cause):
    ended = tuple(Happenings(world[cause == k], step[cause == k]) for k in (1, 2))
    return means(Subjects(world, step, ended, np.ones(2, dtype=bool)), STEPS)


def at(time, values, steps=STEPS, start=0.0):
    """Return a step function's values at the steps."""
    index = np.searchsorted(time, steps, side="right") - 1
    return np.where(index >= 0, np.asarray(values)[..., np.maximum(index, 0)], start)


def test_survival_is_kaplan_meier_and_incidence_is_aalen_johansen():
    world, step, cause = lives(seed=1, n=600, size=20)
    found = of_lives(world, step, cause)
    curve, incidence = kaplan_meier(step, cause > 0), aalen_johansen(step, cause)
    np.testing.assert_allclose(found.survival, at(curve.time, curve.survival, start=1.0), rtol=1e-12)
    np.testing.assert_allclose(found.mean, at(incidence.time, incidence.incidence), rtol=1e-12)
    np.testing.assert_array_equal(found.at_risk, [np.sum(step >= s) for s in STEPS])


def test_causes_of_one_step_are_multinomial():
    """Of 100 alike subjects 28 end by one cause and 40 by another at once: the error of a share is binomial."""
    cause = np.repeat([1, 2, 0], [28, 40, 32])
    world, step = np.arange(100) % 2, np.where(cause > 0, 1, 40)
    order = np.argsort(world, kind="stable")
    found = of_lives(world[order], step[order], cause[order])
    z = normal_quantile(0.95)
    share = np.array([0.28, 0.40])
    wanted = z * np.sqrt(share * (1.0 - share) / 100.0)
    np.testing.assert_allclose(found.reach[:, -1], wanted, rtol=1e-12)


def test_error_of_worlds_of_one_subject_is_greenwoods():
    """The infinitesimal jackknife over independent subjects is Greenwood's formula, up to m / (m - 1)."""
    world, step, cause = lives(seed=2, n=500, size=1)
    found, curve = of_lives(world, step, cause), kaplan_meier(step, cause > 0)
    wanted = at(curve.time, curve.standard_error) * np.sqrt(500 / 499)
    np.testing.assert_allclose(found.survival_error[1:], wanted[1:], rtol=1e-9)


def test_incidence_error_is_that_of_leaving_one_world_out():
    """The delete-one jackknife is a slow twin; both differ by terms of the order of 1 / worlds."""
    world, step, cause = lives(seed=3, n=1200, size=10, shared=0.5)
    found = of_lives(world, step, cause)
    left = []
    for out in range(120):
        kept = world != out
        left.append(of_lives(np.unique(world[kept], return_inverse=True)[1], step[kept], cause[kept]).mean)
    jackknife = np.sqrt(119 / 120 * np.sum((np.array(left) - np.mean(left, axis=0)) ** 2, axis=0))
    np.testing.assert_allclose(found.error[:, 1:], jackknife[:, 1:], rtol=0.03)


def test_shared_luck_widens_the_error():
    world, step, cause = lives(seed=4, n=4000, size=50, shared=0.8)
    alone = of_lives(np.arange(4000), step, cause).error[0, 5]
    assert of_lives(world, step, cause).error[0, 5] > 1.5 * alone


def repeated(seed, n, size):
    """Return worlds, steps of ends, and subject and step of recurrent events up to them."""
    rng = np.random.default_rng(seed)
    world, end = np.arange(n) // size, rng.integers(5, 41, n)
    who = np.repeat(np.arange(n), rng.poisson(2.0, n))
    return world, end, who, np.ceil(rng.random(len(who)) * end[who]).astype(int)


def test_recurrent_mean_and_error_without_death_are_the_mean_cumulative_function():
    world, end, who, step = repeated(seed=5, n=400, size=10)
    found = means(Subjects(world, end, (Happenings(world[who], step),), np.array([False])), STEPS)
    wanted = mean_cumulative(step, who, end, cluster=world)
    np.testing.assert_allclose(found.mean[0], at(wanted.time, wanted.mean), rtol=1e-12)
    np.testing.assert_allclose(found.error[0], at(wanted.time, wanted.standard_error) * np.sqrt(40 / 39), rtol=1e-9)


def test_the_dead_stay_in_the_denominator():
    """Without censoring before death the mean is the plain number of events per subject who started."""
    world, end, who, step = repeated(seed=6, n=400, size=10)
    dies = np.flatnonzero(end < 40)
    # who does not die is followed to the last step
    followed = np.where(end < 40, end, 40)
    happened = Happenings(world[who], step), Happenings(world[dies], end[dies])
    found = means(Subjects(world, followed, happened, np.array([False, True])), STEPS)
    np.testing.assert_allclose(found.mean[0], [np.sum(step <= s) / 400 for s in STEPS], rtol=1e-12)
    per_world = np.array([np.sum(world[who] == w) / 10 for w in range(40)])
    assert found.error[0, -1] == pytest.approx(per_world.std(ddof=1) / np.sqrt(40), rel=1e-9)


def test_blocks_of_worlds_add_up(monkeypatch):
    world, step, cause = lives(seed=7, n=700, size=5)
    whole = of_lives(world, step, cause)
    monkeypatch.setattr("reliability.clustered._WORLDS", 3)
    np.testing.assert_allclose(of_lives(world, step, cause).error, whole.error, rtol=1e-12)


def test_a_single_world_has_no_error():
    world, step, cause = lives(seed=8, n=30, size=30)
    assert np.isnan(of_lives(world, step, cause).survival_error).all()


def test_nothing_happened():
    found = means(Subjects(np.zeros(3, dtype=int), np.full(3, 9), (), np.zeros(0, dtype=bool)), STEPS)
    assert found.survival.tolist() == [1.0] * len(STEPS)
    assert found.mean.shape == (0, len(STEPS))


def test_limits_hold_the_estimate_and_are_undefined_at_the_ends():
    p, error = np.array([0.0, 0.2, 0.9, 1.0]), np.array([0.0, 0.05, 0.03, 0.0])
    lower, upper = log_log_limits(p, 2.0 * error)
    assert np.isnan([lower[0], upper[0], lower[3], upper[3]]).all()
    assert (lower[1:3] < p[1:3]).all()
    assert (p[1:3] < upper[1:3]).all()
    curve = kaplan_meier([1, 2, 3, 4, 5], [1, 1, 0, 1, 0])
    ours = log_log_limits(curve.survival, normal_quantile(0.95) * curve.standard_error)
    np.testing.assert_allclose(ours, (curve.lower, curve.upper), rtol=1e-12)
    lower, upper = log_limits(np.array([0.0, 2.0]), np.array([0.0, 0.1]))
    assert np.isnan([lower[0], upper[0]]).all()
    assert lower[1] * upper[1] == pytest.approx(4.0)


@pytest.mark.parametrize(("worlds", "reach"), [(2, 12.7062), (6, 2.5706), (31, 2.0423)])
def test_limits_reach_as_far_as_students_law(worlds, reach):
    """Percentiles 97.5 of Student's law with 1, 5 and 30 degrees of freedom, as in any table."""
    found = of_lives(*lives(seed=9, n=40 * worlds, size=40, shared=1.0))
    np.testing.assert_allclose(found.survival_reach[1:], reach * found.survival_error[1:], rtol=1e-4)
    np.testing.assert_allclose(found.reach[:, 4:], reach * found.error[:, 4:], rtol=1e-4)


def test_worlds_that_agree_leave_the_error_of_independent_subjects():
    """Twice the same world shows no spread; Greenwood's formula and that of Aalen and Johansen are left."""
    _, step, cause = lives(seed=10, n=300, size=300)
    step, cause = np.tile(step, 2), np.tile(cause, 2)
    found = of_lives(np.arange(600) // 300, step, cause)
    np.testing.assert_allclose(found.survival_error, 0.0, atol=1e-12)
    curve, incidence, z = kaplan_meier(step, cause > 0), aalen_johansen(step, cause), normal_quantile(0.95)
    np.testing.assert_allclose(found.survival_reach, z * at(curve.time, curve.standard_error), rtol=1e-9)
    np.testing.assert_allclose(found.reach, z * at(incidence.time, incidence.standard_error), rtol=0.02)


def test_recurrent_events_of_worlds_that_agree_leave_poissons_error():
    """Of a number k of events among n subjects followed to the end, sqrt(k) / n."""
    world, who = np.arange(200) // 100, np.tile(np.repeat(np.arange(100), 2), 2) + np.repeat((0, 100), 200)
    step = np.tile(np.random.default_rng(11).integers(1, 41, 200), 2)
    found = means(Subjects(world, np.full(200, 40), (Happenings(world[who], step),), np.array([False])), STEPS)
    counts = np.array([np.sum(step <= s) for s in STEPS])
    np.testing.assert_allclose(found.reach[0], normal_quantile(0.95) * np.sqrt(counts) / 200, rtol=1e-9)
