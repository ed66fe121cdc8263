"""Pressures within a stroke by the exact propagator of a piecewise-linear network; networks that are smooth and not
linear go to `fluidics.engines.rosenbrock`, a whole pump through a programme to `fluidics.engines.trace`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fluidics.compile import inlined, kernel
from fluidics.engines.course import Course, aim, begin, empty_course, go
from fluidics.engines.crossing import UNDECIDED, margin, used_up
from fluidics.engines.extremes import keep, quiet, turns
from fluidics.engines.modes import Modes, empty_modes, resolved_modes
from fluidics.engines.stage import Rows, Stage, empty_rows, filled, staged
from fluidics.engines.watch import NEVER, Watch, begin_watch, watching, write_extremes
from fluidics.engines.yielding import Account, set_links, way_back
from fluidics.network import CHECK, TUBE, Floats, Ints, Network, Resolved, Schedule, checked

MOST_VALVES = 62  # a pattern of open links is one integer
MOST_SWITCHES = 1000  # of valves within one phase
RESTLESS, UNCLEAR = -1, -2  # how a phase fails


class Outcome(NamedTuple):
    """How a call ended: the switches of valves, or why it stopped, in which stroke and phase, and the rows written."""

    switches: int
    stroke: int
    phase: int
    rows: int


@inlined
def _passed_phase(
    network: Network, stage: Stage, phase: int, opened: Ints, modes: Modes, course: Course, account: Account,
    watch: Watch,
) -> int:  # fmt: skip
    """Return how often valves switched in a phase, or RESTLESS or UNCLEAR; write what became of the network."""
    wall = network.start[stage.relief] if stage.relief >= 0 else -1
    share = way_back(stage, phase, wall, account)
    switches = set_links(network, stage, phase, opened)
    left, links = stage.plan.duration[phase], opened.shape[0]
    for i in range(course.source.shape[0]):
        course.source[i] = stage.plan.source[phase, i] * (share if i == wall else 1.0)
        account.entered[i] += course.source[i] * left
    if watch.node >= 0:
        begin_watch(watch, course.pressure)
    for _ in range(MOST_SWITCHES):
        row = resolved_modes(network, opened, modes)
        begin(network, modes, row, opened, course)
        dt, valve = left, -1
        aim(modes, row, course, dt)
        for k in range(links + 1):
            if k == links and watch.node >= 0:
                first = quiet(modes, row, course, watch)
            elif k < links and network.kind[k] == CHECK and (k != stage.relief or stage.out[phase]):
                first = margin(network, modes, row, course, k, opened[k])
            else:
                continue
            when = used_up(modes, row, course, first, 0.0, dt)
            if when == UNDECIDED:
                return UNCLEAR
            if when < dt:
                dt, valve = when, k
                aim(modes, row, course, dt)
        if watch.node >= 0:
            gone = stage.plan.duration[phase] - left
            if not turns(network, modes, row, opened, course, account.passed, watch, gone, dt):
                return UNCLEAR
            keep(network, modes, row, opened, course, account.passed, watch, gone, dt)
        go(network, modes, row, opened, course, dt, account.passed)
        left -= dt
        if valve == links:
            watch.left[0] = left
            for i in range(course.source.shape[0]):
                account.entered[i] -= course.source[i] * left
            return switches
        if valve < 0:
            return switches
        opened[valve] = 1 - opened[valve]
        switches += 1
    return RESTLESS


@kernel
def passed_strokes(
    network: Network,
    stage: Stage,
    opened: Ints,
    modes: Modes,
    course: Course,
    account: Account,
    rows: Rows,
    strokes: int,
    every: int,
    watch: Watch,
) -> Outcome:
    """Return how a number of strokes ended; every so many, counted back from the last, they are written into rows."""
    phases, nodes, links = stage.plan.duration.shape[0], course.pressure.shape[0], opened.shape[0]
    switches, at, begun = 0, 0, 0.0
    for stroke in range(strokes):
        passed = 0.0
        for phase in range(phases):
            done = _passed_phase(network, stage, phase, opened, modes, course, account, watch)
            if done < 0:
                return Outcome(done, stroke, phase, at)
            switches += done
            before = begun + passed
            passed += stage.plan.duration[phase]
            sounded = watch.left[0] >= 0.0
            if (strokes - 1 - stroke) % every == 0 or sounded:
                if watch.node >= 0:
                    at = write_extremes(watch, course.pressure, before, rows, at)
                rows.time[at] = begun + passed - max(watch.left[0], 0.0)
                for i in range(nodes):
                    rows.pressure[at, i] = course.pressure[i]
                for k in range(links):
                    rows.volume[at, k] = account.passed[k]
                    rows.open[at, k] = opened[k]
                at += 1
            if sounded:
                return Outcome(switches, stroke, phase, at)
        begun = (stroke + 1) * passed
    return Outcome(switches, strokes, 0, at)


def _unbalanced(network: Network, course: Course, account: Account) -> float:
    """Return the fluid [m3] that came in and is neither stored nor went out, summed over the nodes."""
    nodes = course.change.shape[0]
    net = np.zeros(nodes + network.boundary.shape[0])
    np.add.at(net, network.stop, account.passed)
    np.subtract.at(net, network.start, account.passed)
    return float(np.abs(account.entered + net[:nodes] - network.compliance * course.change).sum())


def _refuse(network: Network) -> None:
    """Raise when a network is not piecewise linear, or has a link that shuts wholly."""
    bent = ("node", "trapped gas", network.gas), ("link", "a loss", network.loss), ("link", "a lift", network.lift)
    for what, name, given in bent:
        for at in np.flatnonzero(given > 0.0):
            raise ValueError(f"{what} {at} has {name}, which is not linear: use the engine `rosenbrock`")
    for at in np.flatnonzero(network.leak + np.where(network.kind == TUBE, network.conductance, 0.0) <= 0.0):
        raise ValueError(f"link {at} lets nothing through when it is shut: give it a leak above zero")
    valves = int(np.count_nonzero(network.kind != TUBE))
    if valves > MOST_VALVES:
        raise ValueError(f"the network has {valves} valves; {MOST_VALVES} at most")


def resolve(
    network: Network,
    schedule: Schedule,
    strokes: int,
    pressure: Floats,
    open_links: Ints,
    every: int = 1,
    relief: int = -1,
    watch: int = -1,
    alarm: float = NEVER,
) -> Resolved:
    """Return pressures, volumes and valves of a piecewise-linear network at the end of every phase of its strokes.

    While no valve moves the network is linear, and pressures and the volumes through all links are sums of exponentials
    that are evaluated, not integrated. The moments at which valves reach their thresholds are found to rounding.

    Parameters
    ----------
    network : Network
        Nodes, links and boundaries; no trapped gas, no loss coefficients, no lifts.
    schedule : Schedule
        What the drive does in each phase of a stroke.
    strokes : int
        How many strokes.
    pressure : (n,) float
        Of each node at the start [Pa].
    open_links : (m,) int
        1 where a check is open at the start. Gates follow the schedule, tubes are open.
    every : int
        Of so many strokes one is recorded; the last always is.
    relief : int
        Number of the check by which a wall gives way that the drive moves, -1 when there is none. What flows through it
        was not displaced, so the wall goes back by what it displaced and no more; it opens only while the wall is out.
    watch : int
        Number of the node whose greatest and least pressures within a phase are recorded too, where they lie a
        millionth beyond those at its ends; -1 for none.
    alarm : float
        Pressure of that node [Pa] at which everything ends.

    Raises
    ------
    ValueError
        When the network is not piecewise linear, or an argument makes no sense.
    RuntimeError
        When valves never come to rest within a phase, or a moment cannot be told.

    Notes
    -----
    Valves switch a relative 1e-12 of the pressures at them beyond their thresholds, so that rounding moves none.
    The balance of fluid holds at every node to some 1e-12 of what passes it.

    Examples
    --------
    A push of 1 m3/s for 1 s into 1 m3/Pa that drains through 1 m3/(s Pa): 1 - 1/e.

    >>> from fluidics.network import Link, network
    >>> tank = network([1.0], [(0, 1, Link(1.0))], [0.0])
    >>> push = Schedule(np.array([1.0]), np.array([[1.0]]), np.array([[0]]))
    >>> round(float(resolve(tank, push, 1, np.array([0.0]), np.array([1])).pressure[-1, 0]), 9)
    0.632120559
    """
    checked(network, schedule, strokes, pressure, open_links, every)
    _refuse(network)
    opened = np.where(network.kind == TUBE, 1, open_links).astype(np.int64)
    course = empty_course(network, np.asarray(pressure, dtype=np.float64))
    account = Account(np.zeros(len(network.compliance)), np.zeros(len(network.kind)))
    stage = staged(network, schedule, relief)
    nodes, links = len(network.compliance), len(network.kind)
    if not -1 <= watch < nodes:
        raise ValueError(f"watch {watch!r} must be -1 or the number of a node, 0 to {nodes - 1}")
    rows, seen = empty_rows(stage, strokes, every, 3 if watch >= 0 else 1), watching(watch, alarm, nodes, links)
    end = passed_strokes(network, stage, opened, empty_modes(network), course, account, rows, strokes, every, seen)
    where = f"stroke {end.stroke + 1}, phase {end.phase + 1}"
    if end.switches == RESTLESS:
        raise RuntimeError(f"{where}: valves switched {MOST_SWITCHES} times and did not come to rest")
    if end.switches == UNCLEAR or not np.isfinite(course.change).all():
        raise RuntimeError(f"{where}: the moment at which a valve switches could not be found")
    retained = float(account.passed[relief]) if relief >= 0 else 0.0
    residual = _unbalanced(network, course, account)
    found, alarmed = filled(rows, end.rows), bool(seen.left[0] >= 0.0)
    return Resolved(*found, retained, residual, end.switches, 0, alarmed)
