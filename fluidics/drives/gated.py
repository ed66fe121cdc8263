"""The pressurised pump that meters with an accumulator between two gates; a gate before a restrictor stands in
`fluidics.drives.duty_cycle`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp
from fluidics.lines.pulsed_line import line_storage, pulse_resistance
from fluidics.network import GATE, Link
from fluidics.pump import Chamber, Luck, OperatingPoint, Phase, Service, Stroke, Surroundings
from fluidics.questions import (
    advance,
    chamber,
    fastest,
    flow,
    fresh,
    line,
    operate,
    panel,
    phases,
    refilled,
    rinsed,
    stall,
    stroke,
    strokes,
)

_OPEN_STEP = 0.1  # [s]: a stroke while both gates stand open, short beside the time in which the shut-off trips
_IDLE_STEP = 60.0  # [s]: a stroke of a pump that does nothing
_SLOWEST = 1e-30  # [1/s]: cycles that nobody waits for, and whose inverse is still a number
_TIGHT = 1e-9  # [-]: least leak of a shut gate relative to the open one
_SHUT = 1.0 - 1e-9  # [-]: of the volume let through, at which the shut-off has closed


class Gated(NamedTuple):
    """A gate fills an elastic accumulator from the reservoir, another empties it into the line.

    V = C (p_in - p_out) (1 - x) (1 - y) / (1 - x y),    x = exp(-g t_fill / C),  y = exp(-g t_dump / C)

    V goes out per cycle, C is the accumulator's compliance, g the conductance of the open gate. The controller counts
    on a nominal aliquot, so that the rate follows the pressures. A magnetic field above the one that holds the gates
    opens both, and the reservoir flows out freely; a shut-off that such a flow trips lets a stated volume through and
    then nothing, until a visit resets it.

    Notes
    -----
    `flow` and `stroke` take the line to keep its pressure while it takes an aliquot; at the operating point it resists
    the aliquot by what it does not store (`fluidics.lines.pulsed_line`): within 2 % behind a tip that closes in a rigid
    line, 7 % in a silicone one, up to two thirds too much where a nearly shut line stores less than an aliquot. Above
    its fastest cycle the drive cannot follow the programme. The law is the periodic state of an RC circuit that is
    charged and discharged in turn; shut gates leak in series. A pump of this kind: maker's manual of the Prometra II
    (Flowonix Medical), p. 14: at most 10 uL escape in a magnetic resonance scanner.
    """

    accumulator: Annotated[float, "m3/Pa"]
    aliquot: Annotated[float, "m3"]  # as the controller counts it
    gate_conductance: Annotated[float, "m3/s/Pa"]  # of each gate, open
    gate_leak: Annotated[float, "m3/s/Pa"]  # of each gate, shut
    reference_viscosity: Annotated[float, "Pa s"]
    fill_time: Annotated[float, "s"]
    dump_time: Annotated[float, "s"]
    pause: Annotated[float, "s"]  # at least, with both gates shut, after each
    escape: Annotated[float, "m3"]  # that the shut-off lets through
    field: Annotated[float, "-"] = 0.0  # magnetic, relative to the one that opens the gates


class Escaped(NamedTuple):
    """What has gone out through open gates since the shut-off was reset."""

    volume: Annotated[float, "m3"]


@fresh.answer
def reset_gates(drive: Gated, luck: Luck) -> Escaped:
    return Escaped(volume=0.0)


@inlined
def closed(drive: Gated, own: Escaped) -> bool:
    """Return whether the shut-off has closed."""
    return own.volume >= _SHUT * drive.escape


@advance.answer
def let_out(drive: Gated, own: Escaped, dt: float, around: Surroundings) -> Escaped:
    if drive.field <= 1.0:
        return own
    return Escaped(volume=min(own.volume + abs(around.flow) * dt, drive.escape))


@panel.answer
def escape_panel(drive: Gated, own: Escaped, around: Surroundings) -> float:
    left = drive.escape - own.volume
    if drive.field <= 1.0 or closed(drive, own) or abs(around.flow) * 1e300 <= left:
        return 1e300
    return left / abs(around.flow)


@refilled.answer
def reset_at_refill(drive: Gated, own: Escaped, service: Service, luck: Luck) -> Escaped:
    return Escaped(volume=0.0)


@rinsed.answer
def reset_at_rinse(drive: Gated, own: Escaped) -> Escaped:
    return Escaped(volume=0.0)


@inlined
def shortest_cycle(drive: Gated) -> float:
    """Return the least time [s] of a cycle."""
    return drive.fill_time + drive.dump_time + 2.0 * drive.pause


@fastest.answer
def gated_fastest(drive: Gated) -> float:
    return drive.aliquot / shortest_cycle(drive)


@inlined
def cycle_rate(drive: Gated, rate: float) -> float:
    """Return the cycles per time [1/s] at a programmed rate [m3/s]."""
    return min(rate / drive.aliquot, 1.0 / shortest_cycle(drive))


@inlined
def exchanged(drive: Gated, viscosity: float, behind: float) -> float:
    """Return the share [-] of the accumulator's swing that open times and a resistance behind [Pa s/m3] allow."""
    through = drive.gate_conductance * drive.reference_viscosity / viscosity
    unfilled = exp(-through * drive.fill_time / drive.accumulator)
    undumped = exp(-through / (1.0 + through * behind) * drive.dump_time / drive.accumulator)
    return (1.0 - unfilled) * (1.0 - undumped) / (1.0 - unfilled * undumped)


