"""The barrel: what is drawn is what the plunger advanced, at no pressure of its own, and a new one is full."""

from __future__ import annotations

import pytest

from fluidics.pump import MEDIAN_LUCK, Service
from fluidics.questions import (
    advance,
    ambient,
    carry_over,
    disposable,
    fresh,
    pressure,
    refilled,
    stiffness,
    usable,
)
from fluidics.reservoirs.reservoir import Drawn
from tests.fluidics.parts import AROUND, DAY, RATE
from tests.fluidics.worn import TUBED_PUMP

BARREL = TUBED_PUMP.reservoir._replace(residual=0.05e-6)


def test_drawn_volume_is_flow_times_time():
    own = advance(BARREL, fresh(BARREL, MEDIAN_LUCK), 3.0 * DAY, AROUND)
    assert own.volume == pytest.approx(3.0 * DAY * RATE, rel=1e-15)
    assert usable(BARREL, own) == pytest.approx(1.75e-6 - 3.0 * DAY * RATE, rel=1e-14)


def test_it_neither_sucks_nor_presses_however_empty_and_at_any_altitude():
    high = BARREL._replace(ambient=75.6e3)
    for drawn in (0.0, 1e-6, 1.8e-6):
        assert pressure(high, Drawn(drawn), 310.15) == 0.0
        assert stiffness(high, Drawn(drawn), 310.15) == 0.0
    assert ambient(high) == 75.6e3


def test_a_refill_is_a_new_barrel_without_old_drug():
    used = Drawn(1.2e-6)
    assert refilled(BARREL, used, Service(0.0), MEDIAN_LUCK) == fresh(BARREL, MEDIAN_LUCK)
    assert carry_over(BARREL, used) == 0.0
    assert disposable(BARREL) == 1.0
