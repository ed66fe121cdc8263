"""Where between the ends of a step a check valve opens or shuts, so that the step can end there; what a step is stands
in `fluidics.engines.rodas`, which steps are taken in `fluidics.engines.rosenbrock`."""

from __future__ import annotations

import math

from fluidics.compile import inlined, linked
from fluidics.engines.laws import Instant, Scene
from fluidics.engines.rodas import BETWEEN, LEAST_PRESSURE, STAGES, Bench, step

MOST_LOOKS = 60  # for one crossing


@linked
def room(scene: Scene, at: Instant, k: int, band: float) -> float:
    """Return how far check k is from switching, relative to the pressures on it [-]; below zero it switches.

    The band, wider than rounding and narrower than the error of a step, keeps a valve that has just switched from
    switching back by rounding alone.
    """
    net = scene.network
    before, behind = at.pressure[net.start[k]], at.pressure[net.stop[k]]
    across = before - behind
    left = across - net.crack[k] if scene.open[k] == 1 else net.breakaway[k] - across
    return left / max(abs(before), abs(behind), LEAST_PRESSURE) + band


@linked
def silence(scene: Scene, at: Instant, band: float) -> float:
    """Return how far the watched node is from its alarm, relative to that [-]; below zero it sounds."""
    if scene.sensor.node < 0:
        return 1e300
    alarm = scene.sensor.alarm
    return (alarm - at.pressure[scene.sensor.node]) / max(abs(alarm), LEAST_PRESSURE) + band


@linked
def least_room(scene: Scene, at: Instant, band: float) -> float:
    """Return the room [-] of the check that is nearest to switching, or of the alarm if that is nearer to sounding."""
    least = silence(scene, at, band)
    for k in range(scene.network.kind.shape[0]):
        if scene.watch[k] == 1:
            least = min(least, room(scene, at, k, band))
    return least


@linked
def switch(scene: Scene, at: Instant, band: float) -> int:
    """Return how many checks switched: those that had no room left."""
    switched = 0
    for k in range(scene.network.kind.shape[0]):
        if scene.watch[k] == 1 and room(scene, at, k, band) < 0.0:
            scene.open[k] = 1 - scene.open[k]
            switched += 1
    return switched


@linked
def bend(scene: Scene, bench: Bench, i: int, h: float, order: int) -> float:
    """Return a coefficient [Pa] of how the pressure of a node or boundary bends within the step, as in `BETWEEN`.

    A boundary moves by its slopes at both ends. Those of a stiff node say nothing about what lies between.
    """
    here, there = bench.here, bench.there
    if i >= here.slope.shape[0]:
        change, first, last = there.pressure[i] - here.pressure[i], h * here.drift[i], h * there.drift[i]
        return first - change if order == 0 else 2.0 * change - first - last
    bent = 0.0
    for s in range(STAGES - 1):
        bent += BETWEEN[order, s] * bench.stage[s, i]
    return here.slope[i] * bent


@inlined
def lowest(left: float, end: float, c0: float, c1: float) -> float:
    """Return the share of a step [-] at which a cubic is least and below zero; 1 when it is nowhere.

    left (1 - x) + end x + x (1 - x) (c0 + x c1)

    Examples
    --------
    >>> lowest(1.0, 1.0, -5.0, 0.0)
    0.5
    """
    slope, square, cube = end - left + c0, c1 - c0, -c1
    inside = square * square - 3.0 * slope * cube
    if inside <= 0.0 or square + math.sqrt(inside) == 0.0:
        return 1.0
    share = -slope / (square + math.sqrt(inside))
    below = 0.0 < share < 1.0 and left + share * (slope + share * (square + share * cube)) < 0.0
    return share if below else 1.0


@linked
def dip(scene: Scene, bench: Bench, h: float, band: float) -> float:
    """Return the share of a step [-] at which some check may have switched and switched back; 1 when none.

    Told by the cubic that interpolates the step. The alarm counts as a check.
    """
    first = 1.0
    for k in range(scene.network.kind.shape[0]):
        if scene.watch[k] == 0:
            continue
        a, b = scene.network.start[k], scene.network.stop[k]
        size = max(abs(bench.here.pressure[a]), abs(bench.here.pressure[b]), LEAST_PRESSURE)
        size = size if scene.open[k] == 1 else -size
        c0 = (bend(scene, bench, a, h, 0) - bend(scene, bench, b, h, 0)) / size
        c1 = (bend(scene, bench, a, h, 1) - bend(scene, bench, b, h, 1)) / size
        first = min(first, lowest(room(scene, bench.here, k, band), room(scene, bench.there, k, band), c0, c1))
    node = scene.sensor.node
    if node >= 0:
        size = max(abs(scene.sensor.alarm), LEAST_PRESSURE)
        c0, c1 = -bend(scene, bench, node, h, 0) / size, -bend(scene, bench, node, h, 1) / size
        first = min(first, lowest(silence(scene, bench.here, band), silence(scene, bench.there, band), c0, c1))
    return first


@linked
def cross(scene: Scene, bench: Bench, time: float, h: float, band: float) -> float:
    """Return the step [s] at whose end the first check has just crossed its threshold; taken from `here` to `there`.

    Regula falsi (Illinois) over steps of their own, so that the crossing is as accurate as any step.
    """
    low, high, taken, side = 0.0, h, h, 0
    below = least_room(scene, bench.there, band)
    # aimed at the middle of the band
    over, under = least_room(scene, bench.here, band) + 0.5 * band, below + 0.5 * band
    for _ in range(MOST_LOOKS):
        if below >= -band or high - low <= 4e-16 * high:
            break
        taken = low + (high - low) * over / (over - under)
        if not low < taken < high:
            taken = 0.5 * (low + high)
        step(scene, bench, time, taken)
        left = least_room(scene, bench.there, band)
        if left < 0.0:
            high, below, under = taken, left, left + 0.5 * band
            over = 0.5 * over if side < 0 else over
            side = -1
        else:
            low, over = taken, left + 0.5 * band
            under = 0.5 * under if side > 0 else under
            side = 1
    if taken != high:
        step(scene, bench, time, high)
    return high


@linked
def until_switch(scene: Scene, bench: Bench, time: float, h: float, band: float) -> float:
    """Return the step [s], a part of the one just taken if a check switches before its end; taken."""
    if least_room(scene, bench.there, band) >= 0.0:
        short = dip(scene, bench, h, band)
        if short == 1.0:
            return h
        h *= short
        step(scene, bench, time, h)
        if least_room(scene, bench.there, band) >= 0.0:
            return h
    return cross(scene, bench, time, h, band)
