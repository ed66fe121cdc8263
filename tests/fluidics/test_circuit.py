"""A pump as a network: what its parts answer is what nodes and links hold."""

from __future__ import annotations

import numpy as np
import pytest

from fluidics.circuit import CHAMBER, INLET, LINE, OUTLET, RESERVOIR, carries, circuit, schedule
from fluidics.network import CHECK, TUBE
from fluidics.pump import new_pump
from fluidics.questions import line, lumen, phases, pressure, viscosity
from fluidics.sites.blockage import Blocked
from tests.fluidics.parts import ACTIVE, BODY, HEPATIC_PUMP, INSULIN_PUMP, QUIET, RATE


@pytest.mark.parametrize("segments", [1, 3, 5])
def test_the_line_resists_as_catheter_and_site_do(segments):
    state = ACTIVE._replace(reservoir=new_pump(INSULIN_PUMP).reservoir)
    made = circuit(INSULIN_PUMP, state, False, segments).network
    mu = viscosity(INSULIN_PUMP.drug, state.drug, BODY)
    wanted = line(INSULIN_PUMP.catheter, state.catheter, mu).slope + line(INSULIN_PUMP.site, state.site, mu).slope
    assert np.sum(1.0 / made.conductance[OUTLET + 1 : OUTLET + segments + 2]) == pytest.approx(wanted, rel=1e-12)
    assert made.boundary[0] == line(INSULIN_PUMP.site, state.site, mu).offset


def test_a_site_without_resistance_adds_a_thousandth_of_the_lumen():
    made = circuit(HEPATIC_PUMP, QUIET, True).network
    along = lumen(HEPATIC_PUMP.catheter, viscosity(HEPATIC_PUMP.drug, QUIET.drug, BODY))
    assert np.sum(1.0 / made.conductance[OUTLET + 1 :]) == pytest.approx(1.001 * along, rel=1e-12)


def test_pressures_at_rest_are_those_of_reservoir_and_site():
    made = circuit(INSULIN_PUMP, new_pump(INSULIN_PUMP), False)
    inlet = pressure(INSULIN_PUMP.reservoir, new_pump(INSULIN_PUMP).reservoir, BODY)
    assert made.pressure[RESERVOIR] == made.pressure[CHAMBER] == inlet
    assert np.all(made.pressure[LINE:] == INSULIN_PUMP.site.pressure)


def test_a_piston_has_valves_and_gives_way_at_its_force_limit():
    made = circuit(INSULIN_PUMP, new_pump(INSULIN_PUMP), False).network
    assert made.kind[[INLET, OUTLET, -1]].tolist() == [CHECK] * 3
    assert made.crack[-1] == INSULIN_PUMP.drive.stall_pressure
    assert made.stop[-1] == len(made.compliance) + 1
    assert circuit(HEPATIC_PUMP, QUIET, True).network.kind.tolist() == [TUBE] * 6


def test_a_drive_that_carries_gives_way_to_its_reservoir():
    made = circuit(INSULIN_PUMP, new_pump(INSULIN_PUMP), True)
    assert made.network.stop[-1] == RESERVOIR
    assert made.network.crack[-1] == INSULIN_PUMP.drive.stall_pressure - made.pressure[RESERVOIR]


def test_one_stroke_displaces_nothing_in_the_end_and_lasts_its_period():
    state = new_pump(INSULIN_PUMP)
    made = circuit(INSULIN_PUMP, state, False).network
    stroke = schedule(made, INSULIN_PUMP.drive, state.drive, RATE)
    assert stroke.duration.sum() == pytest.approx(INSULIN_PUMP.drive.stroke_volume / RATE, rel=1e-12)
    moved = stroke.duration @ stroke.source
    pushed = INSULIN_PUMP.drive.accuracy * INSULIN_PUMP.drive.stroke_volume
    assert np.all(np.abs(moved) <= 1e-12 * pushed)
    assert stroke.duration[0] * stroke.source[0, CHAMBER] == pytest.approx(pushed, rel=1e-12)


def test_pistons_push_and_restrictors_carry():
    assert not carries(INSULIN_PUMP.drive, new_pump(INSULIN_PUMP).drive, RATE)
    assert carries(HEPATIC_PUMP.drive, QUIET.drive, RATE)
    assert len(phases(HEPATIC_PUMP.drive, QUIET.drive, RATE)) == 6


def test_a_blocked_site_resists_more_and_is_otherwise_itself():
    state = new_pump(INSULIN_PUMP)
    blocked = INSULIN_PUMP._replace(site=Blocked(INSULIN_PUMP.site, 1e15))
    open_line, shut = circuit(INSULIN_PUMP, state, False).network, circuit(blocked, state, False).network
    assert 1.0 / shut.conductance[-2] - 1.0 / open_line.conductance[-2] == pytest.approx(1e15, rel=1e-6)
    assert np.array_equal(open_line.compliance, shut.compliance)
