"""The cell whose current drags water through a charged membrane, and so pushes a drug; the battery that feeds it stands
in `fluidics.power`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined
from fluidics.increments import IDLE, RELIEF, TIGHT
from fluidics.network import CHECK, TUBE, Link
from fluidics.pump import Chamber, Luck, OperatingPoint, Phase, Stateless, Stroke, Surroundings
from fluidics.questions import (
    advance,
    chamber,
    fastest,
    flow,
    fresh,
    line,
    operate,
    phases,
    power_drawn,
    stall,
    stroke,
    strokes,
    throttle,
)

_LEAST = 1e-9  # [-]: of the inlet, when neither membrane nor reversals let anything back


class ElectroOsmotic(NamedTuple):
    """A cell that carries a volume per charge, and turns round at fixed times.

    Q = a Q_set - (L + C / t) (p_out + p_crack - p_in), never below zero,    I = Q_set / beta,    P = R I^2

    Each coulomb drags the volume beta of electrolyte through the membrane, and pressure across it sends L p back.
    Diaphragms part the electrolyte from the drug; while one side pushes, the other fills, and after each time t current
    and valves turn round. Then the side that pushed gives back what its compliance C holds. Both electrodes are silver
    in its chloride: what one loses the other gains until the current turns, they have no voltage of their own, and all
    power goes into the resistance R.

    Notes
    -----
    Flow and current are those of linear irreversible thermodynamics (Kedem and Katchalsky, Trans. Faraday Soc. 59
    (1963) 1918). Measured on a cell with a cation exchange membrane from 2.5 to 10 mA, turned every 10 min, against a
    pressure of 52 cmHg (Uhlig, Graydon and Zingg, J. Biomed. Mater. Res. 17 (1983) 931), without change over 10,000
    reversals; so nothing wears here. What the reversals give back is spread over the time between them.
    """

    electro_osmosis: Annotated[float, "m3/C"]  # volume per charge, as the controller counts it
    accuracy: Annotated[float, "-"]  # true over nominal volume
    half_cycle: Annotated[float, "s"]  # between two reversals
    greatest_current: Annotated[float, "A"]
    cell_resistance: Annotated[float, "ohm"]
    membrane_leak: Annotated[float, "m3/s/Pa"]
    stall_pressure: Annotated[float, "Pa"]  # at which diaphragms or valves give way
    chamber_compliance: Annotated[float, "m3/Pa"]
    outlet_crack: Annotated[float, "Pa"]
    valve_conductance: Annotated[float, "m3/s/Pa"]


@fresh.answer
def new_cell(drive: ElectroOsmotic, luck: Luck) -> Stateless:
    return Stateless()


@advance.answer
def cell_stays(drive: ElectroOsmotic, own: Stateless, dt: float, around: Surroundings) -> Stateless:
    return own


@fastest.answer
@inlined
def at_greatest_current(drive: ElectroOsmotic) -> float:
    return drive.electro_osmosis * drive.greatest_current


@inlined
def current(drive: ElectroOsmotic, rate: float) -> float:
    """Return the current [A] of a programmed rate [m3/s].

    Examples
    --------
    >>> cell = ElectroOsmotic(1e-9, 1.0, 600.0, 10e-3, 25.6, 0.0, 1e5, 0.0, 0.0, 1e-13)
    >>> round(current(cell, 0.15e-9 / 60.0) * 1e3, 12)  # 0.15 uL/min at 1 uL/C
    2.5
    """
    return min(rate, at_greatest_current(drive)) / drive.electro_osmosis


@inlined
def way_back(drive: ElectroOsmotic, rate: float) -> float:
    """Return what goes back per pressure [m3/(s Pa)], through the membrane and, while a rate [m3/s] is programmed, by
    reversals."""
    if rate <= 0.0:
        return drive.membrane_leak
    return drive.membrane_leak + drive.chamber_compliance / drive.half_cycle


@flow.answer
def cell_flow(
    drive: ElectroOsmotic, own: Stateless, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> float:
    pushed = p_out + drive.outlet_crack
    if pushed >= drive.stall_pressure:
        return 0.0
    carried = drive.accuracy * min(rate, at_greatest_current(drive))
    return max(carried - way_back(drive, rate) * (pushed - p_in), 0.0)


@stall.answer
def cell_stall(drive: ElectroOsmotic) -> float:
    return drive.stall_pressure - drive.outlet_crack


@strokes.answer
def reversals(drive: ElectroOsmotic, rate: float) -> float:
    return 1.0 / drive.half_cycle if rate > 0.0 else 0.0


@power_drawn.answer
def electrical_power(drive: ElectroOsmotic, rate: float) -> float:
    through = current(drive, rate)
    return drive.cell_resistance * through * through


@operate.answer
def operate_cell(
    drive: ElectroOsmotic, own: Stateless, rate: float, p_in: float, viscosity: float, pump: Any, state: Any
) -> OperatingPoint:
    catheter = line(pump.catheter, state.catheter, viscosity)
    site = line(pump.site, state.site, viscosity)
    offset = catheter.offset + site.offset
    slope = catheter.slope + site.slope
    back = way_back(drive, rate)
    carried = drive.accuracy * min(rate, at_greatest_current(drive))
    net = max((carried - back * (offset + drive.outlet_crack - p_in)) / (1.0 + back * slope), 0.0)
    limit = drive.stall_pressure - drive.outlet_crack
    if offset + slope * net > limit:
        # stalled: what the line takes at the limit, or nothing where the body presses harder
        net = max((limit - offset) / slope, 0.0) if slope > 0.0 else 0.0
    return OperatingPoint(flow=net, pressure=offset + slope * net)


@chamber.answer
def cell_chamber(drive: ElectroOsmotic, own: Stateless, viscosity: float) -> Chamber:
    crack = drive.outlet_crack
    return Chamber(
        compliance=drive.chamber_compliance,
        inlet=Link(max(way_back(drive, 1.0), TIGHT), 0.0, 0.0, 0.0, 0.0, TUBE),
        outlet=Link(drive.valve_conductance, TIGHT, crack, crack, 0.0, CHECK),
        stall=drive.stall_pressure,
        relief=RELIEF,
    )


@throttle.answer
def without_reversals(drive: ElectroOsmotic, own: Stateless, rate: float) -> float:
    return max(way_back(drive, rate) / max(way_back(drive, 1.0), TIGHT), _LEAST)


@phases.answer
def cell_phases(
    drive: ElectroOsmotic, own: Stateless, rate: float
) -> tuple[Phase, Phase, Phase, Phase, Phase, Phase]:
    off = Phase(0.0, 0.0, 0.0, 0.0, 0.0)
    if rate <= 0.0:
        return (Phase(IDLE, 0.0, 0.0, 0.0, 0.0), off, off, off, off, off)
    carried = drive.accuracy * min(rate, at_greatest_current(drive))
    return (Phase(drive.half_cycle, 0.0, carried, 0.0, 0.0), off, off, off, off, off)


@stroke.answer
def cell_stroke(
    drive: ElectroOsmotic, own: Stateless, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> Stroke:
    if rate <= 0.0:
        return Stroke(period=IDLE, volume=0.0, conductance=0.0, crack=0.0)
    volume = cell_flow(drive, own, rate, p_in, p_out, ambient, viscosity) * drive.half_cycle
    return Stroke(period=drive.half_cycle, volume=volume, conductance=0.0, crack=0.0)
