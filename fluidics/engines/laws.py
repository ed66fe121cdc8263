"""Pressures, flows and their slopes in a network at an instant; the engine that steps through time with them stands in
`fluidics.engines.rosenbrock`."""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined, linked
from fluidics.engines.watch import NEVER, Watch, watching
from fluidics.forcing import Forcing, sine
from fluidics.lines.gas import compressed
from fluidics.network import Floats, Ints, Network
from fluidics.reservoirs.supply import lift

_TURN = 2.0 * math.pi
OFF = watching(-1, NEVER, 1, 1)


class Scene(NamedTuple):
    """A network during one phase, with all that acts on it.

    Its state y has n + m + 1 numbers [m3]: what came into each node, went through each link, and was brought by
    sources, each since the start. Flows sum to zero over a node whatever the step, so that the balance holds to
    rounding; and a litre drawn from a soft reservoir costs no digit of a stroke.
    """

    network: Network
    supply: Any  # of the reservoir, node 0
    forcing: Forcing
    base: Floats  # (n,) [Pa] at the start
    source: Floats  # (n,) [m3/s] into each node
    open: Ints  # (m,)
    watch: Ints  # (m,) 1 where pressure may open or shut the link
    sensor: Watch = OFF


class Instant(NamedTuple):
    """A network at an instant: what `look` fills."""

    pressure: Floats  # (n + b,) [Pa] of nodes and boundaries
    slope: Floats  # (n,) [Pa/m3] of pressure with the fluid stored
    drift: Floats  # (n + b,) [Pa/s] of pressure with time
    flow: Floats  # (n + m + 1,) [m3/s], how y moves
    steep: Floats  # (m,) [m3/(s Pa)] of flow with the pressure across each link
    surge: Floats  # (n + m + 1,) [m3/s2] of flow with time


class Passage(NamedTuple):
    """Flow through an open path, and its slope."""

    flow: Annotated[float, "m3/s"]
    steep: Annotated[float, "m3/s/Pa"]


@inlined
def passed(conductance: float, loss: float, drop: float) -> Passage:
    """Return the flow that a pressure drop drives: drop = q / g + b q |q|, regular at zero flow.

    q = 2 drop / (r + sqrt(r^2 + 4 b |drop|)),    r = 1 / g

    Examples
    --------
    >>> passed(0.01, 100.0, 3000.0).flow  # a stenosis of 100 q + 100 q |q|
    5.0
    """
    if loss == 0.0:
        return Passage(flow=conductance * drop, steep=conductance)
    resistance = 1.0 / conductance
    root = math.sqrt(resistance * resistance + 4.0 * loss * abs(drop))
    return Passage(flow=2.0 * drop / (resistance + root), steep=1.0 / root)


@inlined
def slipped(conductance: float, lift: float, drop: float) -> Passage:
    """Return the flow through a slot that pressure from behind opens: its height grows by the share lift * pressure.

    q = g (1 + lift max(-drop, 0))^3 drop

    Examples
    --------
    >>> slipped(2.0, 0.5, -2.0)  # twice as high, eight times the flow
    Passage(flow=-32.0, steep=40.0)
    """
    back = lift * max(-drop, 0.0)
    high = 1.0 + back
    return Passage(flow=conductance * high * high * high * drop, steep=conductance * high * high * (high + 3.0 * back))


@linked
def look(scene: Scene, y: Floats, time: float, at: Instant) -> None:
    """Return nothing; the instant is filled with what the network is and does at a state.

    Parameters
    ----------
    scene : Scene
        The network and what acts on it.
    y : (n + m + 1,)
        State [m3].
    time : float
        Time since the start [s].
    at : Instant
        What is filled.
    """
    net = scene.network
    n, m = net.compliance.shape[0], net.start.shape[0]
    for i in range(n):
        absolute = scene.base[i] + net.ambient
        wall = compressed(net.compliance[i], net.gas[i], absolute, y[i])
        drift = 0.0
        if net.growth[i] > 0.0:
            # gas that was made takes room as fluid does that came in, at the pressure of the start
            made = net.growth[i] * time
            wall = compressed(net.compliance[i], net.gas[i] + made, absolute, y[i] + made / absolute)
            drift = wall.slope * net.growth[i] / (absolute + wall.rise)
        at.pressure[i] = scene.base[i] + wall.rise
        at.slope[i] = wall.slope
        at.drift[i] = drift
        at.flow[i] = scene.source[i]
        at.surge[i] = 0.0
        if i == 0:
            held = lift(scene.supply, wall, y[i], time)
            at.pressure[i] = scene.base[i] + held.rise
            at.slope[i] = held.slope
            at.drift[i] = held.drift
    for j in range(net.boundary.shape[0]):
        at.pressure[n + j] = net.boundary[j]
        at.drift[n + j] = 0.0
    _swing(scene.forcing, n, time, at)
    brought = 0.0
    surge = 0.0
    for i in range(n):
        brought += at.flow[i]
        surge += at.surge[i]
    at.flow[n + m] = brought
    at.surge[n + m] = surge
    for k in range(m):
        _join(scene, k, n, at)


@inlined
def _swing(forcing: Forcing, n: int, time: float, at: Instant) -> None:
    for w in range(forcing.at.shape[0]):
        turns = forcing.frequency[w] * time + forcing.phase[w]
        value = forcing.swing[w] * sine(turns)
        pace = forcing.swing[w] * (_TURN * forcing.frequency[w]) * sine(turns + 0.25)
        i = forcing.at[w]
        if i < n:
            at.flow[i] += value
            at.surge[i] += pace
        else:
            at.pressure[i] += value
            at.drift[i] += pace


@inlined
def _join(scene: Scene, k: int, n: int, at: Instant) -> None:
    """Add what goes through link k."""
    net = scene.network
    a, b = net.start[k], net.stop[k]
    across = at.pressure[a] - at.pressure[b]
    flow = net.leak[k] * across
    steep = net.leak[k]
    if scene.open[k] == 1:
        drop = across - net.crack[k]
        way = passed(net.conductance[k], net.loss[k], drop)
        if net.lift[k] > 0.0:
            way = slipped(net.conductance[k], net.lift[k], drop)
        flow += way.flow
        steep += way.steep
    surge = steep * (at.drift[a] - at.drift[b])
    at.flow[n + k] = flow
    at.steep[k] = steep
    at.surge[n + k] = surge
    if a < n:
        at.flow[a] -= flow
        at.surge[a] -= surge
    if b < n:
        at.flow[b] += flow
        at.surge[b] += surge


@linked
def implicit(scene: Scene, at: Instant, rate: float, matrix: Floats) -> None:
    """Return nothing; the matrix becomes rate 1 - df/dy of the nodes.

    Every column is dominated by its diagonal: what leaves a node comes to its neighbours, and no flow falls with the
    pressure that drives it.

    Parameters
    ----------
    scene : Scene
        The network and what acts on it.
    at : Instant
        Where the slopes are taken.
    rate : float
        One over step and diagonal coefficient [1/s].
    matrix : (n, n)
        What is filled.
    """
    net = scene.network
    n = net.compliance.shape[0]
    for i in range(n):
        for j in range(n):
            matrix[i, j] = 0.0
        matrix[i, i] = rate
    for k in range(net.start.shape[0]):
        a, b, steep = net.start[k], net.stop[k], at.steep[k]
        if a < n:
            matrix[a, a] += steep * at.slope[a]
        if b < n:
            matrix[b, b] += steep * at.slope[b]
        if a < n and b < n:
            matrix[a, b] -= steep * at.slope[b]
            matrix[b, a] -= steep * at.slope[a]
