"""Whether the numbers of a worn pump make sense together; what holds for every pump stands in `scenarios.sense`."""

from __future__ import annotations

from collections.abc import Iterator

from fluidics.drives import LeadScrew, Patch
from fluidics.questions import histogram
from fluidics.reservoirs.bag import Bag
from reliability.design import Design
from scenarios.document import Keys


def worn_nonsense(design: Design) -> Iterator[tuple[Keys, str]]:
    """Yield the key and a sentence for each thing that does not fit together in a worn pump.

    Parameters
    ----------
    design : Design
        The pump, of any kind.
    """
    drive, reservoir = design.pump.drive, design.pump.reservoir
    if isinstance(reservoir, Bag) and not reservoir.tail <= reservoir.capacity:
        yield ("pump", "reservoir"), "its tail must not be above the capacity"
    if isinstance(drive, LeadScrew):
        if not drive.running_friction < drive.stall_pressure:
            yield ("pump", "drive", "running_friction"), "must be below stall_pressure, or nothing ever moves"
        if not drive.breakaway_friction >= drive.running_friction:
            yield ("pump", "drive", "breakaway_friction"), "must not be below running_friction"
        if drive.slow_compliance > 0.0 and not drive.compliance > 0.0:
            yield ("pump", "drive", "compliance"), "must be above zero when there is slow_compliance"
    if isinstance(drive, LeadScrew | Patch):
        yield from _too_fast(design, drive.quantum if isinstance(drive, LeadScrew) else drive.increment)


def _too_fast(design: Design, pulse: float) -> Iterator[tuple[Keys, str]]:
    rates = [level.rate for level in histogram(design.regimen, design.population.mean_rate) if level.share > 0.0]
    shortest = pulse / max(rates)
    if design.pump.drive.push_time > shortest * (1.0 + 1e-9):
        reason = f"at the fastest programmed rate a pulse is due every {shortest:.3g} s; it must not take longer"
        yield ("pump", "drive", "push_time"), reason
