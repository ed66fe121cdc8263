"""Modes that cross inside a panel are found at the time they cross, and each only once."""

from __future__ import annotations

import pytest

from fluidics.engines.panel import seen, stepped
from fluidics.power import Charge
from fluidics.pump import new_pump
from fluidics.questions import histogram, usable
from reliability.interruption import first_crossed, located
from reliability.modes import EmptyReservoir
from tests.reliability.plans import DAILY, DAY, MODES, REGIMEN, YEAR, quiet_plan

PUMP = quiet_plan().design.pump
NEW = new_pump(PUMP)
LEVELS = histogram(REGIMEN, DAILY)
AROUND = seen(PUMP, NEW, LEVELS, 1.0)
BATTERY, RESERVOIR, HALF, FIFTH = range(4)


def emptied(volume):
    return NEW._replace(reservoir=NEW.reservoir._replace(volume=volume))


def drained(share):
    return NEW._replace(power=Charge(energy=share * 3800.0, full=3800.0))


def test_a_sound_pump_crosses_nothing():
    assert first_crossed(MODES, PUMP, NEW, AROUND, 0, 0) == -1
    assert first_crossed((), PUMP, NEW, AROUND, 0, 0) == -1


def test_the_first_of_several_crossed_modes_is_named():
    assert first_crossed(MODES, PUMP, drained(0.01), AROUND, 0, 0) == BATTERY
    both = drained(0.01)._replace(reservoir=NEW.reservoir._replace(volume=15e-6))
    assert first_crossed(MODES, PUMP, both, AROUND, 0, 0) == BATTERY
    starving = AROUND._replace(flow=0.1 * AROUND.programmed)
    assert first_crossed(MODES, PUMP, NEW, starving, 0, 0) == HALF


def test_a_latched_mode_is_passed_over():
    both = drained(0.01)._replace(reservoir=NEW.reservoir._replace(volume=15e-6))
    assert first_crossed(MODES, PUMP, both, AROUND, 1 << BATTERY, 0) == RESERVOIR
    assert first_crossed(MODES, PUMP, both, AROUND, 1 << BATTERY | 1 << RESERVOIR, 0) == -1
    starving = AROUND._replace(flow=0.1 * AROUND.programmed)
    assert first_crossed(MODES, PUMP, NEW, starving, 1 << HALF, 0) == FIFTH
    assert first_crossed(MODES, PUMP, both, starving, -1, 0) == -1


@pytest.mark.parametrize("left", [1e-9, 0.2, 0.5, 0.99])
def test_an_empty_reservoir_is_found_when_it_is_empty(left):
    panel = 20.0 * DAY
    during = stepped(PUMP, NEW, LEVELS, AROUND, panel, 1.0).during
    state = emptied(usable(PUMP.reservoir, NEW.reservoir) - left * during.flow * panel)
    found = located(MODES, PUMP, state, LEVELS, during, panel, 1.0, 0)
    assert found.mode == RESERVOIR
    assert found.dt == pytest.approx(left * panel, abs=panel * 2.0**-38)
    assert found.dt > 0.0


def test_of_two_crossings_the_sooner_counts():
    panel = YEAR
    during = AROUND
    drain = (PUMP.power.base_power + PUMP.power.stroke_energy * during.strokes) * panel
    empties = usable(PUMP.reservoir, NEW.reservoir) / (during.flow * panel)
    for share, mode in ((0.5 * empties, BATTERY), (1.5 * empties, RESERVOIR)):
        reserve = 0.02 * 3800.0
        state = NEW._replace(power=Charge(energy=reserve + share * drain, full=3800.0))
        found = located(MODES, PUMP, state, LEVELS, during, panel, 1.0, 0)
        assert found.mode == mode
        assert found.dt == pytest.approx(min(share, empties) * panel, rel=1e-9)


def test_a_mode_that_is_below_its_margin_from_the_start_crosses_at_once():
    found = located(MODES, PUMP, drained(0.01), LEVELS, AROUND, DAY, 1.0, 0)
    assert found.mode == BATTERY
    assert 0.0 < found.dt <= DAY * 2.0**-39


def test_modes_may_stand_in_any_number():
    assert first_crossed((EmptyReservoir(),), PUMP, emptied(15e-6), AROUND, 0, 0) == 0
