"""Priming: the published errors of dead volume, and drug that comes early is missing later."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.transport.dispersion import taylor_aris
from fluidics.transport.priming import misprimed, primed
from fluidics.transport.stretch import Tube

ML, DAY = 1e-6, 86400.0
LINE = (Tube(0.14 * ML, 0.4e-3), Tube(0.22 * ML, 0.265e-3))
DEAD = 0.36 * ML
RATE = 0.4 * ML / DAY
BACLOFEN = 7e-10  # m2/s


def test_a_dead_volume_of_the_older_pump_gives_the_published_excess():
    assert misprimed(0.199 * ML, 0.140 * ML, 1.0) == pytest.approx(0.059 * ML, rel=1e-12)
    assert misprimed(0.199 * ML, 0.140 * ML, 25.0) == pytest.approx(1.475e-6, rel=1e-12)  # morphine, 1.475 mg
    assert misprimed(0.199 * ML, 0.140 * ML, 2.0) == pytest.approx(118e-9, rel=1e-12)  # baclofen, 118 ug
    assert misprimed(0.140 * ML, 0.199 * ML, 2.0) == pytest.approx(-118e-9, rel=1e-12)


@settings(max_examples=25)
@given(st.floats(-0.05, 0.1), st.floats(300.0, 7200.0), st.floats(0.5, 25.0))
def test_what_comes_early_is_missing_later_but_for_the_excess(excess, over, concentration):
    seen = primed(LINE, DEAD + excess * ML, over, RATE, concentration, BACLOFEN)
    balance = excess * ML * concentration
    assert seen.early - seen.short == pytest.approx(balance, abs=1e-9 * DEAD * concentration)
    assert seen.early >= max(balance, 0.0)
    assert seen.reduced >= 0.0


def test_the_excess_of_the_older_pump_arrives_with_the_bolus():
    """The published 1.475 mg reach the patient, and what mixing brings early on top."""
    right = primed(LINE, DEAD, 1200.0, RATE, 25.0, BACLOFEN)
    wrong = primed(LINE, DEAD + 0.059 * ML, 1200.0, RATE, 25.0, BACLOFEN)
    assert wrong.early - wrong.short == pytest.approx(1.475e-6, rel=1e-9)
    assert wrong.early > 1.475e-6 > right.early > 0.0


def test_early_drug_is_the_closed_form_of_the_front_at_the_tip():
    """Step c and width s leave c s / sqrt(2 pi), less what the start of the parabola takes away."""
    tube = Tube(0.22 * ML, 0.265e-3)
    section = math.pi * tube.radius**2
    spread = taylor_aris(BACLOFEN, tube.radius, tube.volume / 7200.0 / section)
    width = math.sqrt(2.0 * spread * 7200.0) * section
    seen = primed([tube], tube.volume, 7200.0, RATE, 2.0, BACLOFEN)
    assert seen.early == pytest.approx(2.0 * width / math.sqrt(2.0 * math.pi), rel=1e-3)


def test_a_faster_bolus_brings_more_early_and_a_longer_want_after_it():
    fast, slow = (primed(LINE, DEAD, over, RATE, 2.0, BACLOFEN) for over in (1200.0, 12000.0))
    assert fast.early > 2.0 * slow.early
    assert fast.short > 2.0 * slow.short
    assert fast.reduced > slow.reduced > 0.0
    assert fast.mixing > 0.5
    assert primed(LINE, DEAD, 30.0, RATE, 2.0, BACLOFEN).mixing < 0.5


@pytest.mark.parametrize("bad", [(0.0, 1.0, 1.0), (1e-7, 0.0, 1.0), (1e-7, 1.0, 0.0), (1e-7, math.nan, 1.0)])
def test_a_bolus_of_nothing_is_refused(bad):
    with pytest.raises(ValueError, match="all must be above zero"):
        primed(LINE, *bad, 2.0, BACLOFEN)


@pytest.mark.parametrize("bad", [(-1.0, 0.0, 0.0), (0.0, math.nan, 0.0), (0.0, 0.0, math.inf)])
def test_volumes_below_zero_are_refused(bad):
    with pytest.raises(ValueError, match="below zero"):
        misprimed(*bad)
