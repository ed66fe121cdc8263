"""Networks whose pressures and flows other simulators publish, beside those of the engines here; published figures of
pumps stand in the files named for their kind."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from fluidics.engines.rosenbrock import integrate
from fluidics.forcing import Forcing, forcing
from fluidics.network import TUBE, Floats, Link, Network, Schedule, network
from scenarios.cases.published import COMPUTED, Case, within

_TUBE = Link(0.01)  # 100 of the units in which these cases are given, which are consistent and have no names
_STORE = 1e-14  # of a node that stores nothing: a phase of 1e-10
_SOLVER, _CHIP = "svzerod_2026", "mmft_2026"
_TIGHT = 1e-6
_SAMPLED = 1e-4  # of an extreme among 256 instants of a period


class Run(NamedTuple):
    """Pressures of the nodes and mean flows of the links at the end of each phase."""

    pressure: Floats  # (r, n) [Pa]
    flow: Floats  # (r, m) [m3/s]


def run(made: Network, duration: float, steps: int, start: Floats, source: Floats, waves: Forcing | None = None) -> Run:
    """Return the course of a network of open tubes into whose nodes steady sources (n,) [m3/s] flow."""
    plan = Schedule(
        np.full(steps, duration / steps),
        np.tile(source, (steps, 1)),
        np.zeros((steps, len(made.kind)), dtype=np.int64),
    )
    opened = (made.kind == TUBE).astype(np.int64)
    done = integrate(made, plan, 1, start, opened, 1e-10, waves or forcing())
    flow = np.diff(done.volume, axis=0) / (duration / steps)
    return Run(done.pressure, flow)


def settled(made: Network, flow: float) -> tuple[Floats, Floats]:
    """Return pressures and flows in the end, when a steady flow enters the first node."""
    size = len(made.compliance)
    source = np.zeros(size)
    source[0] = flow
    found = run(made, 1e3, 2, np.zeros(size), source)
    return found.pressure[-1], found.flow[-1]


@cache
def network_cases() -> tuple[Case, ...]:
    """Return every published network."""
    return (*steady(), *chip(), *windkessel(), *driven_at_both_ends())


def steady() -> tuple[Case, ...]:
    """Return networks of resistances into which 5 flows and that end against 100."""
    line = network([1e-4, 1e-4], [(0, 1, _TUBE), (1, 2, _TUBE)], [100.0])
    narrow = network([1e-4, 1e-4], [(0, 1, Link(0.01, loss=100.0)), (1, 2, _TUBE)], [100.0])
    hops = [(0, 1, _TUBE), (1, 2, _TUBE), (1, 3, _TUBE), (2, 4, _TUBE), (3, 5, _TUBE)]
    pressure, _ = settled(line, 5.0)
    lost, _ = settled(narrow, 5.0)
    forked, flow = settled(network([1e-4] * 4, hops, [100.0, 100.0]), 5.0)
    rows = (
        ("Two resistances", "pressure at the inlet", 1100.0, pressure[0]),
        ("Two resistances", "pressure between them", 600.0, pressure[1]),
        ("Stenosis, 100 q + 100 q |q|", "pressure at the inlet", 3600.0, lost[0]),
        ("Stenosis, 100 q + 100 q |q|", "pressure behind it", 600.0, lost[1]),
        ("Bifurcation", "pressure at the inlet", 1100.0, forked[0]),
        ("Bifurcation", "pressure at the fork", 600.0, forked[1]),
        ("Bifurcation", "pressure in a branch", 350.0, forked[2]),
        ("Bifurcation", "flow in a branch", 2.5, flow[1]),
    )
    return tuple(within(name, what, value, _TIGHT, ours, "-", COMPUTED, _SOLVER) for name, what, value, ours in rows)


def chip() -> tuple[Case, ...]:
    """Return three channels of 1 mm that meet in one, from 1000 Pa to nothing."""
    duct = Link(5.89679007e-10 / (1000.0 - 2500.0 / 3.0))  # its flow over its pressure drop
    hops = [(3, 0, duct), (4, 1, duct), (5, 2, duct), (0, 1, duct), (2, 1, duct), (1, 6, duct)]
    pressure, flow = settled(network([1e-15] * 3, hops, [1000.0, 1000.0, 1000.0, 0.0]), 0.0)
    name, note = "Channels of a chip", "the conductance of a channel is the simulator's own"
    return (
        within(name, "pressure at the outer nodes", 833.3333, _TIGHT, pressure[0], "Pa", COMPUTED, _CHIP, note),
        within(name, "pressure at the middle node", 666.6667, _TIGHT, pressure[1], "Pa", COMPUTED, _CHIP, note),
        within(name, "flow in the middle channel", 1.17935801, _TIGHT, flow[1] * 1e9, "uL/s", COMPUTED, _CHIP, note),
        within(name, "flow in all", 2.35871603, _TIGHT, flow[5] * 1e9, "uL/s", COMPUTED, _CHIP, note),
    )


def windkessel() -> tuple[Case, ...]:
    """Return the periodic state of 2.2 + 2.5 sin(2 pi t) through 100 into 1000, then 1e-4 beside 1000."""
    hops = [(0, 1, _TUBE), (1, 2, Link(1e-3)), (2, 3, Link(1e-3))]
    made = network([_STORE, _STORE, 1e-4], hops, [0.0])
    waves, source = forcing((0, 2.5, 1.0, 0.0)), np.array([2.2, 0.0, 0.0])
    first = run(made, 3.0, 3, np.array([4620.0, 4400.0, 2200.0]), source, waves)
    found = run(made, 1.0, 256, first.pressure[-1], source, waves)
    entrance, outlet = found.pressure[:, 0], found.pressure[:, 1]
    rows = (
        ("pressure at the outlet at a full period", 3273.8069, _TIGHT, outlet[-1]),
        ("greatest pressure at the outlet", 8837.6728, _SAMPLED, outlet.max()),
        ("swing of the pressure at the outlet", 8875.3456, _SAMPLED, outlet.max() - outlet.min()),
        ("greatest pressure at the inlet", 9299.9184, _SAMPLED, entrance.max()),
    )
    return tuple(
        within("Periodic flow into a windkessel", what, value, slack, ours, "-", COMPUTED, _SOLVER,
               "by complex impedance, to which the other simulator comes within 7e-5")
        for what, value, slack, ours in rows
    )  # fmt: skip


def driven_at_both_ends() -> tuple[Case, ...]:
    """Return what 0.5 sin t pressed on a compliance of 1 and cos 2t drawn through a resistance of 1 give."""
    turn = 2.0 * math.pi
    made = network([1.0, 1e-10], [(2, 0, Link(1e10)), (0, 1, Link(1.0))], [0.0])
    waves = forcing((2, 0.5, 1.0 / turn, 0.0), (1, -1.0, 2.0 / turn, 0.25))
    found = run(made, turn, 256, np.array([0.0, -1.0]), np.zeros(2), waves)
    outlet = found.pressure[:, 1]
    name, note = "Pressure at one end, flow at the other", "closed form: 0.5 sin t - cos 2t"
    return (
        within(name, "least pressure at the outlet", -1.03125, _SAMPLED, outlet.min(), "-", COMPUTED, _SOLVER, note),
        within(name, "greatest pressure at the outlet", 1.5, _SAMPLED, outlet.max(), "-", COMPUTED, _SOLVER, note),
    )
