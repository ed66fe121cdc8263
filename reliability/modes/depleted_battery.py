"""When a battery counts as depleted; how it discharges stands in `fluidics.power`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.pump import Pump, PumpState, Surroundings
from fluidics.questions import margin


class DepletedBattery(NamedTuple):
    """The energy left falls below a reserve, a share of the full cell."""

    reserve: Annotated[float, "-"]


@margin.answer
def energy_above_reserve(mode: DepletedBattery, pump: Pump, state: PumpState, around: Surroundings) -> float:
    return state.power.energy / state.power.full - mode.reserve
