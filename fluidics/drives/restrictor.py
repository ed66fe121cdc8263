"""The capillary that lets a pressurised reservoir empty at a nearly constant rate; the propellant stands in
`fluidics.reservoirs.propellant`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.network import TUBE, Link
from fluidics.pump import Chamber, Luck, OperatingPoint, Phase, Stateless, Stroke, Surroundings
from fluidics.questions import advance, chamber, flow, fresh, line, operate, phases, stall, stroke

_DEAD_COMPLIANCE = 4.4e-17  # [m3/Pa]: a tenth of a millilitre of water behind the restrictor
_STEP = 60.0  # [s]


class Restrictor(NamedTuple):
    """A flow restrictor: Q = (p_in - p_out) / (R mu / mu_ref).

    No moving part and no programme: the rate is what the restrictor was chosen for. Laminar flow of a Newtonian
    infusate (Blackshear et al., Surg. Gynecol. Obstet. 134 (1972) 51).
    """

    resistance: Annotated[float, "Pa s/m3"]
    reference_viscosity: Annotated[float, "Pa s"]


@fresh.answer
def new_restrictor(drive: Restrictor, luck: Luck) -> Stateless:
    return Stateless()


@advance.answer
def restrictor_stays(drive: Restrictor, own: Stateless, dt: float, around: Surroundings) -> Stateless:
    return own


@flow.answer
def restricted_flow(
    drive: Restrictor, own: Stateless, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> float:
    return (p_in - p_out) / (drive.resistance * viscosity / drive.reference_viscosity)


@stall.answer
def restrictor_stall(drive: Restrictor) -> float:
    return 1e300  # the reservoir's own pressure is the limit


@operate.answer
def operate_restrictor(
    drive: Restrictor, own: Stateless, rate: float, p_in: float, viscosity: float, pump: Any, state: Any
) -> OperatingPoint:
    catheter = line(pump.catheter, state.catheter, viscosity)
    site = line(pump.site, state.site, viscosity)
    offset = catheter.offset + site.offset
    slope = catheter.slope + site.slope
    net = (p_in - offset) / (drive.resistance * viscosity / drive.reference_viscosity + slope)
    return OperatingPoint(flow=net, pressure=offset + slope * net)


@chamber.answer
def restrictor_chamber(drive: Restrictor, own: Stateless, viscosity: float) -> Chamber:
    through = drive.reference_viscosity / (drive.resistance * viscosity)
    # behind the restrictor nothing resists
    return Chamber(
        compliance=_DEAD_COMPLIANCE,
        inlet=Link(through, 0.0, 0.0, 0.0, 0.0, TUBE),
        outlet=Link(1e6 * through, 0.0, 0.0, 0.0, 0.0, TUBE),
        stall=1e300,
        relief=1e-12,
    )


@phases.answer
def restrictor_phases(
    drive: Restrictor, own: Stateless, rate: float
) -> tuple[Phase, Phase, Phase, Phase, Phase, Phase]:
    off = Phase(0.0, 0.0, 0.0, 0.0, 0.0)
    return (Phase(_STEP, 0.0, 0.0, 0.0, 0.0), off, off, off, off, off)


@stroke.answer
def restrictor_stroke(
    drive: Restrictor, own: Stateless, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> Stroke:
    through = drive.reference_viscosity / (drive.resistance * viscosity)
    return Stroke(period=_STEP, volume=0.0, conductance=through, crack=0.0)
