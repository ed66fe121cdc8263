"""The battery: charge falls with time and strokes, to the closed form of its life."""

from __future__ import annotations

import pytest

from fluidics.power import Charge
from fluidics.pump import MEDIAN_LUCK, Luck, Stateless
from fluidics.questions import advance, fresh, panel
from tests.fluidics.parts import AROUND, DAY, HEPATIC_PUMP, INSULIN_PUMP, YEAR

BATTERY = INSULIN_PUMP.power


def test_a_median_cell_is_full():
    assert fresh(BATTERY, MEDIAN_LUCK) == Charge(BATTERY.energy, BATTERY.energy)


def test_cells_spread_and_no_cell_is_worse_than_four_deviations():
    assert fresh(BATTERY, Luck(0.5, 1.0, 0.0)).energy == pytest.approx(1.05 * BATTERY.energy)
    assert fresh(BATTERY, Luck(0.5, -9.0, 0.0)).energy == pytest.approx(0.8 * BATTERY.energy)


def test_life_is_energy_over_power():
    # 7.5 uW at rest and as much for 200 strokes a day: 8 years
    strokes = 200.0 / DAY
    life = BATTERY.energy / (BATTERY.base_power + BATTERY.stroke_energy * strokes)
    assert life == pytest.approx(8.0 * YEAR, rel=1e-3)
    end = advance(BATTERY, Charge(BATTERY.energy, BATTERY.energy), life, AROUND._replace(strokes=strokes))
    assert end.energy == pytest.approx(0.0, abs=1e-9)
    assert end.full == BATTERY.energy


def test_a_pump_that_stands_still_drains_only_its_electronics():
    end = advance(BATTERY, Charge(100.0, 200.0), DAY, AROUND._replace(strokes=0.0))
    assert end.energy == pytest.approx(100.0 - 7.5e-6 * DAY, rel=1e-15)


def test_without_power_there_is_no_state_and_no_limit():
    none = HEPATIC_PUMP.power
    assert fresh(none, MEDIAN_LUCK) == Stateless()
    assert advance(none, Stateless(), DAY, AROUND) == Stateless()
    assert panel(none, Stateless(), AROUND) >= 1e300
