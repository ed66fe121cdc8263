"""A plunger that sticks between strokes: what the drive stores is then apart from the line, until it slips; strokes of
a plunger that slides stand in `fluidics.engines.beat`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined, linked
from fluidics.elementary import exp
from fluidics.engines.accumulator import emptied
from fluidics.engines.beat import Beat, rested
from fluidics.engines.lump import RIGID, Lump, Passed, open_end, stored
from fluidics.engines.pace import NEVER, Push, Setting, Store, paced
from fluidics.network import CHECK
from fluidics.pump import Pump, PumpState
from fluidics.questions import chamber, creep, stroke


class Held(NamedTuple):
    """What a drive presses with behind a plunger that has stuck, less its running friction."""

    pressure: Annotated[float, "Pa"]  # mean over all that it stores; `NEVER` for a plunger that slides
    ahead: Annotated[float, "Pa"]  # by which the part that follows at once is above the part that creeps


SLIDING = Held(NEVER, 0.0)


class Stick(NamedTuple):
    """Dry friction of a drive: it sticks where nothing moves, and slips where it presses hard enough."""

    store: Annotated[float, "m3/Pa"]  # of the drive; zero for one that does not stick
    prompt: Annotated[float, "m3/Pa"]  # part of it that follows at once
    slide: Annotated[float, "m3/(s Pa)"]
    seal: Annotated[float, "m3/(s Pa)"]  # leak back into the barrel
    running: Annotated[float, "Pa"]  # friction while it slides
    jump: Annotated[float, "Pa"]  # by which friction is more when it has stuck
    lag: Annotated[float, "s"]  # of the slow part of what the drive stores
    limit: Annotated[float, "Pa"]  # of the line, at which the drive stalls


@linked
def sticking(pump: Pump, state: PumpState, viscosity: float) -> Stick:
    """Return the dry friction between a drive and its line."""
    drive = chamber(pump.drive, state.drive, viscosity)
    slow, lag = creep(pump.drive, state.drive)
    jump = drive.outlet.breakaway - drive.outlet.crack
    if not (jump > 0.0 and drive.outlet.kind == CHECK and open_end(pump, state, drive)):
        return Stick(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, NEVER)
    lag = lag if slow > 0.0 else 0.0
    return Stick(
        store=drive.compliance + slow,
        prompt=drive.compliance,
        slide=drive.outlet.conductance,
        seal=drive.inlet.leak,
        running=drive.outlet.crack,
        jump=jump,
        lag=lag,
        limit=drive.stall - drive.outlet.crack,
    )


@inlined
def apart(lump: Lump, stick: Stick) -> Lump:
    """Return the line without what the drive stores."""
    return Lump(
        compliance=max(lump.compliance - stick.store, RIGID),
        gas=lump.gas,
        near=lump.near,
        out=lump.out,
        rest=lump.rest,
        ambient=lump.ambient,
    )


@inlined
def rests_at(lump: Lump, stick: Stick, p_in: float, pressure: float, ahead: float, time: float) -> Held:
    """Return what a plunger holds a time [s] after it has slid, at a pressure of the line [Pa].

    It sticks where less goes on than leaks back into the barrel: what the line still drains of the drive, and what
    creeps, which was left ahead [Pa] when the plunger slid.
    """
    drains = lump.out * (pressure - lump.rest) * stick.store / lump.compliance
    if stick.lag > 0.0:
        drains += (stick.store - stick.prompt) / stick.lag * ahead * exp(-time / stick.lag)
    calm = drains < stick.seal * (pressure + stick.running - p_in)
    return Held(pressure if calm else NEVER, 0.0)


@inlined
def sticks_at_once(lump: Lump, stick: Stick, pressure: float, ahead: float) -> bool:
    """Return whether a plunger that has slipped sticks at once, with the line at a pressure [Pa].

    It does where the part that creeps, which is behind by `ahead` [Pa], lets the drive go down faster than the line
    drains. Where the drive nearly stalls it is taken to follow, as a force does.
    """
    if stick.lag == 0.0 or pressure + stick.jump >= stick.limit:
        return False
    line = apart(lump, stick)
    drains = line.out * (pressure - line.rest) / line.compliance
    return drains < (stick.store - stick.prompt) / (stick.lag * stick.prompt) * ahead


@inlined
def slid(lump: Lump, stick: Stick, p_in: float, pressure: float, volume: float, time: float) -> Held:
    """Return what a plunger holds a time [s] after it slid by a stroke of a volume [m3], or for long if that is zero.

    The stroke lifts the drive by v (1 / g + 1 / out), times seconds, and at most by v over what follows at once; what
    creeps takes up a part of that.
    """
    if stick.store == 0.0:
        return Held(NEVER, 0.0)
    ahead = volume / stick.prompt
    if volume > 0.0 and sticks_at_once(lump, stick, pressure + volume / stick.store, ahead):
        return Held(pressure, ahead * exp(-time / (stick.lag * stick.prompt / stick.store)))
    if stick.lag > 0.0:
        ahead = min(ahead, volume * (1.0 / stick.slide + 1.0 / lump.out) / stick.lag)
    return rests_at(lump, stick, p_in, pressure, ahead, time)


@inlined
def contents(lump: Lump, stick: Stick, pressure: float, held: Held) -> float:
    """Return the fluid [m3] in a line and its drive, up to a constant."""
    inside = stored(lump, pressure)
    return inside + stick.store * (held.pressure - pressure) if held.pressure < NEVER else inside


@linked
def slipped(
    given: Setting, stick: Stick, pressure: float, ahead: float, start: float, taken: float, time: float
) -> tuple[Beat, Held]:
    """Return what the part of a drive that follows at once does to a line that keeps what comes; then it sticks again.

    Parameters
    ----------
    given : Setting
        What stands still.
    stick : Stick
        Friction of the drive.
    pressure, ahead : float
        What the plunger holds when it slips [Pa].
    start : float
        Pressure of the line [Pa].
    taken : float
        Volume [m3] of the stroke.
    time : float
        Of the stroke and its rest [s].
    """
    line = apart(given.lump, stick)
    slow = (stick.store - stick.prompt) / stick.store
    prompt, creeping = pressure + slow * ahead, pressure - (1.0 - slow) * ahead
    store = Store(stick.prompt, stick.slide, 0.0, 0.0, 0.0)
    alone = Setting(given.rate, given.viscosity, line, given.force, given.alarm, given.straight, store)
    push = emptied(alone, paced(line, 0.0, time, 0.0, 0.0, 1.0), prompt, start)
    end = push.passed
    mean = (1.0 - slow) * push.store + slow * creeping
    left = exp(-end.time / (stick.lag * (1.0 - slow)))
    beat = Beat(end.pressure, taken, end.delivered, 0.0, push.peak, end.time, end.stopped)
    return beat, Held(mean, (push.store - creeping) * left)


@linked
def stuck(
    pump: Pump, state: PumpState, given: Setting, stick: Stick, p_in: float, start: float, held: Held, time: float,
    share: float,
) -> tuple[Beat, Held]:  # fmt: skip
    """Return what a share [-] of a stroke and its rest, `time` [s] together, do to a plunger that has stuck.

    The drive takes the stroke up, v = C_d dx, and the line relaxes alone. Where the part of the drive that follows at
    once exceeds the line's pressure by the jump of friction the plunger slips, and what the drive holds empties into
    the line as an accumulator does; the part that creeps is taken to empty as fast where the line drains, and not at
    all where it does not.

    Parameters
    ----------
    pump, state, given : Pump, PumpState, Setting
        The device, and what stands still.
    stick : Stick
        Its friction.
    p_in, start : float
        Pressures [Pa] of the reservoir and of the line.
    held : Held
        What the plunger holds, x.
    time, share : float
        Of the stroke, zero of it in a wait.
    """
    line = apart(given.lump, stick)
    store = Store(stick.store, stick.slide, 0.0, 0.0, 0.0)
    alone = Setting(given.rate, given.viscosity, line, given.force, given.alarm, given.straight, store)
    slow, taken = (stick.store - stick.prompt) / stick.store, 0.0
    still = Push(Passed(start, 0.0, 0.0, 0.0, False), 0.0, 0.0, start)
    rest = rested(alone, paced(line, 0.0, 1.0, 0.0, time, 1.0), still, p_in)
    fallen = min(start, rest.pressure)
    if share > 0.0:
        p = held.pressure + slow * held.ahead
        p = p if p - fallen < stick.jump else fallen  # it slips before the stroke comes
        taken = share * stroke(pump.drive, state.drive, given.rate, p_in, p, line.ambient, given.viscosity).volume
    pressure, ahead = held.pressure + taken / stick.store, held.ahead + taken / stick.prompt
    if pressure + slow * ahead - fallen < stick.jump:
        left = exp(-time / (stick.lag * stick.prompt / stick.store)) if stick.lag > 0.0 else 0.0
        done = Beat(rest.pressure, taken, rest.delivered, 0.0, rest.peak, rest.time, rest.alarmed)
        return done, Held(pressure, left * ahead)
    if sticks_at_once(given.lump, stick, pressure + slow * ahead, ahead):
        return slipped(given, stick, pressure, ahead, start, taken, time)
    push = emptied(alone, paced(line, 0.0, time, 0.0, 0.0, 1.0), pressure, start)
    end = push.passed
    both = (stick.store * push.store + (given.lump.compliance - stick.store) * end.pressure) / given.lump.compliance
    beat = Beat(both, taken, end.delivered, 0.0, push.peak, end.time, end.stopped)
    # what creeps is left where it was while the rest of the drive goes down by the jump
    return beat, rests_at(given.lump, stick, p_in, both, stick.jump, time)
