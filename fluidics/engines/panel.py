"""The panel step: a quasi-steady midpoint step over hours to months; the operating point stands in
`fluidics.engines.operating`."""

from __future__ import annotations

from typing import Any, NamedTuple

from fluidics.compile import inlined, kernel
from fluidics.engines.operating import operated
from fluidics.pump import Pump, PumpState, Surroundings, advanced, longest_panel, with_aggregate
from fluidics.questions import aggregate, mean_aggregate

# relative changes to the middle of a panel [-] from which on the midpoint rule is not enough
MOVED_PRESSURE = 0.04
MOVED_FLOW = 1e-3


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
def averaged(start: Surroundings, middle: Surroundings, end: Surroundings) -> Surroundings:
    """Return the surroundings averaged over a panel by Simpson's rule; the drug's aggregate is that of the middle."""
    return Surroundings(
        flow=(start.flow + 4.0 * middle.flow + end.flow) / 6.0,
        programmed=middle.programmed,
        strokes=middle.strokes,
        p_in=middle.p_in,
        p_out=(start.p_out + 4.0 * middle.p_out + end.p_out) / 6.0,
        p2_out=(start.p2_out + 4.0 * middle.p2_out + end.p2_out) / 6.0,
        p_peak=middle.p_peak,
        p_next=middle.p_next,
        p_rest=middle.p_rest,
        p_stall=middle.p_stall,
        aggregate=middle.aggregate,
        temperature=middle.temperature,
    )


@kernel
def corrected(
    pump: Pump,
    state: PumpState,
    levels: Any,
    around: Surroundings,
    middle: Surroundings,
    half: float,
    dt: float,
    running: float,
) -> Panel:
    """Return the pump after a panel in which the line pressure moves, once more from a first look at its middle.

    Parameters
    ----------
    pump, state, levels, around, dt, running
        As in `stepped`.
    middle : Surroundings
        First look at the middle of the panel.
    half : float
        Mean aggregate [-] over its first half.
    """
    halfway = advanced(pump, state, 0.5 * dt, with_aggregate(averaged(around, middle, around), half))
    middle = operated(pump, halfway, levels, middle.aggregate, running)
    after = seen(pump, advanced(pump, state, dt, middle), levels, running)
    during = averaged(around, middle, after)
    end = advanced(pump, state, dt, during)
    return Panel(state=end, during=during, after=seen(pump, end, levels, running))


@inlined
def stepped(
    pump: Pump, state: PumpState, levels: Any, around: Surroundings, whole: float, dt: float, running: float
) -> Panel:
    """Return the pump after one panel.

    The parts go half a step in the surroundings at hand; the operating point is found there; they go the full step
    from the start in that: the midpoint rule. Where flow or pressure have moved by then, the panel is corrected and
    averaged by Simpson's rule. Each part is exact in frozen surroundings and the drug's aggregate enters as its exact
    mean, so that the error comes only from how the parts change each other.

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
    half = mean_aggregate(pump.drug, state.drug, 0.5 * dt, around.temperature)
    middle = operated(pump, advanced(pump, state, 0.5 * dt, with_aggregate(around, half)), levels, whole, running)
    moved = abs(middle.p2_out - around.p2_out) > MOVED_PRESSURE * around.p2_out
    if moved or abs(middle.flow - around.flow) > MOVED_FLOW * around.programmed:
        return corrected(pump, state, levels, around, middle, half, dt, running)
    end = advanced(pump, state, dt, middle)
    return Panel(state=end, during=middle, after=seen(pump, end, levels, running))


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
