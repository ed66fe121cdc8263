"""What every engine gives for a stretch of time; how stretches become a trace stands in `fluidics.engines.trace`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from fluidics.network import Floats, Ints


class Recorded(NamedTuple):
    """A stretch at one programmed rate, at r times; volumes count from its start."""

    node_names: tuple[str, ...]
    link_names: tuple[str, ...]
    time: Floats  # (r,) [s] since its start
    pressure: Floats  # (r, n) [Pa] relative to the atmosphere
    volume: Floats  # (r, m) [m3] through each link
    open: Ints  # (r, m) 1 where a link is open
    drawn: Floats  # (r,) [m3] from the reservoir
    delivered: Floats  # (r,) [m3] to the site
    strokes: float  # begun; zero of a drive without strokes
    residual: float  # [m3] that the balance of fluid lacks
    switches: int  # times that valves opened or shut
    alarmed: bool  # whether its end is where the drive's end of the line came to the alarm pressure
    fast: Any  # what the engine keeps for the next stretch


def until_alarm(part: Recorded, alarm: float, node: int) -> Recorded:
    """Return an even stretch up to and with the first time at which a node holds a pressure [Pa]."""
    rows = np.flatnonzero(part.pressure[:, node] >= alarm)
    if not len(rows):
        return part
    row = int(rows[0])
    kept = slice(0, row + 1)
    return part._replace(
        time=part.time[kept],
        pressure=part.pressure[kept],
        volume=part.volume[kept],
        open=part.open[kept],
        drawn=part.drawn[kept],
        delivered=part.delivered[kept],
        strokes=part.strokes * float(part.time[row] / part.time[-1]),
        alarmed=True,
    )
