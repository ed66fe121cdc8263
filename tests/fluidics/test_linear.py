"""Elimination without exchanges, against the library's with them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.engines.linear import factorise, solve


def dominated(n: int, seed: int, decades: float) -> np.ndarray:
    """Return a matrix of an implicit step: flows between nodes whose slopes differ by many decades."""
    draw = np.random.default_rng(seed)
    between = 10.0 ** draw.uniform(-3.0, 3.0, (n, n)) * (draw.uniform(size=(n, n)) < 0.6)
    between = np.triu(between, 1) + np.triu(between, 1).T
    flows = np.diag(between.sum(axis=1)) - between
    return np.eye(n) + flows * 10.0 ** draw.uniform(-decades, decades, n)


@given(n=st.integers(1, 16), seed=st.integers(0, 2**32 - 1))
def test_solution_satisfies_its_system_to_rounding(n, seed):
    matrix = dominated(n, seed, 5.0)
    wanted = np.random.default_rng(seed).normal(size=n)
    rows = np.zeros((2, n + 3))
    rows[1, :n] = wanted
    factors = matrix.copy()
    factorise(factors)
    solve(factors, rows, 1)
    found = rows[1, :n]
    size = np.abs(matrix) @ np.abs(found) + np.abs(wanted)
    assert np.all(np.abs(matrix @ found - wanted) <= 1e-13 * size)
    assert not rows[0].any()
    assert not rows[1, n:].any()


def test_a_chain_stays_a_chain():
    chain = np.diag([3.0] * 6) - np.diag([1.0] * 5, 1) - np.diag([1.0] * 5, -1)
    factors = chain.copy()
    factorise(factors)
    assert np.array_equal(factors != 0.0, chain != 0.0)
    rows = np.ones((1, 6))
    solve(factors, rows, 0)
    assert rows[0] == pytest.approx(np.linalg.solve(chain, np.ones(6)), rel=1e-14)
