"""The modes of a linear network: how fast each decays and which pressures it moves; when valves change the network, and
so its modes, stands in `fluidics.engines.exact`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from fluidics.compile import inlined, linked
from fluidics.elementary import exp
from fluidics.network import TUBE, Floats, Ints, Network

MOST_TABLES = 256  # patterns of open links whose modes are kept
_SWEEPS = 40  # of rotations; six or seven are enough for any network that has been seen
_ORTHOGONAL = 1e-16
_EQUAL = 1e-13  # [-]: relative difference of rates below which two modes decay alike


class Modes(NamedTuple):
    """Modes of a network for several patterns of open links, each in its own row of the tables.

    The deviation of the pressures from where they are, u with u(0) = 0, follows C du/dt = -G u + r, r the net inflow at
    that moment. With u_i = sum over modes j of shape_ij y_j each mode stands alone:

    dy_j/dt = -rate_j y_j + sum_i shape_ij r_i
    """

    pattern: Ints  # (k,) whose modes a row holds, -1 for none
    rate: Floats  # (k, n) [1/s], falling
    shape: Floats  # (k, n, n) [(Pa/m3)^(1/2)]
    across: Floats  # (k, m, n) [(Pa/m3)^(1/2)] difference of a shape between the ends of each link


class Decay(NamedTuple):
    """A decay at x = rate * time: what is left, the mean of that up to now, and the mean of the mean as it adds up."""

    left: float  # e^-x
    mean: float  # (1 - e^-x) / x
    twice: float  # (x - 1 + e^-x) / x^2


@inlined
def decayed(x: float) -> Decay:
    """Return a decay at a dimensionless time x >= 0; all three are accurate where x is tiny.

    Examples
    --------
    >>> decayed(0.0)
    Decay(left=1.0, mean=1.0, twice=0.5)
    """
    if x >= 0.75:
        left = exp(-x) if x < 40.0 else 0.0  # what is left then is lost in rounding
        mean = (1.0 - left) / x
        return Decay(left, mean, (1.0 - mean) / x)
    # the series of (x - 1 + e^-x) / x^2, in pairs as in `exp`: on x < 0.75 the first term left out is below 2^-58
    x2 = x * x
    x4 = x2 * x2
    a = (0.5 - x * (1.0 / 6.0)) + x2 * (1.0 / 24.0 - x * (1.0 / 120.0))
    b = (1.0 / 720.0 - x * (1.0 / 5040.0)) + x2 * (1.0 / 40320.0 - x * (1.0 / 362880.0))
    c = (1.0 / 3628800.0 - x * (1.0 / 39916800.0)) + x2 * (1.0 / 479001600.0 - x * (1.0 / 6227020800.0))
    d = (1.0 / 87178291200.0 - x * (1.0 / 1307674368000.0)) + x2 * (1.0 / 20922789888000.0 - x * (1.0 / 355687428096e3))
    twice = a + x4 * (b + x4 * (c + x4 * d))
    mean = 1.0 - x * twice
    return Decay(1.0 - x * mean, mean, twice)


def empty_modes(network: Network) -> Modes:
    """Return tables without modes, with a row for each pattern that the valves of a network can make, up to a limit.

    Examples
    --------
    >>> from fluidics.network import Link, network
    >>> empty_modes(network([1.0, 1.0], [(0, 1, Link(1.0))], [])).rate.shape
    (1, 2)
    """
    links, nodes = network.kind.shape[0], network.compliance.shape[0]
    rows = min(2 ** int(np.count_nonzero(network.kind != TUBE)), MOST_TABLES)
    return Modes(
        pattern=np.full(rows, -1, dtype=np.int64),
        rate=np.zeros((rows, nodes)),
        shape=np.zeros((rows, nodes, nodes)),
        across=np.zeros((rows, links, nodes)),
    )


@inlined
def weight(network: Network, opened: Ints, link: int) -> float:
    """Return how much more [m3/(s Pa)] flows through a link per pressure across it."""
    return float(network.leak[link] + (network.conductance[link] if opened[link] else 0.0))


@linked
def _factored(network: Network, opened: Ints, modes: Modes, row: int) -> None:
    """Write the factor F of the network's matrix: F^T F = C^-1/2 G C^-1/2, one row per link."""
    nodes = network.compliance.shape[0]
    for k in range(opened.shape[0]):
        for i in range(nodes):
            modes.across[row, k, i] = 0.0
        root = math.sqrt(weight(network, opened, k))
        if network.start[k] < nodes:
            modes.across[row, k, network.start[k]] = root / math.sqrt(network.compliance[network.start[k]])
        if network.stop[k] < nodes:
            modes.across[row, k, network.stop[k]] = -root / math.sqrt(network.compliance[network.stop[k]])


