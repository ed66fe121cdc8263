"""The solenoid piston between passive check valves, whose seats leak when aggregate settles on them; the drug that
aggregates stands in `fluidics.drugs.aggregation`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp
from fluidics.free_flow import Between, added, run_through
from fluidics.network import CHECK, Link
from fluidics.pump import Chamber, Luck, OperatingPoint, Phase, Stroke, Surroundings
from fluidics.questions import (
    advance,
    bubble,
    chamber,
    fastest,
    flow,
    fresh,
    line,
    operate,
    panel,
    phases,
    rinsed,
    stall,
    stroke,
    strokes,
)

QUIET_DEPOSIT = 0.3  # [-]: the seats then leak less than 3 % of the bounded leak
STEP = 0.3  # [-]: deposit per panel above it, more where the leak nears its bound
BOUNDED = 0.5  # [-]: by how much more, times the cube of the deposit
RELIEF = 1e-11  # [m3/(s Pa)]: how fast a stalled piston gives way; the rest of a stroke then takes a few ms
IDLE = 60.0  # [s]: a stroke of a piston that does nothing
TIGHT = 1e-9  # [-]: leak of a clean seat relative to the open valve


class Piston(NamedTuple):
    """A fixed stroke, force-limited, whose seats leak back into the reservoir.

    Q_net = a Q - G (p_out - p_in),    G = D^3 / (1 + D^3) / R_filter * mu_ref / mu

    The gap of a seat grows with its deposit D, its conductance with the cube of the gap; a flow-impeding filter in
    series bounds the leak (US patent 4,373,527, 1983). D = 1 is the deposit at which the gap resists as much as the
    filter. Deposit grows with the aggregate that passes, faster while the line holds pressure:

    dD/dt = m / t_D * (1 + s <p_out^2> / p_stall^2)

    Within a stroke the solenoid pushes, holds and returns. The chamber's compliance, and a bubble in it by its volume
    over the absolute pressure, take the swing of the chamber pressure out of every stroke: a bubble of V dp / p stops
    delivery, the rule of the compression ratio.

    Notes
    -----
    `flow` is quasi-steady: one stroke's pressure is gone before the next, and what the chamber's compliance takes is
    part of the accuracy; `stroke` and `chamber` resolve both. The next stroke waits until push, hold and return of the
    one before are over. The deposition law and its pressure factor are a model fitted to how often both faults were
    found together (Renard et al., Diabetes Care 19 (1996) 812).

    A reservoir that presses harder than the line by both crack pressures opens both valves, and drug runs out through
    them; a stroke then adds less than its volume, or nothing. `flow` and `stroke` know it; `operate`, the closed form
    for lifetimes, whose reservoirs stay below the line, does not.
    """

    stroke_volume: Annotated[float, "m3"]
    accuracy: Annotated[float, "-"]  # true over nominal stroke volume
    stall_pressure: Annotated[float, "Pa"]
    filter_resistance: Annotated[float, "Pa s/m3"]
    reference_viscosity: Annotated[float, "Pa s"]
    deposition_time: Annotated[float, "s"]
    pressure_factor: Annotated[float, "-"]
    rinse_left: Annotated[float, "-"]  # share of the deposit that a rinse leaves
    inlet_crack: Annotated[float, "Pa"] = 2e3
    outlet_crack: Annotated[float, "Pa"] = 10e3
    valve_conductance: Annotated[float, "m3/s/Pa"] = 2e-12
    chamber_compliance: Annotated[float, "m3/Pa"] = 2e-17
    bubble: Annotated[float, "m3"] = 0.0  # gas trapped in the chamber, as it is at sea level
    push_time: Annotated[float, "s"] = 0.1
    hold_time: Annotated[float, "s"] = 0.1
    return_time: Annotated[float, "s"] = 0.3


class Deposit(NamedTuple):
    """Deposit on the valve seats."""

    deposit: Annotated[float, "-"]


@inlined
def leak_conductance(drive: Piston, own: Deposit, viscosity: float) -> float:
    """Return the leak of the seats per pressure [m3/(s Pa)]."""
    gap = own.deposit * own.deposit * own.deposit
    return gap / ((1.0 + gap) * drive.filter_resistance) * (drive.reference_viscosity / viscosity)


@fresh.answer
def clean_seats(drive: Piston, luck: Luck) -> Deposit:
    return Deposit(deposit=0.0)


@inlined
def deposition_rate(drive: Piston, around: Surroundings) -> float:
    """Return the growth of the deposit [1/s]."""
    held = around.p2_out / (drive.stall_pressure * drive.stall_pressure)
    return around.aggregate / drive.deposition_time * (1.0 + drive.pressure_factor * held)


@advance.answer
def settle(drive: Piston, own: Deposit, dt: float, around: Surroundings) -> Deposit:
    return Deposit(deposit=own.deposit + deposition_rate(drive, around) * dt)


@panel.answer
def piston_panel(drive: Piston, own: Deposit, around: Surroundings) -> float:
    rate = deposition_rate(drive, around)
    room = STEP * max(1.0, BOUNDED * own.deposit * own.deposit * own.deposit)
    room = max(room, QUIET_DEPOSIT - own.deposit)
    if rate * 1e300 <= room:
        return 1e300
    return room / rate


@rinsed.answer
def rinse_seats(drive: Piston, own: Deposit) -> Deposit:
    return Deposit(deposit=own.deposit * drive.rinse_left)


@fastest.answer
@inlined
def piston_fastest(drive: Piston) -> float:
    return drive.stroke_volume / (drive.push_time + drive.hold_time + drive.return_time)


@inlined
def reached(drive: Piston, rate: float) -> float:
    """Return the rate [m3/s] that a piston reaches of a programmed one; a division is for those that it does not."""
    if rate * (drive.push_time + drive.hold_time + drive.return_time) <= drive.stroke_volume:
        return rate
    return piston_fastest(drive)


@strokes.answer
@inlined
def piston_strokes(drive: Piston, rate: float) -> float:
    return reached(drive, rate) / drive.stroke_volume


@inlined
def open_valve(drive: Piston, viscosity: float) -> float:
    """Return the conductance [m3/(s Pa)] of an open valve."""
    return drive.valve_conductance * drive.reference_viscosity / viscosity


@inlined
def between_valves(drive: Piston, viscosity: float) -> Between:
    """Return the piston as a wall between two valves."""
    return Between(
        crack=drive.inlet_crack + drive.outlet_crack,
        conductance=open_valve(drive, viscosity),
        volume=drive.accuracy * drive.stroke_volume,
        push=drive.push_time,
        back=drive.return_time,
    )


@flow.answer
def piston_flow(
    drive: Piston, own: Deposit, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> float:
    leak = leak_conductance(drive, own, viscosity) * (p_out - p_in)
    if p_in - p_out > drive.inlet_crack + drive.outlet_crack:
        between = between_valves(drive, viscosity)
        through = run_through(between, p_in - p_out)
        return through + piston_strokes(drive, rate) * added(between, through) - leak
    if p_out < drive.stall_pressure:
        return drive.accuracy * reached(drive, rate) - leak
    return -leak


@stall.answer
def piston_stall(drive: Piston) -> float:
    return drive.stall_pressure


@operate.answer
def operate_piston(
    drive: Piston, own: Deposit, rate: float, p_in: float, viscosity: float, pump: Any, state: Any
) -> OperatingPoint:
    catheter = line(pump.catheter, state.catheter, viscosity)
    site = line(pump.site, state.site, viscosity)
    offset = catheter.offset + site.offset
    slope = catheter.slope + site.slope
    leak = leak_conductance(drive, own, viscosity)
    net = (drive.accuracy * reached(drive, rate) - leak * (offset - p_in)) / (1.0 + leak * slope)
    p_out = offset + slope * net
    if p_out > drive.stall_pressure:
        # stalled: what the line takes at the force limit, or the leak alone where the body presses harder than that
        idle = -leak * (offset - p_in) / (1.0 + leak * slope)
        net = max((drive.stall_pressure - offset) / slope, idle)
        p_out = offset + slope * net
    return OperatingPoint(flow=net, pressure=p_out)


@bubble.answer
def piston_bubble(drive: Piston, own: Deposit) -> float:
    return drive.bubble * 101325.0


@inlined
def seat_leak(drive: Piston, own: Deposit, viscosity: float) -> float:
    """Return the leak of one seat per pressure [m3/(s Pa)]; two in series leak half of it, the law of `flow`."""
    return 2.0 * leak_conductance(drive, own, viscosity) + TIGHT * drive.valve_conductance


@chamber.answer
def piston_chamber(drive: Piston, own: Deposit, viscosity: float) -> Chamber:
    leak = seat_leak(drive, own, viscosity)
    through = open_valve(drive, viscosity)
    return Chamber(
        compliance=drive.chamber_compliance,
        inlet=Link(through, leak, drive.inlet_crack, drive.inlet_crack, 0.0, CHECK),
        outlet=Link(through, leak, drive.outlet_crack, drive.outlet_crack, 0.0, CHECK),
        stall=drive.stall_pressure,
        relief=RELIEF,
    )


@phases.answer
def piston_phases(
    drive: Piston, own: Deposit, rate: float
) -> tuple[Phase, Phase, Phase, Phase, Phase, Phase]:
    off = Phase(0.0, 0.0, 0.0, 0.0, 0.0)
    if rate <= 0.0:
        return (Phase(IDLE, 0.0, 0.0, 0.0, 0.0), off, off, off, off, off)
    volume = drive.accuracy * drive.stroke_volume
    period = drive.stroke_volume / reached(drive, rate)
    rest = period - drive.push_time - drive.hold_time - drive.return_time
    return (
        Phase(drive.push_time, volume / drive.push_time, 0.0, 0.0, 0.0),
        Phase(drive.hold_time, 0.0, 0.0, 0.0, 0.0),
        Phase(drive.return_time, -volume / drive.return_time, 0.0, 0.0, 0.0),
        Phase(max(rest, 0.0), 0.0, 0.0, 0.0, 0.0),
        off,
        off,
    )


@inlined
def swing_taken(drive: Piston, p_in: float, p_out: float, ambient: float, filled: float) -> float:
    """Return the volume [m3] that the chamber and a bubble in it take out of a stroke.

    The chamber swings between `low`, where the inlet shut, and `high`, where the outlet did. Between strokes both seats
    leak alike, and its pressure creeps from `low` towards the mean of both sides with a time constant of its compliance
    over both leaks. It takes through the inlet what it lacks below that mean, so the swing costs less by half of
    that share `filled` [-] of the way from `low` to the mean.
    """
    high, low = p_out + drive.outlet_crack, p_in - drive.inlet_crack
    mean = 0.5 * (p_in + p_out)
    full, crept = drive.chamber_compliance * (high - low), drive.chamber_compliance * (mean - low)
    if drive.bubble > 0.0:
        gas = drive.bubble * 101325.0
        inverse = 1.0 / max(low + ambient, 1e3)
        full += gas * (inverse - 1.0 / max(high + ambient, 1e3))
        crept += gas * (inverse - 1.0 / max(mean + ambient, 1e3))
    return max(full - 0.5 * filled * max(crept, 0.0), 0.0)


@stroke.answer
def piston_stroke(
    drive: Piston, own: Deposit, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> Stroke:
    seat = seat_leak(drive, own, viscosity)
    period = drive.stroke_volume / reached(drive, rate) if rate > 0.0 else IDLE
    if p_in - p_out > drive.inlet_crack + drive.outlet_crack:
        between = between_valves(drive, viscosity)
        volume = added(between, run_through(between, p_in - p_out)) if rate > 0.0 else 0.0
        both = seat + between.conductance
        return Stroke(period, volume, conductance=0.5 * both, crack=between.crack * between.conductance / both)
    if rate <= 0.0:
        return Stroke(period=IDLE, volume=0.0, conductance=0.5 * seat, crack=0.0)
    rest = max(period - drive.push_time - drive.hold_time - drive.return_time, 0.0)
    stored = drive.chamber_compliance + drive.bubble * 101325.0 / (ambient * ambient)
    filled = 1.0 - exp(-2.0 * seat * rest / stored)
    volume = drive.accuracy * drive.stroke_volume - swing_taken(drive, p_in, p_out, ambient, filled)
    if p_out >= drive.stall_pressure:
        volume = 0.0
    return Stroke(period=period, volume=max(volume, 0.0), conductance=0.5 * seat, crack=0.0)
