"""The coefficients of one step: its conditions of order, its damping, its rate of convergence."""

from __future__ import annotations

import numpy as np
import pytest

from fluidics.engines.rodas import AHEAD, BETWEEN, COUPLED, DIAGONAL, REACHED, STAGES, SURGE
from fluidics.engines.rosenbrock import integrate
from fluidics.forcing import forcing
from fluidics.network import Link, network
from tests.fluidics.smooth import pushed


def textbook():
    """Return alpha, the full matrix of gamma, and the weights in the form in which order conditions are written.

    The form of the file avoids products with the Jacobian: u = Gamma k, C = diag(1 / gamma) - inverse of Gamma,
    A = alpha times that inverse (Hairer and Wanner, section IV.7, equations 7.24 and 7.25).
    """
    coupled = np.zeros((STAGES, STAGES))
    coupled[:, :-1] = COUPLED
    gamma = np.linalg.inv(np.eye(STAGES) / DIAGONAL - coupled)
    reached = np.zeros((STAGES, STAGES))
    reached[:, :-1] = REACHED
    weights = np.append(REACHED[-1], 1.0)
    return reached @ gamma, gamma, weights @ gamma


def test_times_and_surges_are_the_sums_of_the_coefficients():
    alpha, gamma, _ = textbook()
    assert alpha.sum(axis=1) == pytest.approx(AHEAD, abs=1e-14)
    assert gamma.sum(axis=1) == pytest.approx(SURGE, abs=1e-13)


@pytest.mark.parametrize(("last", "order"), [(1.0, 4), (0.0, 3)])
def test_conditions_of_order_hold_for_the_step_and_for_its_estimate(last, order):
    alpha, gamma, weights = textbook()
    if last == 0.0:
        weights = np.append(REACHED[-1], 0.0) @ gamma
    beta, a = alpha + gamma, alpha.sum(axis=1)
    b = beta.sum(axis=1)
    conditions = [
        (1, weights.sum(), 1.0),
        (2, weights @ b, 1.0 / 2.0),
        (3, weights @ a**2, 1.0 / 3.0),
        (3, weights @ beta @ b, 1.0 / 6.0),
        (4, weights @ a**3, 1.0 / 4.0),
        (4, (weights * a) @ alpha @ b, 1.0 / 8.0),
        (4, weights @ beta @ a**2, 1.0 / 12.0),
        (4, weights @ beta @ beta @ b, 1.0 / 24.0),
    ]
    misses = dict.fromkeys((1, 2, 3, 4), 0.0)
    for o, found, wanted in conditions:
        misses[o] = max(misses[o], abs(found - wanted))
    assert max(misses[o] for o in range(1, order + 1)) < 1e-13
    if order == 3:
        assert misses[4] > 1e-3, "an estimate of the same order would estimate nothing"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_curve_between_the_ends_of_a_step_is_of_order_three(share):
    alpha, gamma, _ = textbook()
    bent = np.append(BETWEEN[0] + share * BETWEEN[1], 0.0)
    weights = (share * np.append(REACHED[-1], 1.0) + share * (1.0 - share) * bent) @ gamma
    beta, a = alpha + gamma, alpha.sum(axis=1)
    b = beta.sum(axis=1)
    found = [weights.sum(), weights @ b, weights @ a**2, weights @ beta @ b]
    assert found == pytest.approx([share, share**2 / 2.0, share**3 / 3.0, share**3 / 6.0], abs=1e-13)


def test_a_stiff_decay_is_gone_after_one_step():
    """L-stability: R(z) -> 0, and stiff accuracy: it does so as fast as the last stage."""
    tank = network([1.0], [(0, 1, Link(1e9))], [0.0])
    done = integrate(tank, pushed(1.0, tank, 0, 0.0), 1, np.array([1e3]), np.array([1]), 1e12)
    assert done.rejected == 0
    assert abs(done.pressure[-1, 0]) < 1e-5


def bent(steps: int) -> float:
    """Return the pressure after a second of a bubble behind a quadratic loss under a wave, in equal steps."""
    made = network(
        [2e-12, 1e-12], [(2, 0, Link(4e-12, loss=6e18)), (0, 1, Link(2e-12, loss=1e19)), (1, 3, Link(1e-12))],
        [40e3, 0.0], [2e-2, 3e-2],
    )  # fmt: skip
    waves = forcing((3, 4e3, 0.3, 0.05), (0, 5e-9, 0.2, 0.15))
    done = integrate(made, pushed(1.0, made, 0, 2e-9, steps), 1, np.array([5e3, 2e3]), np.ones(3, int), 1e12, waves)
    assert done.rejected == 0
    return float(done.pressure[-1, 1])


def test_order_of_convergence_is_four_on_a_nonlinear_network():
    """A tolerance that any step meets makes every phase one step."""
    exact = bent(2048)
    errors = [abs(bent(steps) - exact) for steps in (16, 32, 64, 128)]
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert abs(orders - 4.0).max() < 0.2, (errors, orders)
