"""One chunk of a study, the unit of work that threads, processes and clusters share; planning and storing stand in
`reliability.study` and `reliability.store`."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fluidics.rows import pack
from reliability.design import Design, Rules
from reliability.doses import LIMIT_WIDTH, SPELL_WIDTH, Doses
from reliability.events import CLINIC_KINDS, COMPLAINTS, DONE, FULL, HAZARD, LIMIT, MODE
from reliability.hazards import CLOCK_WIDTH
from reliability.history import histories
from reliability.tables import DEVICES, EVENTS, PATIENTS, Table, columns

if TYPE_CHECKING:
    from fluidics.engines.gap import Gap
    from fluidics.engines.transient import Table as Transients


class Plan(NamedTuple):
    """All that a worker needs to simulate any patient of a study."""

    design: Design
    rules: Rules
    spreads: NDArray[np.float64]  # (n_spreads, SPREAD_WIDTH)
    mode_rows: NDArray[np.float64]  # (n_modes, MODE_WIDTH)
    hazards: NDArray[np.float64]  # (n_hazards, HAZARD_WIDTH)
    mode_names: tuple[str, ...]
    hazard_names: tuple[str, ...]
    seed: int
    transients: Transients | None = None  # from which the volumes come that modes miss
    engine_gap: Gap | None = None  # of the panels from a finer engine, for a new pump
    limits: NDArray[np.float64] = np.zeros((0, LIMIT_WIDTH))  # (n_limits, LIMIT_WIDTH) of the dose
    limit_names: tuple[str, ...] = ()


class Chunk(NamedTuple):
    """Columns of consecutive patients, of their devices and of their events, in patient order."""

    first: int
    size: int  # patients
    patients: Table
    devices: Table
    events: Table


def kinds(plan: Plan) -> dict[int, str]:
    """Return the label of every code of an event or of a device's end; 0 stands for still in service."""
    named = {0: "in_service", **CLINIC_KINDS}
    named |= {MODE + k: name for k, name in enumerate(plan.mode_names)}
    named |= {HAZARD + k: name for k, name in enumerate(plan.hazard_names)}
    named |= {LIMIT + k: name for k, name in enumerate(plan.limit_names)}
    return named


def doses(plan: Plan) -> Doses | None:
    """Return the limits of the dose of a study, with room for what is kept of one patient; None without limits."""
    if not len(plan.limits):
        return None
    return Doses(plan.limits, np.zeros((len(plan.limits), SPELL_WIDTH)), np.zeros(2))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Pause the garbage collector: a first call compiles, and compiles a sixth faster without it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def simulate(plan: Plan, first: int, count: int, room: int = 8) -> Chunk:
    """Return the histories of `count` patients from number `first` on.

    Parameters
    ----------
    plan : Plan
        The study.
    first, count : int
        Number of the first patient, and how many.
    room : int
        Events and devices per patient to make room for at first; the buffers grow when they are full, and the result
        does not depend on it.

    Raises
    ------
    RuntimeError
        When a patient's history reaches a cap of the kernel.
    """
    base = pack(plan.design.pump)
    row = np.zeros(base.shape[0])
    clock = np.zeros((plan.hazards.shape[0], CLOCK_WIDTH))
    kept_of = doses(plan)
    kept: list[tuple[NDArray[np.float64], ...]] = []
    done = 0
    n_devices, n_events = max(count * room // 4, 1), max(count * room, 1)
    with _no_collection():
        while done < count:
            patients = np.empty((count - done, len(PATIENTS)))
            devices = np.empty((n_devices, len(DEVICES)))
            events = np.empty((n_events, len(EVENTS)))
            progress = histories(
                plan.design, plan.rules, base, plan.spreads, plan.mode_rows, plan.hazards, plan.seed, first + done,
                row, clock, kept_of, patients, devices, events,
            )  # fmt: skip
            kept.append((patients[: progress.patients], devices[: progress.devices], events[: progress.events]))
            done += progress.patients
            if progress.status not in (DONE, FULL):
                raise RuntimeError(
                    f"patient {first + done}: {COMPLAINTS[progress.status]}; "
                    "the scenario drives the device into endless trouble, check its rates and thresholds"
                )
            if progress.patients == 0:
                n_devices, n_events = 2 * n_devices, 2 * n_events
    patients, devices, events = (np.concatenate(parts) for parts in zip(*kept, strict=True))
    events = in_time_order(events)
    return Chunk(first, count, columns(PATIENTS, patients), columns(DEVICES, devices), columns(EVENTS, events))


def in_time_order(events: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return events (n, width) ordered by patient and time; a ketoacidosis is written before what precedes it, a spell
    of a wrong dose after it."""
    patient, time = events[:, 0], events[:, 2]
    if np.any((np.diff(time) < 0.0) & (np.diff(patient) == 0.0)):
        return events[np.lexsort((time, patient))]
    return events
