"""What flows through a line over time, as a programme asks for it or a trace has it; what it carries along stands in
`fluidics.transport.transport`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from fluidics.network import Floats
from fluidics.programmes.programme import Programme, pieces


class Flow(NamedTuple):
    """Volume that has left the line, at n times; even between them, at once where two times are equal."""

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

    What flows back at the tip for a moment waits until as much has flowed out again.

    Raises
    ------
    ValueError
        When more flows back at last than a thousandth of all: then fluid of the body is in the line.

    Examples
    --------
    >>> flowed(np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.999, 5.0])).volume.tolist()
    [0.0, 2.0, 2.0, 5.0]
    """
    net = np.append(0.0, np.maximum.accumulate(np.maximum(delivered, 0.0)))
    back = float(np.max(net[1:] - delivered, initial=0.0))
    if back > 1e-3 * net[-1]:
        raise ValueError(
            f"flow: {back:.3g} m3 of {net[-1]:.3g} m3 flow back; give a trace without a leak into the line"
        )
    return Flow(np.append(0.0, time), net)
