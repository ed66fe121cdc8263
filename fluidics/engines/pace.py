"""What stands still while strokes follow each other at one rate: line, force and gates, how long a drive pushes and
rests; what a stroke does stands in `fluidics.engines.beat`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined, linked
from fluidics.elementary import exp
from fluidics.engines.lump import Feed, Lump, Passed, fed, reach
from fluidics.engines.timing import ALWAYS
from fluidics.network import GATE
from fluidics.pump import Chamber, Pump, PumpState
from fluidics.questions import chamber, fastest, phases

NEVER = 1e300  # [Pa]: a pressure that nothing reaches


class Force(NamedTuple):
    """Where the force of a drive ends: it pushes no harder than from a pressure through a resistance."""

    limit: Annotated[float, "Pa"]
    resistance: Annotated[float, "Pa s/m3"]
    returns: bool  # whether a line that presses harder flows back


class Store(NamedTuple):
    """The accumulator of a drive that empties it through a gate; a compliance of zero for other drives."""

    compliance: Annotated[float, "m3/Pa"]
    gate: Annotated[float, "m3/(s Pa)"]  # to the line, open
    seep: Annotated[float, "m3/(s Pa)"]  # to the line, shut
    fade: Annotated[float, "1/s"]  # of what is in it while both gates are shut
    unfilled: Annotated[float, "-"]  # share of the way to the reservoir's pressure that is left when it has been filled


class Setting(NamedTuple):
    """What stands still while strokes follow each other at one rate."""

    rate: Annotated[float, "m3/s"]  # programmed, or the drive's fastest where that is less
    viscosity: Annotated[float, "Pa s"]
    lump: Lump
    force: Force
    alarm: Annotated[float, "Pa"]
    straight: bool  # whether fluid goes straight through while the inlet is held open
    store: Store


class Pace(NamedTuple):
    """How strokes follow each other while rate and leak stand still."""

    leak: Annotated[float, "m3/(s Pa)"]  # between reservoir and the drive's end of the line
    idle: Feed  # what it makes of a source at zero
    push: Annotated[float, "s"]
    hold: Annotated[float, "s"]  # first part of the rest, until the wall goes back and the outlet shuts
    rest: Annotated[float, "s"]
    share: Annotated[float, "-"]  # of a whole stroke; less where the end of a run cuts a rotor's short
    per_time: Annotated[float, "1/s"]  # of the push
    per_push: Annotated[float, "Pa s/m3"]  # rise of pressure per net inflow, without gas
    per_hold: Annotated[float, "Pa s/m3"]
    per_rest: Annotated[float, "Pa s/m3"]


class Push(NamedTuple):
    """What a drive and its line did while it pushed."""

    passed: Passed
    retained: Annotated[float, "m3"]  # for want of force
    store: Annotated[float, "Pa"]  # in the drive's accumulator at its end
    peak: Annotated[float, "Pa"]


@linked
def straight(drive: Any, own: Any, rate: float) -> bool:
    """Return whether fluid goes straight through while the inlet is held open, as where no gate holds the outlet."""
    inlet, outlet = False, False
    for phase in phases(drive, own, rate):
        inlet = inlet or phase.inlet > 0.0
        outlet = outlet or phase.outlet > 0.0
    return inlet and not outlet


@linked
def active_time(drive: Any, own: Any, rate: float, period: float) -> float:
    """Return how long [s] of each stroke the drive pushes; all of it when it never rests, or no phase says so."""
    time, moving = 0.0, 0.0
    through = straight(drive, own, rate)
    for phase in phases(drive, own, rate):
        if phase.displaced + phase.carried > 0.0 or phase.outlet > 0.0 or (through and phase.inlet > 0.0):
            time += phase.duration
        if phase.displaced != 0.0 or phase.carried != 0.0:
            moving += phase.duration
    if moving >= ALWAYS * period or time == 0.0:
        return period
    return min(time, period)


@linked
def lead_time(drive: Any, own: Any, rate: float) -> float:
    """Return how long [s] of each stroke passes before the drive pushes, as while an accumulator fills."""
    time, through = 0.0, straight(drive, own, rate)
    for phase in phases(drive, own, rate):
        if phase.displaced + phase.carried > 0.0 or phase.outlet > 0.0 or (through and phase.inlet > 0.0):
            return time
        time += phase.duration
    return 0.0


@linked
def hold_time(drive: Any, own: Any, rate: float) -> float:
    """Return how long [s] a wall stays where its push ended before it goes back; none for a drive that has no wall."""
    time, pushed = 0.0, False
    for phase in phases(drive, own, rate):
        if phase.displaced < 0.0:
            return time
        if phase.displaced > 0.0:
            pushed = True
        elif pushed:
            time += phase.duration
    return 0.0


@linked
def filling_time(drive: Any, own: Any, rate: float) -> float:
    """Return how long [s] of each stroke the inlet alone is held open."""
    time = 0.0
    for phase in phases(drive, own, rate):
        if phase.inlet > 0.0 and phase.outlet == 0.0:
            time += phase.duration
    return time


@inlined
def stored_between_gates(drive: Chamber, filling: float) -> Store:
    """Return the accumulator of a drive whose inlet is open for a time [s] per stroke."""
    if drive.outlet.kind != GATE or drive.compliance <= 0.0:
        return Store(0.0, 0.0, 0.0, 0.0, 0.0)
    return Store(
        compliance=drive.compliance,
        gate=drive.outlet.conductance,
        seep=drive.outlet.leak,
        fade=(drive.inlet.leak + drive.outlet.leak) / drive.compliance,
        unfilled=exp(-drive.inlet.conductance * filling / drive.compliance),
    )


@inlined
def setting(pump: Pump, state: PumpState, rate: float, viscosity: float, lump: Lump, alarm: float) -> Setting:
    """Return what stands still at a rate [m3/s] and a viscosity [Pa s], before a line and with an alarm [Pa].

    The force of a drive ends behind its outlet, which takes its crack pressure and a little more for the flow.
    """
    drive = chamber(pump.drive, state.drive, viscosity)
    return Setting(
        rate=min(rate, fastest(pump.drive)),
        viscosity=viscosity,
        lump=lump,
        force=Force(drive.stall - drive.outlet.crack, lump.near + 1.0 / drive.outlet.conductance, False),
        alarm=alarm,
        straight=straight(pump.drive, state.drive, rate),
        store=stored_between_gates(drive, filling_time(pump.drive, state.drive, rate)),
    )


@linked
def paced(lump: Lump, leak: float, push: float, hold: float, rest: float, share: float) -> Pace:
    """Return the pace of strokes, or shares of one, that push, hold and rest for given times [s], with a leak."""
    back = leak / (1.0 + leak * lump.near)
    total = back + lump.out
    plain = Lump(lump.compliance, 0.0, lump.near, lump.out, lump.rest, lump.ambient)
    return Pace(
        leak=leak,
        idle=fed(lump, 0.0, back, 0.0),
        push=push,
        hold=hold,
        rest=rest,
        share=share,
        per_time=1.0 / push,
        per_push=reach(plain, 0.0, 0.0, total, push),
        per_hold=reach(plain, 0.0, 0.0, total, hold),
        per_rest=reach(plain, 0.0, 0.0, total, rest),
    )


@inlined
def feeding(lump: Lump, pace: Pace, flow: float, p_in: float) -> Feed:
    """Return what enters a lump while the drive pushes a flow [m3/s]; the leak sees the pressure of the drive's end."""
    idle = pace.idle
    return Feed(flow=flow, conductance=idle.conductance, source=p_in - lump.near * flow, back=idle.back, out=idle.out)
