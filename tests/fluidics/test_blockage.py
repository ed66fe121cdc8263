"""A blocked site answers as the site behind it, with more resistance; compiled too."""

from __future__ import annotations

import pytest

from fluidics.engines.operating import operated
from fluidics.pump import MEDIAN_LUCK, Level, Service, new_pump
from fluidics.questions import advance, bubble, compliance, fresh, line, panel, refilled, rinsed, temperature
from fluidics.sites.blockage import Blocked
from tests.fluidics.parts import AROUND, BODY, DAY, INSULIN_PUMP, RATE, WATER, insulin_levels

SITE = INSULIN_PUMP.site
BLOCKED = Blocked(SITE, 3e15)


def test_a_blocked_site_is_the_site_behind():
    own = fresh(SITE, MEDIAN_LUCK)
    assert fresh(BLOCKED, MEDIAN_LUCK) == own
    assert temperature(BLOCKED) == BODY
    for ask, rest in ((advance, (DAY, AROUND)), (panel, (AROUND,)), (rinsed, ()), (compliance, ()), (bubble, ())):
        assert ask(BLOCKED, own, *rest) == ask(SITE, own, *rest)
    service = Service(carry_over=0.1)
    assert refilled(BLOCKED, own, service, MEDIAN_LUCK) == refilled(SITE, own, service, MEDIAN_LUCK)


def test_a_blockage_adds_its_resistance():
    own = fresh(SITE, MEDIAN_LUCK)
    behind, blocked = line(SITE, own, WATER), line(BLOCKED, own, WATER)
    assert blocked.offset == behind.offset
    assert blocked.slope == behind.slope + 3e15


def test_a_blocked_pump_meets_the_higher_pressure():
    pump = INSULIN_PUMP._replace(site=BLOCKED)
    around = operated(pump, new_pump(pump), (Level(RATE, 1.0), *insulin_levels()[2:], Level(0.0, 0.0)), 0.0, 1.0)
    assert around.p_out == pytest.approx(SITE.pressure + 3e15 * around.flow, rel=1e-3)
