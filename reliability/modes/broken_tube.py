"""When the tube of a peristaltic drive breaks; how rollers tire it stands in `fluidics.drives.peristaltic`."""

from __future__ import annotations

from typing import NamedTuple

from fluidics.pump import Pump, PumpState, Surroundings
from fluidics.questions import margin


class BrokenTube(NamedTuple):
    """The rollers have spent the life of the tube: Miner's damage is 1."""


@margin.answer
def life_left_in_tube(mode: BrokenTube, pump: Pump, state: PumpState, around: Surroundings) -> float:
    return 1.0 - state.drive.damage
