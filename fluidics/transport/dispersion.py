"""How far a front spreads in a round tube: by diffusion, by the parabola of the flow and by strokes; how fronts travel
through the tubes of a pump stands in `fluidics.transport.transport`."""

from __future__ import annotations

import math

from fluidics.compile import inlined
from fluidics.elementary import exp

MIXED = 0.5  # least time in a tube, in radial diffusion times, for which a front may be taken for Gaussian

# Radial modes of the parabola: J1(z_n) = 0. A fluid element forgets the share 64 / z_n^4 of its lead at the rate
# z_n^2 D / a^2. Four modes, and a fifth for all the others, which keeps the two exact sums 1/3 and 1/48
_ZEROS = (3.831705970207512, 7.015586669815619, 10.173468135062722, 13.323691936314223)
_SHARES = tuple(64.0 / zero**4 for zero in _ZEROS)
_REST = 1.0 / 3.0 - sum(_SHARES)
SHARES = (*_SHARES, _REST)  # [-]
RATES = (*(zero**2 for zero in _ZEROS), _REST / (1.0 / 48.0 - sum(64.0 / zero**6 for zero in _ZEROS)))  # [-]


@inlined
def taylor_aris(diffusivity: float, radius: float, velocity: float) -> float:
    """Return the dispersion coefficient of a solute in steady laminar flow.

    K = D (1 + Pe^2 / 48), Pe = U a / D

    Parameters
    ----------
    diffusivity : float
        Molecular diffusivity of the solute [m2/s], above zero.
    radius : float
        Radius of the lumen [m].
    velocity : float
        Mean velocity over the lumen [m/s].

    Returns
    -------
    float
        Dispersion coefficient along the tube [m2/s].

    Notes
    -----
    Valid once the solute has diffused across the lumen, `radial_mixing` well above 0.5. Source: Taylor, Proc. R. Soc.
    A 219 (1953) 186; Aris, Proc. R. Soc. A 235 (1956) 67.

    Examples
    --------
    >>> taylor_aris(1e-9, 1e-3, 0.0)  # at rest: diffusion alone
    1e-09
    """
    peclet = velocity * radius / diffusivity
    return diffusivity * (1.0 + peclet * peclet / 48.0)


@inlined
def radial_mixing(diffusivity: float, radius: float, time: float) -> float:
    """Return a time [s] spent in a tube in units of the radial diffusion time a^2 / D.

    Below 0.5 (`MIXED`) a front still carries the parabola of the flow: its mean and spread hold, its shape does not.

    Examples
    --------
    >>> round(radial_mixing(1e-9, 1e-3, 2000.0), 12)
    2.0
    """
    return time * diffusivity / (radius * radius)


def stroke_dispersion(diffusivity: float, radius: float, displacement: float, period: float) -> float:
    """Return the dispersion coefficient of a solute that is pushed on by strokes, each short against the period.

    K = D + d^2 / (2 T) sum_n 64 / z_n^4 coth(z_n^2 D T / (2 a^2)), J1(z_n) = 0

    Parameters
    ----------
    diffusivity, radius : float
        Molecular diffusivity [m2/s] and radius of the lumen [m].
    displacement, period : float
        How far one stroke moves the fluid on average over the lumen [m], and time between strokes [s].

    Returns
    -------
    float
        Dispersion coefficient [m2/s]; never below that of steady flow at the same mean velocity.

    Notes
    -----
    Between strokes the solute diffuses across the lumen, so that strokes further apart than a^2 / D spread a front as
    independent steps of variance d^2 / 3; in quick succession they act as steady flow. The second moment is that of
    Gill and Sankarasubramanian, Proc. R. Soc. A 316 (1970) 341, for a velocity of pulses; modes above the fourth are
    taken as one.

    Examples
    --------
    >>> round(stroke_dispersion(1e-9, 1e-4, 1e-2, 1e5) * 1e9, 4)  # far apart: D + d^2 / (6 T)
    1.1667
    """
    if not (diffusivity > 0.0 and radius > 0.0 and displacement >= 0.0 and period > 0.0):
        raise ValueError(
            f"strokes of {displacement!r} m each {period!r} s, diffusivity {diffusivity!r} m2/s, radius {radius!r} m: "
            "all must be above zero"
        )
    total = 0.0
    for share, rate in zip(SHARES, RATES, strict=True):
        total += share / math.tanh(0.5 * rate * diffusivity * period / (radius * radius))
    return diffusivity + 0.5 * displacement * displacement / period * total


