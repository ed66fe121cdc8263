"""Drug that binds to the wall of a line and of the bag before it; the law of one kind of site stands in
`fluidics.drugs.langmuir`, fronts that no wall holds back in `fluidics.transport.transport`."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.compile import kernel
from fluidics.drugs.langmuir import Sites, bound
from fluidics.network import Floats


class Lining(NamedTuple):
    """A line or bag, and two kinds of site on its wall."""

    volume: Annotated[float, "m3"]
    area: Annotated[float, "m2"]
    fast: Sites
    slow: Sites


class Held(NamedTuple):
    """What the n equal cells of a line hold, from its inlet on: dissolved drug, and drug on both kinds of site."""

    concentration: Annotated[Floats, "kg/m3"]  # (n,)
    fast: Annotated[Floats, "kg/m2"]  # (n,)
    slow: Annotated[Floats, "kg/m2"]  # (n,)


class Eluted(NamedTuple):
    """What came out of a line, at r times, and what stays in it."""

    time: Annotated[Floats, "s"]  # (r,) at which the middle of each portion leaves
    concentration: Annotated[Floats, "kg/m3"]  # (r,)
    portion: Annotated[float, "m3"]  # of each of them
    held: Held


# Insulin on plasticised PVC, fitted to three published runs: Fuloria et al., Pediatrics 102 (1998) 1401, unprimed, and
# Zahid et al. at 0.1 mL/h, tabulated in Mol. Cell. Pediatr. 9 (2022), doi 10.1186/s40348-022-00154-y; bores of 1 mm
# assumed. Both kinds together hold 2.7 U in a set (Am. J. Hosp. Pharm. 38 (1981) 995), assumed to be 17 mL in a bore of
# 3 mm. Standard errors are factors of 2; of the releases, which the runs hardly show, of 6 (slow) and 18 (fast)
PVC_FAST = Sites(1.60e-6, 0.158, 1.84e-5)
PVC_SLOW = Sites(2.53e-6, 3.49e-3, 1.57e-5)


@kernel
def react(
    fast: Sites, slow: Sites, ratio: float, dt: float, concentration: Floats, on_fast: Floats, on_slow: Floats
) -> None:
    """Let each cell stand for a time [s]: half of it on fast sites, all on slow ones, half on fast ones."""
    for k in range(concentration.size):
        free, first, second = concentration[k], on_fast[k], on_slow[k]
        q = bound(fast, ratio, first, free, 0.5 * dt)
        free += ratio * (first - q)
        p = bound(slow, ratio, second, free, dt)
        free += ratio * (second - p)
        on_fast[k] = bound(fast, ratio, q, free, 0.5 * dt)
        on_slow[k] = p
        concentration[k] = max(free + ratio * (q - on_fast[k]), 0.0)


@kernel
def elute(
    fast: Sites, slow: Sites, ratio: float, dt: float, feed: Floats, concentration: Floats, on_fast: Floats,
    on_slow: Floats, out: Floats,
) -> None:  # fmt: skip
    """Write what leaves a line while each of the portions fed in pushes all cells on by one."""
    last = concentration.size - 1
    for step in range(feed.size):
        react(fast, slow, ratio, 0.5 * dt, concentration, on_fast, on_slow)
        out[step] = concentration[last]
        for k in range(last, 0, -1):
            concentration[k] = concentration[k - 1]
        concentration[0] = feed[step]
        react(fast, slow, ratio, 0.5 * dt, concentration, on_fast, on_slow)


def filled(concentration: float, cells: int = 100) -> Held:
    """Return a line that is filled at once, its wall still clean.

    Examples
    --------
    >>> filled(2.0, 3).concentration.tolist()
    [2.0, 2.0, 2.0]
    """
    if not (0.0 <= concentration < math.inf and cells > 0):
        raise ValueError(
            f"{cells} cells at {concentration!r} kg/m3 given; it takes one cell at least, and a concentration that is "
            "finite and not below zero"
        )
    return Held(np.full(cells, float(concentration)), np.zeros(cells), np.zeros(cells))


def flushed(held: Held, concentration: float) -> Held:
    """Return a line whose fluid was exchanged at once; what the wall holds stays."""
    return held._replace(concentration=filled(concentration, held.concentration.size).concentration)


def soaked(lining: Lining, held: Held, span: float, steps: int = 100) -> Held:
    """Return a line after it stood still for a time.

    Parameters
    ----------
    lining : Lining
        The line and its wall.
    held : Held
        What it holds at the start.
    span : float
        Time [s].
    steps : int
        Number of steps, each exact for one kind of site; the error of the two falls with its square.

    Examples
    --------
    >>> one = Sites(1.0, 1.0, 0.0)
    >>> line = Lining(1.0, 1.0, one, one)
    >>> rest = soaked(line, filled(2.0, 1), 1e6)
    >>> round(float(rest.fast[0] + rest.slow[0]), 4)  # all of it is bound
    2.0
    """
    ratio = _ratio(lining, held)
    if not (0.0 <= span < math.inf and steps > 0):
        raise ValueError(f"{steps} steps in {span!r} s given; it takes one at least, in a time that is not below zero")
    own = Held(*(np.array(part, dtype=float) for part in held))
    for _ in range(steps):
        react(lining.fast, lining.slow, ratio, span / steps, *own)
    return own


def stride(lining: Lining, cells: int, flow: float) -> float:
    """Return the time [s] in which a flow [m3/s] pushes the fluid on by one cell.

    Examples
    --------
    >>> stride(Lining(1.0, 1.0, Sites(0.0, 0.0, 0.0), Sites(0.0, 0.0, 0.0)), 10, 0.1)
    1.0
    """
    if not (0.0 < flow < math.inf):
        raise ValueError(f"flow: {flow!r} m3/s given; it must be above zero, a line at rest is `soaked`")
    return lining.volume / (cells * flow)


def eluted(lining: Lining, held: Held, flow: float, feed: Floats) -> Eluted:
    """Return what leaves a line that is fed portion by portion.

    dc/dt + U dc/dx = -(A / V) d(q + p)/dt, each portion as large as a cell, so that the fluid is moved exactly.

    Parameters
    ----------
    lining : Lining
        The line and its wall.
    held : Held
        What it holds at the start.
    flow : float
        Steady flow [m3/s].
    feed : (r,) array
        Concentration of each portion [kg/m3]; a portion takes `stride`.

    Returns
    -------
    Eluted
        As many portions that left.

    Raises
    ------
    ValueError
        When a number is none that could be.

    Notes
    -----
    Drug is kept to rounding; no numerical diffusion, and no dispersion: in microbore lines a front spreads by less than
    1 % of their length. The error falls with the square of the number of cells.

    Examples
    --------
    >>> bare = Sites(0.0, 0.0, 0.0)
    >>> come = eluted(Lining(1e-6, 1e-3, bare, bare), filled(1.0, 2), 1e-9, np.array([5.0, 5.0, 5.0]))
    >>> come.concentration.tolist()
    [1.0, 1.0, 5.0]
    """
    ratio, cells = _ratio(lining, held), held.concentration.size
    dt = stride(lining, cells, flow)
    if feed.ndim != 1 or not (np.isfinite(feed).all() and np.all(feed >= 0.0)):
        raise ValueError("feed: give one concentration for each portion, finite and not below zero")
    own = Held(*(np.array(part, dtype=float) for part in held))
    out = np.zeros(feed.size)
    elute(lining.fast, lining.slow, ratio, dt, feed.astype(float), *own, out)
    return Eluted(dt * np.arange(0.5, feed.size, dtype=np.float64), out, lining.volume / cells, own)


def content(lining: Lining, held: Held) -> float:
    """Return all the drug [kg] that a line holds, dissolved and on its wall.

    Examples
    --------
    >>> bare = Sites(0.0, 0.0, 0.0)
    >>> content(Lining(2.0, 1.0, bare, bare), filled(3.0))
    6.0
    """
    wall = float(np.mean(held.fast) + np.mean(held.slow))
    return lining.volume * float(np.mean(held.concentration)) + lining.area * wall


def _ratio(lining: Lining, held: Held) -> float:
    for name in ("volume", "area"):
        value = getattr(lining, name)
        if not 0.0 < value < math.inf:
            raise ValueError(f"{name} of a line: {value!r} given; it must be above zero and finite")
    for sites, on in ((lining.fast, held.fast), (lining.slow, held.slow)):
        if not all(0.0 <= value < math.inf for value in sites):
            raise ValueError(f"{sites}: all three must be finite and not below zero")
        if on.shape != held.concentration.shape or not np.all((on >= 0.0) & (on <= sites.capacity)):
            raise ValueError(f"wall: each cell holds a number from 0 to the capacity, {sites.capacity:g} kg/m2")
    if not (held.concentration.size and np.all((held.concentration >= 0.0) & np.isfinite(held.concentration))):
        raise ValueError("concentration: each cell holds a number that is finite and not below zero")
    return lining.area / lining.volume
