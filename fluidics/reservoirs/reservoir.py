"""Reservoirs: how pressure follows the volume drawn; the propellant's vapour pressure stands in
`fluidics.reservoirs.propellant`."""

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
from fluidics.reservoirs.propellant import saturation_pressure


class TwoPhaseReservoir(NamedTuple):
    """A bellows between drug and a propellant that boils at body temperature.

    p = p_sat(T) - p_ambient - k V_drawn

    With a propellant that boils below body temperature the pressure drives the pump; with one whose vapour pressure at
    37 degC stays below the atmosphere (R-113) the reservoir sucks, and only the drive can empty it.

    Notes
    -----
    Holds while liquid propellant remains. Source of the principle: Blackshear et al., Surg. Gynecol. Obstet. 134
    (1972) 51 (positive pressure); US patent 4,373,527 (1983) (pressure below body pressure).
    """

    capacity: Annotated[float, "m3"]
    residual: Annotated[float, "m3"]
    antoine_a: Annotated[float, "-"]
    antoine_b: Annotated[float, "K"]
    antoine_c: Annotated[float, "K"]
    ambient: Annotated[float, "Pa"]
    stiffness: Annotated[float, "Pa/m3"]


class Drawn(NamedTuple):
    """Volume drawn since the reservoir was full."""

    volume: Annotated[float, "m3"]


@fresh.answer
def full_reservoir(reservoir: TwoPhaseReservoir, luck: Luck) -> Drawn:
    return Drawn(volume=0.0)


@advance.answer
def drain(reservoir: TwoPhaseReservoir, own: Drawn, dt: float, around: Surroundings) -> Drawn:
    return Drawn(volume=own.volume + around.flow * dt)


@pressure.answer
def two_phase_pressure(reservoir: TwoPhaseReservoir, own: Drawn, temperature: float) -> float:
    vapour = saturation_pressure(reservoir.antoine_a, reservoir.antoine_b, reservoir.antoine_c, temperature)
    return vapour - reservoir.ambient - reservoir.stiffness * own.volume


@stiffness.answer
def bellows_stiffness(reservoir: TwoPhaseReservoir, own: Drawn, temperature: float) -> float:
    return reservoir.stiffness


@ambient.answer
def ambient_pressure(reservoir: TwoPhaseReservoir) -> float:
    return reservoir.ambient


@capacity.answer
def full_volume(reservoir: TwoPhaseReservoir) -> float:
    return reservoir.capacity


@usable.answer
def volume_left(reservoir: TwoPhaseReservoir, own: Drawn) -> float:
    return reservoir.capacity - reservoir.residual - own.volume


@carry_over.answer
def residual_share(reservoir: TwoPhaseReservoir, own: Drawn) -> float:
    return reservoir.residual / reservoir.capacity


@refilled.answer
def refill_reservoir(reservoir: TwoPhaseReservoir, own: Drawn, service: Service, luck: Luck) -> Drawn:
    return Drawn(volume=0.0)
