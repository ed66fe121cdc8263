"""The reservoir that a spring, a stretched balloon or the atmosphere against a vacuum presses; reservoirs driven by a
boiling liquid stand in `fluidics.reservoirs.reservoir`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.pump import Luck, Service, Surroundings
from fluidics.questions import (
    advance,
    ambient,
    capacity,
    carry_over,
    fresh,
    pressure,
    refilled,
    stiffness,
    usable,
)
from fluidics.reservoirs.reservoir import Drawn


class SpringReservoir(NamedTuple):
    """A piston or balloon that presses on the drug.

    p = p_spring + f p_ambient - k V

    A spring or a stretched balloon adds its own pressure to that of the atmosphere. A piston with a vacuum on its other
    side is pressed by the atmosphere itself: f is the area of the vacuum over that of the drug.

    Notes
    -----
    The pressure of a balloon is flat only in the middle of its volume (its peaks are left out). Sources: Ilfeld, Morey
    and Enneking, Anesth. Analg. 95 (2002) 1331 (spring and balloon pumps, temperature); Mizuuchi et al., Can. J.
    Anaesth. 50 (2003) 657 (all three at 800 hPa).
    """

    capacity: Annotated[float, "m3"]
    residual: Annotated[float, "m3"]
    spring: Annotated[float, "Pa"]
    vacuum_share: Annotated[float, "-"]
    stiffness: Annotated[float, "Pa/m3"]
    ambient: Annotated[float, "Pa"]


@fresh.answer
def full_spring(reservoir: SpringReservoir, luck: Luck) -> Drawn:
    return Drawn(volume=0.0)


@advance.answer
def press(reservoir: SpringReservoir, own: Drawn, dt: float, around: Surroundings) -> Drawn:
    return Drawn(volume=own.volume + around.flow * dt)


@refilled.answer
def wind_up(reservoir: SpringReservoir, own: Drawn, service: Service, luck: Luck) -> Drawn:
    return Drawn(volume=0.0)


@pressure.answer
def spring_pressure(reservoir: SpringReservoir, own: Drawn, temperature: float) -> float:
    return reservoir.spring + reservoir.vacuum_share * reservoir.ambient - reservoir.stiffness * own.volume


@stiffness.answer
def spring_stiffness(reservoir: SpringReservoir, own: Drawn, temperature: float) -> float:
    return reservoir.stiffness


@ambient.answer
def ambient_of_spring(reservoir: SpringReservoir) -> float:
    return reservoir.ambient


@capacity.answer
def full_barrel(reservoir: SpringReservoir) -> float:
    return reservoir.capacity


@usable.answer
def left_to_press(reservoir: SpringReservoir, own: Drawn) -> float:
    return reservoir.capacity - reservoir.residual - own.volume


@carry_over.answer
def residual_of_spring(reservoir: SpringReservoir, own: Drawn) -> float:
    return reservoir.residual / reservoir.capacity
