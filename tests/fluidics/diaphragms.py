"""A small diaphragm pump whose wall gives way at a pressure, for tests of what is retained."""

from __future__ import annotations

import numpy as np

from fluidics.network import CHECK, Link, Network, Schedule, network

LIMIT = 2e5  # [Pa]
INLET, OUTLET, RELIEF = range(3)
STROKE_VOLUME = 5e-10  # [m3]
STROKE = Schedule(
    np.array([0.1, 0.1, 0.3, 9.5]),
    np.array([[STROKE_VOLUME / 0.1], [0.0], [-STROKE_VOLUME / 0.3], [0.0]]),
    np.zeros((4, 3), dtype=np.int64),
)
SHUT = np.zeros(3, dtype=np.int64)
REST = np.array([-3e4])
SWING = 2e-16 * 3e5  # [m3] that the chamber takes out of a stroke at most


def diaphragm(line: float, relief: float = 1e-11) -> Network:
    """Return a chamber between two checks, a line at a given pressure, and a wall that gives way at the limit."""
    check = Link(2e-12, 1e-21, 2e3, 2e3, 0.0, CHECK)
    wall = Link(relief, 1e-12 * relief, LIMIT, LIMIT, 0.0, CHECK)
    return network([2e-16], [(1, 0, check), (0, 2, check), (0, 3, wall)], [-3e4, line, 0.0])
