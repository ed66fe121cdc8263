"""A recorded stretch that an alarm ends."""

from __future__ import annotations

import numpy as np
import pytest

from fluidics.engines.recorded import Recorded, until_alarm

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


def test_a_stretch_ends_at_the_first_time_that_reaches_the_alarm():
    part = until_alarm(RISING, 1.5e4, 1)
    assert part.alarmed
    assert part.time.tolist() == [1.0, 2.0, 3.0]
    assert part.strokes == pytest.approx(3.0)
    assert len(part.pressure) == len(part.volume) == len(part.open) == len(part.drawn) == len(part.delivered) == 3


def test_a_stretch_below_the_alarm_stays_as_it_is():
    assert until_alarm(RISING, 1e5, 1) is RISING
