"""Random networks for property tests: chains and rings of nodes with tubes, checks and gates between them and to
boundaries, over many decades of compliance and conductance."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from fluidics.network import CHECK, GATE, Floats, Ints, Link, Network, Schedule, network


def decades(low: int, high: int):
    """Return a strategy of numbers spread evenly over decades."""
    return st.floats(low, high).map(lambda power: float(10.0**power))


@st.composite
def links(draw, spread: int = 2) -> Link:
    """Return a tube, check or gate of about 1 m3/(s Pa)."""
    kind = draw(st.sampled_from([0, 0, CHECK, GATE]))
    leak = draw(decades(-6, -3)) if kind else 0.0
    crack = draw(st.sampled_from([-1.0, 0.0, 0.5, 2.0])) if kind else 0.0
    dry = draw(st.sampled_from([0.0, 0.0, 0.5])) if kind == CHECK else 0.0
    return Link(draw(decades(-spread, spread)), leak, crack, crack + dry, 0.0, kind)


@st.composite
def networks(draw, most: int = 5, spread: int = 2) -> Network:
    """Return a chain of up to `most` nodes between two boundaries, with a branch or ring here and there."""
    size = draw(st.integers(1, most))
    joins = [(size, 0), *((i, i + 1) for i in range(size - 1)), (size - 1, size + 1)]
    if size > 2:
        joins += draw(st.sampled_from([[], [(0, size - 1)], [(1, size)], [(size + 1, 1), (0, 2)]]))
    made = [(start, stop, draw(links(spread))) for start, stop in joins]
    boundary = [draw(st.floats(-5.0, 5.0)), draw(st.floats(-5.0, 5.0))]
    return network([draw(decades(-spread, spread)) for _ in range(size)], made, boundary, ambient=100.0)


@st.composite
def cases(draw, most: int = 5, spread: int = 2) -> tuple[Network, Schedule, Floats, Ints]:
    """Return a network, a schedule of up to three phases, pressures, and which checks are open."""
    made = draw(networks(most, spread))
    size, count = made.compliance.shape[0], made.kind.shape[0]
    phases = draw(st.integers(1, 3))
    duration = np.array([draw(decades(-2, 1)) for _ in range(phases)])
    source = np.array([[draw(st.sampled_from([0.0, 0.0, -2.0, 3.0])) for _ in range(size)] for _ in range(phases)])
    gates = np.array([[draw(st.integers(0, 1)) for _ in range(count)] for _ in range(phases)], dtype=np.int64)
    pressure = np.array([draw(st.floats(-5.0, 5.0)) for _ in range(size)])
    opened = np.array([draw(st.integers(0, 1)) for _ in range(count)], dtype=np.int64)
    return made, Schedule(duration, source, gates), pressure, opened
