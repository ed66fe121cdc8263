"""The panel engine in time: the operating point, as if there were no strokes."""

from __future__ import annotations

import pytest

from fluidics.engines.operating import operated
from fluidics.engines.quasi_steady import averaged
from fluidics.pump import Level
from tests.fluidics.parts import ACTIVE, INSULIN_PUMP, RATE


def test_flow_is_that_of_the_operating_point():
    off = Level(0.0, 0.0)
    around = operated(INSULIN_PUMP, ACTIVE, (Level(RATE, 1.0), off, off, off), ACTIVE.drug.mass, 1.0)
    part = averaged(INSULIN_PUMP, ACTIVE, RATE, 600.0, None, 1e300)
    assert part.delivered == pytest.approx(around.flow * part.time, rel=1e-12)
    assert part.pressure[-1].tolist() == [around.p_in, around.p_out]
    assert part.strokes == pytest.approx(around.strokes * 600.0)


def test_a_pressure_above_the_alarm_ends_it_at_once():
    part = averaged(INSULIN_PUMP, ACTIVE, RATE, 600.0, None, 0.0)
    assert part.alarmed
    assert (part.time.tolist(), part.delivered.tolist(), part.strokes) == ([0.0], [0.0], 0.0)
