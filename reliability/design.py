"""What a study asks of the kernels: the design that patients receive, and the rules by which they are followed; the
plan with its tables stands in `reliability.chunk`."""

from __future__ import annotations

from typing import Any, NamedTuple

from reliability.clinic import Clinic
from reliability.population import Population

MOST_VISITS = 4_096  # events of a device have this many counters: 22 years of a set every second day
MOST_DEVICES = 1_024


class Design(NamedTuple):
    """What patients receive, and from whom."""

    pump: Any
    modes: Any
    regimen: Any
    clinic: Clinic
    population: Population


class Rules(NamedTuple):
    """How a history is followed."""

    horizon: float  # [s] of follow-up per patient
    panels: float  # [-] least number of panels per cycle
    replaces: float  # 1 when a patient goes on with the next pump
