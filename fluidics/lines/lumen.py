"""Resistance of lumens that are not a plain round tube: tapered, narrowed, with a wire inside, with side holes; the
round tube stands in `fluidics.lines.catheter`."""

from __future__ import annotations

from fluidics.compile import inlined
from fluidics.elementary import log

_PI = 3.141592653589793


@inlined
def taper_resistance(viscosity: float, length: float, first: float, last: float) -> float:
    """Return the resistance of a tube whose radius changes evenly along its length.

    R = 8 mu L (a^2 + a b + b^2) / (3 pi a^3 b^3)

    Parameters
    ----------
    viscosity, length : float
        Dynamic viscosity [Pa s], length [m].
    first, last : float
        Radii of both ends [m].

    Returns
    -------
    float
        Pressure drop per flow [Pa s/m3].

    Notes
    -----
    Lubrication limit: Poiseuille's law in every cross-section, the radius changing slowly and little inertia. Source:
    Happel and Brenner, "Low Reynolds Number Hydrodynamics" (1983), section 2-7.

    Examples
    --------
    >>> round(taper_resistance(6.9e-4, 0.4, 0.25e-3, 0.125e-3) / 1e11, 3)
    8.396
    """
    a, b = first, last
    return 8.0 * viscosity * length * (a * a + a * b + b * b) / (3.0 * _PI * a * a * a * b * b * b)


@inlined
def annulus_resistance(viscosity: float, length: float, core: float, bore: float) -> float:
    """Return the resistance of a tube with a rod along its axis.

    R = 8 mu L / (pi [a^4 - b^4 - (a^2 - b^2)^2 / ln(a / b)])

    Parameters
    ----------
    viscosity, length : float
        Dynamic viscosity [Pa s], length [m].
    core, bore : float
        Radii of the rod b and of the tube a [m].

    Returns
    -------
    float
        Pressure drop per flow [Pa s/m3].

    Notes
    -----
    Laminar, fully developed, the rod in the middle; a gap below 1 % of the bore loses digits (six are left there).
    Source: Bird, Stewart and Lightfoot, "Transport Phenomena" (2002), section 2.4.

    Examples
    --------
    >>> round(annulus_resistance(6.9e-4, 0.4, 0.125e-3, 0.25e-3) / 1e12, 3)
    1.428
    """
    a2, b2 = bore * bore, core * core
    open_area = a2 * a2 - b2 * b2 - (a2 - b2) * (a2 - b2) / log(bore / core)
    return 8.0 * viscosity * length / (_PI * open_area)


@inlined
def eccentric_gain(eccentricity: float) -> float:
    """Return how many times more flows through a narrow annulus whose rod lies aside.

    Q / Q_0 = 1 + 1.5 e^2

    Parameters
    ----------
    eccentricity : float
        Displacement of the rod over the mean gap [-], 0 to 1.

    Returns
    -------
    float
        From 1 to 2.5, the rod touching the wall [-].

    Notes
    -----
    The gap is small against the radius. Source: White, "Viscous Fluid Flow" (2006), section 3-3.3.

    Examples
    --------
    >>> eccentric_gain(1.0)
    2.5
    """
    return 1.0 + 1.5 * eccentricity * eccentricity


def stenosis_factor(depth: float) -> float:
    """Return by how much a narrowing of cosine shape raises the resistance of the stretch it fills.

    R / R_0 = A (A^2 + 1.5 B^2) / (A^2 - B^2)^3.5,    A = 1 - h / 2,  B = h / 2

    Parameters
    ----------
    depth : float
        Depth h of the narrowing over the open radius [-], 0 to below 1: a(x) = a_0 [1 - h / 2 (1 + cos(2 pi x / L))].

    Returns
    -------
    float
        Resistance over that of the open stretch [-].

    Notes
    -----
    Lubrication limit: the narrowing is long against the radius. Source: Forrester and Young, J. Biomech. 3 (1970) 297.

    Examples
    --------
    >>> round(stenosis_factor(0.5), 3)
    5.568
    """
    a, b = 1.0 - 0.5 * depth, 0.5 * depth
    return a * (a * a + 1.5 * b * b) / (a * a - b * b) ** 3.5


@inlined
def parallel(first: float, second: float) -> float:
    """Return the resistance of two paths side by side [Pa s/m3].

    Examples
    --------
    >>> parallel(3e11, 6e11)
    200000000000.0
    """
    return first * second / (first + second)


@inlined
def hole_resistance(viscosity: float, thickness: float, radius: float) -> float:
    """Return the resistance of a round hole through a wall.

    R = 3 mu / a^3 + 8 mu L / (pi a^4)

    Parameters
    ----------
    viscosity, thickness, radius : float
        Dynamic viscosity [Pa s], thickness of the wall [m], radius of the hole [m].

    Returns
    -------
    float
        Pressure drop per flow [Pa s/m3].

    Notes
    -----
    The way in and out (Sampson) and the way through (Poiseuille), within 1 % at any thickness while the Reynolds number
    is below one. Source: Dagan, Weinbaum and Pfeffer, J. Fluid Mech. 115 (1982) 505.

    Examples
    --------
    >>> round(hole_resistance(6.9e-4, 0.0, 0.1e-3) / 1e6)
    2070
    """
    cube = radius * radius * radius
    return 3.0 * viscosity / cube + 8.0 * viscosity * thickness / (_PI * cube * radius)


def side_hole_resistance(hole: float, between: float, count: int) -> float:
    """Return the resistance of a closed end with holes one behind the other.

    Parameters
    ----------
    hole, between : float
        Resistance of one hole and of the lumen between two holes [Pa s/m3].
    count : int
        Number of open holes, one at least.

    Returns
    -------
    float
        Pressure before the first hole per flow [Pa s/m3].

    Raises
    ------
    ValueError
        When no hole is open.

    Notes
    -----
    A ladder, added up from its far end. A long one comes to sqrt(b^2 / 4 + b h) - b / 2, with the hole h and the way
    between two b, before the next way.

    Examples
    --------
    >>> side_hole_resistance(6e8, 0.0, 6)
    100000000.0
    """
    if count < 1:
        raise ValueError(f"{count!r} open side holes: a closed end lets nothing through; leave one open at least")
    total = hole
    for _ in range(count - 1):
        total = parallel(hole, between + total)
    return total
