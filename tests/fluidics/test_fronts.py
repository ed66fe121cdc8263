"""One front: how far it spreads under any flow, against moments across the lumen; what of it has come to a place."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from fluidics.transport.dispersion import RATES, SHARES, taylor_aris
from fluidics.transport.fronts import follow, weigh
from tests.fluidics.rings import variances

D, A = 7e-10, 2.65e-4  # baclofen, m2/s; catheter of 0.53 mm bore, m
AREA = math.pi * A * A
MIXING = A * A / D  # s


def followed(time, volume, begin=0.0, gone=0.0, at=0.0, ends=(1e-3,), radii=(A,), diffusivity=D):
    time, volume = np.asarray(time, dtype=float), np.asarray(volume, dtype=float)
    place, spread = np.full((2, time.size), np.nan)
    stays = np.full(len(ends), np.inf)
    tube = int(np.searchsorted(ends, at, side="right"))
    carried = np.zeros(2 + len(SHARES))
    follow(
        time, volume, begin, gone, at, tube, np.array(ends), np.array(radii), diffusivity, carried, place, spread, stays
    )
    return place, spread, stays


# --- spread ------------------------------------------------------------------------------------------------------


def test_steady_flow_ends_at_the_law_of_taylor_and_aris():
    speed = 2e-4
    _, spread, _ = followed(
        [0.0, 200.0 * MIXING, 400.0 * MIXING], AREA * speed * MIXING * np.array([0.0, 200.0, 400.0])
    )
    grown = (spread[2] ** 2 - spread[1] ** 2) / (200.0 * MIXING)
    assert grown == pytest.approx(2.0 * AREA**2 * taylor_aris(D, A, speed), rel=1e-12)


def test_a_fresh_front_is_drawn_out_by_the_parabola_alone():
    _, spread, _ = followed([0.0, 1e-6 * MIXING], [0.0, 1e-9])
    assert spread[1] == pytest.approx(1e-9 / math.sqrt(3.0), rel=1e-4)


@pytest.mark.parametrize("every", [0.03, 0.4, 3.0])
def test_strokes_from_the_first_on_spread_a_front_as_moments_across_the_lumen_say(every):
    wait, step = every * MIXING, 1e-3
    count = np.arange(0, 40)
    time = np.repeat(count, 2) * wait
    volume = AREA * step * np.stack([count, count + 1.0], axis=1).ravel()
    _, spread, _ = followed(np.append(time, 40 * wait), np.append(volume, volume[-1]))
    judged = np.array(variances(D, A, [(step, wait)] * 40))
    assert spread[2::2] ** 2 / AREA**2 == pytest.approx(judged, rel=2e-3)


def test_bursts_and_gaps_spread_a_front_as_moments_across_the_lumen_say():
    rng = np.random.default_rng(7)
    wait = MIXING * rng.exponential(0.2, 60)
    step = 1e-3 * rng.exponential(1.0, 60) * (rng.random(60) < 0.7)
    time = np.concatenate([[0.0, 0.0], np.repeat(np.cumsum(wait)[:-1], 2), [wait.sum()]])
    volume = AREA * np.concatenate([[0.0], np.repeat(np.cumsum(step), 2)])[: time.size]
    _, spread, _ = followed(time, volume)
    assert spread[2::2] ** 2 / AREA**2 == pytest.approx(
        np.array(variances(D, A, zip(step, wait, strict=True))), rel=2e-3
    )


@pytest.mark.parametrize("every", [0.01, 0.2, 2.0])
def test_flow_to_and_fro_spreads_a_front_as_moments_across_the_lumen_say(every):
    """What is pushed out and drawn back at once comes together again; after radial mixing it stays apart."""
    wait, steps = every * MIXING, 1e-3 * np.array([3.0, -3.0, 2.0, -1.0, 1.0, -4.0, 5.0, 5.0, -8.0, 2.0])
    time = np.repeat(np.arange(steps.size), 2) * wait
    volume = AREA * np.concatenate([[0.0], np.repeat(np.cumsum(steps), 2)])[: time.size]
    _, spread, _ = followed(np.append(time, steps.size * wait), np.append(volume, volume[-1]))
    judged = np.array(variances(D, A, [(float(step), wait) for step in steps]))
    assert spread[2::2] ** 2 / AREA**2 == pytest.approx(judged, rel=4e-3)


def test_a_slow_way_out_and_back_spreads_as_much_as_twice_the_way_out():
    speed, long = 2e-4, 500.0 * MIXING
    place, spread, _ = followed([0.0, long, 2.0 * long], AREA * speed * long * np.array([0.0, 1.0, 0.0]), ends=(1.0,))
    assert place[2] == pytest.approx(0.0, abs=1e-20)
    assert spread[2] ** 2 == pytest.approx(4.0 * AREA**2 * taylor_aris(D, A, speed) * long, rel=1e-3)


def test_a_front_that_comes_back_through_a_joint_takes_the_tube_it_is_in():
    place, spread, stays = followed(
        [0.0, 1e4, 2e4, 3e4, 4e4], [0.0, 2e-7, 5e-8, -1e-7, 1e-7], ends=(1e-7, 3e-7), radii=(2.0 * A, A)
    )
    assert place.tolist() == pytest.approx([0.0, 2e-7, 5e-8, -1e-7, 1e-7], abs=1e-20)
    assert stays[0] == pytest.approx(5e3, rel=1e-12)
    assert stays[1] == pytest.approx(5e3 + 1e4 * 2.0 / 3.0, rel=1e-12)
    assert np.all(np.diff(spread) > 0.0)


def test_in_a_gap_a_front_spreads_by_molecular_diffusion_alone():
    place, spread, _ = followed([0.0, 1e5, 2e5, 5e5], [0.0, 5e-8, 5e-8, 5e-8])
    assert place[3] == place[1]
    assert spread[3] ** 2 - spread[2] ** 2 == pytest.approx(2.0 * D * AREA**2 * 3e5, rel=1e-9)


@given(st.lists(st.tuples(st.floats(0.0, 1e4), st.floats(0.0, 1e-7)), min_size=1, max_size=6), st.integers(2, 9))
def test_looking_more_often_changes_nothing(runs, parts):
    time, volume = np.cumsum([(0.0, 0.0), *runs], axis=0).T
    finer = np.unique(np.concatenate([np.linspace(a, b, parts + 1) for a, b in itertools.pairwise(time)]))
    if np.unique(time).size < time.size:
        return  # what flows at once has no times between
    ends, radii = (4e-8, 9e-8), (A, 0.5 * A)
    few = followed(time, volume, ends=ends, radii=radii)
    many = followed(finer, np.interp(finer, time, volume), ends=ends, radii=radii)
    assert many[0][-1] == pytest.approx(few[0][-1], rel=1e-12)
    assert many[1][-1] == pytest.approx(few[1][-1], rel=1e-9)


def test_each_tube_spreads_a_front_while_its_middle_is_inside():
    speed, ends, radii = 1e-11, (1e-7, 3e-7), (2.0 * A, A)
    _, spread, stays = followed([0.0, 1e4, 3e4, 4e4], [0.0, 1e-7, 3e-7, 4e-7], ends=ends, radii=radii)
    assert stays.tolist() == pytest.approx([1e4, 2e4], rel=1e-12)
    wide, narrow = (2.0 * (math.pi * a * a) ** 2 * taylor_aris(D, a, speed / (math.pi * a * a)) for a in radii)
    lost = 0.01  # the start of each tube, in which the parabola has not yet drawn its front out
    assert spread[1] ** 2 == pytest.approx(wide * 1e4, rel=lost)
    assert spread[2] ** 2 - spread[1] ** 2 == pytest.approx(narrow * 2e4, rel=lost)
    assert spread[3] ** 2 - spread[2] ** 2 == pytest.approx(narrow * 1e4, rel=lost)  # beyond the tip the tube goes on


@pytest.mark.parametrize("share", [1e-4, 3e-4, 6e-4])  # of the time of radial mixing: a hundredth of the slowest mode's
def test_shortly_after_its_start_a_front_spreads_as_its_modes_say(share):
    """(s^2)' = 2 D A^2 + 2 Q sum m_n, m_n = Q S_n (1 - e^-g t) / g from a front that no mode has drawn out."""
    time, volume = share * MIXING, 1e-9
    _, spread, _ = followed([0.0, time], [0.0, volume])
    x = share * np.array(RATES)
    drawn = np.sum(np.array(SHARES) * (x + np.expm1(-x)) / x**2)
    assert spread[1] ** 2 == pytest.approx(2.0 * D * AREA**2 * time + 2.0 * volume**2 * drawn, rel=1e-11)


