"""When a bent tube kinks, and what its lumen resists before and after; the narrowing that a kink leaves stands in
`fluidics.lines.lumen`."""

from __future__ import annotations

import math

from fluidics.lines.catheter import hydraulic_resistance
from fluidics.lines.lumen import stenosis_factor

_PI = 3.141592653589793


def kink_curvature(wall: float, radius: float, poisson: float) -> float:
    """Return the curvature at which a bent tube kinks.

    kappa = (sqrt(2) / 3) t / (r^2 sqrt(1 - nu^2))

    Parameters
    ----------
    wall, radius : float
        Thickness of the wall and mean radius of the tube [m].
    poisson : float
        Poisson's ratio [-].

    Returns
    -------
    float
        Curvature [1/m]; the modulus does not matter.

    Notes
    -----
    The bent tube flattens, and where its moment is largest, at an ovality of 2/9, it gives way. Thin walls, below a
    tenth of the radius; for silicone of 0.5 mm bore and 1.2 mm outside it gives a bend of one millimetre, an order of
    magnitude and no more. Source: Brazier, Proc. R. Soc. A 116 (1927) 104.

    Examples
    --------
    >>> round(1e3 / kink_curvature(0.05e-3, 0.5e-3, 0.48), 1)  # radius of the bend in mm
    9.3
    """
    return math.sqrt(2.0) / 3.0 * wall / (radius * radius * math.sqrt(1.0 - poisson * poisson))


def kink_moment(modulus: float, wall: float, radius: float, poisson: float) -> float:
    """Return the largest moment that a bent tube bears.

    M = (2 sqrt(2) / 9) pi E r t^2 / sqrt(1 - nu^2)

    Parameters
    ----------
    modulus : float
        Young's modulus [Pa].
    wall, radius, poisson : float
        As in `kink_curvature`.

    Returns
    -------
    float
        Moment [N m].

    Notes
    -----
    Source and range as in `kink_curvature`.

    Examples
    --------
    >>> round(kink_moment(15e6, 0.05e-3, 0.5e-3, 0.48) * 1e6)  # uN m, polyurethane
    21
    """
    return 2.0 * math.sqrt(2.0) / 9.0 * _PI * modulus * radius * wall * wall / math.sqrt(1.0 - poisson * poisson)


def ovality(curvature: float, wall: float, radius: float, poisson: float) -> float:
    """Return by which share of its radius a bent tube has flattened.

    z = kappa^2 r^4 (1 - nu^2) / t^2

    Parameters
    ----------
    curvature : float
        Of the axis [1/m].
    wall, radius, poisson : float
        As in `kink_curvature`.

    Returns
    -------
    float
        Half axes are r (1 + z) and r (1 - z) [-].

    Raises
    ------
    ValueError
        When the tube has kinked, for what is left of it is no ellipse.

    Examples
    --------
    >>> round(ovality(100.0, 0.05e-3, 0.5e-3, 0.48), 3)
    0.192
    """
    if curvature > kink_curvature(wall, radius, poisson):
        most = kink_curvature(wall, radius, poisson)
        raise ValueError(f"curvature {curvature!r} 1/m: this tube kinks at {most:.4g} 1/m; see kinked_resistance")
    flat = curvature * radius * radius / wall
    return flat * flat * (1.0 - poisson * poisson)


def oval_factor(ovality: float) -> float:
    """Return by how much flattening raises the resistance of a lumen.

    R / R_0 = (1 + z^2) / (1 - z^2)^3

    Parameters
    ----------
    ovality : float
        Share z [-], 0 to below 1.

    Returns
    -------
    float
        Resistance over that of the round lumen [-]; 1.22 just before the kink: bends do not show in the flow.

    Notes
    -----
    Poiseuille's law in an ellipse: Batchelor, "An Introduction to Fluid Dynamics" (1967), section 4.2.

    Examples
    --------
    >>> round(oval_factor(2.0 / 9.0), 2)
    1.22
    """
    square = ovality * ovality
    return (1.0 + square) / (1.0 - square) ** 3


def kinked_resistance(viscosity: float, stretch: float, radius: float, depth: float) -> float:
    """Return what the stretch of a kink resists.

    Parameters
    ----------
    viscosity, stretch, radius : float
        Dynamic viscosity [Pa s], length of the narrowing [m], radius of the open lumen [m].
    depth : float
        Depth of the narrowing over the radius [-], 0 to below 1; how far a kink closes is not published.

    Returns
    -------
    float
        Pressure per flow [Pa s/m3].

    Notes
    -----
    A kink as a local narrowing of cosine shape (`fluidics.lines.lumen.stenosis_factor`).

    Examples
    --------
    >>> open_stretch = kinked_resistance(6.9e-4, 2e-3, 0.25e-3, 0.0)
    >>> round(kinked_resistance(6.9e-4, 2e-3, 0.25e-3, 0.95) / open_stretch)
    11534
    """
    return hydraulic_resistance(viscosity, stretch, radius) * stenosis_factor(depth)
