"""When a reservoir counts as empty; how it empties stands in `fluidics.reservoirs.reservoir`."""

from __future__ import annotations

from typing import NamedTuple

from fluidics.pump import Pump, PumpState, Surroundings
from fluidics.questions import capacity, margin, usable


class EmptyReservoir(NamedTuple):
    """All that can be drawn has been drawn."""


@margin.answer
def volume_above_residual(mode: EmptyReservoir, pump: Pump, state: PumpState, around: Surroundings) -> float:
    return usable(pump.reservoir, state.reservoir) / capacity(pump.reservoir)
