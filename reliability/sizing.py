"""How large a reservoir must be: the same patients with each volume, what it costs and spares, and the smallest that
meets a requirement; how a reservoir is drawn down stands in `reliability.drawdown`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fluidics.rows import pack, slots
from reliability.chunk import Plan
from reliability.drawdown import (
    CALLED,
    DRY_REFILLS,
    DRY_TIME,
    NEVER,
    RAN_DRY,
    REFILLS,
    ROW_WIDTH,
    WITHDRAWN,
    Delays,
    Requirement,
    refills,
)
from reliability.events import COMPLAINTS, DONE, VISIT
from reliability.interruption import MODE_DELAY, MODE_REMEDY
from reliability.modes import EmptyReservoir
from reliability.paired import Change, Estimate, Ratio, difference, rate_limits, ratio, share_limits

MET, OPEN, MISSED = 1, 0, -1  # whether the interval lies below the requirement, across it, or above it
_CHUNK = 1000


class Sized(NamedTuple):
    """What one volume leads to."""

    volume: float  # [m3]
    run_dry: Estimate  # [-] share of the patients whose reservoir ever runs dry
    run_dry_per_refill: Estimate  # [-] share of the refills that find a dry reservoir
    dry_share: Estimate  # [-] share of the time
    refills: Estimate  # [1/s]
    withdrawn: Estimate  # [m3/s] drug withdrawn at refills and discarded
    called: Estimate  # [1/s] visits that a message of the pump brought forward
    verdict: int


class Changes(NamedTuple):
    """What one volume changes; units of `Sized`."""

    volume: float
    run_dry: Change
    run_dry_per_refill: Change
    dry_share: Change
    refills: Change
    withdrawn: Change
    called: Change


class Sizing(NamedTuple):
    """What a sizing finds, volumes in rising order."""

    own: float  # [m3] the scenario's volume
    patients: int
    horizon: float  # [s]
    sized: tuple[Sized, ...]
    changes: tuple[Changes, ...]
    smallest: float | None  # [m3] smallest volume whose interval lies below the requirement


# numerator and denominator of each quantity
_PATIENTS, _TIME = ROW_WIDTH, ROW_WIDTH + 1  # columns added to a patient's row: 1, and the time followed
_RATIOS = {
    "run_dry": (RAN_DRY, _PATIENTS),
    "run_dry_per_refill": (DRY_REFILLS, REFILLS),
    "dry_share": (DRY_TIME, _TIME),
    "refills": (REFILLS, _TIME),
    "withdrawn": (WITHDRAWN, _TIME),
    "called": (CALLED, _TIME),
}
_SHARES = ("run_dry", "run_dry_per_refill")


def least_volume(plan: Plan, requirement: Requirement) -> float:
    """Return the volume [m3] that a reservoir must exceed to be usable and to call the patient after the refill."""
    return max(plan.design.pump.reservoir.residual, plan.design.clinic.low_volume, requirement.empty_volume)


def draw_down(
    plan: Plan, requirement: Requirement, volume: float, first: int, count: int
) -> NDArray[np.float64]:
    """Return one row per patient, columns as in `reliability.drawdown`, for consecutive patients and one volume.

    Parameters
    ----------
    plan : Plan
        The study whose pump, patients, clinic and seed are meant.
    requirement : Requirement
        What the reservoir must hold out against.
    volume : float
        Capacity of the reservoir [m3].
    first, count : int
        Number of the first patient, and how many.

    Returns
    -------
    ndarray (count, ROW_WIDTH)

    Raises
    ------
    RuntimeError
        When a patient has more refills than can be counted.
    """
    base = pack(plan.design.pump)
    base[slots(plan.design.pump).index("reservoir.capacity")] = volume
    clinic = plan.design.clinic
    delays = Delays(low=clinic.low_response, empty=requirement.empty_response, dry=_delay_of_dry(plan))
    patients = np.empty((count, ROW_WIDTH))
    # what a message leads to depends on who answers, so the clinic does not look at it; modes do not matter here
    design = plan.design._replace(clinic=clinic._replace(low_response=NEVER), modes=())
    status = refills(
        design, requirement, delays, base, plan.spreads, plan.rules.horizon, plan.seed, first, np.empty_like(base),
        patients,
    )  # fmt: skip
    if status != DONE:
        raise RuntimeError(f"a reservoir of {volume:g} m3: {COMPLAINTS[status]}; look at interval and dose")
    return patients


def _delay_of_dry(plan: Plan) -> float:
    """Return how long [s] after it ran dry a reservoir brings the patient, as the study's own mode says."""
    for mode, row in zip(plan.design.modes, plan.mode_rows, strict=True):
        if isinstance(mode, EmptyReservoir) and int(row[MODE_REMEDY]) == VISIT:
            return float(row[MODE_DELAY])
    return NEVER


