"""When a given share of insulin stands in fibrils, by quadrature of the exact first integral of the moment equations;
their course in time stands in `fluidics.drugs.fibrils`."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.compile import kernel, linked
from fluidics.drugs.assembly import CLEAN, HIGHEST, Assembly, Fibrils, births, checked, multiplying
from fluidics.network import Floats

NODES = 16  # of a panel
MOST_PANELS = 8192
LEAST = 1e-280  # of a squared number of fibrils, where the panels are still too wide
CLOSE = 1e-13  # what twice as many panels may still change [-]


class Conversion(NamedTuple):
    """When shares are converted, and into how many fibrils."""

    time: Floats  # (n,) [s], infinite when they never are
    number: Floats  # (n,) [mol/m3]


class Opening(NamedTuple):
    """The beginning of a conversion, (dx/dw)^2 = a + b x + c x^2 for the converted x: the exact early phase."""

    a: Annotated[float, "mol2/(m6 s2)"]
    b: Annotated[float, "mol/(m3 s2)"]
    c: Annotated[float, "1/s2"]


def _rule() -> tuple[Floats, Floats, Floats]:
    """Return nodes and weights of Gauss and Legendre on 0..1, and the matrix that integrates up to each node."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    values = np.polynomial.legendre.legvander(nodes, NODES)  # P_0 to P_NODES
    degree = np.arange(1, NODES)
    antiderivatives = np.empty((NODES, NODES))
    antiderivatives[:, 0] = nodes + 1.0
    antiderivatives[:, 1:] = (values[:, 2:] - values[:, :-2]) / (2.0 * degree + 1.0)
    coefficients = (values[:, :-1] * weights[:, None]).T * (np.arange(NODES)[:, None] + 0.5)
    return 0.5 * (nodes + 1.0), 0.5 * weights, np.ascontiguousarray(0.5 * antiderivatives @ coefficients)


AT, WEIGHT, UP_TO = _rule()


@linked
def opened(opening: Opening, w: float) -> float:
    """Return what is converted [mol/m3] at a coordinate of the early phase [s]."""
    omega = math.sqrt(opening.c)
    half = math.sinh(0.5 * omega * w) / omega
    return math.sqrt(opening.a) * math.sinh(omega * w) / omega + opening.b * half * half


@linked
def coordinate(opening: Opening, x: float) -> float:
    """Return the coordinate of the early phase [s] at which so much is converted."""
    omega = math.sqrt(opening.c)
    slope = math.sqrt(opening.a + (opening.b + opening.c * x) * x)
    begun = opening.b + 2.0 * omega * math.sqrt(opening.a)
    w = math.log1p((2.0 * omega * slope + 2.0 * opening.c * x - 2.0 * omega * math.sqrt(opening.a)) / begun) / omega
    return w - (opened(opening, w) - x) / slope if slope > 0.0 else w


@linked
def panels(
    law: Assembly, total: float, start: Fibrils, opening: Opening, late: float, end: float, count: int, at: Floats
) -> None:
    """Return nothing; time and the squared number of fibrils are carried over a stretch of equal panels.

    The stretch runs in the coordinate of the early phase when `late` is zero, else in the logarithm of the monomer, of
    which there is so much at its beginning.
    """
    width = end / count
    for panel in range(count):
        for i in range(NODES):
            w = (panel + AT[i]) * width
            if late > 0.0:
                monomer = late * math.exp(-w)
                mass, slope = total - monomer, monomer
            else:
                x = opened(opening, w)
                monomer, mass = total - start.mass - x, start.mass + x
                slope = math.sqrt(opening.a + (opening.b + opening.c * x) * x)
            at[2 + i] = births(law, monomer, mass) * slope / (monomer * law.elongation) * width
            at[2 + NODES + i] = slope / (2.0 * law.elongation * monomer) * width
        for i in range(NODES):
            square = at[1]
            for j in range(NODES):
                square += UP_TO[i, j] * at[2 + j]
            at[0] += WEIGHT[i] * at[2 + NODES + i] / math.sqrt(max(square, LEAST))
        for j in range(NODES):
            at[1] += WEIGHT[j] * at[2 + j]


@kernel
def quadrature(
    law: Assembly, total: float, start: Fibrils, opening: Opening, converted: float, count: int, at: Floats
) -> None:
    """Return nothing; the first two numbers become the time [s] and the squared number of fibrils at a mass."""
    at[0], at[1] = 0.0, start.number * start.number
    monomer = total - start.mass
    early = min(converted, 0.5 * monomer)
    panels(law, total, start, opening, 0.0, coordinate(opening, early), count, at)
    if converted > early:
        late = monomer - early
        panels(law, total, start, opening, late, math.log(late / (monomer - converted)), count, at)


