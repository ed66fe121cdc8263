"""When the drug in the reservoir counts as too weak; how it loses its strength stands in the drugs of `fluidics`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.pump import Pump, PumpState, Surroundings
from fluidics.questions import margin, potency


class WeakDrug(NamedTuple):
    """The active share of the drug falls below a fraction."""

    fraction: Annotated[float, "-"]


@margin.answer
def strength_above_fraction(mode: WeakDrug, pump: Pump, state: PumpState, around: Surroundings) -> float:
    return potency(pump.drug, state.drug) - mode.fraction
