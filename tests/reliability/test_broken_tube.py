"""The tube of a peristaltic drive breaks after as many passages of a roller as it endures."""

from __future__ import annotations

import pytest

from fluidics.pump import advanced, new_pump
from fluidics.questions import margin
from reliability.modes import BrokenTube
from tests.fluidics.implanted import ROLLER
from tests.fluidics.parts import AROUND, HEPATIC_PUMP

PUMP = HEPATIC_PUMP._replace(drive=ROLLER)
PASSAGES = (4.0 / (0.3 * 1.1)) ** 6  # of the median tube


@pytest.mark.parametrize(("share", "left"), [(0.0, 1.0), (0.25, 0.75), (1.0, 0.0), (1.5, -0.5)])
def test_margin_is_the_share_of_the_life_that_is_left(share, left):
    around = AROUND._replace(strokes=2.0)
    worn = advanced(PUMP, new_pump(PUMP), share * PASSAGES / 2.0, around)
    assert margin(BrokenTube(), PUMP, worn, around) == pytest.approx(left, abs=1e-12)