@inlined
def scaled_complement(x: float) -> float:
    """Return erfcx(x) = e^(x^2) erfc(x) for x >= 0, within 1e-12 of its value and without overflow.

    Examples
    --------
    >>> scaled_complement(0.0)
    1.0
    """
    if x < 25.0:
        return math.exp(x * x) * math.erfc(x)
    q = 0.5 / (x * x)
    return (1.0 - q * (1.0 - q * (3.0 - q * (15.0 - q * 105.0)))) / (x * 1.772453850905516)


@inlined
def breakthrough(distance: float, time: float, velocity: float, dispersion: float) -> float:
    """Return the concentration behind which a step at the inlet of a tube has come, as a share of the step.

    C / C0 = 1/2 [erfc((x - U t) / (2 sqrt(K t))) + e^(U x / K) erfc((x + U t) / (2 sqrt(K t)))]

    Parameters
    ----------
    distance, time : float
        Distance from the inlet [m] and time since the step [s], both not below zero.
    velocity, dispersion : float
        Mean velocity [m/s] and dispersion coefficient [m2/s], above zero.

    Returns
    -------
    float
        Share [-]; of the concentration in the tube for a fixed concentration at the inlet, and of the concentration in
        what leaves the tube for fluid that is pumped in.

    Notes
    -----
    Source: Ogata and Banks, USGS Professional Paper 411-A (1961); for what leaves, Kreft and Zuber, Chem. Eng. Sci. 33
    (1978) 1471. The second term is e^(-(x - U t)^2 / (4 K t)) erfcx((x + U t) / (2 sqrt(K t))), which cannot overflow.

    Examples
    --------
    >>> breakthrough(0.0, 1.0, 1.0, 1.0)
    1.0
    """
    if time <= 0.0:
        return 1.0 if distance <= 0.0 else 0.0
    width = 2.0 * math.sqrt(dispersion * time)
    ahead = (distance - velocity * time) / width
    return 0.5 * (math.erfc(ahead) + exp(-ahead * ahead) * scaled_complement((distance + velocity * time) / width))


def closed_variance(peclet: float) -> float:
    """Return the variance of the residence time in a tube closed to diffusion at both ends, in mean times squared.

    sigma^2 = 2 / Pe - 2 / Pe^2 (1 - e^-Pe), Pe = U L / K

    Notes
    -----
    Source: van der Laan, Chem. Eng. Sci. 7 (1958) 187.

    Examples
    --------
    >>> round(closed_variance(10.0), 8)
    0.18000091
    """
    if not peclet > 0.0:
        raise ValueError(f"Peclet number of a tube: {peclet!r} given; it must be above zero")
    if peclet < 1e-2:  # the difference would lose its digits
        return 1.0 - peclet / 3.0 + peclet * peclet / 12.0 - peclet**3 / 60.0
    return 2.0 / peclet + 2.0 / peclet**2 * math.expm1(-peclet)


def laminar_residence(theta: float) -> float:
    """Return the share [-] of a step that has left a tube after theta mean residence times, without any diffusion.

    F = 1 - 1 / (4 theta^2) for theta >= 1/2: the limit of short tubes and fast flow.

    Notes
    -----
    Source: Danckwerts, Chem. Eng. Sci. 2 (1953) 1.

    Examples
    --------
    >>> laminar_residence(1.0)
    0.75
    """
    return 1.0 - 0.25 / (theta * theta) if theta >= 0.5 else 0.0