@inlined
def standing(drive: Gated, own: Escaped, rate: float, viscosity: float) -> float:
    """Return the conductance [m3/(s Pa)] beside the metering: of gates that leak, or stand open in a field."""
    if closed(drive, own):
        return 0.0
    thinner = drive.reference_viscosity / viscosity
    if drive.field > 1.0:
        return 0.5 * drive.gate_conductance * thinner
    # an accumulator that was dumped first has to fill through one leak before it drains through the other
    filled = 2.0 * drive.gate_leak * thinner / drive.accumulator
    leaked = 1.0
    if rate > 0.0:
        x = filled / cycle_rate(drive, rate)
        leaked = 1.0 - (1.0 - exp(-x)) / x if x > 1e-3 else 0.5 * x
    return 0.5 * drive.gate_leak * thinner * leaked


@inlined
def metered(drive: Gated, own: Escaped, viscosity: float, behind: float) -> float:
    """Return the volume per cycle and pressure [m3/Pa] against a resistance behind the gates [Pa s/m3]."""
    if closed(drive, own) or drive.field > 1.0:
        return 0.0
    return drive.accumulator * exchanged(drive, viscosity, behind)


@flow.answer
def gated_flow(
    drive: Gated, own: Escaped, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> float:
    pulsed = metered(drive, own, viscosity, 0.0) * cycle_rate(drive, rate)
    return (pulsed + standing(drive, own, rate, viscosity)) * (p_in - p_out)


@stall.answer
def gated_stall(drive: Gated) -> float:
    return 1e300  # the reservoir's own pressure is the limit


@strokes.answer
def gated_strokes(drive: Gated, rate: float) -> float:
    return cycle_rate(drive, rate)


@operate.answer
def operate_gated(
    drive: Gated, own: Escaped, rate: float, p_in: float, viscosity: float, pump: Any, state: Any
) -> OperatingPoint:
    catheter = line(pump.catheter, state.catheter, viscosity)
    site = line(pump.site, state.site, viscosity)
    offset = catheter.offset + site.offset
    slope = catheter.slope + site.slope
    cycles = cycle_rate(drive, rate)
    off = 1.0 / cycles - drive.dump_time if cycles > _SLOWEST else 0.0
    behind = pulse_resistance(slope, line_storage(pump, state), drive.dump_time, off)
    through = metered(drive, own, viscosity, behind) * cycles + standing(drive, own, rate, viscosity)
    net = through * (p_in - offset) / (1.0 + through * slope)
    return OperatingPoint(flow=net, pressure=offset + slope * net)


@chamber.answer
def gated_chamber(drive: Gated, own: Escaped, viscosity: float) -> Chamber:
    thinner = drive.reference_viscosity / viscosity
    tight = _TIGHT * drive.gate_conductance * thinner
    through = drive.gate_conductance * thinner
    leak = drive.gate_leak * thinner + tight
    if closed(drive, own):
        through = leak = tight
    gate = Link(through, leak, 0.0, 0.0, 0.0, GATE)
    return Chamber(compliance=drive.accumulator, inlet=gate, outlet=gate, stall=1e300, relief=1e-12)


@phases.answer
def gated_phases(drive: Gated, own: Escaped, rate: float) -> tuple[Phase, Phase, Phase, Phase, Phase, Phase]:
    off = Phase(0.0, 0.0, 0.0, 0.0, 0.0)
    if closed(drive, own) or (rate <= 0.0 and drive.field <= 1.0):
        return (Phase(_IDLE_STEP, 0.0, 0.0, 0.0, 0.0), off, off, off, off, off)
    if drive.field > 1.0:
        return (Phase(_OPEN_STEP, 0.0, 0.0, 1.0, 1.0), off, off, off, off, off)
    rest = 1.0 / cycle_rate(drive, rate) - drive.fill_time - drive.pause - drive.dump_time
    return (
        Phase(drive.fill_time, 0.0, 0.0, 1.0, 0.0),
        Phase(drive.pause, 0.0, 0.0, 0.0, 0.0),
        Phase(drive.dump_time, 0.0, 0.0, 0.0, 1.0),
        Phase(rest, 0.0, 0.0, 0.0, 0.0),
        off,
        off,
    )


@stroke.answer
def gated_stroke(
    drive: Gated, own: Escaped, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> Stroke:
    always = standing(drive, own, rate, viscosity)
    if closed(drive, own) or (rate <= 0.0 and drive.field <= 1.0):
        return Stroke(period=_IDLE_STEP, volume=0.0, conductance=always, crack=0.0)
    if drive.field > 1.0:
        return Stroke(period=_OPEN_STEP, volume=0.0, conductance=always, crack=0.0)
    volume = metered(drive, own, viscosity, 0.0) * (p_in - p_out)
    return Stroke(period=1.0 / cycle_rate(drive, rate), volume=volume, conductance=always, crack=0.0)