def _opening(law: Assembly, total: float, start: Fibrils) -> Opening:
    monomer = total - start.mass
    a = (2.0 * law.elongation * monomer * start.number) ** 2
    b = 4.0 * law.elongation * monomer * births(law, monomer, start.mass)
    kappa = 2.0 * law.elongation * monomer * multiplying(law, monomer)
    return Opening(a, b, kappa + b / monomer + a / (monomer * monomer))


def convert(law: Assembly, total: float, shares: Floats, start: Fibrils = CLEAN) -> Conversion:
    """Return when shares of the insulin stand in fibrils, and how many fibrils these are.

    P(m)^2 = P_0^2 + (1 / k_e) int_m^m0 births dm' / m',    t(m) = int_m^m0 dm' / (2 k_e m' P(m'))

    Parameters
    ----------
    law : Assembly
        Rates, constant in time.
    total : float
        Insulin, free and in fibrils [mol/m3].
    shares : (n,) float
        Of the insulin [-], above those of the seeds and below 1.
    start : Fibrils
        Seeds.

    Raises
    ------
    ValueError
        When an argument makes no sense.
    RuntimeError
        When a quadrature does not settle to thirteen digits.

    Notes
    -----
    Up to half of the monomer the integration runs in the exact solution of the early phase, in which the integrand is
    smooth whatever there was at the start, thereafter in the logarithm of the monomer. First integral of the equations:
    Cohen et al., J. Chem. Phys. 135 (2011) 065105.

    Examples
    --------
    Without secondary nucleation the half time is arcosh(2) / sqrt(2 k_e k_n m^2), Oosawa's law.

    >>> law = Assembly(1e-12, 2.0, 50.0)
    >>> half = float(convert(law, 0.6, np.array([0.5])).time[0])
    >>> round(half * 0.6e-5 / math.acosh(2.0), 9)
    1.0
    """
    checked(law, total, start)
    asked = np.ascontiguousarray(shares, dtype=np.float64)
    if asked.ndim != 1 or not ((asked > start.mass / total).all() and (asked < 1.0).all()):
        raise ValueError(f"shares must be a row of numbers above {start.mass / total:g} and below 1, given {shares!r}")
    law, start = Assembly._make(map(float, law)), Fibrils._make(map(float, start))
    opening = _opening(law, float(total), start)
    found = Conversion(np.full(asked.size, np.inf), np.full(asked.size, start.number))
    if opening.a > 0.0 or opening.b > 0.0:
        for i, share in enumerate(asked):
            found.time[i], found.number[i] = _settled(law, float(total), start, opening, share * total - start.mass)
    return found


def _settled(law: Assembly, total: float, start: Fibrils, opening: Opening, converted: float) -> tuple[float, float]:
    at, before, count = np.zeros(2 + 2 * NODES), math.inf, 4
    while count <= MOST_PANELS:
        quadrature(law, total, start, opening, converted, count, at)
        if abs(at[0] - before) <= CLOSE * at[0]:
            return float(at[0]), math.sqrt(at[1])
        before, count = at[0], 2 * count
    raise RuntimeError(f"time to {(start.mass + converted) / total:g}: not settled with {MOST_PANELS} panels")


def two_step(first: float, catalysed: float, total: float, share: float) -> float:
    """Return when a share is converted [s] if insulin turns slowly on its own and faster by what has turned.

    dA/dt = -k_1 A - k_2 A B,    t = ln((1 + k_2 total x / k_1) / (1 - x)) / (k_1 + k_2 total)

    Parameters
    ----------
    first, catalysed : float
        k_1 [1/s] and k_2 [m3/(mol s)], above zero.
    total : float
        Insulin [mol/m3].
    share : float
        Converted [-], from 0 to below 1.

    Raises
    ------
    ValueError
        When a number is out of range.

    Notes
    -----
    Two lumped constants for a curve that is known no better; it depends on concentration in another way than fibrils
    do. Source: Watzky and Finke, J. Am. Chem. Soc. 119 (1997) 10382.

    Examples
    --------
    >>> round(two_step(1e-6, 1e-3, 1.0, 0.5), 1)
    6902.9
    """
    if not (first > 0.0 and catalysed > 0.0 and 0.0 < total <= HIGHEST and 0.0 <= share < 1.0):
        given = (first, catalysed, total, share)
        raise ValueError(f"rates and insulin must be above zero and the share from 0 to below 1, given {given}")
    return math.log((1.0 + catalysed * total * share / first) / (1.0 - share)) / (first + catalysed * total)
