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


def still(before: Recorded, span: float) -> Recorded:
    """Return a stretch in which nothing flows, after another one."""
    stands = before._replace(time=np.array([span]), pressure=before.pressure[-1:], open=before.open[-1:])
    stands = stands._replace(drawn=np.zeros(1), delivered=np.zeros(1), volume=np.zeros((1, before.volume.shape[1])))
    return stands._replace(strokes=0.0, residual=0.0, switches=0, alarmed=False)
