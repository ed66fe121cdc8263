"""Laws of a reservoir that is drawn down: arithmetic without spread, the normal tail with it, and order in all cases;
what sizes are worth stands in test_sizing.py."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reliability.drawdown import DAY, NEVER, Delays, Drawdown, Levels, drawn_down

ML = 1e-6
UNIT = 1e-6 / 400.0  # U400
NOBODY = Delays(low=NEVER, empty=NEVER, dry=NEVER)


def drawn(levels: Levels, delays: Delays, daily: float, appointment: float, spread: float = 0.0, cycle: int = 0):
    """Return a cycle at a daily dose [m3] and an appointment [d]."""
    return drawn_down(levels, delays, daily / DAY, spread, appointment * DAY, 7, 11, cycle)


def mini_med(residual: float) -> Levels:
    """Return the levels of 15 mL with messages at 800 U and 400 U left."""
    return Levels(low=13 * ML, empty=14 * ML, dry=15 * ML - residual)


@pytest.mark.parametrize(
    ("units", "low", "empty", "dry"),
    [(40, 130.0, 140.0, 150.0), (66, 78.788, 84.848, 90.909), (50, 104.0, 112.0, 120.0)],
)
def test_constant_dose_reaches_messages_and_the_end_by_arithmetic(units, low, empty, dry):
    end = drawn(mini_med(0.0), NOBODY, units * UNIT, 200.0)
    assert (end.low / DAY, end.empty / DAY, end.dry / DAY) == pytest.approx((low, empty, dry), abs=5e-4)


def test_residual_volume_makes_empty_message_and_dryness_one():
    end = drawn(mini_med(1 * ML), NOBODY, 40 * UNIT, 200.0)
    assert end.empty == end.dry == pytest.approx(140.0 * DAY, rel=1e-12)


def test_at_90_days_6_of_15_ml_come_back():
    end = drawn(mini_med(0.0), NOBODY, 40 * UNIT, 90.0)
    assert end.left * 15.0 == pytest.approx(6.0, rel=1e-12)
    assert (end.low, end.empty, end.dry, end.called) == (NEVER, NEVER, NEVER, False)


@pytest.mark.parametrize(
    ("delays", "visit", "called"),
    [
        (Delays(low=3 * DAY, empty=NEVER, dry=NEVER), 133.0, True),
        (Delays(low=NEVER, empty=1 * DAY, dry=NEVER), 141.0, True),
        (Delays(low=NEVER, empty=NEVER, dry=2 * DAY), 152.0, False),
        (NOBODY, 200.0, False),
    ],
)
def test_what_brings_the_patient_first_makes_the_visit(delays, visit, called):
    end = drawn(mini_med(0.0), delays, 40 * UNIT, 200.0)
    assert end.visit / DAY == pytest.approx(visit, rel=1e-12)
    assert end.called is called


@pytest.mark.parametrize(("volume", "days", "spread"), [(9.2, 90, 0.17), (4.6, 45, 0.3), (2.06, 20, 0.1)])
def test_days_that_spread_run_dry_with_the_normal_tail(volume, days, spread):
    """4,000 cycles of 0.1 mL/d; the cut of a day's dose above zero is 3 standard deviations away at least."""
    levels = Levels(low=NEVER, empty=NEVER, dry=volume * ML)
    dry = [drawn(levels, NOBODY, 0.1 * ML, days, spread, k).dry < NEVER for k in range(4000)]
    p = NormalDist(days * 0.1, 0.1 * spread * math.sqrt(days)).cdf(volume)
    assert sum(dry) / 4000 == pytest.approx(1.0 - p, abs=4 * math.sqrt(p * (1.0 - p) / 4000))


def test_doses_of_days_and_cycles_differ():
    levels = Levels(low=NEVER, empty=NEVER, dry=5 * ML)
    ends = {drawn(levels, NOBODY, 0.1 * ML, 90, 0.2, k).dry for k in range(50)}
    assert len(ends) == 50


positive = st.floats(0.1, 20.0)
waits = st.floats(0.0, 30.0)


@given(st.tuples(positive, positive, positive), st.tuples(waits, waits, waits), positive, st.floats(0.0, 0.6), positive)
def test_times_are_in_order_and_the_visit_is_the_earliest(volumes, days, dose, spread, appointment):
    levels = Levels(*(v * ML for v in sorted(volumes)))
    delays = Delays(*(d * DAY for d in days))
    end: Drawdown = drawn(levels, delays, 0.01 * dose * ML, 10 * appointment, spread, 3)
    assert end.low <= end.empty <= end.dry or end.dry == NEVER
    assert end.visit <= 10 * appointment * DAY
    assert 0.0 <= end.left <= 1.0
    assert (end.left == 0.0) == (end.dry < NEVER) or end.left == pytest.approx(0.0, abs=1e-9)
    for time, delay in zip((end.low, end.empty, end.dry), delays, strict=True):
        assert time == NEVER or (time < end.visit <= time + delay)


@given(positive, positive, positive, st.floats(0.0, 0.6))
def test_a_larger_reservoir_never_runs_dry_earlier_on_the_same_doses(volume, more, dose, spread):
    small, large = (
        drawn(Levels(low=NEVER, empty=NEVER, dry=v * ML), NOBODY, 0.01 * dose * ML, 90.0, spread, 5)
        for v in (volume, volume + more)
    )
    assert small.dry <= large.dry
    assert small.left <= large.left
