"""How far a study's panels are from panels so short that they no longer matter, and from an engine that resolves
strokes; the panel step itself stands in `fluidics.engines.panel`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reliability.chunk import Chunk, Plan, simulate
from reliability.tables import Table

if TYPE_CHECKING:
    from fluidics.engines.gap import Gap as EngineGap

FINE_PANELS = 64.0


class Gap(NamedTuple):
    """Differences between the same patients at a study's own panels and at 64 panels per cycle."""

    patients: int
    same: float  # [-] share of patients with the same sequence of events
    median_shift: float  # [d] of the times of those patients' events, NaN without events
    greatest_shift: float  # [d]
    delivered: float  # [-] difference of the volume delivered to all of them, relative


def panel_gap(plan: Plan, patients: int = 200) -> Gap:
    """Return how the histories of a plan's first patients change at 64 panels per cycle.

    Parameters
    ----------
    plan : Plan
        The study; its own least number of panels per cycle is compared.
    patients : int
        How many patients to follow twice.

    Returns
    -------
    Gap
        Share of patients whose devices see the same kinds of events in the same order [-], median and greatest
        difference of the times of their events [d], relative difference of the volume delivered to all patients [-].

    Raises
    ------
    ValueError
        When there is no patient to follow.

    Notes
    -----
    Both runs use the same random numbers. A patient leaves the common sequence for good at the first decision that
    falls the other way, so `same` counts decisions close to their thresholds and not errors of a size.
    """
    if patients < 1:
        raise ValueError(f"a panel gap was asked for {patients} patients; at least 1 is needed")
    coarse = simulate(plan, 0, patients)
    fine = simulate(plan._replace(rules=plan.rules._replace(panels=FINE_PANELS)), 0, patients)
    return gap(coarse, fine)


def gap_attributes(gap: Gap) -> dict[str, str | int | float]:
    """Return a gap as attributes of a study file, each name with its unit where it has one."""
    return {
        "panel_gap_patients": gap.patients,
        "panel_gap_same_events": gap.same,
        "panel_gap_median_shift_d": gap.median_shift,
        "panel_gap_greatest_shift_d": gap.greatest_shift,
        "panel_gap_delivered": gap.delivered,
    }


def engine_gap_attributes(gap: EngineGap) -> dict[str, str | int | float]:
    """Return a gap between engines as attributes of a study file."""
    return {f"engine_gap_{name}": value for name, value in gap._asdict().items()}


def complaint(gap: EngineGap) -> str:
    """Return a sentence when a gap between engines is above its bound, else nothing.

    Examples
    --------
    >>> from fluidics.engines.gap import Gap
    >>> complaint(Gap("panel", "stroke", end_pressure=0.001, volume_per_stroke=0.05, volume_per_day=0.0, bound=0.01))
    'the panel engine differs from the stroke engine by more than 1 %: volume per stroke 5 %'
    >>> complaint(Gap("panel", "stroke", end_pressure=0.001, volume_per_stroke=0.0, volume_per_day=0.0, bound=0.01))
    ''
    """
    names = ("end_pressure", "volume_per_stroke", "volume_per_day")
    above = {name: value for name in names if not abs(value := getattr(gap, name)) <= gap.bound}
    told = ", ".join(f"{name.replace('_', ' ')} {100.0 * value:.2g} %" for name, value in above.items())
    than = f"the {gap.coarse} engine differs from the {gap.fine} engine by more than {100.0 * gap.bound:.2g} %"
    return f"{than}: {told}" if above else ""


def gap(coarse: Chunk, fine: Chunk) -> Gap:
    """Return the differences between two chunks of the same patients."""
    same = same_sequence(coarse, fine)
    shifts = np.abs(np.subtract(_of(same, coarse)["time"], _of(same, fine)["time"], dtype=np.float64))
    total = float(np.sum(fine.patients["delivered"]))
    return Gap(
        patients=coarse.size,
        same=float(np.mean(same)),
        median_shift=float(np.median(shifts)) if shifts.size else float("nan"),
        greatest_shift=float(np.max(shifts)) if shifts.size else float("nan"),
        delivered=float(np.sum(coarse.patients["delivered"])) / total - 1.0 if total > 0.0 else 0.0,
    )


def same_sequence(one: Chunk, other: Chunk) -> NDArray[np.bool_]:
    """Return for each patient (count,) whether both chunks hold the same kinds of events in the same order."""
    same = np.bincount(_places(one), minlength=one.size) == np.bincount(_places(other), minlength=one.size)
    mine, theirs = _of(same, one), _of(same, other)
    differ = (mine["kind"] != theirs["kind"]) | (mine["ordinal"] != theirs["ordinal"])
    same[np.asarray(mine["patient"][differ] - one.first, dtype=np.int64)] = False
    return np.asarray(same, dtype=np.bool_)


def _places(chunk: Chunk) -> NDArray[np.int64]:
    return np.asarray(chunk.events["patient"] - chunk.first, dtype=np.int64)


def _of(chosen: NDArray[np.bool_], chunk: Chunk) -> Table:
    """Return the events of the chosen patients (count,)."""
    rows = chosen[_places(chunk)]
    return {name: column[rows] for name, column in chunk.events.items()}
