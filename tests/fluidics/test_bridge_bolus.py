"""Bridge bolus: the dose is kept in every hour, by the transport solution and by an independent grid."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fluidics.programmes.basal import constant
from fluidics.programmes.programme import DAY, pieces, volume
from fluidics.transport.bridge_bolus import HOUR, Solution, bridge_bolus, plain_bridge, shares, worst_hour
from fluidics.transport.flow import Flow, flowing
from fluidics.transport.stretch import Tube
from tests.fluidics.test_transport import gridded

ML, UG = 1e-6, 1e-9  # m3, kg
LINE = (Tube(0.14 * ML, 0.4e-3), Tube(0.22 * ML, 0.265e-3))
DEAD = 0.36 * ML
D = 7e-10  # m2/s: a drug of a few hundred g/mol


def baclofen(strength: float, daily: float) -> Solution:
    """Return a solution of `strength` [ug/mL] of which `daily` [ug] are given each day."""
    return Solution(strength * UG / ML, daily * UG / DAY, D)


def changed(daily: float) -> tuple[Solution, Solution, float]:
    """Return old and new solution, and a length that holds the bridge and the day after it."""
    old, new = baclofen(500.0, daily), baclofen(2000.0, daily)
    return old, new, 1.4 * DEAD * old.concentration / old.dose + DAY


# --- the change from 500 to 2000 ug/mL ---------------------------------------------------------------------------


@pytest.mark.parametrize("daily", [50.0, 200.0, 900.0])
def test_the_dose_stays_within_two_percent_in_every_hour(daily):
    old, new, length = changed(daily)
    assert worst_hour(LINE, old, new, bridge_bolus(LINE, old, new, length)) < 0.01
    assert worst_hour(LINE, old, new, bridge_bolus(LINE, old, new, length, step=900.0)) < 0.02


@pytest.mark.parametrize(("daily", "error"), [(50.0, 1.186), (200.0, 0.354), (900.0, 0.113)])
def test_one_step_errs_by_more_than_a_tenth_of_the_dose(daily, error):
    """What a front of finite width costs; this is a result of the model, and no published number."""
    old, new, length = changed(daily)
    assert worst_hour(LINE, old, new, plain_bridge(LINE, old, new, length)) == pytest.approx(error, abs=1e-3)


def test_an_independent_grid_sees_the_dose_kept():
    """Finite volumes, 3960 cells in the line: below 0.3 % in each hour of the clock, where one step errs by a fifth."""
    old, new, length = changed(200.0)

    def worst(programme) -> float:
        flow = flowing(programme, np.arange(0.0, 1.2 * DAY, 30.0))
        mass = gridded(flow, np.full(flow.time.size, 2.0), LINE, [0.5, 0.5], 3960)
        hourly = np.diff(np.interp(np.arange(0.0, flow.time[-1], HOUR), flow.time, mass))
        return float(np.max(np.abs(hourly / (HOUR * old.dose) - 1.0)))

    assert worst(bridge_bolus(LINE, old, new, length)) < 0.003
    assert worst(plain_bridge(LINE, old, new, length)) > 0.2


def test_the_steps_are_no_shorter_than_the_pump_allows_and_lie_about_the_dead_volume():
    old, new, length = changed(200.0)
    made = bridge_bolus(LINE, old, new, length, step=900.0)
    assert np.diff(made.start).min() >= 900.0 * (1.0 - 1e-12)
    assert made.rate[0] == old.dose / old.concentration
    assert made.rate[-1] == new.dose / new.concentration
    assert np.all(np.diff(made.rate) < 0.0)
    first, last = (volume(made, 0.0, float(at)) for at in (made.start[1], made.start[-1]))
    assert 0.9 * DEAD < first < DEAD < last < 1.1 * DEAD


def test_an_accuracy_that_suffices_takes_fewer_steps():
    old, new, length = changed(200.0)
    rough, fine = (bridge_bolus(LINE, old, new, length, within=within) for within in (0.05, 0.002))
    assert worst_hour(LINE, old, new, rough) < 0.05
    assert worst_hour(LINE, old, new, fine) < 0.002
    assert rough.start.size < fine.start.size


def test_a_wrong_dead_volume_costs_hours_of_dose():
    """Planned with 0.199 mL of tubing where there are 0.140: the strong solution runs at the fast rate."""
    old, new, length = changed(200.0)
    made = bridge_bolus((Tube(0.199 * ML, 0.4e-3), LINE[1]), old, new, length)
    assert worst_hour(LINE, old, new, made) == pytest.approx(3.0, abs=0.01)  # four times the dose, less one
    hours = 0.059 * ML * old.concentration / old.dose / HOUR
    total = float(shares(LINE, old, new, flowing(made, np.array([0.0, length])))[-1]) - length
    assert total / HOUR == pytest.approx(3.0 * hours, rel=1e-2)
    assert total * old.dose == pytest.approx(118.0 * UG - 0.059 * ML * old.concentration, rel=1e-2)


@pytest.mark.parametrize(("excess", "error"), [(1e-9, 0.104), (5e-9, 0.568)])
def test_a_microlitre_of_dead_volume_counts(excess, error):
    """A result of the model that says how well the dead volume must be known; no published number."""
    old, new, length = changed(200.0)
    made = bridge_bolus((Tube(0.14 * ML + excess, 0.4e-3), LINE[1]), old, new, length)
    assert worst_hour(LINE, old, new, made) == pytest.approx(error, abs=0.01)


# --- other changes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (baclofen(2000.0, 300.0), baclofen(500.0, 300.0)),  # weaker
        (baclofen(500.0, 300.0), baclofen(2000.0, 450.0)),  # stronger, and more of it
        (Solution(25.0, 2e-6 / DAY, 6e-10), Solution(10.0, 0.4e-6 / DAY, 8e-10)),  # another drug
        (baclofen(500.0, 300.0), baclofen(550.0, 300.0)),
    ],
)
def test_other_changes_keep_the_dose_too(old, new):
    length = 1.4 * DEAD * old.concentration / old.dose + 2.0 * DAY
    assert worst_hour(LINE, old, new, bridge_bolus(LINE, old, new, length)) < 0.01


def test_a_refill_with_the_same_solution_needs_no_bridge():
    same = baclofen(500.0, 200.0)
    made = bridge_bolus(LINE, same, same, 3.0 * DAY)
    assert list(pieces(made, 0.0, 3.0 * DAY)) == [(0.0, 3.0 * DAY, same.dose / same.concentration)]
    assert worst_hour(LINE, same, same, made) < 1e-12


def test_the_dose_of_old_and_new_together_is_one():
    old, new, length = changed(200.0)
    seen = shares(LINE, old, new, flowing(bridge_bolus(LINE, old, new, length), np.array([0.0, length])))
    assert seen[-1] == pytest.approx(length, rel=2e-4)


def test_the_share_of_a_flow_of_old_solution_is_its_time():
    old, new, _ = changed(200.0)
    rate = old.dose / old.concentration
    assert shares(LINE, old, new, Flow(np.array([0.0, HOUR]), np.array([0.0, rate * HOUR])))[-1] == pytest.approx(HOUR)


def test_without_a_bridge_the_new_rate_starves_the_patient_until_the_line_is_empty():
    old, new, _ = changed(200.0)
    low = constant(new.dose / new.concentration, 2.0 * DAY)
    assert worst_hour(LINE, old, new, low) == pytest.approx(0.75, rel=1e-9)


# --- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"length": DAY / 2.0}, "make it longer"),
        ({"length": math.nan}, "make it longer"),
        ({"length": math.inf}, "make it longer"),
        ({"step": 0.0}, "both must be above zero"),
        ({"step": math.nan}, "both must be above zero"),
        ({"step": 9e9}, "shorter than the bridge"),
        ({"within": 0.0}, "both must be above zero"),
        ({"old": Solution(0.0, 1e-12, D)}, "old .* must be above zero"),
        ({"new": Solution(1.0, math.nan, D)}, "new .* must be above zero"),
        ({"new": Solution(1.0, 1e-12, -D)}, "new .* must be above zero"),
    ],
)
def test_what_makes_no_bridge_is_refused(wrong, said):
    old, new, length = changed(200.0)
    with pytest.raises(ValueError, match=said):
        bridge_bolus(**{"tubes": LINE, "old": old, "new": new, "length": length, **wrong})
