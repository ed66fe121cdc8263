"""What a drive does to a network in each phase, by a wall that gives way where the drive has not the force and comes
home from where it has come to; what becomes of the network stands in `fluidics.engines.exact`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fluidics.compile import inlined
from fluidics.engines.stage import Stage
from fluidics.network import GATE, Floats, Ints, Network


class Account(NamedTuple):
    """Volumes since the start of the call."""

    entered: Floats  # (n,) [m3] from the drive into each node
    passed: Floats  # (m,) [m3] through each link


@inlined
def set_links(network: Network, stage: Stage, phase: int, opened: Ints) -> int:
    """Return how many links the drive opens or shuts as a phase begins, and a wall that is home with them."""
    switches = 0
    for k in range(opened.shape[0]):
        wanted = stage.plan.gates[phase, k] if network.kind[k] == GATE else opened[k]
        if k == stage.relief and not stage.out[phase]:
            wanted = np.int64(0)
        if wanted != opened[k]:
            opened[k] = wanted
            switches += 1
    return switches


@inlined
def way_back(stage: Stage, phase: int, wall: int, account: Account) -> float:
    """Return which share of its way back the wall of a node goes: it comes home from where it has come to."""
    if stage.relief < 0 or stage.back[phase] <= 0.0:
        return 1.0
    away = account.entered[wall] - account.passed[stage.relief]
    return min(max(away / stage.back[phase], 0.0), 1.0)
