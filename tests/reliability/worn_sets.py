"""A pump that is worn, made by hand: its infusion set is new at each refill and shuts at once after a life whose law is
known; what must follow stands in `tests/reliability/test_worn.py`, which runs a copy of this file, so that what numba
keeps of the set is named by its content."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.elementary import log, power
from fluidics.pump import Linear, Luck, Surroundings
from fluidics.questions import advance, disposable, fresh, line, panel
from reliability.chunk import Plan, simulate
from reliability.events import VISIT
from reliability.modes import OcclusionAlarm
from reliability.store import digest
from reliability.study import run_study
from tests.reliability.plans import DAILY, DAY
from tests.reliability.studies import hashed, in_chunks, still_plan

ALARM = 50e3  # Pa
SHUT = 1e25  # Pa s/m3


class WornSet(NamedTuple):
    """A tube that shuts after a Weibull life of shape 2: S(t) = exp(-(t / scale)^2)."""

    resistance: Annotated[float, "Pa s/m3"]
    scale: Annotated[float, "s"]


class Patency(NamedTuple):
    """What is left of the life of a set."""

    left: Annotated[float, "s"]


@fresh.answer
def new_set(catheter: WornSet, luck: Luck) -> Patency:
    return Patency(left=catheter.scale * power(-log(luck.uniform), 0.5))


@advance.answer
def wear(catheter: WornSet, own: Patency, dt: float, around: Surroundings) -> Patency:
    return Patency(left=own.left - dt)


@panel.answer
def until_shut(catheter: WornSet, own: Patency, around: Surroundings) -> float:
    # the jump falls into a panel of a second and spoils the mean of no other
    return max(own.left, 1.0) if own.left >= 0.0 else 1e300


@disposable.answer
def set_is_disposable(catheter: WornSet) -> float:
    return 1.0


@line.answer
def set_line(catheter: WornSet, own: Patency, viscosity: float) -> Linear:
    return Linear(offset=0.0, slope=catheter.resistance if own.left >= 0.0 else SHUT)


def worn_plan(scale: float, interval: float, missed: float, years: float = 1.0, seed: int = 1) -> Plan:
    """Return a study of sets of a life [s], changed at an interval [s] or when an alarm has missed a volume [m3]."""
    plan = still_plan(interval=interval, years=years, seed=seed, mean_rate=DAILY)
    device = plan.design.pump
    design = plan.design._replace(
        pump=device._replace(catheter=WornSet(1e12, scale), reservoir=device.reservoir._replace(capacity=100e-6)),
        modes=(OcclusionAlarm(ALARM),),
        clinic=plan.design.clinic._replace(rinses=0.0),
    )
    mode_rows = np.array([[VISIT, 0.0, 0.0, 0.0, missed]])
    return plan._replace(design=design, mode_rows=mode_rows, mode_names=("occlusion_alarm",))


def digests(folder: Path) -> list[str]:
    """Return the digests of one study in chunks of several sizes on one thread or two."""
    plan, found = worn_plan(6.0 * DAY, 3.0 * DAY, 0.0), []
    for size, threads in ((7, 1), (20, 2), (50, 2)):
        path = folder / f"{size}-{threads}.h5"
        run_study(plan, 50, path, provenance={}, chunk_size=size, threads=threads)
        found.append(digest(path))
    return found


def told(folder: Path) -> dict[str, object]:
    """Return what the tests ask of the compiled kernel, in numbers that JSON keeps."""
    plain = worn_plan(6.0 * DAY, 3.0 * DAY, 0.0, years=2.0)
    many = simulate(plain, 0, 2000)
    late = simulate(worn_plan(6.0 * DAY, 1000.0 * DAY, 0.05e-6), 0, 5)
    return {
        "alarms": len(many.events["kind"]) - int(many.patients["episodes"].sum()),
        "counts": {name: int(many.patients[name].sum()) for name in ("episodes", "operations", "refills", "devices")},
        "kinds": sorted(set(many.events["kind"].tolist())),
        "late": {name: late.events[name].tolist() for name in ("patient", "time", "kind")},
        "late_undelivered": late.patients["undelivered"].tolist(),
        "pieces": [hashed(in_chunks(plain, 60, size, room)) for size, room in ((60, 8), (7, 0), (1, 300))],
        "digests": digests(folder),
        "few": hashed(in_chunks(plain, 3, 3)),
    }
