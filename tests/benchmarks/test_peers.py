"""The three versions of the small pump give the same answers, so that their speeds may be compared."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.peers import (
    END,
    LEAVING,
    Outcome,
    kernel_plan,
    kernel_version,
    numbers,
    numpy_version,
    simpy_version,
    standard_errors_apart,
)


@pytest.fixture(scope="module")
def kernel() -> Outcome:
    return kernel_version(kernel_plan(1), 20_000)


@pytest.mark.parametrize(("version", "patients"), [(simpy_version, 2000), (numpy_version, 20_000)])
def test_peers_agree_with_the_kernel_within_four_standard_errors(kernel, version, patients):
    theirs = version(numbers(kernel_plan(1)), patients, 2)
    assert theirs.failures.shape == (patients,)
    for name, apart in standard_errors_apart(theirs, kernel)._asdict().items():
        assert abs(apart) < 4.0, f"mean {name}: {apart:.1f} standard errors apart"


def test_pumps_fail_and_leak_often_enough_to_compare(kernel):
    assert 1.0 < kernel.failures.mean() < 4.0
    assert 1e-4 < kernel.undelivered.mean() / kernel.delivered.mean() < 1e-2


def test_follow_up_is_that_of_the_law(kernel):
    """Mean follow-up (1 - exp(-L T)) / L bounds the refills, one per 45 days in service."""
    mean = -np.expm1(-LEAVING * END) / LEAVING
    assert 0.95 < kernel.refills.mean() * 45.0 * 86400.0 / mean < 1.0


def test_blocks_of_the_numpy_version_hold_all_patients():
    p = numbers(kernel_plan(1))
    assert numpy_version(p, 250, 1, at_once=100).refills.shape == (250,)
