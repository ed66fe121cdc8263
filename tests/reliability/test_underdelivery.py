"""Underdelivery is felt when the delivered share falls below a fraction."""

from __future__ import annotations

import pytest

from fluidics.pump import new_pump
from fluidics.questions import margin
from reliability.modes import Underdelivery
from tests.fluidics.parts import AROUND
from tests.reliability.plans import quiet_plan

PUMP = quiet_plan().design.pump


@pytest.mark.parametrize(("share", "expected"), [(1.0, 0.5), (0.75, 0.25), (0.5, 0.0), (0.1, -0.4), (0.0, -0.5)])
def test_margin_is_the_delivered_share_above_the_fraction(share, expected):
    around = AROUND._replace(flow=share * AROUND.programmed)
    assert margin(Underdelivery(0.5), PUMP, new_pump(PUMP), around) == pytest.approx(expected, abs=1e-15)
