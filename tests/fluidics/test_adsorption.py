"""Sticky lines: closed forms of beds, conservation, an independent integrator, and published runs of insulin; one kind
of site stands in `test_langmuir`, the runs in `adsorbed`."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares
from scipy.stats import ncx2

from fluidics.drugs.adsorption import (
    PVC_FAST,
    PVC_SLOW,
    Held,
    Lining,
    content,
    eluted,
    filled,
    flushed,
    soaked,
    stride,
)
from fluidics.drugs.langmuir import Sites
from tests.fluidics.adsorbed import (
    BARE,
    CALIBRATION,
    FULORIA_FAST,
    FULORIA_SLOW,
    HOUR,
    LEFT,
    PRIMED_FAST,
    PRIMED_SLOW,
    UNIT,
    ZAHID_FAST,
    ZAHID_SLOW,
    misses,
    recoveries,
    rms,
)

VOLUME, AREA, FLOW = 0.3e-6, 1.2e-3, 0.2e-6 / HOUR
STAY = VOLUME / FLOW
PVC = Lining(VOLUME, AREA, PVC_FAST, PVC_SLOW)


def fed(lining, cells, stays, concentration, start=0.0):
    """Return what leaves a line that is fed evenly for some residence times."""
    return eluted(lining, filled(start, cells), FLOW, np.full(round(stays * cells), concentration))


# --- closed forms ----------------------------------------------------------------------------------------------------


def test_a_wall_that_keeps_what_it_catches_breaks_through_as_bohart_and_adams_found():
    """Share = e^t / (e^t + e^x - 1), x = k r Q V / F, t = k c0 (T - V / F): J. Am. Chem. Soc. 42 (1920) 523."""
    binding, capacity, feed = 0.01, 3e-5, 7e-3
    lining, errors = Lining(VOLUME, AREA, Sites(capacity, binding, 0.0), BARE), []
    far = binding * AREA * capacity / FLOW
    for cells in (25, 50, 100):
        come = fed(lining, cells, 20, feed)
        run = binding * feed * (come.time - STAY)
        exact = np.where(run < 0.0, 0.0, np.exp(run) / (np.exp(run) + math.exp(far) - 1.0))
        errors.append(np.abs(come.concentration / feed - exact).max())
    assert exact[-1] > 0.5
    assert errors[2] < 1e-5
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(4.0, rel=0.1)


def test_a_wall_far_from_full_that_releases_again_is_a_chromatograph():
    """Share = J(x, t), Marcum's Q of the linear bed: Thomas, J. Am. Chem. Soc. 66 (1944) 1664."""
    binding, release, capacity = 1e-6, 8e-4, 1.0
    lining = Lining(VOLUME, AREA, Sites(capacity, binding, release), BARE)
    far = binding * AREA * capacity / FLOW
    errors = []
    for cells in (50, 100, 200):
        come = fed(lining, cells, 6, 1e-9)
        run = release * (come.time - STAY)
        exact = np.where(run < 0.0, 0.0, ncx2.sf(2.0 * far, 2, 2.0 * np.maximum(run, 0.0)))
        errors.append(np.abs(come.concentration / 1e-9 - exact).max())
    assert 0.4 < exact[-1] < 0.95
    assert errors[2] < 3e-4
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.15)
    assert errors[1] / errors[2] == pytest.approx(4.0, rel=0.15)


def test_a_bare_line_gives_back_its_own_volume_first():
    come = fed(Lining(VOLUME, AREA, BARE, BARE), 50, 3, 2.0, start=1.0)
    assert come.concentration.tolist() == [1.0] * 50 + [2.0] * 100
    assert come.time[49] < STAY < come.time[50]


def test_both_kinds_of_site_together_agree_with_an_independent_integrator():
    ratio = AREA / VOLUME

    def rate(_, own):
        c, q, p = own
        first = PVC_FAST.binding * c * (PVC_FAST.capacity - q) - PVC_FAST.release * q
        second = PVC_SLOW.binding * c * (PVC_SLOW.capacity - p) - PVC_SLOW.release * p
        return [-ratio * (first + second), first, second]

    judge = solve_ivp(rate, (0.0, 8.0 * HOUR), [7e-3, 0.0, 0.0], method="LSODA", rtol=1e-10, atol=1e-16).y[:, -1]
    errors = []
    for steps in (50, 100, 200):
        rest = soaked(PVC, filled(7e-3, 1), 8.0 * HOUR, steps)
        errors.append(abs(float(rest.concentration[0]) - judge[0]) / judge[0])
        assert float(rest.fast[0]) == pytest.approx(judge[1], rel=2e-3)
        assert float(rest.slow[0]) == pytest.approx(judge[2], rel=2e-3)
    assert errors[2] < 1e-4
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.15)


