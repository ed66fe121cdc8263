"""The bag that collapses around the drug of a worn pump; the barrel with a plunger stands in
`fluidics.reservoirs.barrel`."""

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
    stiffness,
    usable,
)
from fluidics.reservoirs.reservoir import Drawn


class Bag(NamedTuple):
    """A limp bag in a vented case: at the pressure of the atmosphere until its walls meet, then it holds back.

    p = -k max(V_drawn - (V_full - V_tail), 0)

    A refill puts in a new bag and leaves no drug behind.

    Notes
    -----
    A limp wall carries no pressure while it folds freely; the tail is the volume at which its folds touch. Both numbers
    of the tail belong to the bag at hand; a tail of zero has no spring.
    """

    capacity: Annotated[float, "m3"]
    residual: Annotated[float, "m3"]
    tail: Annotated[float, "m3"]
    tail_stiffness: Annotated[float, "Pa/m3"]
    ambient: Annotated[float, "Pa"] = 101325.0


@fresh.answer
def full_bag(reservoir: Bag, luck: Luck) -> Drawn:
    return Drawn(volume=0.0)


@advance.answer
def collapse(reservoir: Bag, own: Drawn, dt: float, around: Surroundings) -> Drawn:
    return Drawn(volume=own.volume + around.flow * dt)


@refilled.answer
def new_bag(reservoir: Bag, own: Drawn, service: Service, luck: Luck) -> Drawn:
    return Drawn(volume=0.0)


@disposable.answer
def bags_are_thrown_away(reservoir: Bag) -> float:
    return 1.0


@pressure.answer
def bag_pressure(reservoir: Bag, own: Drawn, temperature: float) -> float:
    return -reservoir.tail_stiffness * max(own.volume - (reservoir.capacity - reservoir.tail), 0.0)


@stiffness.answer
def bag_stiffness(reservoir: Bag, own: Drawn, temperature: float) -> float:
    return reservoir.tail_stiffness if own.volume > reservoir.capacity - reservoir.tail else 0.0


@ambient.answer
def bag_ambient(reservoir: Bag) -> float:
    return reservoir.ambient


@capacity.answer
def bag_capacity(reservoir: Bag) -> float:
    return reservoir.capacity


@usable.answer
def left_in_bag(reservoir: Bag, own: Drawn) -> float:
    return reservoir.capacity - reservoir.residual - own.volume


@carry_over.answer
def none_left_behind(reservoir: Bag, own: Drawn) -> float:
    return 0.0
