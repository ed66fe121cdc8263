"""Where within a step the pressure of a watched node turns, so that the step can end there, and what is kept of it; a
step stands in `fluidics.engines.rodas`, which steps are taken in `fluidics.engines.travel`."""

from __future__ import annotations

import math

from fluidics.compile import inlined, linked
from fluidics.engines.laws import Scene
from fluidics.engines.rodas import Bench, step
from fluidics.engines.switching import bend
from fluidics.engines.watch import beyond, worth


@linked
def keep(scene: Scene, bench: Bench, time: float) -> None:
    """Return nothing; what the network is at a time [s] since the phase began is kept if it is an extreme."""
    node, seen, net = scene.sensor.node, scene.sensor.seen, scene.network
    n = net.compliance.shape[0]
    for side in range(2):
        if beyond(scene.sensor, side, bench.here.pressure[node]):
            seen.time[side] = time
            for i in range(n):
                seen.pressure[side, i] = bench.here.pressure[i]
            for k in range(net.kind.shape[0]):
                seen.volume[side, k] = bench.y[n + k]
                seen.open[side, k] = scene.open[k]


@inlined
def _turned(scene: Scene, c0: float, c1: float, here: float, end: float, share: float) -> bool:
    """Return whether a pressure that turns at a share of a step is an extreme, by the cubic that interpolates it."""
    if not 0.0 < share < 1.0:
        return False
    level = here + share * (end - here + (1.0 - share) * (c0 + share * c1))
    return worth(scene.sensor, 0, level, end) or worth(scene.sensor, 1, level, end)


@linked
def turn(scene: Scene, bench: Bench, h: float) -> float:
    """Return the share of a step [-] at which the watched pressure first turns to an extreme of the phase; 1 when none.

    p = here + x (end - here) + x (1 - x) (c0 + x c1),    dp/dx = (end - here + c0) + 2 (c1 - c0) x - 3 c1 x^2
    """
    node = scene.sensor.node
    here, end = bench.here.pressure[node], bench.there.pressure[node]
    c0, c1 = bend(scene, bench, node, h, 0), bend(scene, bench, node, h, 1)
    slope, half = end - here + c0, c1 - c0
    inside = half * half + 3.0 * c1 * slope
    if inside < 0.0:
        return 1.0
    # the two zeros, each without the difference of nearly equal numbers
    sum_ = half + math.copysign(math.sqrt(inside), half)
    first = -slope / sum_ if sum_ != 0.0 else 1.0
    other = sum_ / (3.0 * c1) if c1 != 0.0 else 1.0
    first, other = min(first, other), max(first, other)
    if _turned(scene, c0, c1, here, end, first):
        return first
    return other if _turned(scene, c0, c1, here, end, other) else 1.0


@linked
def until_turn(scene: Scene, bench: Bench, time: float, h: float) -> float:
    """Return the step [s], a part of the one just taken if the watched pressure turns in it; taken."""
    share = turn(scene, bench, h)
    if share == 1.0:
        return h
    step(scene, bench, time, share * h)
    return share * h
