"""Diffusion to an absorbing wall: the eigenvalue problem solved afresh, both limits, and a march through the tube."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import hyp1f1

from fluidics.compile import kernel
from fluidics.lines.graetz import carried_share, graetz_number

MOLECULE, MICROMETRE = 1.5e-10, 6.6e-13  # [m2/s]


def series(graetz, terms=14):
    """Return the carried share from roots and coefficients found numerically."""
    total = 0.0
    for n in range(terms):
        near = 4.0 * n + 8.0 / 3.0
        root = brentq(lambda x: hyp1f1(0.5 - x / 4.0, 1.0, x), near - 0.3, near + 0.3, xtol=1e-14)

        def mode(r, root=root):
            return np.exp(-0.5 * root * r * r) * hyp1f1(0.5 - root / 4.0, 1.0, root * r * r)

        mean = quad(lambda r: mode(r) * r * (1.0 - r * r), 0.0, 1.0, limit=400)[0]
        square = quad(lambda r: mode(r) ** 2 * r * (1.0 - r * r), 0.0, 1.0, limit=400)[0]
        total += 4.0 * mean * mean / square * np.exp(-2.0 * root * root / graetz)
    return total


@pytest.mark.parametrize("graetz", [0.5, 5.0, 50.0, 300.0, 499.0, 501.0, 800.0])
def test_the_carried_share_is_that_of_the_eigenvalue_problem(graetz):
    assert carried_share(graetz) == pytest.approx(series(graetz), rel=1e-7, abs=6e-5)


@pytest.mark.parametrize("graetz", [0.5, 2.0, 5.0])
def test_a_long_tube_has_the_published_limit(graetz):
    assert carried_share(graetz) == pytest.approx(0.819 * np.exp(-14.627 / graetz), rel=5e-4)


@pytest.mark.parametrize("graetz", [1e5, 1e7])
def test_a_short_tube_has_leveques_limit(graetz):
    # Sherwood's number 1.615 Gz^(1/3) on the difference at the entry
    lost = 4.0 * 1.615 * graetz ** (-2.0 / 3.0)
    assert 1.0 - carried_share(graetz) == pytest.approx(lost, rel=0.02)


def test_a_march_through_the_tube_ends_with_the_same_share():
    """A slow twin: finite volumes across the radius, implicit steps along the tube."""
    cells, steps, graetz = 200, 2000, 40.0
    edge = np.linspace(0.0, 1.0, cells + 1)
    area, centre = np.diff(edge**2), 0.5 * (edge[1:] + edge[:-1])
    speed = np.diff(2.0 * edge**2 - edge**4) / area  # over the mean
    out = 2.0 * edge[1:] / np.append(np.diff(centre), 0.5 * (edge[-1] - edge[-2]))
    matrix = np.diag(np.append(out[:-1], 0.0) + np.append(0.0, out[:-1]) + np.append(np.zeros(cells - 1), out[-1]))
    matrix -= np.diag(out[:-1], 1) + np.diag(out[:-1], -1)
    # U dc/dx = D / r d(r dc/dr)/dr with x in units of U a^2 / D: the end lies at 4 / Gz
    dx = 4.0 / graetz / steps
    left = np.linalg.inv(np.diag(area * speed) + 0.5 * dx * matrix) @ (np.diag(area * speed) - 0.5 * dx * matrix)
    c = np.ones(cells)
    start = np.linalg.inv(np.diag(area * speed) + dx / 20.0 * matrix) @ np.diag(area * speed)
    for _ in range(20):
        c = start @ c
    for _ in range(steps - 1):
        c = left @ c
    assert (area * speed * c).sum() / (area * speed).sum() == pytest.approx(carried_share(graetz), abs=3e-4)


def test_molecules_reach_the_wall_of_a_catheter_and_aggregates_do_not():
    # 40 cm at 1 to 100 uL/h
    for rate in (1e-9, 1e-7):
        assert carried_share(graetz_number(rate / 3600.0, MOLECULE, 0.4)) < 1e-10
    assert graetz_number(1e-9 / 3600.0, MICROMETRE, 0.4) == pytest.approx(1.34, abs=0.01)
    assert carried_share(graetz_number(1e-9 / 3600.0, MICROMETRE, 0.4)) < 1e-4
    assert carried_share(graetz_number(1e-7 / 3600.0, MICROMETRE, 0.4)) > 0.75


@kernel
def compiled(graetz):
    return carried_share(graetz)


@pytest.mark.parametrize("graetz", [3.0, 3e3])
def test_it_is_the_same_compiled(graetz):
    assert compiled(graetz) == carried_share(graetz)


def test_what_is_carried_rises_with_graetzs_number():
    shares = [carried_share(g) for g in np.geomspace(0.3, 1e6, 400)]
    assert np.all(np.diff(shares) > 0.0)
