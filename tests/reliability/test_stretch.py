"""A quiet stretch of life: volumes add up, and modes end it at the time they cross."""

from __future__ import annotations

import pytest

from fluidics.compile import kernel
from fluidics.engines.panel import seen
from fluidics.power import Charge
from fluidics.pump import new_pump
from fluidics.questions import histogram
from reliability.events import DONE, TOO_MANY_PANELS
from reliability.stretch import MOST_PANELS, lived
from tests.reliability.plans import DAILY, DAY, MODES, REGIMEN, quiet_plan

PUMP = quiet_plan().design.pump
NEW = new_pump(PUMP)
LEVELS = histogram(REGIMEN, DAILY)
EXACT = 600.0  # s: to which a crossing is located
EMPTY_AT = 140.0 * DAY  # 14 mL at 0.1 mL a day


@kernel
def led(modes, pump, state, levels, until, longest, running, latched):
    """Return the stretch from time 0 on."""
    around = seen(pump, state, levels, running)
    return lived(modes, pump, state, levels, around, 0.0, until, longest, running, latched, 0.15, None, 1.0)


def lead(until, state=NEW, longest=1e300, running=1.0, latched=0):
    return led(MODES, PUMP, state, LEVELS, until, longest, running, latched)


@pytest.mark.parametrize("longest", [1e300, 7.3 * DAY, 0.1 * DAY])
def test_volumes_add_up_however_long_the_panels(longest):
    end = lead(60.0 * DAY, longest=longest)
    assert (end.mode, end.status, end.time) == (-1, DONE, 60.0 * DAY)
    assert end.delivered == pytest.approx(end.state.reservoir.volume, rel=1e-12)
    assert end.delivered + end.missed == pytest.approx(DAILY * 60.0 * DAY, rel=1e-12)
    assert end.expected == pytest.approx(DAILY * 60.0 * DAY, rel=1e-12)


def test_an_empty_reservoir_ends_the_stretch_when_it_is_empty():
    end = lead(200.0 * DAY)
    assert end.mode == 1
    assert end.time == pytest.approx(EMPTY_AT, abs=EXACT)  # clean seats deliver what is programmed
    assert end.delivered == pytest.approx(14e-6, abs=DAILY * EXACT)
    assert end.delivered == pytest.approx(end.state.reservoir.volume, rel=1e-12)


def test_a_latched_mode_does_not_end_it():
    end = lead(200.0 * DAY, latched=1 << 1)
    assert (end.mode, end.time) == (-1, 200.0 * DAY)


def test_a_battery_ends_it_after_its_energy_over_power():
    left = 100.0
    state = NEW._replace(power=Charge(energy=0.02 * 3800.0 + left, full=3800.0))
    power = PUMP.power.base_power + PUMP.power.stroke_energy * 200.0 / DAY
    end = lead(130.0 * DAY, state)
    assert end.mode == 0
    assert end.time == pytest.approx(left / power, abs=EXACT)


def test_a_stopped_pump_delivers_and_expects_nothing_and_is_in_deficit():
    end = lead(10.0 * DAY, running=0.0, latched=-1)
    assert end.delivered == end.expected == 0.0
    assert end.missed == pytest.approx(DAILY * 10.0 * DAY, rel=1e-12)
    assert end.deficit == pytest.approx(10.0 * DAY, rel=1e-12)


def test_a_pump_that_delivers_is_never_in_deficit():
    assert lead(60.0 * DAY).deficit == 0.0


def test_nothing_happens_in_no_time():
    end = lead(0.0)
    assert (end.mode, end.time, end.delivered, end.state) == (-1, 0.0, 0.0, NEW)


def test_too_many_panels_are_given_up():
    assert lead(10.0 * DAY, longest=10.0 * DAY / (MOST_PANELS + 10)).status == TOO_MANY_PANELS
