"""Modes of linear networks: decays against high precision, modes against the matrix they stand for."""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.compile import kernel
from fluidics.engines.modes import decayed, empty_modes, resolved_modes
from fluidics.network import CHECK, TUBE, Link, network
from tests.fluidics.random_networks import decades, networks


@kernel
def found(made, opened, modes):
    """Return the row that `resolved_modes` gives inside a kernel."""
    return resolved_modes(made, opened, modes)


def shut(made):
    """Return which links are open when all valves are shut."""
    return (made.kind == TUBE).astype(np.int64)


def matrix(made, opened):
    """Return G, summed up link by link."""
    size = made.compliance.shape[0]
    full = np.zeros((size + made.boundary.shape[0],) * 2)
    for k, weight in enumerate(made.leak + made.conductance * opened):
        a, b = made.start[k], made.stop[k]
        full[a, a] += weight
        full[b, b] += weight
        full[a, b] -= weight
        full[b, a] -= weight
    return full[:size, :size]


@given(st.one_of(decades(-300, 3), st.floats(0.5, 1.0), st.floats(39.0, 41.0)))
def test_a_decay_and_its_means_are_right_to_rounding(x):
    with localcontext() as context:
        context.prec = 700
        exact = Decimal(x)
        left = (-exact).exp()
        mean = (1 - left) / exact
        twice = (1 - mean) / exact
    got = decayed(x)
    assert got.left == pytest.approx(float(left), rel=1e-15, abs=1e-17)
    assert got.mean == pytest.approx(float(mean), rel=6e-16)
    assert got.twice == pytest.approx(float(twice), rel=1e-15)


@given(networks(6, 3), st.integers(0, 2**12))
def test_modes_are_those_of_the_matrix(made, bits):
    opened = np.where(made.kind == TUBE, 1, np.array([bits >> k & 1 for k in range(made.kind.shape[0])]))
    modes = empty_modes(made)
    row = found(made, opened, modes)
    rate, shape = modes.rate[row], modes.shape[row]
    assert shape.T @ np.diag(made.compliance) @ shape == pytest.approx(np.eye(rate.shape[0]), abs=1e-13)
    scaled = matrix(made, opened) / np.sqrt(np.outer(made.compliance, made.compliance))
    assert rate[::-1] == pytest.approx(np.linalg.eigvalsh(scaled), rel=1e-9, abs=1e-13 * rate[0])
    assert (np.diff(rate) <= 0.0).all()
    across = shape.T @ matrix(made, opened) @ shape
    assert across == pytest.approx(np.diag(rate), abs=1e-12 * rate[0])


@given(decades(-20, 3), decades(-8, 8), decades(-12, 0))
def test_slow_rates_are_as_accurate_as_fast_ones(soft, link, weak):
    """Two nodes: the rates are the roots of a quadratic. A soft reservoir is 10^20 times the rest, its drain 10^-12."""
    made = network([1.0, soft], [(0, 1, Link(link)), (0, 2, Link(weak))], [0.0])
    modes = empty_modes(made)
    row = found(made, shut(made), modes)
    with localcontext() as context:
        context.prec = 120
        g, w, c = Decimal(link), Decimal(weak), Decimal(soft)
        total = g / c + g + w
        fast = (total + (total * total - 4 * g * w / c).sqrt()) / 2
        slow = g * w / c / fast
    assert modes.rate[row] == pytest.approx([float(fast), float(slow)], rel=1e-12)


def test_equal_branches_have_equal_rates():
    """A hub with five equal leaves: four modes in which the hub stands still decay alike, at g / C."""
    made = network([0.7, *[0.1] * 5], [(0, i, Link(1.0 / 3.0)) for i in range(1, 6)], [])
    modes = empty_modes(made)
    row = found(made, shut(made), modes)
    alike = modes.rate[row, 1:5]
    assert alike.tolist() == [alike[0]] * 4
    assert alike[0] == pytest.approx(10.0 / 3.0, rel=1e-14)


def test_nodes_that_nothing_joins_do_not_decay():
    made = network([1.0, 2.0], [(0, 1, Link(3.0))], [])
    modes = empty_modes(made)
    row = found(made, shut(made), modes)
    assert modes.rate[row] == pytest.approx([4.5, 0.0], abs=1e-15)


def test_a_pattern_is_resolved_once_and_gives_the_same_bits_again():
    valve = Link(1.0, 1e-3, 0.0, 0.0, 0.0, CHECK)
    made = network([1.0, 3.0], [(2, 0, valve), (0, 1, Link(2.0)), (1, 3, valve)], [0.0, 0.0])
    modes = empty_modes(made)
    patterns = [np.array([a, 1, b]) for a in (0, 1) for b in (0, 1)]
    rows = [found(made, pattern, modes) for pattern in patterns]
    assert sorted(rows) == [0, 1, 2, 3]
    # tables with one row: each pattern takes it from the other
    crowded = modes._replace(pattern=np.full(1, -1), rate=np.zeros((1, 2)), shape=np.zeros((1, 2, 2)))
    crowded = crowded._replace(across=np.zeros((1, 3, 2)))
    for pattern, row in zip(patterns + patterns, rows + rows, strict=True):
        assert found(made, pattern, crowded) == 0
        assert crowded.shape[0].tobytes() == modes.shape[row].tobytes()
        assert crowded.rate[0].tobytes() == modes.rate[row].tobytes()
