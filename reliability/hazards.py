"""Hazards that have no physics here: rows of a table with a Weibull law each; failures that have physics are modes in
`reliability.modes`."""

from __future__ import annotations

from typing import Any, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import log, power

# columns of a hazard row
RATE = 0  # inverse scale [1/s]
SHAPE = 1  # Weibull shape [-], 1 for a constant hazard
FRAILTY = 2  # 1 when the patient's frailty multiplies the hazard
REMEDY = 3  # what it leads to, a code of reliability.events
OPERATED = 4  # share of the events that are operated [-]
STOPS = 5  # 1 when delivery stops at the event
HAZARD_WIDTH = 6


class Firing(NamedTuple):
    """The first hazard that fires in a panel, and when."""

    row: int  # -1 when none does
    dt: float  # [s] since the start of the panel


@inlined
def cumulative_hazard(rate: float, shape: float, age: float) -> float:
    """Return the Weibull cumulative hazard (rate * age)^shape [-] at an age [s]."""
    if shape == 1.0:
        return rate * age
    return power(rate * age, shape)


@inlined
def threshold(uniform: float) -> float:
    """Return a unit exponential threshold [-], the cumulative hazard at which an event happens."""
    return -log(uniform)


@inlined
def spend(hazards: Any, left: Any, frailty: float, age: float, dt: float) -> int:
    """Take a panel's hazard from each threshold in `left` and return how many have fired."""
    fired = 0
    for j in range(hazards.shape[0]):
        left[j] -= spent(hazards, j, frailty, age, dt)
        if left[j] <= 0.0:
            fired += 1
    return fired


@inlined
def spent(hazards: Any, j: int, frailty: float, age: float, dt: float) -> float:
    """Return the hazard [-] that row j accumulates from `age` over `dt` [s]."""
    weight = frailty if hazards[j, FRAILTY] != 0.0 else 1.0
    rate = hazards[j, RATE]
    shape = hazards[j, SHAPE]
    if shape == 1.0:
        return weight * rate * dt
    return weight * (cumulative_hazard(rate, shape, age + dt) - cumulative_hazard(rate, shape, age))


@inlined
def refund(hazards: Any, left: Any, frailty: float, age: float, dt: float) -> None:
    """Give back what `spend` took."""
    for j in range(hazards.shape[0]):
        left[j] += spent(hazards, j, frailty, age, dt)


@inlined
def first_firing(hazards: Any, left: Any, frailty: float, age: float, dt: float) -> Firing:
    """Return the row that fires first within `dt` [s], solved exactly from the thresholds before the panel."""
    row = -1
    soonest = dt
    for j in range(hazards.shape[0]):
        if left[j] <= spent(hazards, j, frailty, age, dt):
            weight = frailty if hazards[j, FRAILTY] != 0.0 else 1.0
            rate = hazards[j, RATE]
            shape = hazards[j, SHAPE]
            if shape == 1.0:
                wait = left[j] / (weight * rate)
            else:
                total = cumulative_hazard(rate, shape, age) + max(left[j], 0.0) / weight
                wait = power(total, 1.0 / shape) / rate - age
            wait = min(max(wait, 0.0), dt)
            if row < 0 or wait < soonest:
                row = j
                soonest = wait
    return Firing(row=row, dt=soonest)
