"""Two check valves in series that a reservoir pushes open against both their springs, and the strokes of a wall between
them; strokes against shut valves stand in `fluidics.drives.piston`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined


class Between(NamedTuple):
    """A wall that moves between two check valves, once per stroke out and back."""

    crack: Annotated[float, "Pa"]  # of both valves together
    conductance: Annotated[float, "m3/s/Pa"]  # of each, open
    volume: Annotated[float, "m3"]  # that the wall moves
    push: Annotated[float, "s"]  # time out
    back: Annotated[float, "s"]  # time back


@inlined
def run_through(between: Between, across: float) -> float:
    """Return the flow [m3/s] through both valves at rest, with a pressure across them [Pa] above their cracks.

    Examples
    --------
    >>> run_through(Between(1e3, 2e-12, 0.0, 1.0, 1.0), 3e3)
    2e-09
    """
    return 0.5 * between.conductance * (across - between.crack)


@inlined
def added(between: Between, through: float) -> float:
    """Return the volume [m3] that a stroke adds to a flow [m3/s] through both valves, at constant pressure outside.

    v = max(V / 2, V - Q t_push) - min(V / 2, Q t_back)

    While both valves stand open half of what the wall moves goes each way. More of it goes out only where the push
    shuts the inlet, and less comes back where the return shuts the outlet.

    Notes
    -----
    A line whose resistance takes a good part of the pressure within a push keeps it from being constant: up to 6 % of
    the flow at half the fastest rate of an insulin pump, 1 kPa above the cracks; below 1.5 % at a hundredth of it.

    Examples
    --------
    >>> wall = Between(0.0, 1.0, 4.0, 1.0, 1.0)
    >>> added(wall, 0.0), added(wall, 1.0), added(wall, 2.0)
    (4.0, 2.0, 0.0)
    """
    half = 0.5 * between.volume
    return max(half, between.volume - through * between.push) - min(half, through * between.back)
