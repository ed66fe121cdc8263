"""Tissue that closes a catheter from outside, after a random onset; the catheter and the peritoneum that it closes
stand in `fluidics.catheter` and `fluidics.site`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp, log

QUIET_PRESSURE = 2e4  # [Pa]: below this line pressure nothing else notices the closing
STEP = 0.35  # [-]: growth exponent per panel once it is noticed


class Onset(NamedTuple):
    """State of a closing tip or capsule: what must still pass until it starts, then its age."""

    wait: Annotated[float, "-"]  # cumulative onset hazard still to be spent
    age: Annotated[float, "s"]
    factor: Annotated[float, "-"]  # of the onset hazard, by the present batch of drug


@inlined
def first_wait(uniform: float) -> Onset:
    """Return a process that starts when a unit exponential threshold is spent."""
    return Onset(wait=-log(uniform), age=0.0, factor=1.0)


@inlined
def batch_factor(spread: float, batch: float) -> float:
    """Return the factor exp(s z - s^2 / 2) [-] of mean one that a batch lays on the onset hazard."""
    return exp(spread * batch - 0.5 * spread * spread)


@inlined
def awaited(own: Onset, rate: float, dt: float) -> Onset:
    """Return the process after `dt` [s] under an onset hazard [1/s]."""
    hazard = rate * own.factor
    left = own.wait - hazard * dt
    if left > 0.0:
        return Onset(wait=left, age=0.0, factor=own.factor)
    if own.wait > 0.0:
        return Onset(wait=0.0, age=-left / hazard, factor=own.factor)
    return Onset(wait=0.0, age=own.age + dt, factor=own.factor)


@inlined
def growth(own: Onset, closing_time: float) -> float:
    """Return the factor exp(age / t_c) [-] by which the resistance has grown since onset."""
    if own.age > 0.0:
        return exp(own.age / closing_time)
    return 1.0


@inlined
def growth_panel(own: Onset, closing_time: float, p_peak: float) -> float:
    """Return the longest panel [s]: to the quiet pressure in one, then by a fixed growth exponent."""
    if own.age <= 0.0:
        return 1e300
    if p_peak >= QUIET_PRESSURE:
        return STEP * closing_time
    return closing_time * max(STEP, log(QUIET_PRESSURE / max(p_peak, 1.0)))
