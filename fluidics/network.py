"""Nodes that store fluid and links that let it pass, as the engines that resolve pressure see a pump; which nodes and
links a pump has stands in `fluidics.circuit`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

TUBE, CHECK, GATE = 0, 1, 2  # kinds of links: always open, opened by pressure, opened by the drive
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Link(NamedTuple):
    """A path between two nodes: q = leak dp, and while it is open also g (dp - crack).

    A check opens by itself when dp rises above `breakaway`, which is its crack pressure or, for dry friction, more; it
    shuts when dp falls below `crack`. It always leaks: a link that shuts wholly makes the network singular. A loss
    coefficient adds b q |q| to the pressure an open link takes: dp - crack = q / g + b q |q|. A link with a lift is a
    slot that pressure from behind opens: while dp - crack = -x is below zero, q = -g (1 + lift x)^3 x.
    """

    conductance: Annotated[float, "m3/s/Pa"]
    leak: Annotated[float, "m3/s/Pa"] = 0.0
    crack: Annotated[float, "Pa"] = 0.0
    breakaway: Annotated[float, "Pa"] = 0.0
    loss: Annotated[float, "Pa s2/m6"] = 0.0
    kind: Annotated[float, "-"] = TUBE
    lift: Annotated[float, "1/Pa"] = 0.0


class Network(NamedTuple):
    """n nodes with a pressure of their own, m links between them, b boundaries at given pressures.

    Node number n + j is boundary j. All pressures are relative to the atmosphere around the pump.
    """

    compliance: Floats  # (n,) [m3/Pa] fluid stored per pressure
    gas: Floats  # (n,) [J] pressure times volume of trapped gas
    growth: Floats  # (n,) [W] by which that gas becomes more
    start: Ints  # (m,) nodes that links lead from
    stop: Ints  # (m,) nodes that links lead to
    conductance: Floats  # (m,) [m3/(s Pa)]
    leak: Floats  # (m,) [m3/(s Pa)]
    crack: Floats  # (m,) [Pa]
    breakaway: Floats  # (m,) [Pa]
    loss: Floats  # (m,) [Pa s2/m6]
    kind: Ints  # (m,) TUBE, CHECK or GATE
    lift: Floats  # (m,) [1/Pa]
    boundary: Floats  # (b,) [Pa]
    ambient: float  # [Pa] of the atmosphere, absolute


class Schedule(NamedTuple):
    """k phases that follow each other, again and again: what the drive does to the network."""

    duration: Floats  # (k,) [s]
    source: Floats  # (k, n) [m3/s] into each node
    gates: Ints  # (k, m) 1 where a gate is open; of no effect on other links


class Resolved(NamedTuple):
    """What an engine that resolves pressure gives for a stretch of time: at the end of every phase, and at the extremes
    within it of a node that is watched.
    """

    time: Floats  # (r,) [s] since the start of the stretch
    pressure: Floats  # (r, n) [Pa]
    volume: Floats  # (r, m) [m3] through each link since the start of the stretch
    open: Ints  # (r, m) 1 where a link is open
    retained: float  # [m3] that the drive had not the force to push, and a moving wall kept
    residual: float  # [m3] fluid that came in and is neither stored nor went out
    switches: int  # times that a valve opened or shut
    rejected: int  # steps that were tried and thrown away
    alarmed: bool = False  # whether its end is where the node that is watched came to its alarm pressure


def network(
    compliance: list[float],
    links: list[tuple[int, int, Link]],
    boundary: list[float],
    gas: list[float] | None = None,
    ambient: float = 101325.0,
    growth: list[float] | None = None,
) -> Network:
    """Return a network from its nodes, its links with the nodes they join, and its boundaries.

    Parameters
    ----------
    compliance : list of float, n
        Fluid that each node stores per pressure [m3/Pa].
    links : list of (start, stop, Link), m
        Numbers of the nodes that each link joins; n + j is boundary j.
    boundary : list of float, b
        Given pressures [Pa], relative to the atmosphere.
    gas : list of float, n, optional
        Pressure times volume of the gas trapped at each node [J]; none if not given.
    ambient : float
        Pressure of the atmosphere [Pa].
    growth : list of float, n, optional
        Gas that is made at each node [W]; none if not given.

    Raises
    ------
    ValueError
        When a node stores nothing, a link conducts nothing or less, has both a loss and a lift, or joins nodes that are
        not there.

    Examples
    --------
    >>> tube = network([1e-12], [(1, 0, Link(1e-12)), (0, 2, Link(1e-12))], [1e3, 0.0])
    >>> tube.conductance.shape
    (2,)
    """
    size = len(compliance)
    stored = [0.0] * size if gas is None else gas
    for i in range(size):
        if not (compliance[i] > 0.0 or (compliance[i] == 0.0 and stored[i] > 0.0)) or not stored[i] >= 0.0:
            raise ValueError(f"node {i}: compliance {compliance[i]!r} m3/Pa with {stored[i]!r} J of gas stores nothing")
    for at, (start, stop, link) in enumerate(links):
        if not (0 <= start < size + len(boundary) and 0 <= stop < size + len(boundary) and start != stop):
            last = size + len(boundary) - 1
            raise ValueError(f"link {at} joins {start} and {stop}; nodes and boundaries are 0 to {last}")
        if not (link.conductance > 0.0 and link.leak >= 0.0 and link.loss >= 0.0 and link.breakaway >= link.crack):
            raise ValueError(
                f"link {at}: conductance must be above zero, leak and loss not below, breakaway not below crack; "
                f"given {link}"
            )
        if not (link.lift >= 0.0 and link.lift * link.loss == 0.0):
            raise ValueError(f"link {at}: a lift must not be below zero, and none goes with a loss; given {link}")
        if link.kind != TUBE and link.leak == 0.0:
            raise ValueError(f"link {at}: a valve needs a leak above zero, given 0 m3/(s Pa)")
    columns = {name: np.array([getattr(link, name) for _, _, link in links], dtype=np.float64) for name in Link._fields}
    return Network(
        compliance=np.array(compliance, dtype=np.float64),
        gas=np.array(stored, dtype=np.float64),
        growth=np.array([0.0] * size if growth is None else growth, dtype=np.float64),
        start=np.array([start for start, _, _ in links], dtype=np.int64),
        stop=np.array([stop for _, stop, _ in links], dtype=np.int64),
        conductance=columns["conductance"],
        leak=columns["leak"],
        crack=columns["crack"],
        breakaway=columns["breakaway"],
        loss=columns["loss"],
        kind=columns["kind"].astype(np.int64),
        lift=columns["lift"],
        boundary=np.array(boundary, dtype=np.float64),
        ambient=ambient,
    )


def checked(
    network: Network, schedule: Schedule, strokes: int, pressure: Floats, open_links: Ints, every: int
) -> None:
    """Return nothing, when an engine that resolves pressure can work with its arguments.

    Raises
    ------
    ValueError
        When a number is not finite, an array has another shape than the network asks for, or there is nothing to do.
    """
    nodes, links, phases = len(network.compliance), len(network.kind), len(schedule.duration)
    shapes = {
        "pressure": (pressure, (nodes,)),
        "open_links": (open_links, (links,)),
        "schedule.source": (schedule.source, (phases, nodes)),
        "schedule.gates": (schedule.gates, (phases, links)),
    }
    for name, (given, wanted) in shapes.items():
        if np.shape(given) != wanted:
            raise ValueError(f"{name} has shape {np.shape(given)}; this network and schedule ask for {wanted}")
    columns = ("compliance", "growth", "conductance", "leak", "crack", "lift", "boundary")
    finite = {name: getattr(network, name) for name in columns}
    finite |= {"pressure": pressure, "schedule.duration": schedule.duration, "schedule.source": schedule.source}
    for name, numbers in finite.items():
        if not np.isfinite(numbers).all():
            raise ValueError(f"{name} has a number that is not finite: {numbers}")
    if not phases or not (schedule.duration > 0.0).all():
        raise ValueError(f"schedule.duration must be above zero for every phase, given {schedule.duration} s")
    for name, count in (("strokes", strokes), ("every", every)):
        if not count >= 1:
            raise ValueError(f"{name} must be a whole number from 1, given {count!r}")
    for name, switches in (("open_links", open_links), ("schedule.gates", schedule.gates)):
        if not ((switches == 0) | (switches == 1)).all():
            raise ValueError(f"{name} must hold 0 for shut and 1 for open, given {switches}")
