"""The pressurised pump whose gate opens for a share of the time before a chip that resists; gates that meter with an
accumulator stand in `fluidics.drives.gated`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined
from fluidics.lines.pulsed_line import line_storage, pulse_resistance
from fluidics.network import GATE, TUBE, Link
from fluidics.pump import Chamber, Luck, OperatingPoint, Phase, Stateless, Stroke, Surroundings
from fluidics.questions import advance, chamber, fastest, flow, fresh, line, operate, phases, stall, stroke, strokes


class DutyCycle(NamedTuple):
    """A gate before a restrictor, open for the share d of each cycle.

    Q = (d / (R + 1/g) + (1 - d) / (R + 1/l)) (p_in - p_out) mu_ref / mu,    d = Q_set / Q_full, at most 1

    R is the restrictor, g and l are the gate open and shut. The controller counts on the nominal flow Q_full of an open
    gate, so that the rate follows the pressures and the viscosity.

    Notes
    -----
    What the dead volume between gate and restrictor holds flows on when the gate has shut; it adds up to
    R C / cycle (1 - d) of the full flow, which `chamber` resolves and `flow` leaves out. `flow` and `stroke` take the
    line to keep its pressure; at the operating point it resists while the gate is open by what it does not store
    (`fluidics.lines.pulsed_line`). The principle: US patent
    8,141,844 (2012).
    """

    resistance: Annotated[float, "Pa s/m3"]
    reference_viscosity: Annotated[float, "Pa s"]
    full_rate: Annotated[float, "m3/s"]  # with the gate open, as the controller counts it
    gate_conductance: Annotated[float, "m3/s/Pa"]  # open
    gate_leak: Annotated[float, "m3/s/Pa"]  # shut
    cycle: Annotated[float, "s"]
    dead_compliance: Annotated[float, "m3/Pa"]  # between gate and restrictor


@fresh.answer
def new_gate(drive: DutyCycle, luck: Luck) -> Stateless:
    return Stateless()


@advance.answer
def gate_stays(drive: DutyCycle, own: Stateless, dt: float, around: Surroundings) -> Stateless:
    return own


@fastest.answer
def duty_fastest(drive: DutyCycle) -> float:
    return drive.full_rate


@inlined
def duty(drive: DutyCycle, rate: float) -> float:
    """Return the share of time [-] that the gate is open at a programmed rate [m3/s]."""
    return min(rate / drive.full_rate, 1.0)


@inlined
def through(drive: DutyCycle, gate: float, viscosity: float) -> float:
    """Return the conductance [m3/(s Pa)] of the restrictor behind a gate with a conductance [m3/(s Pa)]."""
    return gate / (1.0 + gate * drive.resistance) * (drive.reference_viscosity / viscosity)


@inlined
def mean_conductance(drive: DutyCycle, rate: float, viscosity: float, behind: float) -> float:
    """Return the conductance [m3/(s Pa)] over a cycle at a programmed rate [m3/s], and a resistance [Pa s/m3] behind
    the open gate.
    """
    share = duty(drive, rate)
    shut = through(drive, drive.gate_leak, viscosity)
    opened = through(drive, drive.gate_conductance, viscosity)
    return shut + share * (opened / (1.0 + opened * behind) - shut)


@flow.answer
def duty_flow(
    drive: DutyCycle, own: Stateless, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> float:
    return mean_conductance(drive, rate, viscosity, 0.0) * (p_in - p_out)


@stall.answer
def duty_stall(drive: DutyCycle) -> float:
    return 1e300  # the reservoir's own pressure is the limit


@strokes.answer
def duty_strokes(drive: DutyCycle, rate: float) -> float:
    return 1.0 / drive.cycle if rate > 0.0 else 0.0


@operate.answer
def operate_duty(
    drive: DutyCycle, own: Stateless, rate: float, p_in: float, viscosity: float, pump: Any, state: Any
) -> OperatingPoint:
    catheter = line(pump.catheter, state.catheter, viscosity)
    site = line(pump.site, state.site, viscosity)
    offset = catheter.offset + site.offset
    slope = catheter.slope + site.slope
    on = duty(drive, rate) * drive.cycle
    behind = pulse_resistance(slope, line_storage(pump, state), on, drive.cycle - on) if on > 0.0 else 0.0
    open_share = mean_conductance(drive, rate, viscosity, behind)
    net = open_share * (p_in - offset) / (1.0 + open_share * slope)
    return OperatingPoint(flow=net, pressure=offset + slope * net)


@chamber.answer
def duty_chamber(drive: DutyCycle, own: Stateless, viscosity: float) -> Chamber:
    thinner = drive.reference_viscosity / viscosity
    return Chamber(
        compliance=drive.dead_compliance,
        inlet=Link(drive.gate_conductance * thinner, drive.gate_leak * thinner, 0.0, 0.0, 0.0, GATE),
        outlet=Link(thinner / drive.resistance, 0.0, 0.0, 0.0, 0.0, TUBE),
        stall=1e300,
        relief=1e-12,
    )


@phases.answer
def duty_phases(drive: DutyCycle, own: Stateless, rate: float) -> tuple[Phase, Phase, Phase, Phase, Phase, Phase]:
    off = Phase(0.0, 0.0, 0.0, 0.0, 0.0)
    if rate <= 0.0:
        return (Phase(60.0, 0.0, 0.0, 0.0, 0.0), off, off, off, off, off)
    share = duty(drive, rate)
    return (
        Phase(share * drive.cycle, 0.0, 0.0, 1.0, 0.0),
        Phase((1.0 - share) * drive.cycle, 0.0, 0.0, 0.0, 0.0),
        off,
        off,
        off,
        off,
    )


@stroke.answer
def duty_stroke(
    drive: DutyCycle, own: Stateless, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> Stroke:
    shut = through(drive, drive.gate_leak, viscosity)
    if rate <= 0.0:
        return Stroke(period=60.0, volume=0.0, conductance=shut, crack=0.0)
    gained = through(drive, drive.gate_conductance, viscosity) - shut
    volume = duty(drive, rate) * drive.cycle * gained * (p_in - p_out)
    return Stroke(period=drive.cycle, volume=volume, conductance=shut, crack=0.0)
