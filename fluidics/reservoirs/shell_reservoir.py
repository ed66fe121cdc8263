"""The reservoir in a rigid shell, whose gas does not feel the ambient; reservoirs driven by a boiling liquid stand in
`fluidics.reservoirs.reservoir`."""

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


class ShellReservoir(NamedTuple):
    """A bellows in a sealed, rigid shell: the gas between them expands as the drug goes.

    p = p_gas V_gas / (V_gas + V_drawn) * T / T_gas - p_ambient

    The shell keeps the ambient from the gas: when the body is under pressure, as in a hyperbaric chamber, the reservoir
    stays behind and sucks, and a drive that slips lets fluid back into it (Akman et al., Paraplegia 32 (1994) 281).

    Notes
    -----
    Ideal gas at body temperature. Holds while the shell keeps its shape; shields of implanted pumps are said to bend
    lastingly above 2 atm.
    """

    capacity: Annotated[float, "m3"]
    residual: Annotated[float, "m3"]
    gas_volume: Annotated[float, "m3"]  # when the reservoir is full
    gas_pressure: Annotated[float, "Pa"]  # absolute, when the reservoir is full
    gas_temperature: Annotated[float, "K"]  # at which that is so
    ambient: Annotated[float, "Pa"]


@fresh.answer
def full_shell(reservoir: ShellReservoir, luck: Luck) -> Drawn:
    return Drawn(volume=0.0)


@advance.answer
def drain_shell(reservoir: ShellReservoir, own: Drawn, dt: float, around: Surroundings) -> Drawn:
    return Drawn(volume=own.volume + around.flow * dt)


@pressure.answer
def shell_pressure(reservoir: ShellReservoir, own: Drawn, temperature: float) -> float:
    warmed = reservoir.gas_pressure * temperature / reservoir.gas_temperature
    return warmed * reservoir.gas_volume / (reservoir.gas_volume + own.volume) - reservoir.ambient


@stiffness.answer
def shell_stiffness(reservoir: ShellReservoir, own: Drawn, temperature: float) -> float:
    warmed = reservoir.gas_pressure * temperature / reservoir.gas_temperature
    room = reservoir.gas_volume + own.volume
    return warmed * reservoir.gas_volume / (room * room)


@ambient.answer
def ambient_of_shell(reservoir: ShellReservoir) -> float:
    return reservoir.ambient


@capacity.answer
def volume_of_shell(reservoir: ShellReservoir) -> float:
    return reservoir.capacity


@usable.answer
def left_in_shell(reservoir: ShellReservoir, own: Drawn) -> float:
    return reservoir.capacity - reservoir.residual - own.volume


@carry_over.answer
def residual_in_shell(reservoir: ShellReservoir, own: Drawn) -> float:
    return reservoir.residual / reservoir.capacity


@refilled.answer
def refill_shell(reservoir: ShellReservoir, own: Drawn, service: Service, luck: Luck) -> Drawn:
    return Drawn(volume=0.0)
