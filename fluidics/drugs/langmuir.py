"""Drug that binds to sites on a wall until they are full, in a closed cell; cells that fluid passes through stand in
`fluidics.drugs.adsorption`."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.drugs.degradation import mean_decay
from fluidics.elementary import exp


class Sites(NamedTuple):
    """One kind of site on a wall: dq/dt = binding c (capacity - q) - release q (Langmuir)."""

    capacity: Annotated[float, "kg/m2"]
    binding: Annotated[float, "m3/kg/s"]
    release: Annotated[float, "1/s"]


@inlined
def bound(sites: Sites, ratio: float, own: float, concentration: float, dt: float) -> float:
    """Return the drug on one kind of site after a time in a closed cell.

    With s = c + r q kept, dq/dt = binding (s - r q) (capacity - q) - release q has the roots q1 < q2, and

    q = q1 + (q0 - q1) e^-x / (1 - r binding (q0 - q1) dt (1 - e^-x) / x),    x = r binding (q2 - q1) dt

    Parameters
    ----------
    sites : Sites
        The kind of site.
    ratio : float
        Wall per volume of the cell, r [1/m], above zero.
    own, concentration : float
        Bound drug [kg/m2], at most the capacity, and dissolved drug [kg/m3] at the start.
    dt : float
        Time [s].

    Returns
    -------
    float
        Bound drug [kg/m2], never below zero or above what there is.

    Notes
    -----
    Exact, and regular where both roots meet. Source of the law: Langmuir, J. Am. Chem. Soc. 40 (1918) 1361.

    Examples
    --------
    >>> round(bound(Sites(1.0, 1.0, 0.0), 1.0, 0.0, 1.0, 1.0), 12)  # 1 mol to 1 mol: t / (1 + t)
    0.5
    """
    if sites.binding <= 0.0 or sites.capacity <= 0.0:
        return own * exp(-sites.release * dt)
    whole = concentration + ratio * own
    room = ratio * sites.capacity
    loose = sites.release / sites.binding
    apart = math.sqrt((whole - room) * (whole - room) + loose * (2.0 * (whole + room) + loose))
    root = 2.0 * whole * room / (whole + room + loose + apart)
    x = sites.binding * apart * dt
    away = ratio * own - root
    left = away * exp(-x) / (1.0 - away * sites.binding * dt * mean_decay(x))
    return min(max(root + left, 0.0), whole) / ratio
