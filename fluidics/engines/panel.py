"""The panel step: a quasi-steady step over hours to months; the operating point stands in
`fluidics.engines.operating`."""

from __future__ import annotations

from typing import Any, NamedTuple

from fluidics.compile import inlined, kernel
from fluidics.engines.operating import operated
from fluidics.pump import Pump, PumpState, Surroundings, advanced, longest_panel, with_aggregate
from fluidics.questions import aggregate, mean_aggregate

_SIMPSON = 2.0 / 3.0
# changes over a panel [-], of the programmed flow and of the square of the stall pressure
NO_FLOW = 1e-7  # up to it the surroundings at the start stand for all of it
STILL_FLOW = 2e-4  # up to these the mean of start and end does
STILL_PRESSURE = 1e-4


class Panel(NamedTuple):
    """What one panel gives: the state at its end, the surroundings during it and at its end."""

    state: PumpState
    during: Surroundings
    after: Surroundings


@inlined
def seen(pump: Pump, state: PumpState, levels: Any, running: float) -> Surroundings:
    """Return the surroundings at a state."""
    return operated(pump, state, levels, aggregate(pump.drug, state.drug), running)


@inlined
def averaged(start: Surroundings, middle: Surroundings, end: Surroundings, weight: float) -> Surroundings:
    """Return the surroundings averaged over a panel, its middle with a weight [-] and its ends with half the rest.

    Two thirds make Simpson's rule, nothing the trapezoidal rule. The drug's aggregate is that of the middle.
    """
    rest = 0.5 * (1.0 - weight)
    return Surroundings(
        flow=weight * middle.flow + rest * (start.flow + end.flow),
        programmed=middle.programmed,
        strokes=middle.strokes,
        power=middle.power,
        p_in=middle.p_in,
        p_out=weight * middle.p_out + rest * (start.p_out + end.p_out),
        p2_out=weight * middle.p2_out + rest * (start.p2_out + end.p2_out),
        p_peak=middle.p_peak,
        p_next=middle.p_next,
        p_rest=middle.p_rest,
        p_stall=middle.p_stall,
        aggregate=middle.aggregate,
        temperature=middle.temperature,
    )


@kernel
def resolved(
    pump: Pump,
    state: PumpState,
    levels: Any,
    around: Surroundings,
    after: Surroundings,
    whole: float,
    dt: float,
    running: float,
) -> Panel:
    """Return the pump after a panel in which flow or pressure move.

    The parts go half a step in what they see on average of its first half, between the start and a first look at the
    end; the full step in what is found in the middle; and at last in the average of start, middle and end by Simpson's
    rule.

    Parameters
    ----------
    pump, state, levels, around, whole, dt, running
        As in `stepped`.
    after : Surroundings
        First look at the end of the panel.
    """
    half = mean_aggregate(pump.drug, state.drug, 0.5 * dt, around.temperature)
    first = averaged(around, around, after, 0.5)
    middle = operated(pump, advanced(pump, state, 0.5 * dt, with_aggregate(first, half)), levels, whole, running)
    after = seen(pump, advanced(pump, state, dt, middle), levels, running)
    during = averaged(around, middle, after, _SIMPSON)
    return Panel(state=advanced(pump, state, dt, during), during=during, after=after)


@inlined
def stepped(
    pump: Pump, state: PumpState, levels: Any, around: Surroundings, whole: float, dt: float, running: float
) -> Panel:
    """Return the pump after one panel.

    Where flow and pressure at its end are nearly what they were at its start, the mean of both stands for all of it;
    else the panel is resolved. Each part is exact in frozen surroundings and the drug's aggregate enters as its exact
    mean, so that the error is of second order and comes only from how the parts change each other.

    Parameters
    ----------
    pump, state : Pump, PumpState
        The device at the start of the panel.
    levels : tuple of 4 Level
        Rate levels of the day.
    around : Surroundings
        Surroundings at the start.
    whole : float
        Mean aggregate [-] over the panel.
    dt : float
        Length of the panel [s].
    running : float
        1 for a pump that delivers, 0 for one that has stopped.
    """
    during = with_aggregate(around, whole)
    end = advanced(pump, state, dt, during)
    after = seen(pump, end, levels, running)
    change = abs(after.flow - around.flow)
    pressed = abs(after.p2_out - around.p2_out) > STILL_PRESSURE * around.p_stall * around.p_stall
    if change > STILL_FLOW * around.programmed or pressed:
        return resolved(pump, state, levels, around, after, whole, dt, running)
    if change > NO_FLOW * around.programmed:
        during = averaged(during, during, after, 0.0)
        end = advanced(pump, state, dt, during)
    return Panel(state=end, during=during, after=after)


class Choice(NamedTuple):
    """The length of the next panel, and the mean aggregate over it."""

    dt: float  # [s]
    whole: float  # [-]


@inlined
def chosen(pump: Pump, state: PumpState, around: Surroundings, longest: float) -> Choice:
    """Return the panel that the parts agree to, not above `longest` [s].

    The drug aggregates while nothing has happened yet, so the parts are asked with what it will be on average.
    """
    whole = mean_aggregate(pump.drug, state.drug, longest, around.temperature)
    dt = longest_panel(pump, state, with_aggregate(around, whole))
    if dt < longest:
        return Choice(dt=dt, whole=mean_aggregate(pump.drug, state.drug, dt, around.temperature))
    return Choice(dt=longest, whole=whole)
