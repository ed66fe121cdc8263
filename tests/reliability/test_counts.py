"""Laws of the counts: exact sums in any order, ends before entries are refused, grids are checked."""

from functools import reduce
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reliability.counts import Counts, count, merge, number_at_risk
from reliability.survival import aalen_johansen_counts, kaplan_meier_counts

GRID = np.arange(3651.0)


def cohort(n, seed):
    """Return time, cause and entry of n subjects on whole days."""
    draw = np.random.default_rng(seed)
    entry = draw.integers(0, 1000, n)
    return entry + draw.integers(1, 2600, n), draw.integers(0, 4, n), entry


def same(a, b):
    """Assert that two results are equal to the bit."""
    for left, right in zip(a, b, strict=True):
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("chunk", [97, 1000, 4096])
def test_chunks_of_any_size_merge_to_the_counts_of_the_whole(chunk):
    time, cause, entry = cohort(5000, seed=1)
    parts = [
        count(time[i : i + chunk], cause[i : i + chunk], GRID, entry[i : i + chunk], n_causes=3)
        for i in range(0, time.size, chunk)
    ]
    whole = count(time, cause, GRID, entry, n_causes=3)
    same(reduce(merge, parts), whole)


def test_any_order_of_merging_gives_equal_bits_in_counts_and_curves():
    parts = [count(*columns[:2], GRID, columns[2], n_causes=3) for columns in (cohort(300, seed) for seed in range(4))]
    merged = [reduce(merge, order) for order in permutations(parts)]
    for other in merged[1:]:
        same(other, merged[0])
        same(kaplan_meier_counts(other), kaplan_meier_counts(merged[0]))
        same(aalen_johansen_counts(other), aalen_johansen_counts(merged[0]))


def test_an_empty_chunk_changes_nothing():
    whole = count(*cohort(50, seed=2)[:2], GRID, n_causes=3)
    same(merge(whole, count([], [], GRID, n_causes=3)), whole)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 2), st.integers(-1, 8)), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_number_at_risk_is_that_of_its_definition(drawn):
    time, cause, entry = np.array(drawn).T
    time = np.maximum(time, entry + 1)
    # A lasting subject keeps the risk set from emptying early.
    time, cause, entry = np.append(time, 10), np.append(cause, 0), np.append(entry, -1)
    grid = np.arange(11)
    counts = count(time, cause, grid, entry, n_causes=2)
    assert number_at_risk(counts).tolist() == [int(np.sum((entry < t) & (time >= t))) for t in grid]
    assert counts.events.sum() + counts.censored.sum() == counts.entered.sum() == time.size


def test_between_grid_points_ends_move_up_and_entries_down():
    counts = count([1.5, 2.0], [1, 0], [0, 1, 2, 3], entry=[1.2, 1.0], n_causes=1)
    assert counts.entered.tolist() == [0, 0, 2, 0]
    assert counts.events.tolist() == [[0, 0, 1, 0]]
    assert counts.censored.tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1], [1], [0, 2, 2]), "does not increase strictly"),
        (([1], [1], []), "grid is empty"),
        (([5], [1], [0, 2, 4]), "beyond the grid's end 4"),
        (([1], [4], [0, 2]), "cause holds 4, above n_causes = 3"),
        (([1, 2], [1], [0, 2]), "cause has 1 rows"),
        (([1], [-1], [0, 2]), "cause holds -1 in row 0"),
        (([1], [1], [0, 2], [1]), "entry is 1 in row 0"),
    ],
)
def test_wrong_input_gets_one_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        count(*arguments, n_causes=3)


def test_counts_on_different_grids_do_not_merge():
    coarse, fine = (count([1], [1], grid, n_causes=1) for grid in ([0, 1], [0, 0.5, 1]))
    with pytest.raises(ValueError, match="one grid"):
        merge(coarse, fine)


def test_counts_with_more_ends_than_entries_are_refused():
    made_up = Counts(np.array([1.0]), np.array([1]), np.array([[2]]), np.array([0]))
    with pytest.raises(ValueError, match="more ends than entries"):
        kaplan_meier_counts(made_up)
