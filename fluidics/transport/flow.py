"""What flows through a line over time, as a programme asks for it or a trace has it; what it carries along stands in
`fluidics.transport.transport`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from fluidics.network import Floats
from fluidics.programmes.programme import Programme, pieces


class Flow(NamedTuple):
    """Volume that has left the line, at n times; even between them, at once where two times are equal.

    It falls where fluid is drawn back through the tip.
    """

    time: Annotated[Floats, "s"]  # (n,)
    volume: Annotated[Floats, "m3"]  # (n,) from 0


def flowing(programme: Programme, time: Floats, stroke: float = 0.0) -> Flow:
    """Return what a programme makes flow, at given times and at each of its own edges between them.

    Parameters
    ----------
    programme : Programme
        What the pump is told to deliver.
    time : (n,) array
        Times to be seen [s], rising from 0.
    stroke : float
        Volume of one stroke [m3], given at once as soon as it is due; 0 for even flow.

    Raises
    ------
    ValueError
        When times reach beyond the programme, or the stroke is below zero.

    Examples
    --------
    >>> from fluidics.programmes.basal import constant
    >>> flowing(constant(2.0, 10.0), np.array([0.0, 4.0])).volume.tolist()
    [0.0, 8.0]
    """
    if not (time.size and time[0] >= 0.0 and time[-1] <= programme.length and 0.0 <= stroke < np.inf):
        raise ValueError(
            f"flow by strokes of {stroke!r} m3 at {time.size} times; times must lie in the {programme.length:g} s of "
            "the programme, and strokes not be below zero"
        )
    edges = [edge for edge in programme.start.tolist() if time[0] < edge < time[-1]]
    seen = np.union1d(time, edges)
    runs = list(pieces(programme, 0.0, float(seen[-1])))
    ends = np.array([0.0, *(stop for _, stop, _ in runs)])
    filled = np.cumsum([0.0, *(rate * (stop - start) for start, stop, rate in runs)])
    if stroke == 0.0:
        return Flow(seen, np.interp(seen, ends, filled))
    count = np.arange(1.0, np.floor(filled[-1] / stroke) + 1.0)
    run = np.minimum(np.searchsorted(filled, count * stroke), len(runs))  # which ends after the stroke is due
    due = ends[run] - (filled[run] - count * stroke) / np.array([rate for _, _, rate in runs])[run - 1]
    times = np.concatenate([seen, due, due])
    volumes = np.concatenate([np.searchsorted(due, seen, side="left"), count - 1.0, count])
    order = np.lexsort((volumes, times))
    return Flow(times[order], stroke * volumes[order])


def flowed(time: Floats, delivered: Floats) -> Flow:
    """Return the flow of a trace, from times (n,) [s] and the volumes (n,) [m3] that it delivered until then.

    Examples
    --------
    >>> flowed(np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.5, 5.0])).volume.tolist()
    [0.0, 2.0, 1.5, 5.0]
    """
    return Flow(np.append(0.0, time), np.append(0.0, delivered))


def turns(volume: Floats, least: float) -> list[int]:
    """Return the rows at which flow turns, first back and then forth again, each time by more than a volume.

    Parameters
    ----------
    volume : (n,) array
        Volume that has left the line [m3].
    least : float
        Volume [m3], not below zero; what is pushed to and fro by less counts as flow of one direction.

    Examples
    --------
    >>> turns(np.array([0.0, 5.0, 4.5, 6.0, 6.0, 2.0, 7.0]), 1.0)
    [4, 5]
    """
    if not np.any(np.diff(volume) < 0.0):
        return []
    found: list[int] = []
    sign, last, furthest = 1.0, 0, 0.0
    for row, now in enumerate(volume.tolist()):
        reached = sign * now
        if reached >= furthest:
            last, furthest = row, reached
        elif furthest - reached > least:
            found.append(last)
            sign, last, furthest = -sign, row, -reached
    return found


def drawn_back(volume: Floats) -> Floats:
    """Return the volume (n,) [m3] that flow must bring until as much has left the line as had before.

    Examples
    --------
    >>> drawn_back(np.array([0.0, 5.0, 4.5, 6.0])).tolist()
    [0.0, 0.0, 0.5, 0.0]
    """
    return np.maximum.accumulate(volume) - volume
