"""A battery counts as depleted when its energy falls below the reserve."""

from __future__ import annotations

import pytest

from fluidics.power import Charge
from fluidics.pump import new_pump
from fluidics.questions import margin
from reliability.modes import DepletedBattery
from tests.fluidics.parts import AROUND
from tests.reliability.plans import quiet_plan

PUMP = quiet_plan().design.pump


@pytest.mark.parametrize(("energy", "expected"), [(3800.0, 0.98), (380.0, 0.08), (76.0, 0.0), (0.0, -0.02)])
def test_margin_is_the_share_above_the_reserve(energy, expected):
    state = new_pump(PUMP)._replace(power=Charge(energy=energy, full=3800.0))
    assert margin(DepletedBattery(0.02), PUMP, state, AROUND) == pytest.approx(expected, abs=1e-15)


def test_the_share_is_that_of_the_cell_itself():
    weak = new_pump(PUMP)._replace(power=Charge(energy=300.0, full=3000.0))
    assert margin(DepletedBattery(0.05), PUMP, weak, AROUND) == pytest.approx(0.05)
