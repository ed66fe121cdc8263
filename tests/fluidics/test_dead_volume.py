"""Dead volumes: what a part says of its own length and bore, and nothing where it says nothing."""

from __future__ import annotations

import math

import pytest

from fluidics.lines.catheter import hydraulic_resistance
from fluidics.lines.dead_volume import resized, tubes
from fluidics.questions import lumen
from fluidics.transport.stretch import Tube
from scenarios.build import load, names
from scenarios.parts import PARTS


@pytest.mark.parametrize("name", names())
def test_tubes_resist_as_much_as_the_open_lumen_of_their_catheter(name):
    catheter = load(name).design.pump.catheter
    resisting = sum(
        hydraulic_resistance(1e-3, tube.volume / (math.pi * tube.radius**2), tube.radius) for tube in tubes(catheter)
    )
    assert resisting == pytest.approx(lumen(catheter, 1e-3), rel=1e-12)


def test_every_kind_of_catheter_says_its_tubes():
    assert all(tubes.dispatch(kind) is not tubes.dispatch(object) for kind in PARTS["catheter"].values())


def test_a_roller_pump_says_its_published_tubing_and_a_piston_pump_none():
    assert [tube.volume for tube in tubes(load("peristaltic-baclofen").design.pump.drive)] == [0.14e-6]
    assert tubes(load("implanted-insulin").design.pump.drive) == ()


def test_resized_tubes_keep_bores_and_shares():
    line = (Tube(2.0, 0.1), Tube(6.0, 0.2))
    assert resized(line, 4.0) == (Tube(1.0, 0.1), Tube(3.0, 0.2))
