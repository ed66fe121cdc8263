"""What diffuses to the wall of a tube on its way through, when the wall keeps all that touches it; how fast a wall that
keeps less takes it stands in `fluidics.lines.deposit`."""

from __future__ import annotations

from fluidics.compile import inlined
from fluidics.elementary import exp, power

_PI = 3.141592653589793
# the first roots of 1F1(1/2 - l/4; 1; l) = 0, and how the mean over the flow is shared among their terms
_ROOTS = (
    2.704364420, 6.679031449, 10.673379538, 14.671078463, 18.669871864, 22.669143359, 26.668661996, 30.668323341
)  # fmt: skip
_SHARES = (
    0.8190504208, 0.0975269269, 0.0325039938, 0.0154401563, 0.0087884936, 0.0055838491, 0.0038201776, 0.0027563751
)  # fmt: skip
_SHORT = 500.0  # [-]: Graetz's number from which on the layer near the wall is all that matters


@inlined
def graetz_number(flow: float, diffusivity: float, length: float) -> float:
    """Return how much faster solids are carried through a tube than they reach its wall.

    Gz = U d^2 / (D L) = 4 Q / (pi D L)

    Parameters
    ----------
    flow, diffusivity, length : float
        Flow [m3/s], diffusivity [m2/s], length [m].

    Returns
    -------
    float
        Graetz's number [-]; the bore does not matter.

    Examples
    --------
    >>> round(graetz_number(100e-9 / 3600.0, 1.5e-10, 0.4), 2)  # insulin at 100 uL/h through 40 cm
    0.59
    """
    return 4.0 * flow / (_PI * diffusivity * length)


@inlined
def carried_share(graetz: float) -> float:
    """Return the share of what enters a tube that leaves it, when the wall keeps all that touches it.

    c_out / c_in = sum of S_n e^(-2 l_n^2 / Gz)
    -> 0.819 e^(-14.63 / Gz) for a long tube,  1 - 6.46 Gz^(-2/3) for a short one

    Parameters
    ----------
    graetz : float
        Graetz's number [-], above zero.

    Returns
    -------
    float
        Mean concentration over the flow at the end, over that at the entry [-], within 6e-5.

    Notes
    -----
    Laminar, fully developed, diffusion along the tube left out (Peclet's number above 50 on the length). Long tubes:
    Graetz, Ann. Phys. 254 (1883) 79. Short ones: Leveque, Ann. Mines 13 (1928) 201, with two more terms by Newman, J.
    Heat Transfer 91 (1969) 177.

    Examples
    --------
    >>> f"{carried_share(1.0):.1e}"  # insulin reaches the wall everywhere
    '3.6e-07'
    >>> round(carried_share(1e6), 4)
    0.9994
    """
    if graetz > _SHORT:
        x = 1.0 / graetz
        third = power(x, 1.0 / 3.0)
        return 1.0 - 6.4606 * third * third + 4.8 * x + 1.1223 * x * third
    total = 0.0
    for n in range(8):
        total += _SHARES[n] * exp(-2.0 * _ROOTS[n] * _ROOTS[n] / graetz)
    return total
