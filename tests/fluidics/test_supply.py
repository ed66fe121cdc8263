"""A reservoir's own law inside the Rosenbrock engine: warming up, running out, and one that softens."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fluidics.engines.rosenbrock import integrate
from fluidics.lines.gas import Rise
from fluidics.network import Link, network
from fluidics.questions import advance, pressure
from fluidics.reservoirs.propellant import GAS_CONSTANT, saturation_pressure
from fluidics.reservoirs.propellant_reservoir import Expansion, PropellantReservoir, exhaustion
from fluidics.reservoirs.reservoir import Drawn
from fluidics.reservoirs.supply import Elastic, Held, drawn_at, lift, warming
from tests.fluidics.parts import ATMOSPHERE, BODY
from tests.fluidics.pump_transient import (
    AFTER_131,
    DRAWN,
    END_OF_PUSH,
    END_OF_REST,
    KPA,
    MICROLITRE,
    OCCLUSION,
    P1,
    P3,
    RESERVOIR,
    STROKES,
    reservoir_pressure,
    transient_network,
    transient_schedule,
)
from tests.fluidics.smooth import still
from tests.fluidics.stroking import Spring

BUTANE = (20.78252, 2257.98, -28.72)
BELLOWS = PropellantReservoir(
    30e-6, 2e-6, *BUTANE, ATMOSPHERE, 2e8, 1e13, 6e-3, 5e-6, refill_temperature=293.15, cooled=0.5, warming_time=1800.0
)
SCARCE = BELLOWS._replace(stiffness=0.0, amount=1.5e-3)  # liquid for 6 mL
RESISTANCE = 2e16


def through_a_restrictor(reservoir, own, duration, outlet=0.0, tolerance=1e-10, resistance=RESISTANCE):
    """Return what an engine makes of a reservoir that empties through a resistance."""
    made = network([1e-10], [(0, 1, Link(1.0 / resistance))], [outlet], ambient=ATMOSPHERE)
    start = np.array([pressure(reservoir, own, BODY)])
    plan = still(duration, made, 3)
    return integrate(made, plan, 1, start, np.array([1]), tolerance, supply=Held(reservoir, own, BODY))


def test_the_wall_of_its_node_is_all_there_is_to_an_elastic_reservoir():
    assert tuple(lift(Elastic(), Rise(3.0, 2.0), 1.5, 7.0)) == (3.0, 2.0, 0.0)


@pytest.mark.parametrize("drawn", [1e-6, 20e-6])
@pytest.mark.parametrize("reservoir", [BELLOWS, SCARCE])
def test_slope_and_drift_are_those_of_the_pressure(reservoir, drawn):
    supply = Held(reservoir, Expansion(drawn, 0.4), BODY)
    stored, time, dv, dt = -1e-6, 600.0, 1e-9, 1.0
    found = lift(supply, Rise(0.0, 0.0), stored, time)
    later = advance(reservoir, supply.own, time, drawn_at(1e-6 / time))
    assert found.rise == pytest.approx(pressure(reservoir, later, BODY) - pressure(reservoir, supply.own, BODY))
    up, down = (lift(supply, Rise(0.0, 0.0), stored + sign * dv, time).rise for sign in (1.0, -1.0))
    assert found.slope == pytest.approx((up - down) / (2.0 * dv), rel=1e-6, abs=1.0)
    after, before = (lift(supply, Rise(0.0, 0.0), stored, time + sign * dt).rise for sign in (1.0, -1.0))
    assert found.drift == pytest.approx((after - before) / (2.0 * dt), rel=1e-5)
    assert found.drift > 0.0


def test_a_warm_reservoir_does_not_drift():
    assert warming(BELLOWS, Expansion(3e-6, 0.0), BODY) == 0.0
    assert warming(Spring(0.0, 1e8, 0.0), Drawn(1e-6), BODY) == 0.0


def test_a_cold_refill_starts_slowly_by_the_integral_of_its_vapour_pressure():
    from scipy.integrate import quad

    def drive(time):
        cold = 0.4 * math.exp(-time / BELLOWS.warming_time)
        return saturation_pressure(*BUTANE, BODY + cold * (BELLOWS.refill_temperature - BODY)) - ATMOSPHERE

    flat = BELLOWS._replace(stiffness=0.0)
    done = through_a_restrictor(flat, Expansion(1e-6, 0.4), 7200.0)
    wanted = [quad(drive, 0.0, end, epsrel=1e-12)[0] / RESISTANCE for end in done.time]
    assert done.volume[:, 0] == pytest.approx(wanted, rel=1e-9)
    assert done.pressure[:, 0] == pytest.approx([drive(end) for end in done.time], rel=1e-9)
    assert done.pressure[-1, 0] > 1.15 * drive(0.0)
    assert done.residual < 1e-9 * done.volume[-1, 0]


def test_a_propellant_that_is_all_vapour_pushes_by_the_ideal_gas():
    """Into a vacuum: (s + V) dV = n R T dt / resistance, so the square of the space grows linearly."""
    own = Expansion(20e-6, 0.0)
    done = through_a_restrictor(SCARCE, own, 4e5, -ATMOSPHERE)
    start = SCARCE.space + own.volume
    space = np.sqrt(start**2 + 2.0 * SCARCE.amount * GAS_CONSTANT * BODY * done.time / RESISTANCE)
    assert done.volume[:, 0] == pytest.approx(space - start, rel=1e-9)
    assert done.volume[-1, 0] > 2e-6


def test_the_last_liquid_goes_within_a_stretch():
    """Until then the flow is steady; after it the gas expands into a vacuum as above."""
    gone = exhaustion(SCARCE, BODY)
    own = Expansion(gone - 0.5e-6, 0.0)
    full = saturation_pressure(*BUTANE, BODY) / RESISTANCE
    done = through_a_restrictor(SCARCE, own, 1e5, -ATMOSPHERE)
    space = SCARCE.space + gone
    after = np.maximum(done.time - 0.5e-6 / full, 0.0)
    wanted = np.minimum(done.time * full, 0.5e-6)
    wanted += np.sqrt(space**2 + 2.0 * SCARCE.amount * GAS_CONSTANT * BODY * after / RESISTANCE) - space
    assert done.volume[:, 0] == pytest.approx(wanted, rel=1e-7)
    assert after[-1] > 5e4


def test_a_reservoir_that_softens_gives_the_published_digits_of_a_day():
    """The stiff pump with its cubic reservoir, 1440 strokes, an occlusion after 120 of them.

    The published volumes carry an error of 8e-8: they were found with a division by a tiny eigenvalue.
    """
    cubic = Spring(-27.0 * KPA, 1e-3 * KPA / MICROLITRE, 2.0 / 15000.0**3 * KPA / MICROLITRE**3)
    start, opened = np.array([reservoir_pressure(0.0), -10e3, 1e3, 1e3, 1e3, 1e3]), np.zeros(6, dtype=np.int64)
    drawn, strokes = 0.0, 0
    for occluded, count in ((False, OCCLUSION), (True, 11), (True, STROKES - OCCLUSION - 11)):
        done = integrate(
            transient_network(0.0, occluded), transient_schedule(), count, start, opened, 1e-7,
            supply=Held(cubic, Drawn(drawn), BODY),
        )  # fmt: skip
        at = drawn + done.volume[:, 0]
        for stroke in set(DRAWN) & set(range(strokes + 1, strokes + count + 1)):
            row = 4 * (stroke - strokes)
            assert at[row - 1] / MICROLITRE == pytest.approx(DRAWN[stroke], rel=1e-7)
            if stroke in END_OF_PUSH:
                assert done.pressure[row - 4, P1] / KPA == pytest.approx(END_OF_PUSH[stroke], rel=1e-7)
        start, opened, drawn, strokes = done.pressure[-1].copy(), done.open[-1], float(at[-1]), strokes + count
        assert start[RESERVOIR] == pytest.approx(reservoir_pressure(drawn), rel=1e-12)
        if strokes == OCCLUSION + 11:
            assert done.pressure[-4, P1] / KPA == pytest.approx(AFTER_131, rel=1e-7)
    assert start[P3] / KPA == pytest.approx(END_OF_REST[STROKES], rel=1e-7)
