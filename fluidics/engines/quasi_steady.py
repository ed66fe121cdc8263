"""A stretch of time as the panel engine sees it: the operating point and nothing that passes; how parts change over
weeks stands in `fluidics.engines.panel`."""

from __future__ import annotations

import numpy as np

from fluidics.engines.operating import bracketed_root, operated
from fluidics.engines.recorded import Recorded
from fluidics.pump import Level, Pump, PumpState, Surroundings
from fluidics.questions import aggregate, viscosity

NODES = ("reservoir", "line")
LINKS = ("drawn", "delivered")
_POINTS = 6  # at which a stretch is recorded


def averaged(pump: Pump, state: PumpState, rate: float, span: float, fast: None, alarm: float) -> Recorded:
    """Return a stretch of `span` [s] at a programmed rate [m3/s]: the mean flow, as if there were no strokes.

    Parameters
    ----------
    pump, state : Pump, PumpState
        The device; its slow states stand still.
    rate : float
        Programmed rate [m3/s].
    span : float
        Length of the stretch [s].
    fast : None
        A pump that is quasi-steady remembers nothing.
    alarm : float
        Line pressure [Pa] at which the stretch ends, which is at once or never.
    """
    off = Level(0.0, 0.0)
    levels = (Level(rate, 1.0), off, off, off)
    around = operated(pump, state, levels, aggregate(pump.drug, state.drug), 1.0)
    if around.p_in > around.p_out:
        around = _pressed_open(pump, state, rate, around)
    alarmed = around.p_out >= alarm
    time = np.zeros(1) if alarmed else span * np.arange(1, _POINTS + 1) / _POINTS
    volume = np.outer(time, (around.flow, around.flow))
    return Recorded(
        node_names=NODES,
        link_names=LINKS,
        time=time,
        pressure=np.tile((around.p_in, around.p_out), (len(time), 1)),
        volume=volume,
        open=np.ones((len(time), 2), dtype=np.int64),
        drawn=volume[:, 0],
        delivered=volume[:, 1],
        strokes=around.strokes * float(time[-1]),
        residual=0.0,
        switches=0,
        alarmed=alarmed,
        fast=None,
    )


def _pressed_open(pump: Pump, state: PumpState, rate: float, around: Surroundings) -> Surroundings:
    """Return the surroundings where the reservoir presses harder than the line.

    What holds it back may give way, of which closed forms of an operating point know nothing; flow does.
    """
    mu = viscosity(pump.drug, state.drug, around.temperature)
    point = bracketed_root(pump.drive, state.drive, rate, around.p_in, mu, pump, state)
    return around._replace(flow=point.flow, p_out=point.pressure)
