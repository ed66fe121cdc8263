"""Preservative that the wall of a tube takes out of a drug; what falling phenol does to insulin stands in
`fluidics.drugs.nucleation`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp


class Uptake(NamedTuple):
    """What a wall takes in the end, and how fast."""

    share: Annotated[float, "-"]  # of the preservative, when contact is long
    rate: Annotated[float, "1/s"]


_SETTLED = 5.0 / (72.0 * 3600.0)  # [1/s] assumed: within 1 % at the end of runs of 72 h

# Shares of the bacteriostatics kept back at 30 degC: PVC up to 88 %, polyethylene 10 to 15 % (Chantelau et al.,
# Diabetes Care 10 (1987) 348)
PVC = Uptake(0.88, _SETTLED)
POLYETHYLENE = Uptake(0.125, _SETTLED)


@inlined
def preservative_left(uptake: Uptake, contact: float) -> float:
    """Return the share of the preservative that is left after a time in contact with a wall.

    dc/dt = -k (c - (1 - share) c0), hence c / c0 = 1 - share (1 - e^(-k t))

    Parameters
    ----------
    uptake : Uptake
        What the wall takes and how fast, share 0 to 1.
    contact : float
        Time in contact [s], for what flows the volume of the tube over the flow; never below zero.

    Returns
    -------
    float
        Share [-] of the concentration at the start.

    Notes
    -----
    First order into a wall that never fills: an upper bound of the loss once litres have passed. Only the shares are
    published, for 30 degC; the rate is assumed.

    Examples
    --------
    >>> round(preservative_left(PVC, 1e9), 12)
    0.12
    """
    return 1.0 - uptake.share * (1.0 - exp(-uptake.rate * contact))
