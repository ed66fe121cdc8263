"""Sites of infusion: a constant pressure, and a capsule that grows in the peritoneum."""

from __future__ import annotations

import math

import pytest

from fluidics.pump import Luck, Service, Stateless
from fluidics.questions import advance, back_pressure, fresh, line, panel, refilled, temperature
from tests.fluidics.parts import (
    AROUND,
    BODY,
    DAY,
    HEPATIC_PUMP,
    INSULIN_PUMP,
    WATER,
    onset,
)

PERITONEUM, ARTERY = INSULIN_PUMP.site, HEPATIC_PUMP.site


def test_body_temperature_is_that_of_the_site():
    assert temperature(PERITONEUM) == BODY
    assert temperature(ARTERY._replace(body_temperature=313.0)) == 313.0


def test_a_clean_peritoneum_sets_only_its_pressure_against_flow():
    assert back_pressure(PERITONEUM, onset(1.0, 0.0, 1.0), 3e-9, WATER) == PERITONEUM.pressure


def test_capsule_resistance_starts_from_zero_and_grows_exponentially():
    for days in (0.0, 13.4, 60.0):
        found = line(PERITONEUM, onset(0.0, days * DAY, 1.0), WATER).slope
        expected = PERITONEUM.capsule_resistance * math.expm1(days / 13.4)
        assert found == pytest.approx(expected, rel=1e-13, abs=1e-300)


def test_capsule_and_tip_share_the_onset_law():
    luck = Luck(uniform=0.97, normal=0.0, batch=1.5)
    for part in (PERITONEUM, INSULIN_PUMP.catheter._replace(onset_rate=PERITONEUM.onset_rate)):
        own = refilled(part, fresh(part, luck), Service(0.0), luck)
        after = advance(part, own, 200.0 * DAY, AROUND)
        hazard = PERITONEUM.onset_rate * math.exp(0.5 * 1.5 - 0.125)
        assert after.age == pytest.approx(200.0 * DAY + math.log(0.97) / hazard, rel=1e-12)


def test_an_artery_sets_its_pressure_against_any_flow():
    assert back_pressure(ARTERY, Stateless(), 0.0, WATER) == ARTERY.pressure
    assert back_pressure(ARTERY, Stateless(), 1e-6, WATER) == ARTERY.pressure
    assert panel(ARTERY, Stateless(), AROUND) >= 1e300
