"""When a loss of delivery is felt by the patient; where it comes from stands in the drives and lines of `fluidics`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.pump import Pump, PumpState, Surroundings
from fluidics.questions import margin


class Underdelivery(NamedTuple):
    """The delivered share of what is programmed falls below a fraction."""

    fraction: Annotated[float, "-"]


@margin.answer
def delivered_above_fraction(mode: Underdelivery, pump: Pump, state: PumpState, around: Surroundings) -> float:
    return around.flow / around.programmed - mode.fraction
