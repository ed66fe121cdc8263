"""The panel step: volume is conserved, the error is of second order, and quiet pumps need one panel only."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fluidics.drives.piston import Deposit
from fluidics.engines.panel import chosen, seen, stepped
from fluidics.pump import Level, advanced, longest_panel, with_aggregate
from fluidics.questions import mean_aggregate, pressure
from fluidics.rows import pack
from tests.fluidics.parts import (
    ACTIVE,
    BODY,
    DAY,
    HEPATIC_PUMP,
    INSULIN_PUMP,
    QUIET,
    RATE,
    fingerprint,
    hepatic_levels,
    insulin_levels,
    onset,
    uncompiled_fingerprint,
    walked,
)

SEASON = 60.0 * DAY


def once(dt, running):
    """Return one panel of the active pump."""
    around = seen(INSULIN_PUMP, ACTIVE, insulin_levels(), running)
    whole = mean_aggregate(INSULIN_PUMP.drug, ACTIVE.drug, dt, BODY)
    return stepped(INSULIN_PUMP, ACTIVE, insulin_levels(), around, whole, dt, running)


@pytest.mark.parametrize("count", [1, 7, 500, 5000])
def test_what_is_drawn_is_what_is_delivered(count):
    end, delivered = walked(INSULIN_PUMP, ACTIVE, insulin_levels(), SEASON, count)
    assert end.reservoir.volume == pytest.approx(delivered, rel=1e-12)
    assert delivered > 0.5 * RATE * SEASON


def errors(counts):
    """Return the relative errors of deposit and volume delivered, one row for each count of panels in the season."""
    levels = insulin_levels()
    exact, delivered = walked(INSULIN_PUMP, ACTIVE, levels, SEASON, 65536)
    # the season ends before the boluses stall, so that there is no kink, and the parts have changed much by then
    assert exact.drive.deposit > 2.0 * ACTIVE.drive.deposit
    ends = [walked(INSULIN_PUMP, ACTIVE, levels, SEASON, count) for count in counts]
    return np.array([[abs(e.drive.deposit / exact.drive.deposit - 1), abs(v / delivered - 1)] for e, v in ends])


def test_error_falls_with_the_square_of_the_panel():
    deposit = errors((4, 8, 16, 32, 64, 128))[:, 0]
    assert np.log2(deposit[:-1] / deposit[1:]) == pytest.approx(2.0, abs=0.2)


def test_a_few_panels_do():
    deposit, volume = errors((4, 8, 16, 32, 64, 128, 256, 512, 1024)).T
    assert (deposit < 5e-5).all()
    assert (volume < 2e-5).all()
    assert (volume[1:] < 1e-6).all()  # a little above rounding: a panel that stands still counts as such


def test_one_panel_is_enough_when_nothing_changes():
    once, few = walked(HEPATIC_PUMP, QUIET, hepatic_levels(), 30.0 * DAY, 1)
    often, many = walked(HEPATIC_PUMP, QUIET, hepatic_levels(), 30.0 * DAY, 1000)
    assert few == pytest.approx(many, rel=1e-12)
    assert once.reservoir.volume == pytest.approx(often.reservoir.volume, rel=1e-12)


def test_a_constant_pump_delivers_pressure_over_resistance():
    rigid = HEPATIC_PUMP._replace(catheter=HEPATIC_PUMP.catheter._replace(length=0.0))
    _, delivered = walked(rigid, QUIET, hepatic_levels(), 30.0 * DAY, 3)
    head = pressure(rigid.reservoir, QUIET.reservoir, BODY) - rigid.site.pressure
    viscosity = 2.414e-5 * 10.0 ** (247.8 / (BODY - 140.0))
    flow = head / (rigid.drive.resistance * viscosity / rigid.drive.reference_viscosity)
    assert delivered == pytest.approx(flow * 30.0 * DAY, rel=1e-12)


def test_an_elastic_reservoir_empties_exponentially():
    # dV/dt = (p0 - k V) / R: the closed form of a discharging capacitor
    pump = HEPATIC_PUMP._replace(
        reservoir=HEPATIC_PUMP.reservoir._replace(stiffness=1e10), site=HEPATIC_PUMP.site._replace(pressure=0.0)
    )
    first = seen(pump, QUIET, hepatic_levels(), 1.0)
    resistance = first.p_in / first.flow
    span = 40.0 * DAY
    expected = first.p_in / 1e10 * -math.expm1(-1e10 / resistance * span)
    _, delivered = walked(pump, QUIET, hepatic_levels(), span, 2000)
    assert delivered < 0.9 * first.flow * span
    assert delivered == pytest.approx(expected, rel=1e-6)


def test_a_stopped_pump_delivers_nothing_and_goes_on_ageing():
    step = once(DAY, 0.0)
    assert step.state.reservoir == ACTIVE.reservoir
    assert step.during.flow == 0.0
    assert step.state.catheter.age == ACTIVE.catheter.age + DAY
    drained = ACTIVE.power.energy - step.state.power.energy
    assert drained == pytest.approx(INSULIN_PUMP.power.base_power * DAY, rel=1e-9)


def test_a_panel_reports_its_own_surroundings():
    around = seen(INSULIN_PUMP, ACTIVE, insulin_levels(), 1.0)
    step = once(3.0 * DAY, 1.0)
    assert step.state == advanced(INSULIN_PUMP, ACTIVE, 3.0 * DAY, step.during)
    # what follows is foreseen from the middle of the panel, and meets what is there up to the error of the step
    there = seen(INSULIN_PUMP, step.state, insulin_levels(), 1.0)
    assert pack(step.after) == pytest.approx(pack(there), rel=1e-3)
    assert around.flow > step.during.flow > step.after.flow


def test_basal_ten_times_higher_loses_a_tenth():
    """A leak of a tenth at a basal rate is one of a hundredth at ten times the rate."""
    ideal = INSULIN_PUMP._replace(drive=INSULIN_PUMP.drive._replace(accuracy=1.0))
    clean = ACTIVE._replace(catheter=onset(1.0, 0.0, 1.0), site=onset(1.0, 0.0, 1.0), drive=Deposit(1.0))
    off = Level(0.0, 0.0)

    def lost(rate):
        around = seen(ideal, clean, (Level(rate, 1.0), off, off, off), 1.0)
        return rate - around.flow

    slow = lost(RATE)
    basal = 10.0 * slow  # the leak hardly depends on the rate: the open catheter costs a few pascals
    assert lost(basal) / basal == pytest.approx(0.1, rel=5e-3)
    assert lost(10.0 * basal) / (10.0 * basal) == pytest.approx(0.01, rel=5e-3)


def test_compiled_and_uncompiled_give_the_same_bits():
    assert fingerprint() == uncompiled_fingerprint()


def test_walking_twice_gives_the_same_bits():
    ends = [walked(INSULIN_PUMP, ACTIVE, insulin_levels(), SEASON, 50) for _ in range(2)]
    assert pack(ends[0]).tobytes() == pack(ends[1]).tobytes()


@pytest.mark.parametrize("longest", [DAY, 30.0 * DAY, 400.0 * DAY])
def test_the_chosen_panel_is_one_that_all_parts_agree_to(longest):
    around = seen(INSULIN_PUMP, ACTIVE, insulin_levels(), 1.0)
    choice = chosen(INSULIN_PUMP, ACTIVE, around, longest)
    assert 0.0 < choice.dt <= longest
    assert choice.whole == mean_aggregate(INSULIN_PUMP.drug, ACTIVE.drug, choice.dt, BODY)
    asked = with_aggregate(around, mean_aggregate(INSULIN_PUMP.drug, ACTIVE.drug, longest, BODY))
    assert choice.dt == min(longest, longest_panel(INSULIN_PUMP, ACTIVE, asked))
