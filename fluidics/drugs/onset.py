"""When fibrils show in vessels in which the first of them are few, from uniform numbers that are handed in; fibrils in
plenty stand in `fluidics.drugs.fibrils`."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.compile import inlined, kernel
from fluidics.drugs.assembly import Assembly, beginning, early
from fluidics.elementary import inverse_normal, log
from fluidics.network import Floats

PER_MOLE = 6.02214076e23  # Avogadro's number
EXACT = 16  # fibrils, at least, that come one by one before many are taken together


class Birth(NamedTuple):
    """Fibrils of one vessel that come one by one and multiply: immigration and birth, while monomer is plenty.

    Notes
    -----
    Their number is negative binomial, of mean (e^x - 1) immigration / growth at x = growth t, with the variance e^x
    times that, and none with probability exp(-immigration t). In small volumes lag times scatter for this reason:
    Szavits-Nossan et al., Phys. Rev. Lett. 113 (2014) 098101.
    """

    immigration: Annotated[float, "1/s"]
    growth: Annotated[float, "1/s"]


def birth(law: Assembly, total: float, volume: float) -> Birth:
    """Return how fibrils of a vessel [m3] come and multiply while insulin [mol/m3] is in plenty.

    Notes
    -----
    Few fibrils grow in length at once; that their mass follows their number takes the time 1 / growth, which is not in
    the times of arrival.

    Raises
    ------
    ValueError
        When an argument makes no sense or nothing multiplies.

    Examples
    --------
    >>> vial = birth(Assembly(1e-18, 2.0, 50.0, secondary=1e-6), 1.0, 1e-5)
    >>> round(vial.immigration, 3), vial.growth
    (6.022, 0.01)
    """
    if not 0.0 < volume < math.inf:
        raise ValueError(f"volume must be above zero, given {volume!r}")
    return Birth(beginning(law, total) * volume * PER_MOLE, early(law, total).growth)


@inlined
def digamma(x: float) -> float:
    """Return the derivative of the logarithm of the gamma function, within 1e-9 for x above 16."""
    y = 1.0 / (x * x)
    return log(x) - 0.5 / x - y * (1.0 / 12.0 - y * (1.0 / 120.0 - y / 252.0))


@inlined
def trigamma(x: float) -> float:
    """Return the derivative of the digamma function, within 1e-9 for x above 16."""
    y = 1.0 / (x * x)
    return (1.0 + 0.5 / x + y * (1.0 / 6.0 - y * (1.0 / 30.0 - y / 42.0))) / x


@inlined
def tetragamma(x: float) -> float:
    """Return the derivative of the trigamma function, within 1e-9 for x above 16."""
    y = 1.0 / (x * x)
    return -y * (1.0 + 1.0 / x + y * (0.5 - y * (1.0 / 6.0 - y / 6.0)))


@kernel
def onsets(law: Birth, count: float, uniforms: Floats, times: Floats) -> None:
    """Return nothing; times [s] at which vessels hold `count` fibrils are written, see `onset_times`."""
    singly = min(count, uniforms.shape[1] - 1.0)
    ratio = law.immigration / law.growth
    first, last = ratio + singly, ratio + count
    mean, variance = digamma(last) - digamma(first), trigamma(first) - trigamma(last)
    skew = (tetragamma(last) - tetragamma(first)) / (6.0 * variance) if variance > 0.0 else 0.0
    for vessel in range(times.shape[0]):
        time = 0.0
        for k in range(int(singly)):
            time -= log(uniforms[vessel, k]) / (law.immigration + k * law.growth)
        if count > singly:
            z = inverse_normal(uniforms[vessel, uniforms.shape[1] - 1])
            time += (mean + math.sqrt(variance) * z + skew * (z * z - 1.0)) / law.growth
        times[vessel] = time


def onset_times(law: Birth, count: float, uniforms: Floats) -> Floats:
    """Return when each vessel holds so many fibrils [s].

    The first ones come singly, after exponential times of rate immigration + k growth with k there; what the others
    take together is normal but for its skewness, and gets the last uniform number.

    Parameters
    ----------
    law : Birth
        Of one vessel, growth above zero.
    count : float
        Fibrils at which aggregation shows, one or more.
    uniforms : (vessels, n) float
        Uniform numbers strictly inside (0, 1), n 17 or more; n - 1 fibrils come singly.

    Returns
    -------
    (vessels,) float

    Raises
    ------
    ValueError
        When an argument makes no sense.

    Notes
    -----
    Exactly, exp(-growth t) is distributed as beta(immigration / growth, count). At n = 17 quantiles between 0.01 and
    0.99 are within 0.002 / growth of it, those between 0.001 and 0.999 within 0.008 / growth.

    Examples
    --------
    >>> float(onset_times(Birth(1.0, 1.0), 1.0, np.full((1, 17), np.exp(-2.0)))[0])
    2.0
    """
    _refuse_birth(law, uniforms)
    if not (law.growth > 0.0 and 1.0 <= count < math.inf and uniforms.shape[1] > EXACT):
        raise ValueError(
            f"growth must be above zero, count 1 or more and uniform numbers {EXACT + 1} or more for each vessel, "
            f"given {law.growth!r}, {count!r} and {uniforms.shape[1]}"
        )
    times = np.empty(uniforms.shape[0])
    drawn = np.ascontiguousarray(uniforms, dtype=np.float64)
    onsets(Birth(*map(float, law)), float(math.ceil(count)), drawn, times)
    return times


def arrivals(law: Birth, uniforms: Floats) -> Floats:
    """Return when the first, second and later fibrils of each vessel stand there [s].

    With k fibrils the next comes after an exponential time of rate immigration + k growth.

    Parameters
    ----------
    law : Birth
        Immigration above zero.
    uniforms : (vessels, n) float
        Uniform numbers strictly inside (0, 1).

    Returns
    -------
    (vessels, n) float

    Examples
    --------
    >>> arrivals(Birth(1.0, 0.0), np.exp([[-1.0, -2.0]]))
    array([[1., 3.]])
    """
    _refuse_birth(law, uniforms)
    return np.cumsum(-np.log(uniforms) / (law.immigration + law.growth * np.arange(uniforms.shape[1])), axis=1)


def _refuse_birth(law: Birth, uniforms: Floats) -> None:
    if not (0.0 < law.immigration < math.inf and 0.0 <= law.growth < math.inf):
        raise ValueError(f"immigration must be above zero and growth zero or more, given {tuple(law)}")
    if uniforms.ndim != 2 or not ((uniforms > 0.0) & (uniforms < 1.0)).all():
        raise ValueError("uniform numbers must be a table strictly inside (0, 1)")
