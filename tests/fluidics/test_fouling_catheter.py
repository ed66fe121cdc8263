"""A lumen that closes with aggregate: closed form of a steady supply, convergence of panels, what a rinse leaves."""

from __future__ import annotations

import numpy as np
import pytest

from fluidics.circuit import circuit
from fluidics.compile import kernel
from fluidics.lines.catheter import hydraulic_resistance
from fluidics.lines.fouling_catheter import OPEN, FoulingCatheter, Lining, bore_volume
from fluidics.pump import Luck
from fluidics.questions import advance, compliance, fresh, line, lumen, panel, refilled, rinsed
from tests.fluidics.parts import (
    ACTIVE,
    AROUND,
    DAY,
    INSULIN_PUMP,
    RATE,
    WATER,
    insulin_levels,
    walked,
)

LUMEN = FoulingCatheter(0.25, 0.205e-3, 1e-2, 0.0, 1.0, 0.2)  # all that comes settles
FULL = bore_volume(LUMEN)
LUCK = Luck(0.4, 0.0, 0.0)


def days_to_fill(aggregate):
    return FULL / (AROUND.flow * LUMEN.solids * aggregate) / DAY


def test_a_steady_supply_closes_by_the_inverse_square_of_the_time_left():
    end, own = days_to_fill(AROUND.aggregate), fresh(LUMEN, LUCK)
    open_line = line(LUMEN, own, WATER).slope
    for share in (0.1, 0.5, 0.9, 0.99):
        later = advance(LUMEN, own, share * end * DAY, AROUND)
        assert line(LUMEN, later, WATER).slope / open_line == pytest.approx((1.0 - share) ** -2, rel=1e-9)


def test_a_new_lumen_is_poiseuilles():
    own = fresh(LUMEN, LUCK)
    assert line(LUMEN, own, WATER).slope == lumen(LUMEN, WATER) == hydraulic_resistance(WATER, 0.25, 0.205e-3)


def test_a_full_lumen_is_shut_and_finite_and_asks_for_no_panel():
    shut = advance(LUMEN, fresh(LUMEN, LUCK), 1e12, AROUND)
    assert line(LUMEN, shut, WATER).slope == pytest.approx(lumen(LUMEN, WATER) / OPEN**2, rel=1e-6)
    assert advance(LUMEN, shut, 1e12, AROUND) == shut
    assert panel(LUMEN, shut, AROUND) >= 1e300
    assert compliance(LUMEN, shut) > 0.0


def test_nothing_settles_while_fluid_runs_back_or_below_the_equilibrium():
    own = Lining(1e-9)
    assert advance(LUMEN, own, DAY, AROUND._replace(flow=-RATE)) == own
    assert advance(LUMEN._replace(equilibrium=1.0), own, DAY, AROUND) == own


def test_a_rinse_leaves_its_share_and_a_refill_all():
    own = Lining(1e-8)
    assert rinsed(LUMEN, own) == Lining(0.2 * 1e-8)
    assert refilled(LUMEN, own, None, LUCK) == own


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9, 0.999])
def test_a_panel_ends_where_the_resistance_has_grown_by_a_step(share):
    own = Lining(share * FULL)
    around = AROUND._replace(p_peak=9e4, p_next=8e4, p_rest=2e3, p_out=5e4, p_stall=1e5)
    later = advance(LUMEN, own, panel(LUMEN, own, around), around)
    grown = line(LUMEN, later, WATER).slope / line(LUMEN, own, WATER).slope
    assert 0.02 < np.log(grown) <= 1.0 + 1e-9


def test_panels_converge_at_second_order():
    pump = INSULIN_PUMP._replace(catheter=LUMEN)
    state = ACTIVE._replace(catheter=Lining(0.95 * FULL))
    ends = [walked(pump, state, insulin_levels(), 20.0 * DAY, n)[0].catheter.deposit for n in (8, 16, 32, 256)]
    errors = [abs(end - ends[-1]) for end in ends[:-1]]
    assert ends[-1] > state.catheter.deposit
    assert errors[0] > 3.0 * errors[1] > 9.0 * errors[2]


def test_the_deposit_sits_between_lumen_and_tip_of_the_circuit():
    pump = INSULIN_PUMP._replace(catheter=LUMEN)
    made = circuit(pump, ACTIVE._replace(catheter=Lining(0.99 * FULL)), carries=False).network
    assert np.all(made.compliance > 0.0)


@kernel
def answered(part, own, dt, around):
    later = advance(part, own, dt, around)
    return later, line(part, later, WATER), panel(part, later, around), rinsed(part, later), compliance(part, later)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_compiled_and_plain_have_the_same_bits(share):
    asked = (LUMEN, Lining(share * FULL), 2.0 * DAY, AROUND)
    assert answered(*asked) == getattr(answered, "py_func", answered)(*asked)
