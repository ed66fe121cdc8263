"""The panel step: a quasi-steady midpoint step over hours to months; the operating point stands in
`fluidics.engines.operating`."""

from __future__ import annotations

from typing import Any, NamedTuple

from fluidics.compile import inlined
from fluidics.engines.operating import operated
from fluidics.pump import Pump, PumpState, Surroundings, advanced, with_aggregate
from fluidics.questions import aggregate, mean_aggregate


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
def stepped(
    pump: Pump, state: PumpState, levels: Any, around: Surroundings, dt: float, running: float
) -> Panel:
    """Return the pump after one panel by the midpoint rule.

    The parts go half a step in the surroundings at hand; the operating point is found there; they go the full step
    from the start in that. Each part is exact in frozen surroundings and the drug's aggregate enters as its exact mean
    over the panel, so that the error is of second order in `dt` and comes only from how the parts change each other.

    Parameters
    ----------
    pump, state : Pump, PumpState
        The device at the start of the panel.
    levels : tuple of 4 Level
        Rate levels of the day.
    around : Surroundings
        Surroundings at the start.
    dt : float
        Length of the panel [s].
    running : float
        1 for a pump that delivers, 0 for one that has stopped.
    """
    body = around.temperature
    half = mean_aggregate(pump.drug, state.drug, 0.5 * dt, body)
    middle = advanced(pump, state, 0.5 * dt, with_aggregate(around, half))
    during = operated(pump, middle, levels, mean_aggregate(pump.drug, state.drug, dt, body), running)
    end = advanced(pump, state, dt, during)
    return Panel(state=end, during=during, after=seen(pump, end, levels, running))
