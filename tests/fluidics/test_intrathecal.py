"""The lumbar space: posture, a mass that grows, and a pulse that no mean flow feels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.engines.rosenbrock import integrate
from fluidics.engines.trace import Change, traced
from fluidics.network import Link, Schedule, network
from fluidics.programmes.basal import constant
from fluidics.pump import MEDIAN_LUCK, Luck, Service, new_pump
from fluidics.questions import advance, compliance, fresh, line, panel, refilled, temperature
from fluidics.sites.intrathecal import pulse
from tests.fluidics.gas_driven import BODY, DAY, LUMBAR, MMHG, delivery, gas_pump
from tests.fluidics.parts import AROUND, WATER, onset

CLEAR = onset(1.0, 0.0, 1.0)
LYING, SITTING = LUMBAR._replace(upright_share=0.0), LUMBAR._replace(upright_share=1.0)


def mean(site):
    return line(site, CLEAR, WATER).offset


@pytest.mark.parametrize(("column", "mmhg"), [(0.40, 29.0), (0.50, 37.0)])
def test_a_sitting_patient_has_the_column_above_the_tip(column, mmhg):
    # 40 to 50 cm below the level of zero pressure: 29 to 37 mmHg
    assert mean(SITTING._replace(column=column)) / MMHG == pytest.approx(mmhg, abs=0.6)


@given(st.floats(0.0, 1.0))
def test_the_mean_of_a_day_is_that_of_its_postures(share):
    both = LUMBAR._replace(upright_share=share)
    assert mean(both) == pytest.approx((1.0 - share) * mean(LYING) + share * mean(SITTING), rel=1e-14)
    assert mean(LYING) == LUMBAR.lying_pressure
    assert temperature(both) == BODY


@pytest.mark.parametrize(("propellant", "percent"), [("n-butane", -1.25), ("R-114", -1.5), ("R-11", -5.5)])
def test_sitting_up_slows_a_gas_driven_pump(propellant, percent):
    # from 10 to 33 mmHg, first principles
    pump = gas_pump(propellant, 0.0)
    lying, sitting = (LYING._replace(lying_pressure=mmhg * MMHG) for mmhg in (10.0, 33.0))
    change = delivery(pump._replace(site=sitting)) / delivery(pump._replace(site=lying)) - 1.0
    assert 100.0 * change == pytest.approx(percent, rel=0.03)


def test_without_a_mass_the_space_does_not_resist():
    still = LUMBAR._replace(onset_rate=0.0)
    own = advance(still, fresh(still, MEDIAN_LUCK), 3650.0 * DAY, AROUND)
    assert line(still, own, WATER).slope == 0.0
    assert panel(still, own, AROUND) >= 1e300
    assert compliance(still, own) == 0.0


@given(st.floats(0.0, 300.0))
def test_a_mass_grows_exponentially_from_nothing(days):
    found = line(LUMBAR, onset(0.0, days * DAY, 1.0), WATER).slope
    assert found == pytest.approx(LUMBAR.mass_resistance * math.expm1(days / 30.0), rel=1e-11, abs=1.0)


def test_no_batch_of_drug_hastens_a_mass():
    assert refilled(LUMBAR, CLEAR, Service(0.0), Luck(uniform=0.5, normal=0.0, batch=3.0)) == CLEAR


def test_a_pulse_swings_the_flow_and_leaves_its_mean():
    # a compliant line between a pump at 2 kPa and the pulsing space: a low-pass filter
    inflow, outflow, store = 1e-12, 1e-11, 2e-12
    beats = 40
    line_net = network([store], [(1, 0, Link(inflow)), (0, 2, Link(outflow))], [2e3, mean(LUMBAR)])
    quiet = Schedule(np.array([1.0 / LUMBAR.pulse_rate / 8.0]), np.zeros((1, 1)), np.zeros((1, 2), dtype=np.int64))
    rest = (inflow * 2e3 + outflow * mean(LUMBAR)) / (inflow + outflow)
    made = integrate(line_net, quiet, 8 * beats, np.array([rest]), np.ones(2, dtype=np.int64), 1e-9, pulse(LUMBAR, 2))
    steady = inflow * (2e3 - rest)
    last = [made.volume[8 * k - 1, 0] for k in (beats - 10, beats)]
    assert (last[1] - last[0]) * LUMBAR.pulse_rate / 10.0 == pytest.approx(steady, rel=1e-6)
    seen = np.ptp(made.pressure[-80:, 0]) / 2.0
    turn = 2.0 * math.pi * LUMBAR.pulse_rate * store
    through = outflow / complex(inflow + outflow, turn)
    # eight moments of a beat miss the peak by up to 8 %
    assert abs(through) * LUMBAR.pulse_amplitude * math.cos(math.pi / 8.0) <= seen * (1.0 + 1e-6)
    assert seen <= abs(through) * LUMBAR.pulse_amplitude * (1.0 + 1e-6)


def test_a_beat_moves_fluid_to_and_fro_through_the_tip_and_none_on_average():
    """A capillary and a soft line, both linear: what moves is compliance times the swing of the pressure."""
    soft, beats, period = 1e-13, 8, 1.0 / LUMBAR.pulse_rate
    pump = gas_pump("n-butane")
    pump = pump._replace(site=LYING, catheter=pump.catheter._replace(wall_compliance=soft))
    time = np.linspace(0.0, beats * period, 24 * beats + 1)
    swing = LYING.pulse_amplitude * np.sin(2.0 * math.pi * LYING.pulse_rate * time)
    seen = []
    for wave in (swing, 0.0 * swing):
        level = LYING.lying_pressure + 0.5 * (wave[1:] + wave[:-1])
        changes = [Change(t, "site.lying_pressure", p) for t, p in zip(time[:-1], level, strict=True)]
        trace = traced(pump, new_pump(pump), constant(1e-11, DAY), beats * period, "exact", changes)
        seen.append(np.interp(time, np.append(0.0, trace.time), np.append(0.0, trace.delivered)))
    moved = (seen[0] - seen[1])[24 * 4 :]  # from the fourth beat on
    steady = seen[1][-1] - seen[1][24 * 4]
    assert abs(moved[-1] - moved[0]) < 1e-6 * steady
    assert np.ptp(moved) == pytest.approx(2.0 * soft * LYING.pulse_amplitude, rel=0.02)
