"""From a plan to a study file: chunks on Dask, on threads, local processes or a cluster that runs; what a chunk is
stands in `reliability.chunk`, how it is kept in `reliability.folder` and `reliability.store`."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from reliability.chunk import Chunk, Plan, kinds, simulate
from reliability.cluster import arriving, local_workers, workers_at
from reliability.curves import curves
from reliability.fan import delivery_error, fan_variables
from reliability.folder import Folder, Shard, alone, claim, finished, keep, make, missing, move_into_place, unwritable
from reliability.gap import complaint, engine_gap_attributes, gap_attributes, panel_gap
from reliability.provenance import attributes, identity
from reliability.room import check_room
from reliability.store import Curves, StudyError, StudyFile, merge
from reliability.transients import complaint as transient_complaint
from reliability.transients import transient_attributes, transient_variables

__all__ = ["StudyError", "run_study"]

LARGEST_CHUNK = 4096  # patients: about a tenth of a second of work and a megabyte of shard
LEAST_CHUNKS = 8  # per worker, so that none waits long for the last
FAN_PATIENTS = 1000  # whose delivery error stands for that of all
ROOM_PATIENTS = 50  # from whose tables the size of all is told
SILENCE = 1.5  # s of warming up before the reason is said

Say = Callable[[str], None]
Progress = Callable[[int, int], None]


def run_study(
    plan: Plan,
    patients: int,
    path: str | PathLike[str],
    *,
    provenance: Mapping[str, str],
    chunk_size: int | None = None,
    threads: int | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    resume: bool = False,
    compress: bool = False,
    progress: Progress | None = None,
    say: Say | None = None,
) -> None:
    """Simulate the patients of a plan and write the study file; its data do not depend on how the work was divided.

    Parameters
    ----------
    plan : Plan
        The study.
    patients : int
        How many patients, 1 or more.
    path : path
        The result file; it must not exist.
    provenance : mapping of str
        What to write as attributes of the file beside its own: title, command, scenario, scenario_sha256, parameters.
    chunk_size : int, optional
        Patients per chunk. Default: some chunks per worker, 4096 patients at most.
    threads : int, optional
        Threads of this process; the default, as many as there are processors.
    workers : int, optional
        Processes of this machine, instead of threads.
    scheduler : str, optional
        Address of a Dask scheduler, such as ``tcp://host:8786``, instead of both.
    resume : bool
        Whether to go on where an earlier run of the same study stopped.
    compress : bool
        Whether to pack the columns with gzip.
    progress : callable, optional
        Gets the number of finished patients and of all, after each chunk.
    say : callable, optional
        Gets one sentence when there is something to say; default: nothing is said.

    Raises
    ------
    StudyError
        When a file or another process is in the way, disk or memory are too small, a disk is full, workers cannot be
        reached, differ or die, or a history does not end.
    ValueError
        For a number below 1, or more than one of `threads`, `workers` and `scheduler`.
    """
    _check_numbers(patients=patients, chunk_size=chunk_size, threads=threads, workers=workers)
    if sum(place is not None for place in (threads, workers, scheduler)) > 1:
        raise ValueError("threads, workers and scheduler name three places to work in: give one of them.")
    say = say or (lambda sentence: None)
    target, own = Path(path).absolute(), identity(plan, patients, provenance)
    folder = claim(target, own, resume)
    if folder is None:
        say(f"{path} is finished already.")
        return
    with ExitStack() as hold:
        begun = folder.path.exists()
        if begun:
            hold.enter_context(alone(folder))
        shards = finished(folder, say)
        if sum(shard.size for shard in shards) < patients:
            errand = _Errand(plan, patients, folder, shards, chunk_size, progress or (lambda done, of: None))
            _warm(plan, say)
            left = patients - sum(shard.size for shard in shards)
            check_room(_simulated(plan, 0, min(patients, ROOM_PATIENTS)), left, target.parent)
            with _client(plan, workers, scheduler) as client:
                if not begun:
                    # only now, so that a study that cannot begin leaves nothing in the way of the corrected command
                    make(folder, own)
                    hold.enter_context(alone(folder))
                if client is None:
                    _on_threads(errand, threads)
                else:
                    _on_workers(errand, client)
        told = dict(provenance) | attributes(plan, patients, own["study"]) | _gaps(plan, say)
        _finish(folder, shards, target, told, plan, compress)


def _gaps(plan: Plan, say: Say) -> dict[str, str | int | float]:
    """Return the gaps of a plan as attributes; one that exceeds its bound is said."""
    found, warnings = gap_attributes(panel_gap(plan)), []
    if plan.engine_gap is not None:
        found |= engine_gap_attributes(plan.engine_gap)
        warnings.append(complaint(plan.engine_gap))
    if plan.transients is not None:
        found |= transient_attributes(plan.transients)
        warnings.append(transient_complaint(plan.transients))
    for warning in filter(None, warnings):
        say(warning)
    return found


def _client(plan: Plan, workers: int | None, scheduler: str | None) -> AbstractContextManager[Any]:
    """Return the client of local or foreign workers, or of none when threads do the work."""
    if scheduler is not None:
        return workers_at(scheduler, plan)
    return nullcontext() if workers is None else local_workers(workers)


def _check_numbers(**numbers: int | None) -> None:
    for name, number in numbers.items():
        if number is not None and number < 1:
            raise ValueError(f"{name} is {number}: give a whole number, 1 or more.")


def _warm(plan: Plan, say: Say) -> None:
    """Compile, or load what is compiled, before threads or workers all do it at once; say so when it takes long."""
    sentence = "preparing the simulation of this kind of pump: ten seconds if it must be compiled, once per machine"
    timer = threading.Timer(SILENCE, say, [sentence])
    timer.daemon = True
    timer.start()
    try:
        _simulated(plan, 0, 1)
    finally:
        timer.cancel()


def _simulated(plan: Plan, first: int, count: int) -> Chunk:
    """Return a chunk; this is what threads, processes and clusters all run."""
    try:
        return simulate(plan, first, count)
    except RuntimeError as error:
        raise StudyError(f"{error}; --resume would meet the same: begin a new study.") from error


class _Errand(NamedTuple):
    """What is to be done for a study, and the shards it has."""

    plan: Plan
    patients: int
    folder: Folder
    shards: list[Shard]
    chunk_size: int | None
    progress: Progress

    def ranges(self, lanes: int) -> list[tuple[int, int]]:
        """Return the ranges of patients to simulate, first and count, for so many workers."""
        size = self.chunk_size or max(min(LARGEST_CHUNK, self.patients // (LEAST_CHUNKS * lanes)), 1)
        return list(missing(self.shards, self.patients, size))

    def report(self) -> None:
        """Tell how many patients are finished."""
        self.progress(sum(shard.size for shard in self.shards), self.patients)


def _on_threads(errand: _Errand, threads: int | None) -> None:
    """Simulate the missing patients on threads of this process."""
    from dask.callbacks import Callback
    from dask.system import CPU_COUNT
    from dask.threaded import get

    def work(first: int, count: int) -> None:
        errand.shards.append(keep(errand.folder, _simulated(errand.plan, first, count)))

    lanes = threads or CPU_COUNT
    graph = {f"patients-{first}": (work, first, count) for first, count in errand.ranges(lanes)}
    reports = Callback(posttask=lambda *task: errand.report())  # type: ignore[no-untyped-call]
    # the pool is left only when its threads are done, so that no shard is half kept after an error or Ctrl-C
    with reports, ThreadPoolExecutor(lanes) as pool:
        get(graph, list(graph), pool=pool)


def _on_workers(errand: _Errand, client: Any) -> None:
    """Simulate the missing patients on Dask workers; this process alone writes."""
    lanes = sum(client.nthreads().values())
    for chunk in arriving(client, partial(_simulated, errand.plan), errand.ranges(lanes), lanes):
        errand.shards.append(keep(errand.folder, chunk))
        errand.report()


def _estimates(plan: Plan, study: StudyFile) -> Curves:
    """Return the estimates from the tables of a study, and the fan of its first patients' delivery error."""
    patients = min(int(study.attributes["patients"]), FAN_PATIENTS)
    return curves(study) | {"delivery_error": fan_variables(delivery_error(plan, patients))}


def _finish(
    folder: Folder,
    shards: list[Shard],
    target: Path,
    told: Mapping[str, str | int | float],
    plan: Plan,
    compress: bool,
) -> None:
    """Merge the shards into the result file, and remove their folder when the file is in its place."""
    merged = folder.path / "merged.h5"
    try:
        estimates = partial(_estimates, plan)
        transients = transient_variables(plan.transients) if plan.transients else None
        merge([shard.path for shard in sorted(shards)], merged, told, kinds(plan), estimates, compress, transients)
        move_into_place(merged, target)
    except OSError as error:
        merged.unlink(missing_ok=True)
        raise unwritable(folder.path, error) from error
    shutil.rmtree(folder.path, ignore_errors=True)
