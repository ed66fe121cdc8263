"""The infusion set: Poiseuille and a head, kinks and clogs as often as stated, air that grows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.lines.infusion_set import InfusionSet, Worn, inserted
from fluidics.lines.occlusion import Onset
from fluidics.pump import MEDIAN_LUCK, Luck, Service
from fluidics.questions import advance, bubble, compliance, disposable, fresh, line, lumen, panel, refilled
from tests.fluidics.parts import AROUND, DAY
from tests.fluidics.worn import AGING_SET

OPEN = Worn(0.0, Onset(1.0, 0.0, 1.0), 0.0)
CHANCES = (np.arange(20_000) + 0.5) / 20_000


def test_tubing_resists_as_poiseuille_says():
    # 60 cm of 0.38 mm bore, water at 20 degC: 1.2e12 Pa s/m3
    tube = InfusionSet(0.6, 0.19e-3)
    assert lumen(tube, 1e-3) == pytest.approx(1.17e12, rel=5e-3)
    assert line(tube, OPEN, 1e-3).slope == lumen(tube, 1e-3)


def test_a_pump_above_the_site_presses_and_below_it_pulls():
    above, below = (line(InfusionSet(0.6, 0.19e-3, height=h), OPEN, 1e-3).offset for h in (1.0, -1.0))
    assert above == -below == pytest.approx(-9806.65)


def test_kinks_and_clogs_come_as_often_as_stated():
    sets = [inserted(AGING_SET, float(u)) for u in CHANCES]
    assert np.mean([s.kinked for s in sets]) == pytest.approx(AGING_SET.kink_share, abs=1e-4)
    waits = np.array([s.clog.wait for s in sets]) * AGING_SET.clog_scale / DAY
    for kinked in (0.0, 1.0):
        of_them = waits[[s.kinked == kinked for s in sets]]
        for day in (1.0, 3.0, 7.0):
            assert np.mean(of_them > day) == pytest.approx(math.exp(-((day / 6.0) ** 2)), abs=1e-3)


@given(st.floats(0.0, 20.0))
def test_a_clog_waits_for_its_time_and_then_closes_exponentially(days):
    own = fresh(AGING_SET._replace(kink_share=0.0), Luck(math.exp(-1.0), 0.0, 0.0))  # its time is the scale, 6 d
    later = advance(AGING_SET, own, days * DAY, AROUND)
    closed = math.exp(min(max(days - 6.0, 0.0) * DAY / AGING_SET.closing_time, 300.0))
    assert line(AGING_SET, later, 1e-3).slope == pytest.approx(lumen(AGING_SET, 1e-3) * closed, rel=1e-9)


def test_a_kink_adds_its_resistance_at_the_tip():
    kinked, straight = (line(AGING_SET, Worn(k, OPEN.clog, 0.0), 1e-3).slope for k in (1.0, 0.0))
    assert kinked - straight == pytest.approx(AGING_SET.kink_resistance, rel=1e-12)


def test_air_grows_by_what_the_drug_gives_off():
    own = fresh(AGING_SET, MEDIAN_LUCK)
    assert bubble(AGING_SET, own) == pytest.approx(2e-9 * 101325.0)
    half = advance(AGING_SET, own, 7200.0 * math.log(2.0), AROUND)
    assert half.air == pytest.approx(4.5e-9, rel=1e-12)
    assert advance(AGING_SET, own, 10.0 * DAY, AROUND).air == pytest.approx(7e-9, rel=1e-12)


def test_a_refill_is_a_new_set():
    used = Worn(1.0, Onset(0.0, DAY, 1.0), 7e-9)
    luck = Luck(uniform=0.4, normal=0.0, batch=0.0)
    assert refilled(AGING_SET, used, Service(0.0), luck) == fresh(AGING_SET, luck)
    assert disposable(AGING_SET) == 1.0


def test_the_wall_and_the_drug_store():
    stored = compliance(AGING_SET, OPEN)
    assert stored == pytest.approx(1e-15 + 4.4e-10 * math.pi * 0.19e-3**2 * 0.6, rel=1e-12)


def test_the_longest_panel_reaches_the_onset():
    own = inserted(AGING_SET, 0.5)
    assert panel(AGING_SET, own, AROUND) == pytest.approx(
        own.clog.wait * AGING_SET.clog_scale + AGING_SET.closing_time, rel=1e-12
    )
    assert panel(InfusionSet(0.6, 0.19e-3), OPEN, AROUND) >= 1e300


def test_the_least_and_the_greatest_chance_are_regular():
    for uniform in (1e-300, 0.15, np.nextafter(0.15, 1.0), 1.0 - 1e-16):
        own = inserted(AGING_SET, float(uniform))
        assert np.isfinite(own.clog.wait)
        assert own.clog.wait >= 0.0