def test_in_the_end_all_comes_out_and_the_wall_holds_its_isotherm():
    come = eluted(PVC, filled(0.0, 5), 1e-9, np.full(15000, 7e-3))
    assert come.concentration[-1] == pytest.approx(7e-3, rel=1e-6)
    for sites, own in ((PVC_FAST, come.held.fast), (PVC_SLOW, come.held.slow)):
        loose = sites.release / sites.binding
        assert own == pytest.approx(np.full(5, sites.capacity * 7e-3 / (7e-3 + loose)), rel=1e-6)


# --- conservation ----------------------------------------------------------------------------------------------------

powers = st.floats(-3.0, 3.0).map(lambda power: 10.0**power)
kinds = st.builds(Sites, powers, powers, powers)


@settings(max_examples=40)
@given(kinds, kinds, powers, powers, st.integers(1, 30))
def test_drug_is_kept(fast, slow, feed, start, cells):
    lining = Lining(1.0, 2.0, fast, slow)
    portions = feed * (1.0 + np.sin(np.arange(3.0 * cells)))
    before = filled(start, cells)
    come = eluted(lining, before, 0.3, portions)
    came_in = content(lining, before) + come.portion * portions.sum()
    stands = content(lining, come.held) + come.portion * come.concentration.sum()
    assert stands == pytest.approx(came_in, rel=1e-10)
    rest = soaked(lining, come.held, 5.0)
    assert content(lining, rest) == pytest.approx(content(lining, come.held), rel=1e-10)
    assert min(part.min() for part in (come.concentration, *rest)) >= 0.0


def test_what_is_given_is_not_changed():
    before = filled(7e-3, 10)
    soaked(PVC, before, HOUR)
    eluted(PVC, before, FLOW, np.zeros(5))
    assert content(PVC, before) == pytest.approx(7e-3 * VOLUME, rel=1e-15)
    assert not before.fast.any()


def test_a_bag_feeds_its_line_less_and_less():
    bag = Lining(50e-6, 7e-3, PVC_FAST, PVC_SLOW)
    step = stride(PVC, 50, FLOW)
    held, feed = filled(7e-3, 1), []
    for _ in range(200):
        held = soaked(bag, held, step, 1)
        feed.append(float(held.concentration[0]))
    through = eluted(PVC, filled(7e-3, 50), FLOW, np.array(feed))
    steady = eluted(PVC, filled(7e-3, 50), FLOW, np.full(200, 7e-3))
    assert np.all(np.diff(feed) < 0.0)
    assert feed[-1] > 7e-3 - bag.area / bag.volume * (PVC_FAST.capacity + PVC_SLOW.capacity)
    assert np.all(through.concentration[50:] < steady.concentration[50:])


# --- published runs --------------------------------------------------------------------------------------------------


def fitted(model, starts, cases):
    """Return the least rms that a model with free numbers reaches on some runs."""
    return min(rms(least_squares(lambda x: misses(cases, *model(x), cells=30), x0, max_nfev=40).fun) for x0 in starts)


def one(x):
    """Return one kind of site, from logarithms of its numbers around those of the fast kind."""
    release = 1e-4 * math.exp(x[2]) if len(x) > 2 else 0.0
    return Sites(1e-6 * math.exp(x[0]), 0.1 * math.exp(x[1]), release), BARE


def test_the_two_kinds_hold_what_a_set_was_found_to_hold():
    area = 4.0 * 17e-6 / 3e-3
    assert area * (PVC_FAST.capacity + PVC_SLOW.capacity) / UNIT == pytest.approx(2.7, rel=2e-3)


def test_the_two_kinds_stand_at_the_best_fit_to_the_three_calibration_runs():
    """Five numbers of the sites (their capacities share 2.7 U per set) and the bag's share, on 16 points."""
    whole = PVC_FAST.capacity + PVC_SLOW.capacity
    here = rms(misses(CALIBRATION, PVC_FAST, PVC_SLOW, LEFT))
    assert here == pytest.approx(0.096, abs=0.001)
    near = np.array([PVC_FAST.capacity, *PVC_FAST[1:], *PVC_SLOW[1:], LEFT])
    for k in range(near.size):
        for factor in (0.93, 1.07):
            x = near.copy()
            x[k] *= factor
            fast, slow = Sites(x[0], x[1], x[2]), Sites(whole - x[0], x[3], x[4])
            assert rms(misses(CALIBRATION, fast, slow, x[5])) > here - 2e-4


