"""A filter as a bed of grains: what it resists; the link of a network that it becomes stands in `fluidics.network`."""

from __future__ import annotations

from fluidics.network import Link


def filter_link(viscosity: float, density: float, depth: float, area: float, grain: float, voidage: float) -> Link:
    """Return a bed of grains as a link whose pressure drop is Ergun's.

    dp / L = 150 mu (1 - e)^2 / (e^3 d^2) v + 1.75 rho (1 - e) / (e^3 d) v^2,    v = Q / A

    Parameters
    ----------
    viscosity, density : float
        Of the fluid [Pa s], [kg/m3].
    depth, area : float
        Of the bed [m], [m2].
    grain : float
        Diameter of the grains [m].
    voidage : float
        Share of the volume that is open [-].

    Returns
    -------
    Link
        With the first term as conductance and the second as loss coefficient.

    Raises
    ------
    ValueError
        When the voidage does not lie between 0 and 1.

    Notes
    -----
    Grains of one size, Reynolds number rho v d / (mu (1 - e)) from 0 to 1000; the flow of a pump is in the first term.
    Source: Ergun, Chem. Eng. Prog. 48 (1952) 89.

    Examples
    --------
    >>> bed = filter_link(1e-3, 1000.0, 1.0, 1.0, 8e-4, 0.4)
    >>> flow = 1e-3
    >>> round(flow / bed.conductance + bed.loss * flow * flow, 3)
    1338.867
    """
    if not 0.0 < voidage < 1.0:
        raise ValueError(f"voidage {voidage!r}: the open share of a bed lies between 0 and 1")
    solid, cube = 1.0 - voidage, voidage * voidage * voidage
    resistance = 150.0 * viscosity * solid * solid * depth / (cube * grain * grain * area)
    return Link(1.0 / resistance, loss=1.75 * density * solid * depth / (cube * grain * area * area))
