"""What a drive does to a network in each phase, by a wall that gives way where the drive has not the force and comes
home from where it has come to; what becomes of the network stands in `fluidics.engines.exact`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fluidics.compile import inlined
from fluidics.network import GATE, Floats, Ints, Network, Schedule


class Stage(NamedTuple):
    """What the drive does in each of its k phases, and where the wall is that it may move."""

    duration: Floats  # (k,) [s]
    source: Floats  # (k, n) [m3/s]
    gates: Ints  # (k, m)
    relief: int  # link by which the wall gives way, -1 when there is none
    wall: int  # node that the wall bounds, -1 when there is none
    back: Floats  # (k,) [m3] that the wall is to go back from here on; zero in a phase in which it does not
    out: Ints  # (k,) 1 where the wall has been pushed out and does not go back


class Account(NamedTuple):
    """Volumes since the start of the call."""

    entered: Floats  # (n,) [m3] from the drive into each node
    passed: Floats  # (m,) [m3] through each link


def staged(network: Network, schedule: Schedule, relief: int) -> Stage:
    """Return a schedule with what a wall needs that gives way through the check number `relief`, -1 for none."""
    phases, wall = len(schedule.duration), -1
    back, out = np.zeros(phases), np.zeros(phases, dtype=np.int64)
    if relief >= 0:
        wall = int(network.start[relief])
        moved = schedule.source[:, wall] * schedule.duration
        back = np.where(moved < 0.0, np.cumsum(np.maximum(-moved, 0.0)[::-1])[::-1], 0.0)
        out = ((np.cumsum(moved) > 1e-9 * np.abs(moved).sum()) & (moved >= 0.0)).astype(np.int64)
    duration = np.ascontiguousarray(schedule.duration, dtype=np.float64)
    source = np.ascontiguousarray(schedule.source, dtype=np.float64)
    gates = np.ascontiguousarray(schedule.gates, dtype=np.int64)
    return Stage(duration, source, gates, relief, wall, back, out)


@inlined
def set_links(network: Network, stage: Stage, phase: int, opened: Ints) -> int:
    """Return how many links the drive opens or shuts as a phase begins, and a wall that is home with them."""
    switches = 0
    for k in range(opened.shape[0]):
        wanted = stage.gates[phase, k] if network.kind[k] == GATE else opened[k]
        if k == stage.relief and not stage.out[phase]:
            wanted = np.int64(0)
        if wanted != opened[k]:
            opened[k] = wanted
            switches += 1
    return switches


@inlined
def way_back(stage: Stage, phase: int, account: Account) -> float:
    """Return which share of its way back the wall goes: it comes home from where it has come to."""
    if stage.relief < 0 or stage.back[phase] <= 0.0:
        return 1.0
    away = account.entered[stage.wall] - account.passed[stage.relief]
    return min(max(away / stage.back[phase], 0.0), 1.0)
