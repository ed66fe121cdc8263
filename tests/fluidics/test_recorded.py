"""A stretch in which nothing flows, after another one."""

from __future__ import annotations

import numpy as np

from fluidics.engines.recorded import Recorded, still

RISING = Recorded(
    node_names=("reservoir", "line"),
    link_names=("drawn", "delivered"),
    time=np.arange(1.0, 6.0),
    pressure=np.column_stack((np.full(5, 9e9), np.arange(5) * 1e4)),
    volume=np.ones((5, 2)),
    open=np.ones((5, 2), dtype=np.int64),
    drawn=np.arange(5.0),
    delivered=np.arange(5.0),
    strokes=5.0,
    residual=0.0,
    switches=0,
    alarmed=False,
    fast=None,
)


def test_what_stands_still_keeps_its_pressures_and_nothing_else():
    found = still(RISING, 60.0)
    assert found.time.tolist() == [60.0]
    assert found.pressure.tolist() == [[9e9, 4e4]]
    assert (found.drawn.tolist(), found.delivered.tolist(), found.volume.tolist()) == ([0.0], [0.0], [[0.0, 0.0]])
    assert (found.strokes, found.alarmed, found.node_names) == (0.0, False, RISING.node_names)
