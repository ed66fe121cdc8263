"""A judge of how fronts spread: moments of a solute on rings across the lumen, diffusion between them exact in time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

RINGS = 120


def variances(diffusivity: float, radius: float, pushes: Iterable[tuple[float, float]]) -> list[float]:
    """Return the variance [m2] along the tube after each push: moved at once by a displacement [m], then still [s]."""
    edges = np.linspace(0.0, radius, RINGS + 1)
    area = edges[1:] ** 2 - edges[:-1] ** 2
    lead = 1.0 - (edges[1:] ** 2 + edges[:-1] ** 2) / radius**2  # of the parabola before its mean
    between = 2.0 * edges[1:-1] / np.diff(0.5 * (edges[1:] + edges[:-1]))
    exchange = np.diag(between, 1) + np.diag(between, -1)
    root = np.sqrt(area)
    values, vectors = np.linalg.eigh((exchange - np.diag(exchange.sum(axis=1))) / root[:, None] / root[None, :])
    weight = area / area.sum()
    first, second = np.zeros(RINGS), np.zeros(RINGS)
    found, still = [], 0.0
    for displacement, wait in pushes:
        second = second + 2.0 * first * lead * displacement + (lead * displacement) ** 2
        first = first + lead * displacement
        decay = np.exp(values * diffusivity * wait)
        first, second = (vectors @ (decay * (vectors.T @ (root * moment))) / root for moment in (first, second))
        still += wait
        found.append(float(weight @ second - (weight @ first) ** 2) + 2.0 * diffusivity * still)
    return found
