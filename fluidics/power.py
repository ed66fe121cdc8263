"""What keeps a drive running: a battery, or nothing at all."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.pump import Luck, Stateless, Surroundings
from fluidics.questions import advance, fresh


class Battery(NamedTuple):
    """A primary cell that electronics drain with time, and the drive with each stroke or all the time.

    dE/dt = -P - e n - P_drive
    """

    energy: Annotated[float, "J"]
    spread: Annotated[float, "-"]  # standard deviation of the energy between cells
    base_power: Annotated[float, "W"]
    stroke_energy: Annotated[float, "J"]


class Charge(NamedTuple):
    """Energy left, and what the cell held when new."""

    energy: Annotated[float, "J"]
    full: Annotated[float, "J"]


@fresh.answer
def new_battery(power: Battery, luck: Luck) -> Charge:
    # a cell four standard deviations below the mean is the worst that leaves the factory
    energy = power.energy * (1.0 + power.spread * max(luck.normal, -4.0))
    return Charge(energy=energy, full=energy)


@advance.answer
def discharge(power: Battery, own: Charge, dt: float, around: Surroundings) -> Charge:
    drawn = power.base_power + power.stroke_energy * around.strokes + around.power
    return Charge(energy=own.energy - drawn * dt, full=own.full)


class Unpowered(NamedTuple):
    """No electrical power: the propellant does the work."""


@fresh.answer
def unpowered_state(power: Unpowered, luck: Luck) -> Stateless:
    return Stateless()


@advance.answer
def unpowered_stays(power: Unpowered, own: Stateless, dt: float, around: Surroundings) -> Stateless:
    return own
