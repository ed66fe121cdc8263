"""The syringe whose plunger a lead screw drives; its barrel stands in `fluidics.reservoirs.barrel`, how long it pushes
unnoticed into a line that is shut in `fluidics.lines.loading`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined
from fluidics.increments import RELIEF, TIGHT, held_by_force, increment, increment_phases, sealed_inlet
from fluidics.network import CHECK, Link
from fluidics.pump import Chamber, Luck, OperatingPoint, Phase, Service, Stroke, Surroundings
from fluidics.questions import (
    advance,
    chamber,
    creep,
    fastest,
    flow,
    fresh,
    line,
    operate,
    panel,
    phases,
    refilled,
    stall,
    stroke,
    strokes,
)

TAKEN_UP = 1e-6  # [-]: of a pulse, below which no slack is left


class LeadScrew(NamedTuple):
    """A screw that pushes a plunger by equal pulses, through a spring and against dry friction.

    The screw turns by a pulse whenever one is due. What it advances first takes up the slack of the gears, then
    compresses the drive train, seal and plunger, which together store C = C_fast + C_slow. The plunger sticks until its
    force over its area exceeds the line pressure by the breakaway friction, then slides until only the running
    friction is left: a step of C (p_b - p_r), every C (p_b - p_r) / Q. The motor's force over the plunger's area is
    the pressure at which it stalls.

    C_slow follows the pressure only in the creep time, as rubber does (standard linear solid), so that a bolus into a
    shut line finds less compliance than the basal rate does.

    Notes
    -----
    The plunger hangs on its screw: a head below it does not pull it. The engine `exact` resolves the creep, which lets
    a motor that stalls lift the line a little above its limit (17.7 of 17.0 kPa); `stroke` knows it in a line that is
    shut, and `fluidics.lines.loading` has the closed form. Compliance of worn insulin pumps follows from the siphon
    experiment of Zisser et al., J. Diabetes Sci. Technol. 4 (2010) 98; stick-slip from textbook dry friction.
    """

    quantum: Annotated[float, "m3"]  # nominal pulse
    accuracy: Annotated[float, "-"]  # true over nominal
    stall_pressure: Annotated[float, "Pa"]  # greatest force of the motor over the plunger's area
    compliance: Annotated[float, "m3/Pa"]  # that follows at once
    slow_compliance: Annotated[float, "m3/Pa"] = 0.0
    creep_time: Annotated[float, "s"] = 120.0
    running_friction: Annotated[float, "Pa"] = 0.0  # of the plunger, over its area
    breakaway_friction: Annotated[float, "Pa"] = 0.0  # the same when it has stuck; not below the running friction
    slack: Annotated[float, "m3"] = 0.0  # most that a new barrel leaves between screw and plunger
    push_time: Annotated[float, "s"] = 0.5
    slide_conductance: Annotated[float, "m3/s/Pa"] = 2e-13


class Slack(NamedTuple):
    """What the screw has still to turn before it moves the plunger."""

    left: Annotated[float, "m3"]


@inlined
def moved_share(drive: LeadScrew, own: Slack) -> float:
    """Return the share [-] of the next pulse that moves the plunger."""
    return max(1.0 - own.left / drive.quantum, 0.0)


@fresh.answer
def new_screw(drive: LeadScrew, luck: Luck) -> Slack:
    return Slack(left=drive.slack * luck.uniform)


@refilled.answer
def new_barrel(drive: LeadScrew, own: Slack, service: Service, luck: Luck) -> Slack:
    return Slack(left=drive.slack * luck.uniform)


@advance.answer
def take_up(drive: LeadScrew, own: Slack, dt: float, around: Surroundings) -> Slack:
    return Slack(left=max(own.left - drive.quantum * around.strokes * dt, 0.0))


@panel.answer
def slack_panel(drive: LeadScrew, own: Slack, around: Surroundings) -> float:
    if own.left <= TAKEN_UP * drive.quantum or around.strokes <= 0.0:
        return 1e300
    # whole pulses that move nothing, then the one that moves in part
    return max(float(int(own.left / drive.quantum)), 1.0) / around.strokes


@fastest.answer
@inlined
def screw_fastest(drive: LeadScrew) -> float:
    return drive.quantum / drive.push_time


@flow.answer
def screw_flow(
    drive: LeadScrew, own: Slack, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> float:
    if p_out + drive.running_friction < drive.stall_pressure:
        return drive.accuracy * min(rate, screw_fastest(drive)) * moved_share(drive, own)
    return 0.0


@stall.answer
def screw_stall(drive: LeadScrew) -> float:
    return drive.stall_pressure - drive.running_friction


@strokes.answer
def screw_pulses(drive: LeadScrew, rate: float) -> float:
    return min(rate, screw_fastest(drive)) / drive.quantum


@operate.answer
def operate_screw(
    drive: LeadScrew, own: Slack, rate: float, p_in: float, viscosity: float, pump: Any, state: Any
) -> OperatingPoint:
    moved = drive.accuracy * min(rate, screw_fastest(drive)) * moved_share(drive, own)
    limit = drive.stall_pressure - drive.running_friction
    catheter = line(pump.catheter, state.catheter, viscosity)
    site = line(pump.site, state.site, viscosity)
    return held_by_force(moved, limit, catheter, site)


@stroke.answer
def screw_stroke(
    drive: LeadScrew, own: Slack, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> Stroke:
    volume = drive.accuracy * drive.quantum * moved_share(drive, own)
    if p_out + drive.running_friction >= drive.stall_pressure:
        volume = 0.0
    return increment(volume, drive.quantum, min(rate, screw_fastest(drive)))


@phases.answer
def screw_phases(drive: LeadScrew, own: Slack, rate: float) -> tuple[Phase, Phase, Phase, Phase, Phase, Phase]:
    volume = drive.accuracy * drive.quantum * moved_share(drive, own)
    return increment_phases(volume, drive.quantum, min(rate, screw_fastest(drive)), drive.push_time)


@creep.answer
def seal_creep(drive: LeadScrew, own: Slack) -> tuple[float, float]:
    return drive.slow_compliance, drive.creep_time


@chamber.answer
def screw_chamber(drive: LeadScrew, own: Slack, viscosity: float) -> Chamber:
    slide = Link(
        drive.slide_conductance, TIGHT, drive.running_friction, max(drive.breakaway_friction, drive.running_friction),
        0.0, CHECK,
    )  # fmt: skip
    return Chamber(
        compliance=drive.compliance,
        inlet=sealed_inlet(drive.slide_conductance),
        outlet=slide,
        stall=drive.stall_pressure,
        relief=RELIEF,
    )
