"""What drives have in common that carry fluid by equal increments: one increment in time, on a line that stands still,
and at the operating point; the mechanisms themselves stand in `fluidics.drives`."""

from __future__ import annotations

from fluidics.compile import inlined
from fluidics.network import GATE, Link
from fluidics.pump import Linear, OperatingPoint, Phase, Stroke

IDLE = 60.0  # [s]: period of a drive that stands still
TIGHT = 1e-22  # [m3/(s Pa)]: leak of a sealed barrel; 100 kPa take 0.4 nL a year
RELIEF = 1e-12  # [m3/(s Pa)]: how fast a drive without force left gives way: within 1 kPa at 0.06 mL/min


@inlined
def increment_phases(
    volume: float, quantum: float, rate: float, push_time: float
) -> tuple[Phase, Phase, Phase, Phase, Phase, Phase]:
    """Return one increment as phases: it is carried, then the drive rests until the next is due.

    Parameters
    ----------
    volume : float
        What the increment truly carries [m3].
    quantum, rate : float
        Nominal increment [m3] and programmed rate [m3/s]; their ratio is the period.
    push_time : float
        Time that one increment takes [s].
    """
    off = Phase(0.0, 0.0, 0.0, 0.0, 0.0)
    if rate <= 0.0:
        return (Phase(IDLE, 0.0, 0.0, 0.0, 0.0), off, off, off, off, off)
    rest = Phase(max(quantum / rate - push_time, 0.0), 0.0, 0.0, 0.0, 0.0)
    return (Phase(push_time, 0.0, volume / push_time, 0.0, 0.0), rest, off, off, off, off)


@inlined
def increment(volume: float, quantum: float, rate: float) -> Stroke:
    """Return one increment of `volume` [m3] as the line sees it; nothing flows back between two of them."""
    if rate <= 0.0:
        return Stroke(period=IDLE, volume=0.0, conductance=0.0, crack=0.0)
    return Stroke(period=quantum / rate, volume=volume, conductance=0.0, crack=0.0)


@inlined
def sealed_inlet(conductance: float) -> Link:
    """Return the link from a barrel to its plunger: fluid passes as it is carried, and no other way."""
    return Link(conductance, TIGHT, 0.0, 0.0, 0.0, GATE)


@inlined
def held_by_force(moved: float, limit: float, catheter: Linear, site: Linear) -> OperatingPoint:
    """Return the operating point of a drive that moves `moved` [m3/s] up to a line pressure `limit` [Pa], and never
    lets anything back.

    At the limit it moves what the line takes there.
    """
    offset = catheter.offset + site.offset
    slope = catheter.slope + site.slope
    net = moved
    if offset + slope * net > limit:
        net = max((limit - offset) / slope, 0.0) if slope > 0.0 else 0.0
    return OperatingPoint(flow=net, pressure=offset + slope * net)
