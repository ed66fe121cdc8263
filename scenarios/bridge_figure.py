"""The figure of a bridge: its rates, and the dose that arrives hour by hour; the numbers stand in
`scenarios.bridging`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fluidics.network import Floats
from fluidics.programmes.programme import Programme
from fluidics.transport.bridge_bolus import HOUR, shares
from fluidics.transport.flow import flowing
from scenarios.bridging import Bridge
from scenarios.report.drawing import BLUE, INK, drawn, percent_axis, write
from scenarios.units import DAY

STEP = 120.0  # [s]
AFTER = 1.3  # times the length of the bridge that are shown


def plot(bridge: Bridge, path: Path) -> None:
    """Write the figure of a bridge as SVG, PNG or PDF."""
    length = min(AFTER * float(max(bridge.planned.start[-1], bridge.plain.start[-1])) + HOUR, bridge.planned.length)
    with drawn(4.6, 2, 1, sharex=True) as (figure, grid):
        rates, doses = grid[:, 0]
        for programme, colour, width, name in (
            (bridge.plain, INK, 1.0, "one step"),
            (bridge.planned, BLUE, 1.6, "planned"),
        ):
            edges = np.append(programme.start, programme.length) / HOUR
            rates.stairs(programme.rate * 1e6 * DAY, edges, color=colour, linewidth=width, baseline=None, label=name)
            time, share = hourly(bridge, programme, length)
            doses.plot(time / HOUR, share, color=colour, linewidth=width)
        rates.set_ylabel("Rate [mL/d]")
        rates.legend(frameon=False)
        rates.set_title(f"{bridge.scenario.title}\nchange to {bridge.wanted.to}")
        doses.set_ylabel("Dose in the hour before")
        doses.set_xlabel("Time since the change [h]")
        doses.set_xlim(0.0, length / HOUR)
        percent_axis(doses)
        write(figure, path)


def hourly(bridge: Bridge, programme: Programme, length: float) -> tuple[Floats, Floats]:
    """Return times [s] and the dose [-] that arrived in the hour before each, as a share of what was due."""
    time = np.arange(0.0, length, STEP)
    flow = flowing(programme, time)
    come = shares(bridge.line, bridge.old, bridge.new, flow)[np.searchsorted(flow.time, time)]
    hour = round(HOUR / STEP)
    return time[hour:], (come[hour:] - come[:-hour]) / HOUR
