"""The line as one store of fluid between drive and site, and how its pressure moves while a feed stands still; the
strokes that feed it stand in `fluidics.engines.stroke`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined, linked
from fluidics.elementary import log
from fluidics.engines.modes import decayed
from fluidics.network import CHECK, TUBE
from fluidics.pump import Chamber, Pump, PumpState
from fluidics.questions import ambient, bubble, chamber, compliance, creep, line, lumen, phases

RIGID = 1e-19  # [m3/Pa]: least compliance, that of a fifth of a microlitre of water
OPEN = 1e6  # [Pa s/m3]: least resistance to the site, a pascal at a millilitre per second
_STEPS = 60  # of Newton's method; four or five do
_CLOSE = 1e-14  # [-]


class Lump(NamedTuple):
    """A line whose fluid is stored in one place, at the pressure p.

    stored = C p - J / (p + p_ambient),    outflow = (p - p_rest) / R_far,    drive's pressure = p + R_near inflow
    """

    compliance: Annotated[float, "m3/Pa"]
    gas: Annotated[float, "J"]  # absolute pressure times volume, isothermal
    near: Annotated[float, "Pa s/m3"]  # from the drive to where fluid is stored
    out: Annotated[float, "m3/s/Pa"]  # from there to the site
    rest: Annotated[float, "Pa"]  # of the site
    ambient: Annotated[float, "Pa"]  # of the atmosphere, absolute


class Feed(NamedTuple):
    """What enters a lump: a constant flow, and one through a conductance from a source."""

    flow: Annotated[float, "m3/s"]
    conductance: Annotated[float, "m3/(s Pa)"]
    source: Annotated[float, "Pa"]
    back: Annotated[float, "-"]  # share of the conductance in all that leads in and out
    out: Annotated[float, "-"]  # share of the way to the site


class Passed(NamedTuple):
    """What a lump did under a feed until a time or a pressure."""

    pressure: Annotated[float, "Pa"]
    entered: Annotated[float, "m3"]
    delivered: Annotated[float, "m3"]
    time: Annotated[float, "s"]
    stopped: bool  # whether the pressure ended it


@linked
def open_end(pump: Pump, state: PumpState, drive: Chamber) -> bool:
    """Return whether what a drive stores belongs to the line: no wall that goes back, and no gate, shuts it off."""
    moving = False
    for phase in phases(pump.drive, state.drive, 1e-12):
        moving = moving or phase.displaced < 0.0
    return drive.outlet.kind == TUBE or (drive.outlet.kind == CHECK and not moving)


@linked
def lumped(pump: Pump, state: PumpState, viscosity: float) -> Lump:
    """Return the line of a pump with all that stores in the place that keeps its slowest time constant.

    Half the lumen lies before the compliance of its wall, all of it before that of the site. What the drive stores
    belongs to the line unless a valve shuts it off between strokes; then it is part of what a stroke pushes.

    Parameters
    ----------
    pump, state : Pump, PumpState
        The device.
    viscosity : float
        Of the drug [Pa s].

    Notes
    -----
    The mean delay of a ladder of resistances and stores is the sum of each store times the resistance behind it
    (Elmore, J. Appl. Phys. 19 (1948) 55).
    """
    drive = chamber(pump.drive, state.drive, viscosity)
    air = ambient(pump.reservoir)
    joins = open_end(pump, state, drive)
    at_drive = drive.compliance + creep(pump.drive, state.drive)[0] if joins else 0.0
    drive_gas = bubble(pump.drive, state.drive) if joins else 0.0
    wall, tip = compliance(pump.catheter, state.catheter), compliance(pump.site, state.site)
    line_gas, tip_gas = bubble(pump.catheter, state.catheter), bubble(pump.site, state.site)
    gas = drive_gas + line_gas + tip_gas
    total = max(at_drive + wall + tip, RIGID)
    square = air * air
    along = lumen(pump.catheter, viscosity)
    near = along * (0.5 * wall + tip + tip_gas / square) / (total + gas / square)
    catheter = line(pump.catheter, state.catheter, viscosity)
    site = line(pump.site, state.site, viscosity)
    far = max(catheter.slope + site.slope - near, 1e-3 * along, OPEN)
    return Lump(compliance=total, gas=gas, near=near, out=1.0 / far, rest=catheter.offset + site.offset, ambient=air)


@inlined
def stored(lump: Lump, pressure: float) -> float:
    """Return the fluid [m3] in a lump at a pressure [Pa], up to a constant.

    Examples
    --------
    >>> stored(Lump(1e-12, 0.0, 0.0, 0.0, 0.0, 101325.0), 1e3)
    1e-09
    """
    if lump.gas > 0.0:
        return lump.compliance * pressure - lump.gas / (pressure + lump.ambient)
    return lump.compliance * pressure


@inlined
def fed(lump: Lump, flow: float, conductance: float, source: float) -> Feed:
    """Return the feed of a lump by a flow [m3/s], and through a conductance [m3/(s Pa)] from a source [Pa]."""
    total = conductance + lump.out
    whole = 1.0 / total if total > 0.0 else 0.0
    return Feed(flow=flow, conductance=conductance, source=source, back=conductance * whole, out=lump.out * whole)


@inlined
def _time(lump: Lump, start: float, net: float, total: float, span: float, rise: float) -> float:
    """Return the time [s] after `span` [Pa s/m3], time over compliance, in which the pressure went up by `rise`."""
    if lump.gas == 0.0:
        return lump.compliance * span
    low = start + lump.ambient
    high = low + rise
    drift = total * low + net
    if drift * drift < 1e-280:
        return (lump.compliance + lump.gas / (low * low)) * span
    bent = total * total * span + total * log(high / low) + drift * rise / (low * high)
    return lump.compliance * span + lump.gas * bent / (drift * drift)


@linked
def _gas_reach(lump: Lump, start: float, net: float, total: float, time: float) -> float:
    """Return `reach` for a lump with gas: Newton's method on the time, which is monotone and bent one way only."""
    low = start + lump.ambient
    span = time / (lump.compliance + lump.gas / (low * low))
    found = span * decayed(total * span).mean
    for _ in range(_STEPS):
        high = low + net * found
        change = time - _time(lump, start, net, total, span, net * found)
        change /= lump.compliance + lump.gas / (high * high)
        span += change
        found = span * decayed(total * span).mean
        if abs(change) <= _CLOSE * span:
            break
    return found


