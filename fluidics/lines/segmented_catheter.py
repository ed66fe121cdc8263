"""A catheter of two pieces with side holes, as pumps for the spine have; the plain one stands in
`fluidics.lines.catheter`, lumens and walls in `fluidics.lines.lumen` and `fluidics.lines.wall`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.lines.catheter import WATER_COMPRESSIBILITY, hydraulic_resistance
from fluidics.lines.lumen import hole_resistance
from fluidics.lines.occlusion import Onset, awaited, first_wait, growth, growth_panel, supplied
from fluidics.lines.wall import held_wall_compliance
from fluidics.pump import Linear, Luck, Service, Surroundings
from fluidics.questions import advance, bubble, compliance, fresh, line, lumen, panel, refilled

POISSON = 0.48  # [-]: polymers have 0.46 to 0.5, and their moduli spread far more than this changes
SHUT = 1e-9  # [-]: of a hole still open when all are blocked, for zero flow is regular
_PI = 3.141592653589793


class SegmentedCatheter(NamedTuple):
    """A pump segment and a spinal segment of their own length and bore, closed at the end, with side holes.

    R = (R_proximal + R_distal) exp(age / t_c) + R_hole / (open holes)

    After a random onset tissue closes it as it does `Catheter`. The wall is that of an elastic tube that cannot change
    its length, on top of it the compressibility of the water inside.

    Notes
    -----
    Laminar flow. The way between the holes is left out: it is as short as the wall is thick, and both resist a
    thousandth of the lumen (Dagan, Weinbaum and Pfeffer, J. Fluid Mech. 115 (1982) 505). A wall stiffened by a braid
    has a larger modulus than its polymer.
    """

    proximal_length: Annotated[float, "m"]
    proximal_radius: Annotated[float, "m"]
    distal_length: Annotated[float, "m"]
    distal_radius: Annotated[float, "m"]
    wall: Annotated[float, "m"]  # thickness, of both segments
    modulus: Annotated[float, "Pa"]
    side_holes: Annotated[float, "-"]
    hole_radius: Annotated[float, "m"]
    onset_rate: Annotated[float, "1/s"]
    batch_spread: Annotated[float, "-"]
    closing_time: Annotated[float, "s"]
    blocked_holes: Annotated[float, "-"] = 0.0
    air: Annotated[float, "m3"] = 0.0  # trapped where it joins the pump, at atmospheric pressure


@fresh.answer
def new_segments(catheter: SegmentedCatheter, luck: Luck) -> Onset:
    return first_wait(luck.uniform)


@advance.answer
def close_holes(catheter: SegmentedCatheter, own: Onset, dt: float, around: Surroundings) -> Onset:
    return awaited(own, catheter.onset_rate, dt)


@refilled.answer
def refill_through_segments(catheter: SegmentedCatheter, own: Onset, service: Service, luck: Luck) -> Onset:
    return supplied(own, catheter.batch_spread, luck.batch)


@panel.answer
def segments_panel(catheter: SegmentedCatheter, own: Onset, around: Surroundings) -> float:
    return growth_panel(own, catheter.onset_rate, catheter.closing_time, around)


@lumen.answer
def both_lumens(catheter: SegmentedCatheter, viscosity: float) -> float:
    proximal = hydraulic_resistance(viscosity, catheter.proximal_length, catheter.proximal_radius)
    return proximal + hydraulic_resistance(viscosity, catheter.distal_length, catheter.distal_radius)


@line.answer
def segments_line(catheter: SegmentedCatheter, own: Onset, viscosity: float) -> Linear:
    left = max(catheter.side_holes - catheter.blocked_holes, SHUT)
    holes = hole_resistance(viscosity, catheter.wall, catheter.hole_radius) / left
    return Linear(offset=0.0, slope=lumen(catheter, viscosity) * growth(own, catheter.closing_time) + holes)


@inlined
def _segment_compliance(catheter: SegmentedCatheter, length: float, radius: float) -> float:
    wall = held_wall_compliance(radius, radius + catheter.wall, catheter.modulus, POISSON)
    return length * (wall + WATER_COMPRESSIBILITY * _PI * radius * radius)


@compliance.answer
def segments_compliance(catheter: SegmentedCatheter, own: Onset) -> float:
    proximal = _segment_compliance(catheter, catheter.proximal_length, catheter.proximal_radius)
    return proximal + _segment_compliance(catheter, catheter.distal_length, catheter.distal_radius)


@bubble.answer
def air_in_segments(catheter: SegmentedCatheter, own: Onset) -> float:
    return catheter.air * 101325.0
