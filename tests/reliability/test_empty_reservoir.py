"""A reservoir counts as empty when all that can be drawn has been drawn."""

from __future__ import annotations

import pytest

from fluidics.pump import new_pump
from fluidics.questions import margin
from reliability.modes import EmptyReservoir
from tests.fluidics.parts import AROUND
from tests.reliability.plans import quiet_plan

PUMP = quiet_plan().design.pump


@pytest.mark.parametrize(
    ("drawn", "expected"), [(0.0, 14.0 / 15.0), (7e-6, 7.0 / 15.0), (14e-6, 0.0), (15e-6, -1 / 15)]
)
def test_margin_is_the_usable_share_of_the_capacity(drawn, expected):
    state = new_pump(PUMP)
    state = state._replace(reservoir=state.reservoir._replace(volume=drawn))
    assert margin(EmptyReservoir(), PUMP, state, AROUND) == pytest.approx(expected, abs=1e-15)
