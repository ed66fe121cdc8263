"""How fast a dissolved drug loses its strength, and what of it a patient still receives; the drug as a part of a pump
stands in `fluidics.drugs.degrading`, insulin that aggregates in `fluidics.drugs.aggregation`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from fluidics.compile import inlined
from fluidics.drugs.aggregation import GAS_CONSTANT
from fluidics.elementary import exp
from fluidics.network import Floats

_BODY = 310.15  # [K]
_DAY = 86400.0  # [s]
_YEAR = 365.25 * _DAY


class Degradation(NamedTuple):
    """First-order loss by Arrhenius, k = rate exp(E / R (1 / T_ref - 1 / T)), where it was measured."""

    rate: Annotated[float, "1/s"]  # at the reference temperature
    activation_energy: Annotated[float, "J/mol"]
    reference_temperature: Annotated[float, "K"]
    coldest: Annotated[float, "K"]
    warmest: Annotated[float, "K"]


class Stored(NamedTuple):
    """A published share of a drug that was left, at least, after storage."""

    drug: str
    left: float  # [-]
    time: float  # [s]
    temperature: float  # [K]
    source: str


# Old bovine and porcine preparations, the worst of seven: 10 % lost after 69 y at 5, 10 y at 15, 20 months at 25,
# 3 months at 35, 10 d at 45 degC (Pingel and Volund, Diabetes 21 (1972) 805); ln k = 37.52439 - 17091.5 K / T through
# all five. Rates of the single points lie within 1.33 of it
OLD_SOLUTIONS = Degradation(exp(37.52439 - 17091.5 / _BODY), 17091.5 * GAS_CONSTANT, _BODY, 278.15, 318.15)

# Neutral regular insulin: 2 and 5 % lost after 36 and 92 y at 4, 5 and 13 y at 15, 12 and 31 months at 25, 5 and 14
# weeks at 40 degC (Brange, "Galenics of Insulin" (1987), table 16, quoted second-hand); fitted to these eight
NEUTRAL_SOLUTION = Degradation(0.1285 / _YEAR, 117.7e3, _BODY, 277.15, 313.15)

# The crystalline dry standard: 95.8 % left after 12 y at 20 degC, 65.7 % after 14 y at 37 degC (Storring et al.,
# Diabetologia 11 (1975) 581); solutions lose more
DRY_STANDARD = Degradation(3.00051e-2 / _YEAR, 94.58e3, _BODY, 253.15, 310.15)

# High-molecular-weight protein in pumps at 37 degC: at most 0.15 points in 48 h (Lougheed et al., Diabetes Care 20
# (1997) 1061), an upper bound within the noise of the assay; its energy is assumed
POLYMER = Degradation(0.00075 / _DAY, 117.7e3, _BODY, 277.15, 313.15)

# Deamidation at B3, 2 to 3 % a month at 37 degC: an unverified figure; the products keep their strength (Brange et
# al., Pharm. Res. 9 (1992) 715)
DEAMIDATION = Degradation(0.025 / (30.0 * _DAY), 117.7e3, _BODY, 277.15, 313.15)

_SYMPTOMS = "J. Pain Symptom Manage."

STORED = (
    Stored("insulin lispro", 0.96, 2.0 * _DAY, _BODY, "Lougheed et al., Diabetes Care 20 (1997) 1061"),
    Stored("rapid insulins", 0.95, 6.0 * _DAY, _BODY, "Senesh et al., J. Diabetes Sci. Technol. 4 (2010) 104"),
    Stored("morphine, bupivacaine, clonidine", 0.96, 90.0 * _DAY, _BODY, f"Classen et al., {_SYMPTOMS} 28 (2004) 603"),
    Stored("morphine, clonidine", 0.94, 90.0 * _DAY, _BODY, f"Hildebrand et al., {_SYMPTOMS} 25 (2003) 464"),
    Stored("morphine", 0.90, 16.0 * _DAY, 305.15, "Hor et al., J. Clin. Pharm. Ther. 22 (1997) 405"),
)


@inlined
def loss_rate(rate: float, energy: float, reference: float, temperature: float) -> float:
    """Return the rate [1/s] of a reaction at a temperature [K] from that at a reference [K] and its energy [J/mol].

    Examples
    --------
    >>> loss_rate(2.0, 1e5, 300.0, 300.0)
    2.0
    """
    return rate * exp(energy / GAS_CONSTANT * (1.0 / reference - 1.0 / temperature))


@inlined
def mean_decay(x: float) -> float:
    """Return (1 - e^-x) / x, the mean of e^-t over 0..x, also where the difference would lose digits.

    Examples
    --------
    >>> mean_decay(0.0)
    1.0
    """
    if x > 1e-2:
        return (1.0 - exp(-x)) / x
    return 1.0 - x * (0.5 - x * (1.0 / 6.0 - x * (1.0 / 24.0 - x * (1.0 / 120.0 - x * (1.0 / 720.0)))))


def remaining(law: Degradation, durations: Floats, temperatures: Floats) -> Floats:
    """Return the active share of a drug after each of several steps of temperature, exact for each step.

    Parameters
    ----------
    law : Degradation
        How fast the drug loses its strength.
    durations, temperatures : (n,) array
        Length [s] and temperature [K] of each step.

    Returns
    -------
    (n,) array
        Share [-] of the strength at the start.

    Raises
    ------
    ValueError
        When a step is negative or not finite, or a temperature lies outside the range of the law.

    Examples
    --------
    >>> quarter = remaining(OLD_SOLUTIONS, np.array([90.0 * 86400.0]), np.array([310.15]))
    >>> round(100.0 * (1.0 - float(quarter[0])), 2)
    16.45
    """
    _refuse(law, durations, temperatures)
    rates = np.array([loss_rate(*law[:3], float(kelvin)) for kelvin in temperatures])
    return np.array([exp(-float(lost)) for lost in np.cumsum(rates * durations)])


def received(law: Degradation, time: Floats, delivered: Floats, temperatures: Floats) -> Floats:
    """Return the volume of drug at full strength that a delivered volume is worth.

    dA / dt = Q(t) p(t), with the strength p from 1 at the first time on; exact for steady flow between the times.

    Parameters
    ----------
    law : Degradation
        How fast the drug loses its strength in the reservoir.
    time, delivered : (n,) array
        Times [s] since the drug was filled in, the first one with full strength, and volume delivered until then [m3].
    temperatures : (n - 1,) array
        Temperature [K] between the times.

    Returns
    -------
    (n,) array
        Volume at full strength [m3], from 0.

    Raises
    ------
    ValueError
        When times fall, a number is not finite, or a temperature lies outside the range of the law.

    Examples
    --------
    >>> stable = Degradation(0.0, 0.0, 310.15, 273.15, 323.15)
    >>> received(stable, np.array([0.0, 60.0]), np.array([0.0, 2.0]), np.array([310.15])).tolist()
    [0.0, 2.0]
    """
    durations, volumes = np.diff(time), np.diff(delivered)
    if volumes.shape != durations.shape or not np.isfinite(volumes).all():
        raise ValueError("delivered volume: there must be one for each time, and all must be finite")
    strength = np.concatenate([[1.0], remaining(law, durations, temperatures)])[:-1]
    lost = [loss_rate(*law[:3], float(t)) * dt for t, dt in zip(temperatures, durations, strict=True)]
    means = np.array([mean_decay(float(x)) for x in lost])
    return np.concatenate([[0.0], np.cumsum(volumes * strength * means)])


def bound(row: Stored) -> float:
    """Return the fastest first-order loss [1/s] that a published row allows.

    Examples
    --------
    >>> round(bound(Stored("a drug", 0.96, 90.0 * 86400.0, 310.15, "")) * 86400.0 * 1e4, 3)  # per day
    4.536
    """
    return float(-np.log(row.left) / row.time)


def _refuse(law: Degradation, durations: Floats, temperatures: Floats) -> None:
    if durations.shape != temperatures.shape or durations.ndim != 1:
        raise ValueError(f"{durations.shape} durations and {temperatures.shape} temperatures; each step needs both")
    if not (np.isfinite(durations).all() and np.all(durations >= 0.0)):
        raise ValueError("a step lasts less than 0 s or is not finite; times must not fall")
    outside = ~((temperatures >= law.coldest) & (temperatures <= law.warmest))
    if outside.any():
        raise ValueError(
            f"temperature: {temperatures[outside][0]:g} K given; the law holds from {law.coldest:g} to "
            f"{law.warmest:g} K, take another law or leave the step out"
        )
