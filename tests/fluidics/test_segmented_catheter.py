"""The catheter of two segments: its sums, its holes, its wall, and a tip that closes as that of the plain one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.circuit import LINE, circuit
from fluidics.lines.catheter import WATER_COMPRESSIBILITY, Catheter, hydraulic_resistance
from fluidics.lines.lumen import hole_resistance, side_hole_resistance
from fluidics.lines.wall import held_wall_compliance
from fluidics.pump import Luck, Service, new_pump
from fluidics.questions import advance, bubble, compliance, fresh, line, lumen, panel, refilled
from tests.fluidics.gas_driven import SPINAL, gas_pump
from tests.fluidics.parts import AROUND, DAY, WATER, onset

OPEN = onset(1.0, 0.0, 1.0)
BEGUN = new_pump(gas_pump("n-butane")._replace(catheter=SPINAL))
PLAIN = Catheter(1.0, 0.25e-3, SPINAL.onset_rate, SPINAL.batch_spread, SPINAL.closing_time)


def test_segments_resist_one_after_the_other():
    proximal = hydraulic_resistance(WATER, 0.6, 0.25e-3)
    distal = hydraulic_resistance(WATER, 0.4, 0.265e-3)
    assert lumen(SPINAL, WATER) == pytest.approx(proximal + distal, rel=1e-14)
    holes = hole_resistance(WATER, 0.35e-3, 0.2e-3) / 6.0
    assert line(SPINAL, OPEN, WATER).slope == pytest.approx(proximal + distal + holes, rel=1e-14)


def test_equal_segments_are_one_catheter():
    even = SPINAL._replace(distal_radius=0.25e-3)
    assert lumen(even, WATER) == pytest.approx(lumen(PLAIN, WATER), rel=1e-14)


@given(st.integers(1, 12), st.integers(0, 11))
def test_open_holes_share_the_flow(count, blocked):
    catheter = SPINAL._replace(side_holes=float(count), blocked_holes=float(min(blocked, count - 1)))
    holes = line(catheter, OPEN, WATER).slope - lumen(catheter, WATER)
    left = count - min(blocked, count - 1)
    assert holes == pytest.approx(hole_resistance(WATER, 0.35e-3, 0.2e-3) / left, rel=1e-3)


def test_the_way_between_the_holes_is_nothing_beside_the_lumen():
    # six holes 2 mm apart: the ladder against holes side by side
    hole = hole_resistance(WATER, 0.35e-3, 0.2e-3)
    ladder = side_hole_resistance(hole, hydraulic_resistance(WATER, 2e-3, 0.265e-3), 6)
    assert ladder - hole / 6.0 < 2e-3 * lumen(SPINAL, WATER)


def test_nothing_flows_when_all_holes_are_blocked():
    shut = SPINAL._replace(blocked_holes=6.0)
    assert line(shut, OPEN, WATER).slope > 1e6 * line(SPINAL, OPEN, WATER).slope
    assert math.isfinite(line(shut, OPEN, WATER).slope)
    assert lumen(shut, WATER) == lumen(SPINAL, WATER)


def test_compliance_is_that_of_both_walls_and_the_water_in_them():
    walls = 0.6 * held_wall_compliance(0.25e-3, 0.60e-3, 10e6, 0.48)
    walls += 0.4 * held_wall_compliance(0.265e-3, 0.615e-3, 10e6, 0.48)
    water = math.pi * (0.6 * 0.25e-3**2 + 0.4 * 0.265e-3**2) * WATER_COMPRESSIBILITY
    assert compliance(SPINAL, OPEN) == pytest.approx(walls + water, rel=1e-13)


def test_trapped_air_is_its_volume_at_atmospheric_pressure():
    assert bubble(SPINAL, OPEN) == 0.0
    assert bubble(SPINAL._replace(air=2e-9), OPEN) == pytest.approx(2e-9 * 101325.0)
    made = circuit(gas_pump("n-butane")._replace(catheter=SPINAL._replace(air=2e-9)), BEGUN, carries=True)
    assert made.network.gas[LINE] == bubble(SPINAL._replace(air=2e-9), OPEN)
    # Boyle's law: 2 uL give 20 nL for each kilopascal
    assert made.network.gas[LINE] / made.network.ambient**2 == pytest.approx(2e-9 / 101325.0)


def test_the_circuit_of_a_pump_holds_the_lumen_and_the_wall_of_the_segments():
    made = circuit(gas_pump("n-butane")._replace(catheter=SPINAL), BEGUN, carries=True, segments=4).network
    mu = 1.0 / (made.conductance[2] / 4.0 * lumen(SPINAL, 1.0))
    assert mu == pytest.approx(WATER, rel=2e-3)
    assert made.compliance[LINE : LINE + 4].sum() == pytest.approx(compliance(SPINAL, OPEN), rel=1e-12)


def test_a_stiff_wall_leaves_the_compliance_of_water():
    stiff = SPINAL._replace(modulus=1e15, distal_radius=0.25e-3)
    assert compliance(stiff, OPEN) == pytest.approx(compliance(PLAIN, OPEN), rel=1e-4)


@given(st.floats(0.0, 200.0), st.floats(0.01, 0.99))
def test_the_tip_closes_as_that_of_a_plain_catheter(days, uniform):
    ages = [advance(part, fresh(part, Luck(uniform, 0.0, 0.0)), days * DAY, AROUND) for part in (SPINAL, PLAIN)]
    assert ages[0] == ages[1]
    grown = line(SPINAL, ages[0], WATER).slope - line(SPINAL, OPEN, WATER).slope
    plain = line(PLAIN, ages[0], WATER).slope / lumen(PLAIN, WATER)
    assert grown == pytest.approx(lumen(SPINAL, WATER) * (plain - 1.0), rel=1e-9, abs=1e3)
    assert panel(SPINAL, ages[0], AROUND) == panel(PLAIN, ages[0], AROUND)


def test_a_bad_batch_hastens_the_onset():
    luck = Luck(uniform=0.5, normal=0.0, batch=2.0)
    assert refilled(SPINAL, OPEN, Service(0.0), luck) == refilled(PLAIN, OPEN, Service(0.0), luck)
