"""Hazards that have no physics here: rows of a table with a Weibull law each; failures that have physics are modes in
`reliability.modes`."""

from __future__ import annotations

from typing import Any

from fluidics.compile import inlined
from fluidics.elementary import log, power

# columns of a hazard row
RATE = 0  # inverse scale [1/s]
SHAPE = 1  # Weibull shape [-], 1 for a constant hazard
FRAILTY = 2  # 1 when the patient's frailty multiplies the hazard
REMEDY = 3  # what it leads to, a code of reliability.events
OPERATED = 4  # share of the events that are operated [-]
STOPS = 5  # 1 when delivery stops at the event
DELAY = 6  # [s] until the patient comes, 0 for at the next visit
DOSE = 7  # change of the share [-] of the dose that arrives until then: -1 when none does
HAZARD_WIDTH = 8

# columns of the clock of a device: one line for each hazard row
TARGET = 0  # cumulative hazard [-] at which the row fires next
AGE = 1  # age of the device [s] at which that is
CLOCK_WIDTH = 2


@inlined
def threshold(uniform: float) -> float:
    """Return a unit exponential threshold [-], the cumulative hazard that passes until an event.

    Examples
    --------
    >>> round(threshold(0.5), 3)
    0.693
    """
    return -log(uniform)


@inlined
def firing_age(rate: float, shape: float, hazard: float) -> float:
    """Return the age [s] at which a Weibull cumulative hazard (rate * age)^shape reaches a value [-].

    Examples
    --------
    >>> firing_age(0.5, 1.0, 2.0)
    4.0
    """
    if rate <= 0.0:
        return 1e300
    if shape == 1.0:
        return hazard / rate
    return power(hazard, 1.0 / shape) / rate


@inlined
def wind(hazards: Any, clock: Any, j: int, frailty: float, target: float) -> None:
    """Set the clock of row j to fire when its cumulative hazard reaches `target` [-].

    Hazard rows depend on nothing but age, so the age at which one fires is known beforehand and a quiet panel costs
    nothing.
    """
    weight = frailty if hazards[j, FRAILTY] != 0.0 else 1.0
    clock[j, TARGET] = target
    clock[j, AGE] = firing_age(hazards[j, RATE], hazards[j, SHAPE], target / weight)


@inlined
def next_firing(clock: Any) -> int:
    """Return the row that fires next, or -1 when there are no rows."""
    row = -1
    for j in range(clock.shape[0]):
        if row < 0 or clock[j, AGE] < clock[row, AGE]:
            row = j
    return row
