"""Linear compartments: closed forms, mass, SciPy's exponential and integrator as judges, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from fluidics.body.compartments import Kinetics, exponentials, exposed, left_after_stop, settled, time_until_left
from fluidics.body.exposure import baclofen, morphine, peritoneal, two_channels, two_states

MODELS = [two_channels(), two_states(), peritoneal(1200.0), baclofen(), morphine()]
NAMES = ["two channels", "two states", "peritoneal", "baclofen", "morphine"]
HOUR = 3600.0


@given(st.lists(st.floats(0.0, 50.0), min_size=9, max_size=9), st.floats(0.0, 20.0))
def test_the_exponential_is_scipys(numbers, time):
    rates = np.array(numbers).reshape(3, 3)
    matrix = rates - np.diag(rates.sum(axis=0) + rates.diagonal())  # columns lose at least what others gain
    assert np.abs(exponentials(matrix, [time])[0] - expm(matrix * time)).max() < 1e-10


def test_equal_stages_have_their_closed_form():
    k, t = 0.011, np.array([0.0, 30.0, 200.0, 900.0])
    chain = Kinetics(np.array([[-k, 0.0], [k, -k]]), np.array([1.0, 0.0]), np.array([0.0, k]))
    assert left_after_stop(chain, t) == pytest.approx((1.0 + k * t) * np.exp(-k * t), rel=1e-13)


@pytest.mark.parametrize("kinetics", MODELS, ids=NAMES)
def test_a_settled_delivery_stays(kinetics):
    start = settled(kinetics, 3e-9)
    level = exposed(kinetics, np.arange(0.0, 30.0) * HOUR, np.full(29, 3e-9), start).level
    assert level == pytest.approx(np.full(30, start @ kinetics.seen), rel=1e-12)


@pytest.mark.parametrize("kinetics", MODELS, ids=NAMES)
def test_steps_are_those_of_an_integrator(kinetics):
    edges = np.array([0.0, 1.0, 1.5, 6.0, 20.0]) * HOUR
    rates = np.array([2e-9, 0.0, 5e-9, 1e-9])
    ours = exposed(kinetics, edges, rates, settled(kinetics, 1e-9))
    x = np.append(settled(kinetics, 1e-9), 0.0)
    scale = float(np.abs(x).max())
    for k, rate in enumerate(rates):
        x = solve_ivp(
            lambda _, y, u=rate: np.append(kinetics.exchange @ y[:-1] + kinetics.entry * u, kinetics.seen @ y[:-1]),
            edges[k : k + 2], x, method="DOP853", rtol=1e-12, atol=1e-14 * scale,
        ).y[:, -1]  # fmt: skip
        assert ours.level[k + 1] == pytest.approx(kinetics.seen @ x[:-1], rel=1e-8)
        assert ours.total[k + 1] == pytest.approx(x[-1], rel=1e-8)


@given(st.lists(st.floats(0.0, 1e-8), min_size=1, max_size=12), st.floats(60.0, 2e4))
@pytest.mark.parametrize("kinetics", MODELS[:3], ids=NAMES[:3])
def test_all_insulin_that_is_delivered_is_absorbed_or_still_there(kinetics, rates, step):
    edges = np.arange(len(rates) + 1) * step
    absorbed = exposed(kinetics, edges, rates, np.zeros(kinetics.entry.size)).total[-1]
    stopped = exposed(kinetics, [0.0, 1e6], [0.0], _ending(kinetics, edges, rates)).total[-1]
    assert absorbed + stopped == pytest.approx(step * sum(rates), rel=1e-10, abs=1e-20)


def _ending(kinetics, edges, rates):
    """Return the amounts after the steps, by the same law written as a sum over steps."""
    amounts = np.zeros(kinetics.entry.size)
    for rate, step in zip(rates, np.diff(edges), strict=True):
        across = exponentials(kinetics.exchange, [step])[0]
        steady = settled(kinetics, rate)
        amounts = steady + across @ (amounts - steady)
    return np.maximum(amounts, 0.0)


def test_steps_may_be_cut_without_a_change():
    whole = exposed(two_channels(), [0.0, 5e4], [2e-9], np.zeros(3))
    cut = exposed(two_channels(), np.linspace(0.0, 5e4, 18), np.full(17, 2e-9), np.zeros(3))
    assert cut.level[-1] == pytest.approx(whole.level[-1], rel=1e-12)
    assert cut.total[-1] == pytest.approx(whole.total[-1], rel=1e-12)


def test_many_patients_are_each_alone():
    rates = np.array([[1e-9, 0.0, 2e-9], [0.0, 5e-9, 1e-9]])
    start = settled(two_states(), [1e-9, 4e-9])
    edges = [0.0, HOUR, 3.0 * HOUR, 9.0 * HOUR]
    both = exposed(two_states(), edges, rates, start)
    for k in range(2):
        one = exposed(two_states(), edges, rates[k], start[k])
        assert both.level[k] == pytest.approx(one.level, rel=1e-14)


@pytest.mark.parametrize("kinetics", MODELS, ids=NAMES)
@pytest.mark.parametrize("share", [0.9, 0.5, 1e-3])
def test_what_is_left_at_the_time_of_a_share_is_that_share(kinetics, share):
    assert left_after_stop(kinetics, time_until_left(kinetics, share)) == pytest.approx(share, rel=1e-10)


def test_a_single_compartment_is_left_by_its_half_life():
    assert time_until_left(peritoneal(1200.0), 0.5) == pytest.approx(1200.0 * np.log(2.0), rel=1e-12)


@pytest.mark.parametrize(
    ("edges", "delivery", "start", "complaint"),
    [
        ([0.0, 0.0], [1.0], [0.0], "each later than the last"),
        ([0.0, np.nan], [1.0], [0.0], "each later than the last"),
        ([0.0], [], [0.0], "two or more"),
        ([0.0, 1.0], [1.0, 2.0], [0.0], "one rate between two edges"),
        ([0.0, 1.0], [-1.0], [0.0], "delivery holds a negative"),
        ([0.0, 1.0], [np.nan], [0.0], "delivery holds a negative"),
        ([0.0, 1.0], [1.0], [np.inf], "start holds a negative"),
    ],
)
def test_a_history_that_cannot_be_is_refused(edges, delivery, start, complaint):
    with pytest.raises(ValueError, match=complaint):
        exposed(peritoneal(1200.0), edges, delivery, start)


@pytest.mark.parametrize("share", [0.0, 1.0, 1.5, np.nan])
def test_a_share_outside_is_refused(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        time_until_left(peritoneal(1200.0), share)
