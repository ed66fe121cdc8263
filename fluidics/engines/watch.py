"""One node whose pressure is watched, and what is kept of it within a phase; where its pressure turns, or comes to an
alarm, is found in `fluidics.engines.extremes` on modes and in `fluidics.engines.turning` step by step."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fluidics.compile import inlined, linked
from fluidics.engines.stage import Rows
from fluidics.network import Floats

NEVER = 1e300  # [Pa]
APART = 1e-6  # [-]: of its pressure, by which an extreme lies beyond the ends of its phase to be worth a row
SIDES = (1.0, -1.0)  # the greatest, the least


class Watch(NamedTuple):
    """A node that is watched, and what was seen in the present phase."""

    node: int  # -1 for none
    alarm: float  # [Pa] at which the node ends all
    seen: Rows  # of two rows, greatest and least so far; their time counts from the start of the phase, 0 for none
    left: Floats  # (1,) [s] of the phase that is left when the alarm sounds; below zero before


def watching(node: int, alarm: float, nodes: int, links: int) -> Watch:
    """Return a watch that has seen nothing yet.

    Examples
    --------
    >>> watching(2, 60e3, 5, 4).seen.pressure.shape
    (2, 5)
    """
    seen = Rows(np.zeros(2), np.zeros((2, nodes)), np.zeros((2, links)), np.zeros((2, links), dtype=np.int64))
    return Watch(node, float(alarm), seen, np.full(1, -1.0))


@inlined
def begin_watch(watch: Watch, pressure: Floats) -> None:
    """Return nothing; a phase begins at these pressures (n,) [Pa]; only what lies well beyond them is an extreme."""
    here = pressure[watch.node]
    for side in range(2):
        watch.seen.time[side] = 0.0
        watch.seen.pressure[side, watch.node] = here + SIDES[side] * APART * abs(here)


@inlined
def beyond(watch: Watch, side: int, level: float) -> bool:
    """Return whether a pressure [Pa] of the node is greater, or less, than all that was seen in the phase."""
    return bool(SIDES[side] * (level - watch.seen.pressure[side, watch.node]) > 0.0)


@inlined
def worth(watch: Watch, side: int, level: float, end: float) -> bool:
    """Return whether a pressure [Pa] is an extreme of the phase, and lies well beyond that of the end."""
    return beyond(watch, side, level) and SIDES[side] * (level - end) > APART * abs(end)


@linked
def write_extremes(watch: Watch, pressure: Floats, begun: float, rows: Rows, at: int) -> int:
    """Return the next free row; the extremes of a phase that began at a time [s] are written, in their order.

    What it ends at, pressures [Pa] of all nodes, is no extreme within it.
    """
    end, seen = pressure[watch.node], watch.seen
    order = 0 if seen.time[0] <= seen.time[1] else 1
    for side in (order, 1 - order):
        by = SIDES[side] * (seen.pressure[side, watch.node] - end)
        if seen.time[side] > 0.0 and by > APART * abs(end):
            rows.time[at] = begun + seen.time[side]
            for i in range(rows.pressure.shape[1]):
                rows.pressure[at, i] = seen.pressure[side, i]
            for k in range(rows.open.shape[1]):
                rows.volume[at, k] = seen.volume[side, k]
                rows.open[at, k] = seen.open[side, k]
            at += 1
    return at
