"""Onset times against birth and immigration in closed form, its large numbers, and what vials and pumps have shown."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from fluidics.drugs.assembly import Assembly, early
from fluidics.drugs.conversion import convert
from fluidics.drugs.nucleation import Interface, Motion, Vessel, at_interfaces
from fluidics.drugs.onset import PER_MOLE, Birth, arrivals, birth, digamma, onset_times, tetragamma, trigamma

HOUR, DAY = 3600.0, 86400.0
ALPHA, KAPPA = 2.0, 1.0


def uniforms(seed: int, vessels: int, n: int) -> np.ndarray:
    return np.random.default_rng(seed).random((vessels, n))


# --- closed forms ---------------------------------------------------------------------------------------------------


def test_number_of_fibrils_is_negative_binomial():
    """Mean 38.1710738, variance 766.686513 and no fibril with 0.00247875218 at t = 3, to four standard errors."""
    vessels = 20_000
    number = (arrivals(Birth(ALPHA, KAPPA), uniforms(1, vessels, 600)) < 3.0).sum(axis=1)
    assert number.max() < 600
    mean, variance, none = 38.1710738, 766.686513, 0.00247875218
    assert number.mean() == pytest.approx(mean, abs=4.0 * math.sqrt(variance / vessels))
    fourth = stats.nbinom(ALPHA / KAPPA, math.exp(-3.0)).stats("k") + 3.0  # of the variance's own scatter
    assert number.var() == pytest.approx(variance, abs=4.0 * variance * math.sqrt((fourth - 1.0) / vessels))
    assert (number == 0).mean() == pytest.approx(none, abs=4.0 * math.sqrt(none / vessels))
    law = stats.nbinom(ALPHA / KAPPA, math.exp(-3.0))
    assert (law.mean(), law.var(), law.pmf(0)) == pytest.approx((mean, variance, none), rel=1e-8)


@pytest.mark.parametrize("ratio", [0.01, 0.5, 3.0, 100.0])
@pytest.mark.parametrize("count", [1.0, 10.0, 1e3, 1e12])
def test_onset_has_the_distribution_of_birth_and_immigration(ratio, count):
    """exp(-growth t) is beta distributed; a sample of 4000 does not tell the two apart."""
    times = onset_times(Birth(ratio, 1.0), count, uniforms(7, 4000, 17))
    assert stats.kstest(np.exp(-times), stats.beta(ratio, count).cdf).pvalue > 1e-3


@pytest.mark.parametrize("ratio", [1e-6, 0.5, 2.0, 50.0])
def test_what_is_taken_together_has_the_stated_quantiles(ratio):
    first, last = ratio + 16.0, ratio + 1e9
    variance = trigamma(first) - trigamma(last)
    skew = (tetragamma(last) - tetragamma(first)) / (6.0 * variance)
    for share, bound in ((0.001, 0.008), (0.01, 0.002), (0.5, 0.002), (0.99, 0.002), (0.999, 0.008)):
        z = stats.norm.ppf(share)
        time = digamma(last) - digamma(first) + math.sqrt(variance) * z + skew * (z * z - 1.0)
        assert time == pytest.approx(-math.log(stats.beta(first, 1e9 - 16.0).ppf(1.0 - share)), abs=bound)


@pytest.mark.parametrize("x", [16.0, 20.0, 100.0, 1e6])
def test_gamma_functions(x):
    assert digamma(x) == pytest.approx(special.digamma(x), abs=1e-9)
    assert trigamma(x) == pytest.approx(special.polygamma(1, x), rel=1e-9)
    assert tetragamma(x) == pytest.approx(special.polygamma(2, x), rel=1e-9)


def test_few_fibrils_come_at_the_same_times_one_by_one_or_asked_for():
    drawn = uniforms(3, 50, 20)
    np.testing.assert_allclose(
        onset_times(Birth(0.3, 0.7), 5.0, drawn), arrivals(Birth(0.3, 0.7), drawn)[:, 4], rtol=1e-13
    )


def test_many_nuclei_leave_no_scatter_and_the_time_of_the_full_equations():
    """Where immigration is plenty, fibrils show when the moment equations say, less their second-order start."""
    law, volume = Assembly(1e-12, 2.0, 50.0, secondary=1e-6), 1e-5
    process = birth(law, 0.6, volume)
    found = convert(law, 0.6, np.array([1e-3]))
    times = onset_times(process, float(found.number[0]) * volume * PER_MOLE, uniforms(5, 200, 17))
    assert times.std() < 1e-4 * times.mean()
    growth = early(law, 0.6).growth
    assert times.mean() == pytest.approx(float(found.time[0]), abs=1.0 / growth)


def test_rare_nuclei_scatter_like_their_waiting_time():
    times = onset_times(Birth(1e-6, 1e-2), 1e12, uniforms(6, 4000, 17))
    assert times.std() == pytest.approx(1e6, rel=4.0 * math.sqrt(2.0 / 4000.0))


@pytest.mark.parametrize(
    ("law", "count", "shape"),
    [
        (Birth(0.0, 1.0), 5.0, (2, 17)), (Birth(1.0, -1.0), 5.0, (2, 17)), (Birth(math.nan, 1.0), 5.0, (2, 17)),
        (Birth(1.0, 0.0), 5.0, (2, 17)), (Birth(1.0, 1.0), 0.5, (2, 17)), (Birth(1.0, 1.0), math.nan, (2, 17)),
        (Birth(1.0, 1.0), 5.0, (2, 16)),
    ],
)  # fmt: skip
def test_processes_that_make_no_sense_are_refused(law, count, shape):
    with pytest.raises(ValueError, match=r"growth|immigration"):
        onset_times(law, count, np.full(shape, 0.5))


@pytest.mark.parametrize("bad", [0.0, 1.0, math.nan])
def test_numbers_that_are_not_uniform_are_refused(bad):
    with pytest.raises(ValueError, match="strictly inside"):
        arrivals(Birth(1.0, 1.0), np.array([[0.5, bad]]))


def test_a_vessel_without_volume_is_refused():
    with pytest.raises(ValueError, match="volume must be above zero"):
        birth(Assembly(1e-12, 2.0, 50.0, secondary=1e-6), 0.6, 0.0)


# --- what vials and pumps have shown --------------------------------------------------------------------------------
# U100 with 0.26 % of free monomer at 37 degC. Assumed: growth 1 / (6 min), and walls that nucleate a two-thousandth of
# the shaken air; calibrated: nucleation on air, to vials of 3 mL that last 10 h when they are shaken with air (Maikawa
# et al., Adv. Ther. 3 (2020) 1900094). The rest follows.

MONOMER = 0.0026 * 0.6
GROWING = Assembly(0.0, 2.0, 50.0, secondary=(1.0 / 360.0) ** 2 / (100.0 * MONOMER**3))
SEEN = 1e-8 * 0.6 * 3e-6 * PER_MOLE  # fibrils of a million molecules that hold a hundredth of a vial
SHAKEN, STILL = Motion(2.5, 0.0, 0.0, 0.0), Motion(0.0, 0.0, 0.0, 0.0)
VIAL, DEGASSED = Vessel(3e-6, 1e-3, 1e-4), Vessel(3e-6, 1e-3, 0.0)
AIR = 2.7e-25  # mol/m2 per renewal, of covered air
FORMULATED = Interface(2.5 * AIR * 1e-4 / 1e-3 / 2000.0, AIR, 0.0, 1e-3, 1e-3, 0.0)


def onsets(law: Interface, vessel: Vessel, motion: Motion, surfactant: float = 0.0) -> np.ndarray:
    nucleation, half = at_interfaces(law, vessel, motion, surfactant)
    process = birth(GROWING._replace(interface=nucleation, coverage=half), MONOMER, vessel.volume)
    return onset_times(process, SEEN, uniforms(11, 20_000, 17))


def test_shaken_with_air_the_product_lasts_ten_hours_and_without_it_far_longer():
    """Interfaces alone: 5 to 20 h with air, more than 17 times as long without, no gel in 95 % at 7 d."""
    with_air, without = onsets(FORMULATED, VIAL, SHAKEN), onsets(FORMULATED, DEGASSED, SHAKEN)
    assert 5.0 * HOUR < np.median(with_air) < 20.0 * HOUR
    assert np.median(without) / np.median(with_air) > 17.0
    assert (without < 7.0 * DAY).mean() < 0.05
    assert np.quantile(without, 0.05) > 48.0 * HOUR


def test_air_at_rest_does_no_harm_and_strokes_without_air_neither():
    """What counts is renewal: 35 strokes a minute in a degassed pump for 6 d (Senesh et al., 2010) change nothing."""
    stroked = Motion(0.0, 35.0 / 60.0, 1.0, 0.0)
    np.testing.assert_array_equal(onsets(FORMULATED, VIAL, STILL), onsets(FORMULATED, DEGASSED, stroked))
    assert (onsets(FORMULATED, DEGASSED, stroked) < 6.0 * DAY).mean() < 0.05
    assert (onsets(FORMULATED, VIAL, stroked) < 6.0 * DAY).mean() > 0.9


def test_surfactant_that_protects_outlasts_eight_days_of_shaking_and_one_that_hastens_does_not():
    protected = onsets(FORMULATED, VIAL, SHAKEN, 3.0)
    assert (protected < 8.0 * DAY).mean() < 0.05
    control = onsets(FORMULATED, VIAL, SHAKEN)
    hastened = onsets(FORMULATED._replace(hastening=3.0), VIAL, SHAKEN, 3.0)
    assert np.median(hastened) < np.median(control)


def test_more_nuclei_alone_cannot_make_the_contrast_of_air_in_the_moment_equations():
    """Without chance, two thousand times the nuclei shift a lag by ln 2000 / growth only: 0.8 h here, not a week."""
    few, many = (GROWING._replace(interface=j, coverage=1e-3) for j in (1e-20, 2e-17))
    asked = np.array([0.01])
    shift = float(convert(few, MONOMER, asked).time[0] - convert(many, MONOMER, asked).time[0])
    assert shift * early(GROWING, MONOMER).growth == pytest.approx(math.log(2000.0), rel=1e-3)
    assert shift < HOUR  # a week is what vials show


@pytest.mark.parametrize(("blocked", "constant"), [(0.409, 0.271), (0.157, 0.097), (0.092, 0.056)])
def test_onset_after_a_lag_blocks_less_at_three_days_than_a_constant_hazard(blocked, constant):
    """Shares of sets blocked in 5 d (Kerr et al., J. Diabetes Sci. Technol. 7 (2013) 1595), none in the first 48 h.

    The rate is calibrated to the share at 5 d and the growth to 48 h of lag (Kerr et al., same journal 2 (2008)); at
    3 d a constant hazard would have the second figure. That the insulins do not differ there is not reached.
    """
    count, growth = 1e12, math.log(1e12) / (2.0 * DAY)
    immigration = -math.log1p(-blocked) / (3.0 * DAY)
    times = onset_times(Birth(immigration, growth), count, uniforms(13, 20_000, 17))
    assert (times < 5.0 * DAY).mean() == pytest.approx(blocked, abs=0.03)
    assert (times < 3.0 * DAY).mean() < 0.7 * constant
    assert -math.expm1(0.6 * math.log1p(-blocked)) == pytest.approx(constant, abs=5e-4)
