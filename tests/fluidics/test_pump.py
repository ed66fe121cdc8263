"""The walks over all six parts do to each part what its own answer does, and nothing to the others."""

from __future__ import annotations

import pytest

from fluidics.drives.piston import Deposit
from fluidics.pump import (
    MEDIAN_LUCK,
    Luck,
    Pump,
    PumpState,
    Service,
    advanced,
    after_refill,
    after_rinse,
    longest_panel,
    new_pump,
    with_aggregate,
    with_drive,
    with_line,
)
from fluidics.questions import advance, fresh, panel, refilled, rinsed
from tests.fluidics.parts import ACTIVE, AROUND, DAY, HEPATIC_PUMP, INSULIN_PUMP, onset

LUCK = Luck(uniform=0.3, normal=0.7, batch=-1.1)


def test_state_has_a_place_for_each_part():
    assert Pump._fields == PumpState._fields


def test_all_parts_advance_in_their_places():
    after = advanced(INSULIN_PUMP, ACTIVE, 3.0 * DAY, AROUND)
    for name in Pump._fields:
        alone = advance(getattr(INSULIN_PUMP, name), getattr(ACTIVE, name), 3.0 * DAY, AROUND)
        assert getattr(after, name) == alone, name
        assert alone != getattr(ACTIVE, name), name


def test_the_longest_panel_is_that_of_the_most_hurried_part():
    shortest = min(panel(part, own, AROUND) for part, own in zip(INSULIN_PUMP, ACTIVE, strict=True))
    assert longest_panel(INSULIN_PUMP, ACTIVE, AROUND) == shortest
    assert shortest < 1e300


def test_a_refill_reaches_every_part_with_the_residual_of_the_reservoir():
    after = after_refill(INSULIN_PUMP, ACTIVE, LUCK)
    for name in Pump._fields:
        alone = refilled(getattr(INSULIN_PUMP, name), getattr(ACTIVE, name), Service(1e-6 / 15e-6), LUCK)
        assert getattr(after, name) == alone, name


def test_a_rinse_reaches_every_part():
    after = after_rinse(INSULIN_PUMP, ACTIVE)
    for name in Pump._fields:
        assert getattr(after, name) == rinsed(getattr(INSULIN_PUMP, name), getattr(ACTIVE, name)), name
    assert after.drive.deposit == pytest.approx(0.02 * ACTIVE.drive.deposit)


def test_a_new_drive_or_line_leaves_the_rest():
    drive, line = Deposit(9.0), (onset(1.0, 0.0, 1.0), onset(2.0, 0.0, 1.0))
    assert with_drive(ACTIVE, drive) == ACTIVE._replace(drive=drive)
    assert with_line(ACTIVE, *line) == ACTIVE._replace(catheter=line[0], site=line[1])


def test_another_aggregate_leaves_the_rest_of_the_surroundings():
    assert with_aggregate(AROUND, 7.0) == AROUND._replace(aggregate=7.0)


@pytest.mark.parametrize("pump", [INSULIN_PUMP, HEPATIC_PUMP])
def test_a_new_pump_is_made_of_fresh_parts(pump):
    assert new_pump(pump) == PumpState(*(fresh(part, MEDIAN_LUCK) for part in pump))
    assert new_pump(pump, LUCK) == PumpState(*(fresh(part, LUCK) for part in pump))