def test_behind_a_joint_the_parabola_begins_anew():
    """Where tubes join fluid mixes across the lumen: each tube adds what it adds to a front that starts in it."""
    time, volume = 0.2 * MIXING * np.arange(3), 1e-8 * np.arange(3)
    both = followed(time, volume, ends=(1e-8, 1e-3), radii=(A, 0.5 * A))[1][2]
    alone = [followed(time[:2], volume[:2], radii=(radius,))[1][1] for radius in (A, 0.5 * A)]
    assert both == pytest.approx(math.hypot(*alone), rel=1e-12)


def test_a_front_that_starts_later_knows_nothing_of_what_was_before():
    early = followed([0.0, 1e3, 4e3], [0.0, 2e-8, 5e-8], begin=1e3, gone=2e-8)
    late = followed([0.0, 3e3], [0.0, 3e-8])
    assert np.isnan(early[0][0])
    assert early[0][2] == pytest.approx(late[0][1], rel=1e-12)
    assert early[1][2] == pytest.approx(late[1][1], rel=1e-12)


# --- what has come -----------------------------------------------------------------------------------------------


def weighed(w, s):
    share, passed = np.zeros((2, 1))
    weigh(np.array([w]), np.array([s]), 0.0, share, passed)
    return float(share[0]), float(passed[0])


@given(st.floats(-50.0, 50.0), st.floats(0.0, 3.0))
def test_what_passes_is_what_is_there_summed_over_the_volume(w, s):
    share, passed = weighed(w, s)
    expected = norm.cdf(w / s) if s > 0.0 else 0.5 * (1.0 + np.sign(w))
    assert share == pytest.approx(float(expected), abs=1e-15, rel=1e-12)
    edges = [w, *(k * s for k in (8.0, 0.0, -8.0, -40.0) if k * s < w)]
    summed = sum(quad(lambda x: weighed(x, s)[0], low, high)[0] for high, low in itertools.pairwise(edges))
    assert passed == pytest.approx(summed, abs=1e-7)


@given(st.floats(-80.0, 80.0), st.floats(1e-3, 3.0))
def test_what_passes_is_never_below_zero_nor_less_than_what_flowed_behind(w, s):
    share, passed = weighed(w, s)
    assert 0.0 <= share <= 1.0
    assert passed >= max(w, 0.0)


def test_a_sharp_front_passes_whole():
    assert weighed(2.0, 0.0) == (1.0, 2.0)
    assert weighed(-2.0, 0.0) == (0.0, 0.0)
    assert weighed(-np.inf, 0.0) == (0.0, 0.0)
