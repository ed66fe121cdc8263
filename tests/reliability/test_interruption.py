"""Modes that cross inside a panel are found at the time they cross, and each only once."""

from __future__ import annotations

import pytest

from fluidics.engines.panel import seen, stepped
from fluidics.power import Charge
from fluidics.pump import new_pump
from fluidics.questions import histogram, mean_aggregate, usable
from reliability.interruption import located, tightest
from reliability.modes import EmptyReservoir
from tests.reliability.plans import DAILY, DAY, MODES, REGIMEN, YEAR, quiet_plan

PUMP = quiet_plan().design.pump
NEW = new_pump(PUMP)
LEVELS = histogram(REGIMEN, DAILY)
AROUND = seen(PUMP, NEW, LEVELS, 1.0)
BATTERY, RESERVOIR, HALF, FIFTH = range(4)
EXACT = 600.0  # s: to which a crossing is located


def emptied(volume):
    return NEW._replace(reservoir=NEW.reservoir._replace(volume=volume))


def drained(share):
    return NEW._replace(power=Charge(energy=share * 3800.0, full=3800.0))


def crossed(modes, state, around=AROUND, latched=0):
    """Return the mode that has crossed furthest, or -1."""
    found = tightest(modes, PUMP, state, around, latched, 0)
    return found.mode if found.margin < 0.0 else -1


def test_a_sound_pump_crosses_nothing():
    assert crossed(MODES, NEW) == -1
    assert crossed((), NEW) == -1


def test_the_tightest_of_all_margins_is_found():
    found = tightest(MODES, PUMP, NEW, AROUND, 0, 0)
    # delivery is above the half by 0.5, the reservoir holds 14 of 15 mL, the battery 0.98
    assert found.mode == HALF
    assert found.margin == pytest.approx(0.5, abs=1e-6)


def test_the_mode_that_crossed_furthest_is_named():
    assert crossed(MODES, drained(0.01)) == BATTERY
    both = drained(0.01)._replace(reservoir=NEW.reservoir._replace(volume=15e-6))
    assert crossed(MODES, both) == RESERVOIR
    assert crossed(MODES, NEW, AROUND._replace(flow=0.1 * AROUND.programmed)) == HALF


def test_a_latched_mode_is_passed_over():
    both = drained(0.01)._replace(reservoir=NEW.reservoir._replace(volume=15e-6))
    assert crossed(MODES, both, latched=1 << RESERVOIR) == BATTERY
    assert crossed(MODES, both, latched=1 << BATTERY | 1 << RESERVOIR) == -1
    starving = AROUND._replace(flow=0.1 * AROUND.programmed)
    assert crossed(MODES, NEW, starving, 1 << HALF) == FIFTH
    assert crossed(MODES, both, starving, -1) == -1


def sought(state, panel):
    around = seen(PUMP, state, LEVELS, 1.0)
    whole = mean_aggregate(PUMP.drug, state.drug, panel, around.temperature)
    step = stepped(PUMP, state, LEVELS, around, whole, panel, 1.0)
    return located(MODES, PUMP, state, LEVELS, around, step, panel, 1.0, 0)


@pytest.mark.parametrize("left", [1e-9, 0.2, 0.5, 0.99])
def test_an_empty_reservoir_is_found_when_it_is_empty(left):
    panel = 20.0 * DAY
    found = sought(emptied(usable(PUMP.reservoir, NEW.reservoir) - left * AROUND.flow * panel), panel)
    assert found.mode == RESERVOIR
    assert found.dt == pytest.approx(left * panel, abs=EXACT)
    assert found.dt > 0.0


def test_the_panel_is_cut_at_the_crossing():
    panel = 20.0 * DAY
    start = usable(PUMP.reservoir, NEW.reservoir) - 0.4 * AROUND.flow * panel
    found = sought(emptied(start), panel)
    drawn = found.panel.state.reservoir.volume - start
    assert drawn == pytest.approx(found.panel.during.flow * found.dt, rel=1e-9)
    assert found.panel.during.programmed == pytest.approx(DAILY, rel=1e-12)


def test_of_two_crossings_the_sooner_counts():
    panel = YEAR
    drain = (PUMP.power.base_power + PUMP.power.stroke_energy * AROUND.strokes) * panel
    empties = usable(PUMP.reservoir, NEW.reservoir) / (AROUND.flow * panel)
    for share, mode in ((0.5 * empties, BATTERY), (1.5 * empties, RESERVOIR)):
        reserve = 0.02 * 3800.0
        found = sought(NEW._replace(power=Charge(energy=reserve + share * drain, full=3800.0)), panel)
        assert found.mode == mode
        assert found.dt == pytest.approx(min(share, empties) * panel, rel=1e-5, abs=EXACT)


def test_a_mode_that_is_below_its_margin_from_the_start_crosses_at_once():
    found = sought(drained(0.01), DAY)
    assert found.mode == BATTERY
    assert 0.0 <= found.dt <= EXACT


def test_modes_may_stand_in_any_number():
    assert crossed((EmptyReservoir(),), emptied(15e-6)) == 0