@linked
def _turned(table: Floats, row: int, i: int, j: int, cosine: float, sine: float) -> None:
    """Turn two columns of a table."""
    for k in range(table.shape[1]):
        left, right = table[row, k, i], table[row, k, j]
        table[row, k, i] = cosine * left - sine * right
        table[row, k, j] = sine * left + cosine * right


@linked
def _made_orthogonal(modes: Modes, row: int, i: int, j: int) -> bool:
    """Return whether two columns of the factor had to be turned to make them orthogonal, the shapes with them."""
    a, b, both = 0.0, 0.0, 0.0
    for k in range(modes.across.shape[1]):
        left, right = modes.across[row, k, i], modes.across[row, k, j]
        a += left * left
        b += right * right
        both += left * right
    if abs(both) <= _ORTHOGONAL * math.sqrt(a) * math.sqrt(b):
        return False
    ratio = 0.5 * (b - a) / both
    tangent = (1.0 if ratio >= 0.0 else -1.0) / (abs(ratio) + math.sqrt(1.0 + ratio * ratio))
    cosine = 1.0 / math.sqrt(1.0 + tangent * tangent)
    _turned(modes.across, row, i, j, cosine, cosine * tangent)
    _turned(modes.shape, row, i, j, cosine, cosine * tangent)
    return True


@linked
def _sorted(modes: Modes, row: int) -> None:
    """Put the modes of a row in the order of falling rates, and make rates that differ by rounding the same."""
    nodes = modes.rate.shape[1]
    for j in range(1, nodes):
        at = j
        while at > 0 and modes.rate[row, at - 1] < modes.rate[row, at]:
            rate = modes.rate[row, at]
            modes.rate[row, at] = modes.rate[row, at - 1]
            modes.rate[row, at - 1] = rate
            # a quarter turn changes places, and the sign of one
            _turned(modes.across, row, at - 1, at, 0.0, -1.0)
            _turned(modes.shape, row, at - 1, at, 0.0, -1.0)
            at -= 1
    for j in range(1, nodes):
        if modes.rate[row, j - 1] - modes.rate[row, j] <= _EQUAL * modes.rate[row, j]:
            modes.rate[row, j] = modes.rate[row, j - 1]


@linked
def _decompose(network: Network, opened: Ints, modes: Modes, row: int) -> None:
    """Write the modes of the network as its links stand into a row of the tables."""
    nodes = modes.rate.shape[1]
    for i in range(nodes):
        for j in range(nodes):
            modes.shape[row, i, j] = 1.0 if i == j else 0.0
    _factored(network, opened, modes, row)
    for _ in range(_SWEEPS):
        turned = False
        for i in range(nodes - 1):
            for j in range(i + 1, nodes):
                turned = _made_orthogonal(modes, row, i, j) or turned
        if not turned:
            break
    for j in range(nodes):
        modes.rate[row, j] = 0.0
        for k in range(opened.shape[0]):
            modes.rate[row, j] += modes.across[row, k, j] * modes.across[row, k, j]
            modes.across[row, k, j] /= math.sqrt(weight(network, opened, k))
        for i in range(nodes):
            modes.shape[row, i, j] /= math.sqrt(network.compliance[i])
    _sorted(modes, row)


@inlined
def resolved_modes(network: Network, opened: Ints, modes: Modes) -> int:
    """Return the row of the tables that holds the modes of the network as its links stand, filled where it was not.

    A one-sided Jacobi iteration turns the columns of the factor until they are orthogonal; their lengths squared are
    the rates. It never forms the matrix, whose sums would lose a weak link beside a strong one; it gives the small
    differences across a wide link, of pressures that move together, as accurately as any; and it needs only + - * / and
    square roots, so that its bits are the same everywhere.

    Parameters
    ----------
    network : Network
        The network.
    opened : (m,) int
        1 where a link is open.
    modes : Modes
        The tables; another pattern that was in the row is overwritten.

    Notes
    -----
    M. R. Hestenes, "Inversion of matrices by biorthogonalization and related results", J. SIAM 6 (1958) 51; that small
    rates come out as accurate as large ones: J. Demmel and K. Veselic, SIAM J. Matrix Anal. Appl. 13 (1992) 1204.
    """
    pattern = np.int64(0)
    for k in range(opened.shape[0]):
        if network.kind[k] != TUBE:
            pattern = 2 * pattern + opened[k]
    row = pattern % modes.pattern.shape[0]
    if modes.pattern[row] != pattern:
        modes.pattern[row] = pattern
        _decompose(network, opened, modes, row)
    return row
