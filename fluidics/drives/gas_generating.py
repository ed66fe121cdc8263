"""The cell that makes gas around a bag of drug, and so presses it out; gas that is only trapped stands in
`fluidics.lines.gas`, the bag in `fluidics.reservoirs.bag`."""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp
from fluidics.increments import IDLE, RELIEF, TIGHT
from fluidics.network import GATE, TUBE, Link
from fluidics.pump import Chamber, Luck, OperatingPoint, Phase, Service, Stroke, Surroundings
from fluidics.questions import (
    advance,
    ambient,
    bubble,
    chamber,
    disposable,
    encloses,
    flow,
    fresh,
    generated,
    line,
    operate,
    phases,
    refilled,
    stall,
    stroke,
)

_ATMOSPHERE = 101325.0  # [Pa]
_VACUUM = 1e3  # [Pa]: absolute, below which no pump is used


class GasGenerating(NamedTuple):
    """A cell that makes gas at an even pace in a rigid housing, in which a limp bag gives way to it.

    Q = g Q_set P_ref / (p_ambient + p_out),    d(P V)/dt = g Q_set P_ref,    dV/dt = Q

    What comes evenly is the mass of gas, so that the flow is inverse to the absolute pressure: the rate is right at
    P_ref, less against a back pressure, more at a height. Beside that the gas V in the housing, little beside a full
    bag and much beside an empty one, expands by itself where the ambient pressure falls, and takes long to be
    compressed before a blocked line. Units differ by a lognormal gain g; a refill puts on a new one.

    Notes
    -----
    Ideal gas at one temperature, around a bag that carries no pressure. The flow at a pressure is that of the maker
    (Med-e-Cell, Infu-Disk data sheet, page 3), for more than 0.1 mL/h; that it rises evenly over the first 0.25 mL and
    fades after 97 % of the volume is left out. A cell is not known to stop at a pressure, so none is a limit here.
    """

    reference_pressure: Annotated[float, "Pa"]  # absolute, of the drug, at which the programmed rate is delivered
    cushion: Annotated[float, "m3"]  # gas beside a full bag, as it is at sea level
    outlet_conductance: Annotated[float, "m3/s/Pa"]
    gain_spread: Annotated[float, "-"] = 0.0  # of the logarithm, between units


class Cushion(NamedTuple):
    """The gas of a unit in use, and its gain."""

    gas: Annotated[float, "J"]  # absolute pressure times volume
    gain: Annotated[float, "-"]


@inlined
def switched_on(drive: GasGenerating, luck: Luck) -> Cushion:
    """Return a unit that has just been switched on."""
    return Cushion(gas=drive.cushion * _ATMOSPHERE, gain=exp(drive.gain_spread * luck.normal))


@fresh.answer
def new_unit(drive: GasGenerating, luck: Luck) -> Cushion:
    return switched_on(drive, luck)


@refilled.answer
def next_unit(drive: GasGenerating, own: Cushion, service: Service, luck: Luck) -> Cushion:
    return switched_on(drive, luck)


@disposable.answer
def units_are_thrown_away(drive: GasGenerating) -> float:
    return 1.0


@encloses.answer
def bag_in_the_gas(drive: GasGenerating) -> float:
    return 1.0


@generated.answer
@inlined
def gas_made(drive: GasGenerating, own: Cushion, rate: float) -> float:
    return drive.reference_pressure * own.gain * rate


@advance.answer
def make_gas(drive: GasGenerating, own: Cushion, dt: float, around: Surroundings) -> Cushion:
    return Cushion(gas=own.gas + gas_made(drive, own, around.programmed) * dt, gain=own.gain)


@flow.answer
def gas_flow(
    drive: GasGenerating, own: Cushion, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> float:
    return gas_made(drive, own, rate) / max(ambient + p_out, _VACUUM)


@stall.answer
def gas_stall(drive: GasGenerating) -> float:
    return 1e300  # gas is made against any pressure


@operate.answer
def operate_gas(
    drive: GasGenerating, own: Cushion, rate: float, p_in: float, viscosity: float, pump: Any, state: Any
) -> OperatingPoint:
    catheter = line(pump.catheter, state.catheter, viscosity)
    site = line(pump.site, state.site, viscosity)
    offset = catheter.offset + site.offset
    slope = catheter.slope + site.slope
    # Q (p_ambient + offset + slope Q) is the gas that is made
    least = max(ambient(pump.reservoir) + offset, _VACUUM)
    made = gas_made(drive, own, rate)
    net = 2.0 * made / (least + math.sqrt(least * least + 4.0 * slope * made))
    return OperatingPoint(flow=net, pressure=offset + slope * net)


@bubble.answer
def gas_in_housing(drive: GasGenerating, own: Cushion) -> float:
    return own.gas


@chamber.answer
def gas_chamber(drive: GasGenerating, own: Cushion, viscosity: float) -> Chamber:
    # the bag is in the chamber, and nothing comes from elsewhere
    return Chamber(
        compliance=0.0,
        inlet=Link(drive.outlet_conductance, TIGHT, 0.0, 0.0, 0.0, GATE),
        outlet=Link(drive.outlet_conductance, 0.0, 0.0, 0.0, 0.0, TUBE),
        stall=1e300,
        relief=RELIEF,
    )


@phases.answer
def gas_phases(
    drive: GasGenerating, own: Cushion, rate: float
) -> tuple[Phase, Phase, Phase, Phase, Phase, Phase]:
    off = Phase(0.0, 0.0, 0.0, 0.0, 0.0)
    return (Phase(IDLE, 0.0, 0.0, 0.0, 0.0), off, off, off, off, off)


@stroke.answer
def gas_stroke(
    drive: GasGenerating, own: Cushion, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> Stroke:
    volume = gas_flow(drive, own, rate, p_in, p_out, ambient, viscosity) * IDLE
    return Stroke(period=IDLE, volume=volume, conductance=0.0, crack=0.0)
