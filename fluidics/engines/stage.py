"""What an engine that resolves pressure has to know of a schedule, and where it writes what it finds; the engines
themselves stand beside this file."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fluidics.network import CHECK, Floats, Ints, Network, Schedule


class Stage(NamedTuple):
    """A schedule, and where the wall is that the drive may move."""

    plan: Schedule
    relief: int  # check by which the wall gives way, -1 when there is none
    back: Floats  # (k,) [m3] that the wall is to go back in a phase and the later ones; zero where it does not
    out: Ints  # (k,) 1 where the wall has been pushed out and does not go back


class Rows(NamedTuple):
    """What is recorded, at the end of every phase or within it."""

    time: Floats  # (r,) [s]
    pressure: Floats  # (r, n) [Pa]
    volume: Floats  # (r, m) [m3]
    open: Ints  # (r, m)


def staged(network: Network, schedule: Schedule, relief: int) -> Stage:
    """Return a schedule with what a wall that gives way has to know.

    Raises
    ------
    ValueError
        When the relief is not a check from a node to a boundary.

    Examples
    --------
    >>> from fluidics.network import Link, network
    >>> wall = network([1.0], [(0, 1, Link(1.0, 1e-9, 5.0, 5.0, 0.0, CHECK))], [0.0])
    >>> strokes = Schedule(np.array([1.0, 2.0]), np.array([[2.0], [-1.0]]), np.zeros((2, 1), dtype=np.int64))
    >>> staged(wall, strokes, 0).back, staged(wall, strokes, 0).out
    (array([0., 2.]), array([1, 0]))
    """
    nodes, phases = len(network.compliance), len(schedule.duration)
    back, out = np.zeros(phases), np.zeros(phases, dtype=np.int64)
    if relief != -1:
        leads = 0 <= relief < len(network.kind) and network.start[relief] < nodes <= network.stop[relief]
        if not (leads and network.kind[relief] == CHECK):
            raise ValueError(f"relief {relief!r} must be -1 or the number of a check from a node to a boundary")
        moved = schedule.source[:, network.start[relief]] * schedule.duration
        back = np.where(moved < 0.0, np.cumsum(np.maximum(-moved, 0.0)[::-1])[::-1], 0.0)
        out = ((np.cumsum(moved) > 1e-9 * np.abs(moved).sum()) & (moved >= 0.0)).astype(np.int64)
    plan = Schedule(
        np.ascontiguousarray(schedule.duration, dtype=np.float64),
        np.ascontiguousarray(schedule.source, dtype=np.float64),
        np.ascontiguousarray(schedule.gates, dtype=np.int64),
    )
    return Stage(plan, relief, back, out)


def empty_rows(stage: Stage, strokes: int, every: int, phase: int = 1) -> Rows:
    """Return rows for one of so many strokes, the last with certainty, and as many for each phase as asked.

    Examples
    --------
    >>> plan = Schedule(np.ones(4), np.zeros((4, 6)), np.zeros((4, 5), dtype=np.int64))
    >>> empty_rows(Stage(plan, -1, np.zeros(4), np.zeros(4, dtype=np.int64)), 10, 3).pressure.shape
    (16, 6)
    """
    phases, nodes = stage.plan.source.shape
    count, links = -(-strokes // every) * phases * phase, stage.plan.gates.shape[1]
    shape = (count, links)
    return Rows(np.zeros(count), np.zeros((count, nodes)), np.zeros(shape), np.zeros(shape, dtype=np.int64))


def filled(rows: Rows, count: int) -> Rows:
    """Return the rows that have been written, the first so many.

    Examples
    --------
    >>> filled(Rows(np.ones(3), np.ones((3, 6)), np.ones((3, 5)), np.ones((3, 5), dtype=np.int64)), 2).time
    array([1., 1.])
    """
    return Rows(rows.time[:count], rows.pressure[:count], rows.volume[:count], rows.open[:count])
