"""Tissue that closes a catheter from outside, after a random onset; the catheter and the peritoneum that it closes
stand in `fluidics.lines.catheter` and `fluidics.sites.site`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp, log
from fluidics.pump import Surroundings

QUIET_PRESSURE = 2e4  # [Pa]: below this line pressure nothing else notices the closing
LASTING_PRESSURE = 3e3  # [Pa]: mean rise of the line pressure from which on deposits feel it
STEP = 1.0  # [-]: growth exponent per panel once boluses notice it
FINE_STEP = 0.35  # [-]: growth exponent per panel once deposits feel it
CLOSED = 300.0  # [-]: growth exponent beyond which nothing flows, and numbers stay finite
NO_PANEL = 1e8  # [s]: longer than any panel
NO_KINK = 0.02  # [-]: growth exponent to the next stall below which a panel ignores it


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
def supplied(own: Onset, spread: float, batch: float) -> Onset:
    """Return the process under another batch of drug: its factor exp(s z - s^2 / 2) has mean one over batches."""
    return Onset(wait=own.wait, age=own.age, factor=exp(spread * batch - 0.5 * spread * spread))


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
    """Return the factor exp(age / t_c) [-] by which the resistance has grown since onset, 1e130 at most."""
    if own.age > 0.0:
        return exp(min(own.age / closing_time, CLOSED))
    return 1.0


@inlined
def allowed_growth(around: Surroundings) -> float:
    """Return by which exponent [-] a resistance in the line may grow in one panel."""
    if around.p_peak - around.p_rest < QUIET_PRESSURE:
        return max(STEP, log(QUIET_PRESSURE / max(around.p_peak - around.p_rest, 1.0)))
    room = around.p_stall - around.p_rest
    rise = max(around.p_next - around.p_rest, 1e-3 * room)
    to_stall = log(room / rise) if room > rise else 0.0
    step = STEP if around.p_out - around.p_rest < LASTING_PRESSURE else FINE_STEP
    return to_stall if NO_KINK < to_stall < step else step


@inlined
def growth_panel(own: Onset, rate: float, closing_time: float, around: Surroundings) -> float:
    """Return the longest panel [s]: past the onset, to the quiet pressure, then by a fixed growth exponent or to
    the next stall.

    A panel that ends where the next rate level stalls has no kink inside, and its average is then of high order.
    """
    if own.age <= 0.0:
        hazard = rate * own.factor
        return 1e300 if own.wait >= hazard * NO_PANEL else own.wait / hazard + STEP * closing_time
    return closing_time * allowed_growth(around)
