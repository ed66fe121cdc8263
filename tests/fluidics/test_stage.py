"""What a wall that gives way has to know of its schedule."""

from __future__ import annotations

import numpy as np
import pytest

from fluidics.engines.stage import empty_rows, staged
from fluidics.network import CHECK, Link, Schedule, network

RELIEF = Link(1.0, 1e-9, 5.0, 5.0, 0.0, CHECK)
WALL = network([1.0, 1.0], [(0, 2, RELIEF), (0, 1, RELIEF), (1, 2, Link(1.0))], [0.0])


def plan(*moved):
    source = np.zeros((len(moved), 2))
    source[:, 0] = moved
    return Schedule(np.full(len(moved), 2.0), source, np.zeros((len(moved), 3), dtype=np.int64))


def test_a_wall_is_out_from_its_push_until_it_goes_back():
    found = staged(WALL, plan(1.0, 0.0, -0.25, -0.75, 0.0), 0)
    assert found.out.tolist() == [1, 1, 0, 0, 0]
    assert found.back.tolist() == [0.0, 0.0, 2.0, 1.5, 0.0]


def test_a_drive_without_a_relief_never_gives_way():
    found = staged(WALL, plan(1.0, -1.0), -1)
    assert not found.out.any()
    assert not found.back.any()


@pytest.mark.parametrize("relief", [1, 2, 3, -2])
def test_a_relief_must_be_a_check_to_a_boundary(relief):
    with pytest.raises(ValueError, match=f"relief {relief} must be -1 or"):
        staged(WALL, plan(1.0, -1.0), relief)


@pytest.mark.parametrize(("strokes", "every", "rows"), [(1, 1, 2), (7, 3, 6), (6, 3, 4), (2, 5, 2)])
def test_rows_hold_every_so_many_strokes_and_the_last(strokes, every, rows):
    found = empty_rows(staged(WALL, plan(1.0, -1.0), 0), strokes, every)
    assert found.time.shape == (rows,)
    assert found.open.shape == found.volume.shape == (rows, 3)
