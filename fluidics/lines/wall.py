"""How much more a round tube holds when the pressure in it rises; the tubes stand in the catheters."""

from __future__ import annotations

from fluidics.compile import inlined

_PI = 3.141592653589793


@inlined
def held_wall_compliance(inner: float, outer: float, modulus: float, poisson: float) -> float:
    """Return the compliance of a thick-walled tube that cannot change its length (plane strain).

    C / L = 2 pi a u / p,    u / p = (1 + nu) a [(1 - 2 nu) a^2 + b^2] / (E (b^2 - a^2))

    Parameters
    ----------
    inner, outer : float
        Radii of the wall [m], the outer one larger.
    modulus : float
        Young's modulus [Pa]: about 3e6 for silicone, 15e6 for soft polyurethane, 200e6 for polyethylene.
    poisson : float
        Poisson's ratio [-], 0 to 0.5.

    Returns
    -------
    float
        Volume per pressure and length [m2/Pa].

    Notes
    -----
    Small strains, an elastic wall: pressures up to a tenth of the modulus. Source: Lame's thick cylinder, in
    Timoshenko and Goodier, "Theory of Elasticity" (1951), section 26. Moduli of polymers spread by a factor of three.

    Examples
    --------
    >>> round(held_wall_compliance(0.25e-3, 0.6e-3, 3e6, 0.49) * 0.4 * 1e12, 3)  # 0.4 m of silicone, in uL/kPa
    0.095
    """
    a2, b2 = inner * inner, outer * outer
    return 2.0 * _PI * a2 * (1.0 + poisson) * ((1.0 - 2.0 * poisson) * a2 + b2) / (modulus * (b2 - a2))


@inlined
def free_wall_compliance(inner: float, outer: float, modulus: float, poisson: float) -> float:
    """Return the compliance of a thick-walled tube whose ends are free and carry no load (plane stress).

    C / L = 2 pi a u / p,    u / p = (a / E) [(b^2 + a^2) / (b^2 - a^2) + nu]

    Parameters, units, range and source are those of `held_wall_compliance`.

    Examples
    --------
    >>> round(free_wall_compliance(0.25e-3, 0.6e-3, 3e6, 0.49) * 0.4 * 1e12, 3)
    0.1
    """
    a2, b2 = inner * inner, outer * outer
    return 2.0 * _PI * a2 * ((b2 + a2) / (b2 - a2) + poisson) / modulus
