"""Hours until glucose and ketones: published times, two models of the skin, what one of them misses."""

from __future__ import annotations

import numpy as np
import pytest

from fluidics.body.compartments import exposed, settled
from fluidics.body.exposure import peritoneal, two_channels, two_states
from fluidics.body.missing_insulin import GLUCOSE, KETONES, missed_time, time_to_limit

MINUTE, HOUR = 60.0, 3600.0
GLUCOSE_MG_DL = 18.016  # mg/dL in a mol/m3
UNIT_PER_HOUR = 1e-8 / HOUR

# Klonoff et al. 2024: limit and mean time
PUBLISHED = [
    (GLUCOSE, 300.0 / GLUCOSE_MG_DL, 5.8),
    (GLUCOSE, 400.0 / GLUCOSE_MG_DL, 8.5),
    (KETONES, 1.6, 8.0),
    (KETONES, 3.0, 14.2),
]


@pytest.mark.parametrize(("rise", "limit", "hours"), PUBLISHED)
def test_two_states_reach_glucose_and_ketones_within_a_fifth_of_the_published_times(rise, limit, hours):
    # slopes from the same paper; what is predicted is by how much absorption delays them
    assert time_to_limit(two_states(), rise, limit) / HOUR == pytest.approx(hours, rel=0.2)


@pytest.mark.parametrize(("rise", "limit", "hours"), PUBLISHED[1:])
def test_two_channels_reach_them_within_a_fifth_but_for_the_first(rise, limit, hours):
    assert time_to_limit(two_channels(), rise, limit) / HOUR == pytest.approx(hours, rel=0.2)


def test_two_channels_are_a_fifth_late_at_300_mg_dl():
    late = time_to_limit(two_channels(), *PUBLISHED[0][:2]) / HOUR / 5.8 - 1.0
    assert 0.20 < late < 0.22


@pytest.mark.parametrize("kinetics", [two_channels(), two_states()], ids=["two channels", "two states"])
def test_an_interruption_matters_one_to_two_hours_sooner_in_the_peritoneum(kinetics):
    for seconds in (600.0, 1800.0):
        sooner = time_to_limit(kinetics, KETONES, 1.6) - time_to_limit(peritoneal(seconds), KETONES, 1.6)
        assert 1.0 < sooner / HOUR < 2.2


def test_the_delay_is_the_mean_time_in_the_depot():
    # 0.67 * 2 / 0.011 + 0.33 / 0.021 min; (1 + 0.0164 / 0.0182) / 0.0182 min; the time constant
    for kinetics, minutes in (
        (two_channels(), 0.67 * 2.0 / 0.011 + 0.33 / 0.021),
        (two_states(), (1.0 + 0.0164 / 0.0182) / 0.0182),
        (peritoneal(900.0), 15.0),
    ):
        assert 5e5 - missed_time(kinetics, 5e5) == pytest.approx(minutes * MINUTE, rel=1e-9)


def test_half_a_delivery_takes_twice_as_long_past_the_delay():
    whole = time_to_limit(peritoneal(600.0), KETONES, 3.0)
    half = time_to_limit(peritoneal(600.0), KETONES, 3.0, left=0.5)
    assert half - 600.0 == pytest.approx(2.0 * (whole - 600.0), rel=1e-9)
    assert time_to_limit(peritoneal(600.0), KETONES, 3.0, left=1.0) == np.inf
    assert time_to_limit(peritoneal(600.0), KETONES, 0.0) == 0.0


@pytest.mark.parametrize("left", [-0.1, 1.1, np.nan])
def test_a_share_that_cannot_go_on_is_refused(left):
    with pytest.raises(ValueError, match="between 0 and 1"):
        time_to_limit(two_states(), KETONES, 1.6, left)


def test_two_hours_of_suspension_stay_below_the_first_sign_of_ketones():
    # every stop misses just its own length; 0.6 mmol/L were not passed in 98.5 % of nights (Beck et al. 2014)
    edges = np.array([0.0, 2.0, 40.0]) * HOUR
    steady = settled(two_channels(), UNIT_PER_HOUR)
    absorbed = exposed(two_channels(), edges, [0.0, UNIT_PER_HOUR], steady).total[-1]
    missed = edges[-1] - absorbed / UNIT_PER_HOUR
    assert missed == pytest.approx(2.0 * HOUR, rel=1e-6)
    assert KETONES.start + KETONES.slope * missed < 0.6
