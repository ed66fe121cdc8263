"""One phase, step by step: it ends at its end, or at the alarm of a watched node, and says why when it cannot."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fluidics.engines.rosenbrock import integrate
from fluidics.network import Link, network
from tests.fluidics.smooth import open_tubes, pushed

TANK = network([1e-12], [(0, 1, Link(1e-12))], [0.0])  # a second
START = np.zeros(1)


def filled(duration: float, **more):
    """Return a push of 10 uL/s into a tank of 1 uL/kPa that drains in a second: 10 kPa (1 - e^-t)."""
    return integrate(TANK, pushed(duration, TANK, 0, 10e-9, 2), 1, START, open_tubes(TANK), watch=0, **more)


def test_a_phase_ends_at_its_end():
    found = filled(3.0)
    assert found.time.tolist() == [1.5, 3.0]
    assert found.pressure[-1, 0] == pytest.approx(1e4 * -math.expm1(-3.0), rel=1e-7)
    assert not found.alarmed


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_an_alarm_ends_it_when_a_decay_says(share):
    found = filled(6.0, alarm=1e4 * share)
    assert found.alarmed
    assert found.time[-1] == pytest.approx(-math.log1p(-share), rel=1e-6)
    assert found.residual <= 1e-12 * found.volume[-1, 0] + 1e-24


def test_a_pressure_above_its_alarm_leaves_no_time():
    found = integrate(
        TANK, pushed(1.0, TANK, 0, 1e-9), 1, np.array([5e3]), open_tubes(TANK), watch=0, alarm=4e3
    )  # fmt: skip
    assert (found.alarmed, found.time.tolist()) == (True, [0.0])
