"""The pump as a nested tuple of parts, its state, what surrounds the parts, and the walks over all six of them; each
part's own physics stands in its own file."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined
from fluidics.network import Link
from fluidics.questions import advance, carry_over, fresh, panel, refilled, rinsed


class Pump(NamedTuple):
    """Parameters of one device: one part in each place."""

    reservoir: Any
    drug: Any
    drive: Any
    catheter: Any
    site: Any
    power: Any


class PumpState(NamedTuple):
    """State of one device: the state of each part in the place of the part."""

    reservoir: Any
    drug: Any
    drive: Any
    catheter: Any
    site: Any
    power: Any


class Stateless(NamedTuple):
    """State of a part that remembers nothing."""


class Linear(NamedTuple):
    """Back pressure that is linear in flow: offset + slope * flow."""

    offset: Annotated[float, "Pa"]
    slope: Annotated[float, "Pa s/m3"]


class OperatingPoint(NamedTuple):
    """Net flow and line pressure at one rate level."""

    flow: Annotated[float, "m3/s"]
    pressure: Annotated[float, "Pa"]


class Stroke(NamedTuple):
    """One stroke as the line sees it: what it pushes, and what flows back until the next."""

    period: Annotated[float, "s"]
    volume: Annotated[float, "m3"]  # pushed into the line at the pressures asked about
    conductance: Annotated[float, "m3/s/Pa"]  # between reservoir and line, all the time
    crack: Annotated[float, "Pa"]  # that it costs the pressure of the reservoir; nothing unless valves stand open


class Phase(NamedTuple):
    """A part of a stroke in which the drive does one thing."""

    duration: Annotated[float, "s"]
    displaced: Annotated[float, "m3/s"]  # into the chamber by a moving wall
    carried: Annotated[float, "m3/s"]  # from the reservoir into the chamber
    inlet: Annotated[float, "-"]  # 1 when the drive holds the inlet open; for gates only
    outlet: Annotated[float, "-"]  # the same for the outlet


class Chamber(NamedTuple):
    """The drive between reservoir and line: what it stores, how both sides reach it, where its force ends."""

    compliance: Annotated[float, "m3/Pa"]
    inlet: Link
    outlet: Link
    stall: Annotated[float, "Pa"]  # pressure in the chamber that the drive cannot exceed
    relief: Annotated[float, "m3/s/Pa"]  # how fast the drive gives way above it


class Level(NamedTuple):
    """A programmed rate and the share of time it is on."""

    rate: Annotated[float, "m3/s"]
    share: Annotated[float, "-"]


class Luck(NamedTuple):
    """Chance, handed to a part as numbers: parts never draw.

    At implantation uniform and normal are independent; at a refill they are one draw, that of the vial, in two forms.
    """

    uniform: Annotated[float, "-"]
    normal: Annotated[float, "-"]
    batch: Annotated[float, "-"]  # standard normal shared in a world: the pump's lot at implantation, the drug's batch


class Service(NamedTuple):
    """What a refill does."""

    carry_over: Annotated[float, "-"]  # residual drug as a fraction of the filled reservoir


class Surroundings(NamedTuple):
    """What a part sees of the others, averaged over the rates of a day."""

    flow: Annotated[float, "m3/s"]
    programmed: Annotated[float, "m3/s"]
    strokes: Annotated[float, "1/s"]
    power: Annotated[float, "W"]  # that the drive draws, beside what its strokes cost
    p_in: Annotated[float, "Pa"]
    p_out: Annotated[float, "Pa"]
    p2_out: Annotated[float, "Pa2"]  # mean square of the line pressure
    p_peak: Annotated[float, "Pa"]  # line pressure at the level where it is highest
    p_next: Annotated[float, "Pa"]  # line pressure at the highest level that is not stalled
    p_rest: Annotated[float, "Pa"]  # line pressure without flow
    p_stall: Annotated[float, "Pa"]  # where the drive stops for want of force
    aggregate: Annotated[float, "-"]
    temperature: Annotated[float, "K"]


@inlined
def with_aggregate(around: Surroundings, mass: float) -> Surroundings:
    """Return the surroundings with another aggregated mass [-]."""
    return Surroundings(
        flow=around.flow,
        programmed=around.programmed,
        strokes=around.strokes,
        power=around.power,
        p_in=around.p_in,
        p_out=around.p_out,
        p2_out=around.p2_out,
        p_peak=around.p_peak,
        p_next=around.p_next,
        p_rest=around.p_rest,
        p_stall=around.p_stall,
        aggregate=mass,
        temperature=around.temperature,
    )


@inlined
def advanced(pump: Pump, state: PumpState, dt: float, around: Surroundings) -> PumpState:
    """Return the state of all parts after `dt` [s] in frozen surroundings."""
    return PumpState(
        reservoir=advance(pump.reservoir, state.reservoir, dt, around),
        drug=advance(pump.drug, state.drug, dt, around),
        drive=advance(pump.drive, state.drive, dt, around),
        catheter=advance(pump.catheter, state.catheter, dt, around),
        site=advance(pump.site, state.site, dt, around),
        power=advance(pump.power, state.power, dt, around),
    )


@inlined
def longest_panel(pump: Pump, state: PumpState, around: Surroundings) -> float:
    """Return the longest panel [s] that no part objects to."""
    dt = min(panel(pump.reservoir, state.reservoir, around), panel(pump.drug, state.drug, around))
    dt = min(dt, panel(pump.drive, state.drive, around))
    dt = min(dt, panel(pump.catheter, state.catheter, around))
    dt = min(dt, panel(pump.site, state.site, around))
    return min(dt, panel(pump.power, state.power, around))


@inlined
def after_refill(pump: Pump, state: PumpState, luck: Luck) -> PumpState:
    """Return the state after a refill; the luck is that of the new drug."""
    service = Service(carry_over=carry_over(pump.reservoir, state.reservoir))
    return PumpState(
        reservoir=refilled(pump.reservoir, state.reservoir, service, luck),
        drug=refilled(pump.drug, state.drug, service, luck),
        drive=refilled(pump.drive, state.drive, service, luck),
        catheter=refilled(pump.catheter, state.catheter, service, luck),
        site=refilled(pump.site, state.site, service, luck),
        power=refilled(pump.power, state.power, service, luck),
    )


@inlined
def after_rinse(pump: Pump, state: PumpState) -> PumpState:
    """Return the state after the clinic rinsed the pump."""
    return PumpState(
        reservoir=rinsed(pump.reservoir, state.reservoir),
        drug=rinsed(pump.drug, state.drug),
        drive=rinsed(pump.drive, state.drive),
        catheter=rinsed(pump.catheter, state.catheter),
        site=rinsed(pump.site, state.site),
        power=rinsed(pump.power, state.power),
    )


@inlined
def with_drive(state: PumpState, drive: Any) -> PumpState:
    """Return the state with another state of the drive."""
    return PumpState(
        reservoir=state.reservoir,
        drug=state.drug,
        drive=drive,
        catheter=state.catheter,
        site=state.site,
        power=state.power,
    )


@inlined
def with_line(state: PumpState, catheter: Any, site: Any) -> PumpState:
    """Return the state with other states of catheter and site."""
    return PumpState(
        reservoir=state.reservoir,
        drug=state.drug,
        drive=state.drive,
        catheter=catheter,
        site=site,
        power=state.power,
    )


MEDIAN_LUCK = Luck(uniform=0.5, normal=0.0, batch=0.0)


def new_pump(pump: Pump, luck: Luck = MEDIAN_LUCK) -> PumpState:
    """Return the state of a newly implanted pump whose parts share one luck, the median by default."""
    return PumpState(*(fresh(part, luck) for part in pump))
