"""A stretch of time in which no valve moves, so that pressures and volumes are sums of decaying modes; when it ends
stands in `fluidics.engines.crossing`, how stretches follow each other in `fluidics.engines.exact`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fluidics.compile import inlined
from fluidics.engines.modes import Modes, decayed, weight
from fluidics.network import Floats, Ints, Network


class Course(NamedTuple):
    """A stretch of time in which no valve moves, and room to look for the end of it."""

    origin: Floats  # (n,) [Pa] at the start of the call
    change: Floats  # (n,) [Pa] since then; kept apart, so that a soft node's small steps add up
    pressure: Floats  # (n,) [Pa] when the stretch begins: the sum of both
    flow: Floats  # (m,) [m3/s] through each link when it begins
    source: Floats  # (n,) [m3/s] what the drive brings into each node
    inflow: Floats  # (n,) [m3/s] net into each node when it begins
    push: Floats  # (n,) of each mode, sum over nodes of shape * inflow
    left: Floats  # (n,) [-] of each mode when it ends
    reach: Floats  # (n,) [s] integral of what is left of each mode
    area: Floats  # (n,) [s2] integral of that
    part: Floats  # (n,) [Pa/s] of each mode in the slope of one valve's margin at first
    left_then: Floats  # (n,) [-] of each mode where the search has come to
    reach_then: Floats  # (n,) [s]
    left_next: Floats  # (n,) [-] of each mode where it looks next
    reach_next: Floats  # (n,) [s]


def empty_course(network: Network, pressure: Floats) -> Course:
    """Return a course that begins at given pressures (n,) [Pa]."""
    nodes, links = pressure.shape[0], network.kind.shape[0]
    room = [np.zeros(nodes) for _ in range(11)]
    return Course(pressure.copy(), np.zeros(nodes), pressure.copy(), np.zeros(links), *room)


@inlined
def difference(network: Network, course: Course, link: int) -> float:
    """Return the pressure [Pa] across a link when the course begins."""
    nodes = course.pressure.shape[0]
    start, stop = network.start[link], network.stop[link]
    before = course.pressure[start] if start < nodes else network.boundary[start - nodes]
    after = course.pressure[stop] if stop < nodes else network.boundary[stop - nodes]
    return before - after


@inlined
def begin(network: Network, modes: Modes, row: int, opened: Ints, course: Course) -> None:
    """Return nothing; a stretch begins with the pressures, sources and open links that are: flows, inflows, pushes."""
    nodes = course.pressure.shape[0]
    for i in range(nodes):
        course.inflow[i] = course.source[i]
    for k in range(opened.shape[0]):
        across = difference(network, course, k)
        flow = network.leak[k] * across
        if opened[k]:
            flow += network.conductance[k] * (across - network.crack[k])
        if network.start[k] < nodes:
            course.inflow[network.start[k]] -= flow
        if network.stop[k] < nodes:
            course.inflow[network.stop[k]] += flow
        course.flow[k] = flow
    for j in range(nodes):
        push = 0.0
        for i in range(nodes):
            push += modes.shape[row, i, j] * course.inflow[i]
        course.push[j] = push


@inlined
def aim(modes: Modes, row: int, course: Course, dt: float) -> None:
    """Return nothing; the stretch ends after `dt` [s], which is how far each mode comes."""
    for j in range(course.push.shape[0]):
        decay = decayed(modes.rate[row, j] * dt)
        course.left[j] = decay.left
        course.reach[j] = dt * decay.mean
        course.area[j] = dt * dt * decay.twice


@inlined
def moved(modes: Modes, row: int, course: Course, node: int) -> float:
    """Return by how much the pressure [Pa] of a node changes to the end of the stretch."""
    step = 0.0
    for j in range(course.push.shape[0]):
        step += modes.shape[row, node, j] * course.push[j] * course.reach[j]
    return step


@inlined
def through(network: Network, modes: Modes, row: int, opened: Ints, course: Course, dt: float, link: int) -> float:
    """Return the volume [m3] that passes a link in the stretch.

    The flow is that at the start and its weight times the change of the difference across the link since then; both
    integrals are exact.
    """
    across = 0.0
    for j in range(course.push.shape[0]):
        across += modes.across[row, link, j] * course.push[j] * course.area[j]
    return dt * course.flow[link] + weight(network, opened, link) * across


@inlined
def go(network: Network, modes: Modes, row: int, opened: Ints, course: Course, dt: float, passed: Floats) -> None:
    """Return nothing; pressures are those at the end of the stretch, what passed links is added to `passed` [m3]."""
    for i in range(course.pressure.shape[0]):
        course.change[i] += moved(modes, row, course, i)
        course.pressure[i] = course.origin[i] + course.change[i]
    for k in range(opened.shape[0]):
        passed[k] += through(network, modes, row, opened, course, dt, k)