def test_the_rate_that_was_not_fitted_is_predicted():
    assert rms(misses([ZAHID_FAST], PVC_FAST, PVC_SLOW, LEFT)) < 0.07
    lost = [1.0 - recoveries(case, PVC_FAST, PVC_SLOW, LEFT) for case in (ZAHID_SLOW, ZAHID_FAST)]
    published = [1.0 - np.array(case.recovered) for case in (ZAHID_SLOW, ZAHID_FAST)]
    for model, seen in zip(lost, published, strict=True):
        assert np.mean(model) == pytest.approx(np.mean(seen), rel=0.3)


def test_one_kind_of_site_is_not_enough():
    # that keeps what it catches, on the two runs of one laboratory; then one that releases, on the calibration runs
    kept = fitted(lambda x: (*one(x), 1.0), [[0.7, -0.3], [2.0, -2.0]], (FULORIA_SLOW, FULORIA_FAST))
    loose = fitted(lambda x: (*one(x), 1.0), [[0.7, 0.5, 0.0], [2.0, -2.0, 0.0]], CALIBRATION)
    assert kept == pytest.approx(0.154, abs=0.005)
    assert loose == pytest.approx(0.151, abs=0.005)
    assert rms(misses(CALIBRATION, PVC_FAST, PVC_SLOW, LEFT)) < 0.65 * min(kept, loose)


def test_priming_saves_drug_but_primed_runs_are_missed():
    """No wall whose law is local can meet them: until fed fluid arrives, all that leaves has stood beside a uniform
    wall for the same time, so that recovery at 1 h cannot depend on the flow; 70 and 42 % were published."""
    for primed, plain in ((PRIMED_SLOW, FULORIA_SLOW), (PRIMED_FAST, FULORIA_FAST)):
        found = recoveries(primed, PVC_FAST, PVC_SLOW, 1.0)
        assert np.all(found > recoveries(plain, PVC_FAST, PVC_SLOW, 1.0)[:4])
        assert 0.2 < rms(found - np.array(primed.recovered)) < 0.33
    first = [recoveries(case, PVC_FAST, PVC_SLOW, 1.0)[0] for case in (PRIMED_SLOW, PRIMED_FAST)]
    assert first[0] == pytest.approx(first[1], abs=2e-3)
    assert abs(PRIMED_SLOW.recovered[0] - PRIMED_FAST.recovered[0]) > 0.25


def test_the_wall_of_an_infusion_set_is_nothing_to_insulin_of_100_units_per_millilitre():
    """Up to 80 % of the dose were found to be lost in the first hour of a new set (Knopp et al. 2020): a miss."""
    fine = Lining(75e-9, 4.0 * 75e-9 / 0.4e-3, PVC_FAST, PVC_SLOW)
    stock = 100.0 * UNIT / 1e-6
    step = stride(fine, 1000, 10e-9 / HOUR)
    come = eluted(fine, filled(stock, 1000), 10e-9 / HOUR, np.full(round(HOUR / step), stock))
    lost = 1.0 - come.concentration.mean() / stock
    assert 0.0 < lost < fine.area * (PVC_FAST.capacity + PVC_SLOW.capacity) / (fine.volume * stock) < 0.013


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda: filled(-1.0), "finite and not below zero"),
        (lambda: filled(math.nan), "finite and not below zero"),
        (lambda: filled(1.0, 0), "one cell at least"),
        (lambda: flushed(filled(1.0), math.inf), "finite and not below zero"),
        (lambda: stride(PVC, 10, 0.0), "a line at rest is `soaked`"),
        (lambda: soaked(PVC, filled(1.0), math.nan), "not below zero"),
        (lambda: soaked(PVC, filled(1.0), 1.0, 0), "one at least"),
        (lambda: eluted(PVC, filled(1.0), FLOW, np.array([1.0, math.nan])), "one concentration for each portion"),
        (lambda: eluted(PVC, filled(1.0), FLOW, np.array([-1.0])), "not below zero"),
        (lambda: soaked(PVC._replace(area=0.0), filled(1.0), 1.0), "area of a line: 0.0 given"),
        (lambda: soaked(PVC._replace(fast=Sites(1.0, -1.0, 0.0)), filled(1.0), 1.0), "all three must be finite"),
        (lambda: soaked(PVC, Held(np.ones(2), np.ones(2), np.zeros(2)), 1.0), "a number from 0 to the capacity"),
        (lambda: soaked(PVC, Held(np.array([-1.0]), np.zeros(1), np.zeros(1)), 1.0), "each cell holds a number"),
    ],
)
def test_what_cannot_be_is_refused(act, said):
    with pytest.raises(ValueError, match=said):
        act()
