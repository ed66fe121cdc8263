"""What a trace of a scenario's pump was asked and what came of it; how it is made stands in `scenarios.tracing`."""

from __future__ import annotations

from typing import NamedTuple

from fluidics.engines.gap import Gap
from fluidics.engines.trace import Trace
from fluidics.programmes.programme import Programme
from scenarios.scenario import Changed, Profile


class Run(NamedTuple):
    """A trace with what was asked."""

    programme: Programme
    changes: tuple[Changed, ...]
    alarm: float  # [Pa]
    answer: float  # [s] after an alarm; longer than any trace when nobody comes
    complaints: tuple[str, ...]  # what the pump cannot deliver as it is programmed, and a gap above its bound
    trace: Trace
    gap: Gap | None  # from the next finer engine, at the rate that runs longest; none for the finest
    profiles: tuple[Profile, ...] = ()
