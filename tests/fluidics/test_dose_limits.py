"""Flags of doses off their setting: lengths that just pass and just do not, breaks, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.body.dose_limits import MORPHINE_BOLUS, DoseLimits, flagged, longest_run

HOUR = 3600.0


def off(share, hours):
    """Return the flags of one day as set, some hours at a share, one day as set."""
    edges = np.cumsum([0.0, 24.0, hours, 24.0]) * HOUR
    return flagged(edges, [2.0, 2.0 * share, 2.0], np.full(3, 2.0))


@pytest.mark.parametrize(
    ("share", "hours", "underdose", "withdrawal", "overdose"),
    [
        (0.79, 23.9, False, False, False),
        (0.79, 24.1, True, False, False),
        (0.81, 500.0, False, False, False),
        (0.49, 24.1, True, True, False),
        (0.0, 23.9, False, False, False),
        (1.31, 5.9, False, False, False),
        (1.31, 6.1, False, False, True),
        (1.29, 500.0, False, False, False),
    ],
)
def test_a_limit_counts_when_it_is_passed_for_longer_than_allowed(share, hours, underdose, withdrawal, overdose):
    assert tuple(map(bool, off(share, hours))) == (underdose, withdrawal, overdose, False)


def test_a_break_starts_the_time_anew():
    edges = np.array([0.0, 20.0, 20.5, 40.0]) * HOUR
    assert not flagged(edges, [0.0, 1.0, 0.0], [1.0] * 3).underdose
    assert flagged(edges, [0.0, 0.7, 0.0], [1.0] * 3).underdose


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_the_longest_run_is_the_one_a_reader_counts(held):
    text = "".join("x" if one else " " for one in held)
    assert longest_run(np.arange(len(held) + 1.0), held) == max(len(part) for part in text.split(" "))


def test_each_history_has_its_own_flags_and_limits_can_be_others():
    edges = np.array([0.0, 30.0]) * HOUR
    delivered = np.array([[0.4], [1.0], [1.4]])
    flags = flagged(edges, delivered, 1.0)
    assert flags.underdose.tolist() == [True, False, False]
    assert flags.withdrawal.tolist() == [True, False, False]
    assert flags.overdose.tolist() == [False, False, True]
    assert not flagged(edges, delivered, 1.0, DoseLimits(under=0.3, withdrawal=0.3, over=2.0)).underdose.any()


@pytest.mark.parametrize(
    ("edges", "delivered", "setting"),
    [
        ([0.0, 1.0], [1.0, 1.0], 1.0),
        ([1.0, 1.0], [1.0], 1.0),
        ([0.0, 1.0], [-1.0], 1.0),
        ([0.0, 1.0], [np.nan], 1.0),
        ([0.0, 1.0], [1.0], 0.0),
    ],
)
def test_what_is_no_history_is_refused(edges, delivered, setting):
    with pytest.raises(ValueError, match=r"edges|finite"):
        flagged(edges, delivered, setting)


def test_a_single_bolus_counts_by_itself():
    # two histories of boluses in kg, one of them with a milligram of morphine
    limits = DoseLimits(bolus=MORPHINE_BOLUS)
    flags = flagged([0.0, HOUR], [[1.0], [1.0]], 1.0, limits, [[0.2e-6, 0.89e-6], [1.0e-6, 0.0]])
    assert flags.bolus.tolist() == [False, True]
    assert not flagged([0.0, HOUR], [1.0], 1.0, boluses=[1e9]).bolus


@pytest.mark.parametrize("bolus", [-1.0, np.nan])
def test_a_bolus_that_cannot_be_is_refused(bolus):
    with pytest.raises(ValueError, match="boluses"):
        flagged([0.0, HOUR], [1.0], 1.0, boluses=[bolus])