def size(
    plan: Plan,
    requirement: Requirement,
    volumes: Sequence[float],
    patients: int,
    *,
    threads: int = 2,
    progress: Callable[[int, int], None] | None = None,
    level: float = 0.95,
) -> Sizing:
    """Return what each volume leads to in the same patients, and the smallest that meets the requirement.

    A volume meets the requirement when the upper limit of its interval does. Volumes share all luck: differences are
    those of the same patients with the same appointments, and doses of the same day of the same cycle.

    Parameters
    ----------
    plan : Plan
        The study whose pump, patients, clinic, horizon and seed are meant.
    requirement : Requirement
        How often a reservoir may run dry, and what it must hold out against.
    volumes : sequence of float
        Capacities [m3]; the scenario's own is added, as the one to compare with.
    patients : int
        Number of patients, two worlds at least.
    threads : int
        Chunks computed at a time; the result does not depend on it.
    progress : callable
        Told after each chunk how many patients are done, each counted once per volume, and of how many.
    level : float
        Probability that each interval covers.

    Raises
    ------
    ValueError
        For a volume that cannot be used, or too few patients.

    Notes
    -----
    Everything is a ratio of sums with the variance of a ratio clustered by world (Cochran, Sampling Techniques, 1977,
    section 6.4). Limits of the two probabilities are those of Clopper and Pearson (Biometrika 26 (1934) 404) at the
    effective number of trials (Korn and Graubard, Survey Methodology 24 (1998) 193), or at the number of patients when
    none or all ran dry; of the others r exp(+-t error / r); of differences d +- t error.

    Range: a new pump, the same for the whole horizon; leaks, deposits and replacements belong to a study.
    """
    own = plan.design.pump.reservoir.capacity
    _check(plan, requirement, volumes, patients)
    ordered = sorted([own, *{volume for volume in volumes if not math.isclose(volume, own)}])
    starts = range(0, patients, _CHUNK)
    tasks = [(volume, first) for volume in ordered for first in starts]

    def chunk(task: tuple[float, int]) -> NDArray[np.float64]:
        return draw_down(plan, requirement, task[0], task[1], min(_CHUNK, patients - task[1]))

    parts = []
    with ThreadPoolExecutor(threads) as pool:
        for part in pool.map(chunk, tasks):
            parts.append(part)
            if progress:
                progress(sum(map(len, parts)), patients * len(ordered))
    world = np.arange(patients) // int(plan.design.population.patients_per_world)
    ratios = {}
    for k, volume in enumerate(ordered):
        rows = np.concatenate(parts[k * len(starts) : (k + 1) * len(starts)])
        ratios[volume] = _ratios(rows, world, plan.rules.horizon)
    sized = tuple(_sized(volume, found, requirement, level) for volume, found in ratios.items())
    changes = tuple(_changes(volume, found, ratios[own], level) for volume, found in ratios.items())
    smallest = next((row.volume for row in sized if row.verdict == MET), None)
    return Sizing(own, patients, plan.rules.horizon, sized, changes, smallest)


def _check(plan: Plan, requirement: Requirement, volumes: Sequence[float], patients: int) -> None:
    """Refuse volumes that cannot be used and studies too small for an interval."""
    least = least_volume(plan, requirement)
    for volume in volumes:
        if not least < volume < math.inf:
            raise ValueError(f"volume is {volume:g} m3, but must be above {least:g} m3: the messages need room.")
    fewest = int(plan.design.population.patients_per_world) + 1
    if patients < fewest:
        raise ValueError(f"patients is {patients}, all in one world: intervals need two worlds, {fewest} patients.")


def _ratios(rows: NDArray[np.float64], world: NDArray[np.int64], horizon: float) -> dict[str, Ratio]:
    n = rows.shape[0]
    columns = np.column_stack([rows, np.ones(n), np.full(n, horizon)])
    return {name: ratio(columns[:, over], columns[:, under], world) for name, (over, under) in _RATIOS.items()}


def _sized(volume: float, ratios: dict[str, Ratio], requirement: Requirement, level: float) -> Sized:
    found: dict[str, Estimate] = {}
    for name, estimate in ratios.items():
        found[name] = rate_limits(estimate, level) if name not in _SHARES else share_limits(estimate, level)
    asked = ((found["run_dry"], requirement.run_dry), (found["run_dry_per_refill"], requirement.run_dry_per_refill))
    if all(estimate.upper <= limit for estimate, limit in asked):
        verdict = MET
    elif any(estimate.lower > limit for estimate, limit in asked):
        verdict = MISSED
    else:
        verdict = OPEN
    return Sized(volume=volume, verdict=verdict, **found)


def _changes(volume: float, ratios: dict[str, Ratio], own: dict[str, Ratio], level: float) -> Changes:
    return Changes(volume=volume, **{name: difference(ratios[name], own[name], level) for name in ratios})
