"""What is kept of a watched node: extremes well beyond the ends of a phase, in the order of time."""

from __future__ import annotations

import numpy as np
import pytest

from fluidics.engines.stage import Rows
from fluidics.engines.watch import NEVER, begin_watch, beyond, watching, worth, write_extremes


def seen(greatest: tuple[float, float], least: tuple[float, float]):
    """Return a watch on node 1 that saw two extremes, each a time and a pressure, after a start at 10 Pa."""
    watch = watching(1, NEVER, 2, 1)
    begin_watch(watch, np.array([0.0, 10.0]))
    for side, (time, level) in enumerate((greatest, least)):
        watch.seen.time[side], watch.seen.pressure[side, 1] = time, level
    return watch


def written(watch, end: float) -> tuple[list[float], list[float]]:
    rows = Rows(np.zeros(4), np.zeros((4, 2)), np.zeros((4, 1)), np.zeros((4, 1), dtype=np.int64))
    count = write_extremes(watch, np.array([0.0, end]), 100.0, rows, 1) - 1
    return rows.time[1 : 1 + count].tolist(), rows.pressure[1 : 1 + count, 1].tolist()


def test_only_what_lies_a_millionth_beyond_the_start_is_an_extreme():
    watch = watching(1, NEVER, 2, 1)
    begin_watch(watch, np.array([0.0, 10.0]))
    assert [beyond(watch, 0, level) for level in (10.000009, 10.000011)] == [False, True]
    assert [beyond(watch, 1, level) for level in (9.999991, 9.999989)] == [False, True]
    assert worth(watch, 0, 12.0, 11.0)
    assert not worth(watch, 0, 12.0, 13.0)


@pytest.mark.parametrize(
    ("greatest", "least", "end", "said"),
    [
        ((2.0, 12.0), (1.0, 8.0), 9.0, ([101.0, 102.0], [8.0, 12.0])),
        ((1.0, 12.0), (2.0, 8.0), 9.0, ([101.0, 102.0], [12.0, 8.0])),
        ((2.0, 12.0), (1.0, 8.0), 12.0, ([101.0], [8.0])),  # its end is its greatest
        ((0.0, 10.0), (0.0, 10.0), 9.0, ([], [])),
    ],
)
def test_extremes_are_written_in_their_order(greatest, least, end, said):
    assert written(seen(greatest, least), end) == said
