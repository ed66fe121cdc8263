"""A seat valve: what leaks through its gap and when it opens; the link of a network that it becomes stands in
`fluidics.network`, what deposits on it in the drives."""

from __future__ import annotations

from fluidics.compile import inlined
from fluidics.elementary import log
from fluidics.network import CHECK, Link

_PI = 3.141592653589793


@inlined
def seat_conductance(gap: float, inner: float, outer: float, viscosity: float) -> float:
    """Return how much a ring-shaped gap between seat and disc lets through radially.

    g = pi h^3 / (6 mu ln(r_o / r_i))

    Parameters
    ----------
    gap : float
        Height of the gap [m]: the lift of an open valve, or what a particle keeps apart in a shut one.
    inner, outer : float
        Radii of the seat [m].
    viscosity : float
        Dynamic viscosity [Pa s].

    Returns
    -------
    float
        Flow per pressure [m3/(s Pa)].

    Notes
    -----
    Lubrication flow: the gap is small against the width of the seat and the Reynolds number rho Q h / (mu A) below one.
    Source: Batchelor, "An Introduction to Fluid Dynamics" (1967), section 4.8.

    Examples
    --------
    >>> half_a_micrometre = seat_conductance(0.5e-6, 1e-3, 1.2e-3, 6.9e-4)
    >>> round(half_a_micrometre * 10e3 * 3.6e12, 1)  # [uL/h] under 10 kPa: more than a basal rate of insulin
    18.7
    """
    return _PI * gap * gap * gap / (6.0 * viscosity * log(outer / inner))


@inlined
def crack_pressure(preload: float, inner: float, outer: float) -> float:
    """Return the pressure at which a disc that a spring presses on its seat begins to lift.

    p = F / A,    A = pi (r_o^2 - r_i^2) / (2 ln(r_o / r_i))

    Parameters
    ----------
    preload : float
        Force of the spring on the seat [N].
    inner, outer : float
        Radii of the seat [m].

    Returns
    -------
    float
        Pressure difference [Pa].

    Notes
    -----
    The pressure acts fully inside the seat and falls with the logarithm of the radius across it: the area is that of
    a hydrostatic thrust bearing. Source: Fuller, "Theory and Practice of Lubrication for Engineers" (1984), chapter 3.

    Examples
    --------
    >>> round(crack_pressure(0.03415, 1e-3, 1e-3 * 1.000001))  # a narrow seat: force over the area inside
    10870
    """
    return preload * 2.0 * log(outer / inner) / (_PI * (outer * outer - inner * inner))


def seat_valve(lift: float, gap: float, inner: float, outer: float, preload: float, viscosity: float) -> Link:
    """Return a spring-loaded disc on a seat as a check link of a network.

    Parameters
    ----------
    lift, gap : float
        Height of the gap [m] when open, and when shut.
    inner, outer, preload, viscosity : float
        As in `seat_conductance` and `crack_pressure`.

    Raises
    ------
    ValueError
        When a shut valve would stand wider open than an open one, or its seat has no width.

    Examples
    --------
    >>> seat_valve(50e-6, 0.5e-6, 1e-3, 1.2e-3, 0.03, 6.9e-4).kind
    1
    """
    if not 0.0 < gap < lift:
        raise ValueError(f"gap {gap!r} m: a shut valve leaves more than nothing and less than its lift, {lift!r} m")
    if not 0.0 < inner < outer:
        raise ValueError(f"seat from radius {inner!r} m to {outer!r} m: the outer radius must be the larger one")
    crack = crack_pressure(preload, inner, outer)
    leak = seat_conductance(gap, inner, outer, viscosity)
    return Link(seat_conductance(lift, inner, outer, viscosity), leak, crack, crack, 0.0, CHECK)
