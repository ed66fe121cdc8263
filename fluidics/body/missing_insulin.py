"""What rises in the blood while insulin is missing, and how long it takes to a limit; how insulin is absorbed stands in
`fluidics.body.exposure`.

Means of groups of people whose times differ several-fold. Nothing here is advice on a therapy or on a patient.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.body.compartments import Kinetics, exposed, settled

_MINUTE = 60.0
_HALVINGS = 200


class Rise(NamedTuple):
    """What rises in the blood while insulin is missing: from a start, by a slope when it misses wholly."""

    start: Annotated[float, "mol/m3"]
    slope: Annotated[float, "mol/m3/s"]


# Klonoff et al., J. Diabetes Sci. Technol. (2024), doi 10.1177/19322968241280386: the lines from one hour after a stop
# on, 0.62 mg/dL/min and 0.0038 mmol/L/min; the starts are what these lines have at one hour
GLUCOSE = Rise(start=(300.0 - (5.8 - 1.0) * 60.0 * 0.62) / 18.016, slope=0.62 / 18.016 / _MINUTE)
KETONES = Rise(start=1.6 - (8.0 - 1.0) * 60.0 * 0.0038, slope=0.0038 / _MINUTE)


def missed_time(kinetics: Kinetics, time: float, left: float = 0.0) -> float:
    """Return for how long insulin was missing, were it missing wholly, after delivery fell to a share.

    d(t) = integral of 1 - y(t) / y(0)

    Parameters
    ----------
    kinetics : Kinetics
        Absorption, in steady state before.
    time : float
        Time since delivery fell [s], above zero.
    left : float
        Share of the delivery that goes on [-].

    Returns
    -------
    float
        Time [s]; long after a stop it lags by the mean time that insulin spends in the depot.

    Examples
    --------
    >>> from fluidics.body.exposure import peritoneal
    >>> round(36000.0 - missed_time(peritoneal(1200.0), 36000.0))
    1200
    """
    steady = settled(kinetics, 1.0)
    taken_up = exposed(kinetics, [0.0, time], [0.0], steady).total[-1] / (steady @ kinetics.seen)
    return float((1.0 - left) * (time - taken_up))


def time_to_limit(kinetics: Kinetics, rise: Rise, limit: float, left: float = 0.0) -> float:
    """Return how long after delivery fell a rise reaches a limit.

    start + slope d(t) = limit

    Parameters
    ----------
    kinetics : Kinetics
        Absorption of insulin, in steady state and in balance with the need before.
    rise : Rise
        What rises.
    limit : float
        Limit [mol/m3].
    left : float
        Share of the delivery that goes on [-].

    Returns
    -------
    float
        Time [s]; infinite when nothing is missing.

    Raises
    ------
    ValueError
        When the share is negative or above one.

    Notes
    -----
    Glucose and ketones rise in proportion to what is missing, which is assumed. It holds for people who neither eat nor
    move, until some 15 h after the stop; clearance once insulin is back is left out.

    Examples
    --------
    >>> from fluidics.body.exposure import peritoneal
    >>> round(time_to_limit(peritoneal(1200.0), KETONES, 1.6) / 3600.0, 1)
    7.3
    """
    if not 0.0 <= left <= 1.0:
        raise ValueError(f"left {left!r}: the share of a delivery that goes on lies between 0 and 1")
    needed = (limit - rise.start) / rise.slope
    if needed <= 0.0:
        return 0.0
    if left == 1.0:
        return float("inf")
    low, high = 0.0, needed
    while missed_time(kinetics, high, left) < needed:
        low, high = high, 2.0 * high
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if middle <= low or middle >= high:
            break
        low, high = (middle, high) if missed_time(kinetics, middle, left) < needed else (low, middle)
    return high