@linked
def reach(lump: Lump, start: float, net: float, total: float, time: float) -> float:
    """Return by how much the pressure rises per net inflow [Pa s/m3] in a time: exactly, for gas too.

    C(p) dp/dt = net - g (p - p_start),    C(p) = C + J / (p + p_ambient)^2

    Parameters
    ----------
    lump : Lump
        The line.
    start : float
        Pressure at the start [Pa].
    net : float
        Net inflow at the start [m3/s].
    total : float
        Conductance g [m3/(s Pa)] of all ways in and out.
    time : float
        Time [s].
    """
    if lump.gas > 0.0:
        return _gas_reach(lump, start, net, total, time)
    span = time / lump.compliance
    return span * decayed(total * span).mean


@inlined
def net_inflow(lump: Lump, feed: Feed, pressure: float) -> float:
    """Return what flows into a lump less what flows out [m3/s]."""
    return feed.flow + feed.conductance * (feed.source - pressure) + lump.out * (lump.rest - pressure)


@linked
def time_to(lump: Lump, feed: Feed, start: float, pressure: float) -> float:
    """Return when [s] a lump comes to a pressure that lies on its way; 0 when it is there.

    Examples
    --------
    >>> lump = Lump(1e-12, 0.0, 0.0, 0.0, 0.0, 101325.0)
    >>> time_to(lump, fed(lump, 1e-12, 0.0, 0.0), 0.0, 1e3)
    1000.0
    """
    rise = pressure - start
    net = net_inflow(lump, feed, start)
    total = feed.conductance + lump.out
    if rise == 0.0 or net == 0.0:
        return 0.0
    # the logarithm of 1 - x, right where x is tiny
    left = max(1.0 - total * rise / net, 1e-300)
    bend = log(left) / (left - 1.0) if left != 1.0 else 1.0
    return _time(lump, start, net, total, rise / net * bend, rise)


@inlined
def passed(lump: Lump, feed: Feed, start: float, time: float, per_flow: float, ceiling: float) -> Passed:
    """Return what a lump does under a feed for a time, or until its pressure comes to a ceiling from below.

    Volumes are exact integrals of the flows: what the conductances pass is the net inflow that is not kept.

    Parameters
    ----------
    lump, feed : Lump, Feed
        Line and what enters it.
    start : float
        Pressure at the start [Pa].
    time : float
        Longest time [s].
    per_flow : float
        `reach` for that time.
    ceiling : float
        Pressure [Pa] at which it ends.
    """
    net = net_inflow(lump, feed, start)
    rise = net * per_flow
    stopped = start + rise > ceiling or start > ceiling
    if stopped:
        rise = max(ceiling - start, 0.0)
        time = time_to(lump, feed, start, start + rise)
    end = start + rise
    kept = lump.compliance * rise
    if lump.gas > 0.0:
        kept += lump.gas * rise / ((start + lump.ambient) * (end + lump.ambient))
    passing = net * time - kept
    return Passed(
        pressure=end,
        entered=(feed.flow + feed.conductance * (feed.source - start)) * time - feed.back * passing,
        delivered=lump.out * (start - lump.rest) * time + feed.out * passing,
        time=time,
        stopped=stopped,
    )


@inlined
def at_drive(lump: Lump, feed: Feed, pressure: float) -> float:
    """Return the pressure [Pa] at the drive's end of a lump that has a pressure [Pa]."""
    return pressure + lump.near * (feed.flow + feed.conductance * (feed.source - pressure))


@inlined
def ceiling(lump: Lump, feed: Feed, limit: float) -> float:
    """Return the pressure [Pa] that a lump has when its drive's end comes to a limit [Pa]."""
    inflow = feed.flow + feed.conductance * feed.source
    return (limit - lump.near * inflow) / (1.0 - lump.near * feed.conductance)
