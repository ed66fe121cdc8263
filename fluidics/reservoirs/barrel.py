"""The barrel of a worn pump, emptied by its plunger at the pressure of the atmosphere; a bag that collapses stands in
`fluidics.reservoirs.bag`, the screw that moves the plunger in `fluidics.drives.lead_screw`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.pump import Luck, Service, Surroundings
from fluidics.questions import (
    advance,
    ambient,
    capacity,
    carry_over,
    disposable,
    fresh,
    pressure,
    refilled,
    usable,
)
from fluidics.reservoirs.reservoir import Drawn


class Barrel(NamedTuple):
    """A rigid barrel behind a plunger: the volume drawn is what the plunger advanced, and no pressure of its own drives
    or holds it.

    The back of the plunger is open to the atmosphere, so that altitude moves no fluid but trapped gas (King et al.,
    Diabetes Care 34 (2011) 1932). A refill puts in a new barrel and leaves no drug behind.
    """

    capacity: Annotated[float, "m3"]
    residual: Annotated[float, "m3"] = 0.0
    ambient: Annotated[float, "Pa"] = 101325.0


@fresh.answer
def full_barrel(reservoir: Barrel, luck: Luck) -> Drawn:
    return Drawn(volume=0.0)


@advance.answer
def push_plunger(reservoir: Barrel, own: Drawn, dt: float, around: Surroundings) -> Drawn:
    return Drawn(volume=own.volume + around.flow * dt)


@refilled.answer
def new_barrel(reservoir: Barrel, own: Drawn, service: Service, luck: Luck) -> Drawn:
    return Drawn(volume=0.0)


@disposable.answer
def barrels_are_thrown_away(reservoir: Barrel) -> float:
    return 1.0


@pressure.answer
def barrel_pressure(reservoir: Barrel, own: Drawn, temperature: float) -> float:
    return 0.0


@ambient.answer
def barrel_ambient(reservoir: Barrel) -> float:
    return reservoir.ambient


@capacity.answer
def barrel_capacity(reservoir: Barrel) -> float:
    return reservoir.capacity


@usable.answer
def left_in_barrel(reservoir: Barrel, own: Drawn) -> float:
    return reservoir.capacity - reservoir.residual - own.volume


@carry_over.answer
def none_left_behind(reservoir: Barrel, own: Drawn) -> float:
    return 0.0
