"""The patch pump: gain and drift that belong to a pod, increments, and the force at which they end."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.circuit import CHAMBER, OUTLET, carries, circuit, schedule
from fluidics.drives.patch import Pod
from fluidics.elementary import inverse_normal
from fluidics.engines.exact import resolve
from fluidics.engines.operating import bracketed_root
from fluidics.pump import MEDIAN_LUCK, Luck, Service, new_pump
from fluidics.questions import (
    advance,
    chamber,
    disposable,
    flow,
    fresh,
    operate,
    phases,
    refilled,
    stall,
    stroke,
    strokes,
)
from fluidics.sites.blockage import Blocked
from tests.fluidics.parts import AROUND, ATMOSPHERE, DAY, WATER
from tests.fluidics.worn import PATCH_PUMP, UNIT, UNIT_PER_HOUR

DRIVE = PATCH_PUMP.drive
EXACT = Pod(1.0, 0.0)
PODS = st.builds(Pod, st.floats(0.8, 1.25), st.floats(-0.03, 0.03).map(lambda d: d * UNIT_PER_HOUR))
RATES = st.floats(0.025, 90.0).map(lambda r: r * UNIT_PER_HOUR)
NEW = new_pump(PATCH_PUMP)


def test_the_median_pod_is_exact():
    own = fresh(DRIVE, MEDIAN_LUCK)
    assert own == EXACT
    assert flow(DRIVE, own, UNIT_PER_HOUR, 0.0, 0.0, ATMOSPHERE, WATER) == UNIT_PER_HOUR


@given(st.floats(1e-6, 1.0 - 1e-6), st.floats(-5.0, 5.0))
def test_gain_and_drift_are_drawn_with_every_pod(uniform, normal):
    luck = Luck(uniform, normal, 0.0)
    own = fresh(DRIVE, luck)
    assert own == refilled(DRIVE, EXACT, Service(0.0), luck)
    assert math.log(own.gain) == pytest.approx(0.055 * normal, abs=1e-14)
    assert own.drift == DRIVE.drift_spread * inverse_normal(uniform)
    assert disposable(DRIVE) == 1.0


def test_a_pod_stays_what_it_is_until_it_is_replaced():
    assert advance(DRIVE, Pod(1.1, 1e-14), 3.0 * DAY, AROUND) == Pod(1.1, 1e-14)


@given(PODS, RATES, st.floats(-2e4, 2e5))
def test_a_stroke_is_the_flow(own, rate, p_out):
    one = stroke(DRIVE, own, rate, 0.0, p_out, ATMOSPHERE, WATER)
    mean = one.volume / one.period - one.conductance * p_out
    assert mean == pytest.approx(flow(DRIVE, own, rate, 0.0, p_out, ATMOSPHERE, WATER), rel=1e-13, abs=1e-30)


@given(PODS, RATES)
def test_phases_carry_the_stroke_and_last_its_period(own, rate):
    steps, one = phases(DRIVE, own, rate), stroke(DRIVE, own, rate, 0.0, 0.0, ATMOSPHERE, WATER)
    assert sum(p.carried * p.duration for p in steps) == pytest.approx(one.volume, rel=1e-13, abs=1e-30)
    assert sum(p.duration for p in steps) == pytest.approx(one.period, rel=1e-13)
    assert strokes(DRIVE, rate) * one.period == pytest.approx(1.0)


@given(PODS, RATES)
def test_drift_is_the_same_at_any_rate_until_it_would_suck(own, rate):
    moved = flow(DRIVE, own, rate, 0.0, 0.0, ATMOSPHERE, WATER)
    assert moved == pytest.approx(max(own.gain * rate + own.drift, 0.0), rel=1e-14)
    assert flow(DRIVE, own, 0.0, 0.0, 0.0, ATMOSPHERE, WATER) == 0.0


@given(PODS, RATES, st.floats(-2e4, 2e5), st.floats(6.0, 18.0))
def test_its_operating_point_is_the_generic_root(own, rate, offset, exponent):
    pump = PATCH_PUMP._replace(site=Blocked(PATCH_PUMP.site._replace(pressure=offset), 10.0**exponent))
    closed, root = (ask(DRIVE, own, rate, 0.0, WATER, pump, NEW) for ask in (operate, bracketed_root))
    assert closed.flow == pytest.approx(root.flow, rel=1e-9, abs=1e-9 * rate)
    assert closed.pressure == pytest.approx(root.pressure, rel=1e-9, abs=1e-6)


def resolved(pump, count):
    made = circuit(pump, NEW, carries(pump.drive, NEW.drive, UNIT_PER_HOUR))
    plan = schedule(made.network, pump.drive, NEW.drive, UNIT_PER_HOUR)
    return resolve(made.network, plan, count, made.pressure.copy(), np.zeros(len(made.network.kind), dtype=np.int64))


def test_resolved_it_delivers_its_increments():
    run = resolved(PATCH_PUMP, 200)
    start = DRIVE.compliance * (500.0 + 0.1 * 500.0)  # what the chamber takes to come to the pressure of the tissue
    assert run.volume[-1, OUTLET] == pytest.approx(10.0 * UNIT, abs=start + 0.01 * DRIVE.increment)
    assert run.residual <= 1e-9 * run.volume[-1, OUTLET]


def test_against_a_shut_cannula_pressure_rises_by_increments_to_the_limit():
    run = resolved(PATCH_PUMP._replace(site=Blocked(PATCH_PUMP.site, 1e24)), 100)
    rise = np.diff(run.pressure[::2, CHAMBER])[:50]
    assert rise == pytest.approx(np.full(50, DRIVE.increment / DRIVE.compliance), rel=1e-3)
    assert stall(DRIVE) <= run.pressure[:, CHAMBER].max() < stall(DRIVE) + 1.1e3
    assert chamber(DRIVE, EXACT, WATER).stall == stall(DRIVE)
