"""The work that is timed: each benchmark prepares one call of fixed size; how it is timed stands in
`benchmarks.measure`."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks import reference
from benchmarks.measure import Clock, Run, children_cpu, cpu
from reliability.chunk import Plan, kinds, simulate

ROOT = Path(__file__).resolve().parent.parent
YEARS = 10.0
SEED = 1
SCENARIOS = ("implanted-insulin", "implanted-insulin-1994", "fixed-rate-hepatic")
WORN = "worn-insulin-tubed"
PUMPSIM = "import sys; from scenarios.cli import main; sys.argv[0] = 'pumpsim'; main()"


class Work(NamedTuple):
    """One call that is ready to be timed, and how much it gets done."""

    run: Run
    amount: float
    unit: str

    def rate(self, seconds: float) -> str:
        """Return what is done per CPU second, or the seconds where the work is one piece."""
        return f"{self.amount / seconds:.3g} {self.unit} per CPU s" if self.unit else f"{seconds:.3f} CPU s"


class Benchmark(NamedTuple):
    """Work, what it is measured against, and how often."""

    name: str
    prepare: Callable[[Path], Work]  # from an empty folder
    reference: Run
    rounds: int
    clock: Clock
    tolerance: float  # 0.15, more where the disk or the interpreter has its say


def library_plan(name: str) -> Plan:
    """Return the ten-year plan of a scenario of the library."""
    from scenarios.build import load, plan

    return plan(load(name), YEARS, SEED)


def lifetimes(name: str, patients: int, folder: Path) -> Work:
    """Return the work of one chunk of patients through ten years: kernel, buffers and columns, one thread."""
    planned = library_plan(name)
    refills = int(simulate(planned, 0, patients).patients["refills"].sum())
    return Work(partial(simulate, planned, 0, patients), refills, "refill cycles")


def resolved_day(folder: Path) -> Work:
    """Return the work of a day of a stiff pump, every pressure resolved."""
    from fluidics.engines.exact import resolve
    from tests.fluidics.pump_transient import OCCLUSION, transient

    return Work(partial(transient, resolve, together=OCCLUSION), 86400.0, "simulated s")


def by_strokes(days: int, folder: Path) -> Work:
    """Return the work of ten days of the same pump, again and again, one map per stroke."""
    from fluidics.engines.stroke import strokes
    from tests.fluidics.pump_transient import STROKES
    from tests.fluidics.stroking import STIFF_RATE, stiff_pump

    count = 10 * STROKES
    once = partial(strokes, *stiff_pump(False), STIFF_RATE, 1e3, count, every=count)

    def run() -> None:
        for _ in range(days // 10):
            once()

    return Work(run, 86400.0 * days, "simulated s")


def study(patients: int, threads: int, folder: Path) -> Work:
    """Return the work of a whole study from plan to file, in this process."""
    from reliability.study import run_study

    planned = library_plan(SCENARIOS[0])
    files = (folder / f"{number}.h5" for number in itertools.count())

    def run() -> None:
        path = next(files)
        run_study(planned, patients, path, provenance={}, threads=threads)
        path.unlink()

    return Work(run, patients, "patients to file")


def writing(patients: int, folder: Path) -> Work:
    """Return the work of storing chunks as shards and of merging the shards into one file, without estimates."""
    from reliability.folder import write_whole
    from reliability.store import merge, shard_image

    planned = library_plan(SCENARIOS[0])
    chunks = [simulate(planned, first, patients // 4) for first in range(0, patients, patients // 4)]
    shards = [folder / f"{chunk.first}.h5" for chunk in chunks]
    rows = sum(next(iter(table.values())).size for chunk in chunks for table in chunk[2:])

    def run() -> None:
        for shard, chunk in zip(shards, chunks, strict=True):
            write_whole(shard, shard_image(chunk, "benchmark"))
        merge(shards, folder / "merged.h5", {}, kinds(planned), lambda study: {})

    return Work(run, rows, "rows written")


def reading(patients: int, folder: Path) -> Work:
    """Return the work of reading all tables of a study back."""
    from reliability.store import open_study
    from reliability.study import run_study

    path = folder / "study.h5"
    run_study(library_plan(SCENARIOS[0]), patients, path, provenance={}, threads=1)

    def run() -> int:
        with open_study(path) as file:
            tables = [file.table(name) for name in ("patients", "devices", "events")]
        return sum(next(iter(table.values())).size for table in tables)

    return Work(run, run(), "rows read")


def estimators(devices: int, folder: Path) -> Work:
    """Return the work of Kaplan-Meier and Aalen-Johansen with variances on day-binned lives of three causes."""
    from reliability.counts import count
    from reliability.survival import aalen_johansen_counts, kaplan_meier_counts

    chance = np.random.default_rng(SEED)
    grid = np.arange(3651.0)
    time = np.minimum(np.ceil(chance.exponential(5.0 * 365.0, devices)), grid[-1])
    cause = np.where(time < grid[-1], chance.integers(0, 4, devices), 0)

    def run() -> object:
        counts = count(time, cause, grid, n_causes=3)
        return kaplan_meier_counts(counts), aalen_johansen_counts(counts)

    return Work(run, devices, "lives")


def command(code: str, arguments: tuple[str, ...], folder: Path, environment: tuple[tuple[str, str], ...] = ()) -> Work:
    """Return the work of a fresh interpreter that runs a line of Python with arguments."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **dict(environment)}
    call = [sys.executable, "-c", code, *arguments]
    run = partial(subprocess.run, call, cwd=folder, env=variables, check=True, capture_output=True)
    return Work(run, 1.0, "")


def first_result(name: str) -> str:
    """Return a line of Python that follows ten patients of a scenario for a year and prints the CPU s of that call."""
    return (
        "import time; from scenarios.build import load, plan; from reliability.chunk import simulate; "
        f"planned = plan(load({name!r}), 1.0, {SEED}); start = time.process_time(); "
        "simulate(planned, 0, 10); print(time.process_time() - start)"
    )


def cold_compilation(name: str, folder: Path) -> Work:
    """Return the work of a first result where no kernel was ever compiled."""
    caches = (str(folder / f"cache-{number}") for number in itertools.count())

    def run() -> object:
        return command(first_result(name), (), folder, (("NUMBA_CACHE_DIR", next(caches)),)).run()

    return Work(run, 1.0, "")


def uncompiled_lifetimes(name: str, patients: int, folder: Path) -> Work:
    """Return the work of the same lifetimes in plain Python."""
    refills = lifetimes(name, patients, folder).amount
    code = (
        "from scenarios.build import load, plan; from reliability.chunk import simulate; "
        f"simulate(plan(load({name!r}), {YEARS}, {SEED}), 0, {patients})"
    )
    run = command(code, (), folder, (("NUMBA_DISABLE_JIT", "1"),)).run
    return Work(run, refills, "refill cycles")


def study_memory(patients: int, folder: Path) -> Work:
    """Return the work of a study in a fresh process whose output is its largest resident memory [kB]."""
    code = (
        "import resource; from pathlib import Path; from benchmarks.work import study; "
        f"study({patients}, 2, Path()).run(); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    return Work(command(code, (), folder).run, patients, "patients to file")


def started(name: str, work: Callable[[Path], Work], rounds: int) -> Benchmark:
    """Return a benchmark of a fresh process, against another; builds of the interpreter differ by a fifth in both."""
    return Benchmark(name, work, reference.process, rounds, children_cpu, 0.30)


def here(name: str, work: Callable[[Path], Work], rounds: int, tolerance: float = 0.15) -> Benchmark:
    """Return a benchmark in this process, measured against arithmetic that no neighbour disturbs."""
    return Benchmark(name, work, reference.arithmetic, rounds, cpu, tolerance)


# Runs of 5 ms and more: a shorter one is mostly the first millisecond after the neighbour had the processor.
BENCHMARKS = (
    here("lifetimes implanted-insulin", partial(lifetimes, SCENARIOS[0], 400), 40),
    here("lifetimes implanted-insulin-1994", partial(lifetimes, SCENARIOS[1], 250), 40),
    here("lifetimes fixed-rate-hepatic", partial(lifetimes, SCENARIOS[2], 1500), 40),
    here("lifetimes worn-insulin-tubed", partial(lifetimes, WORN, 40), 40),
    here("a day of a stiff pump, exact", resolved_day, 30),
    here("its days by strokes", partial(by_strokes, 1000), 30),
    here("study of 2000 patients to file", partial(study, 2000, 1), 7),
    here("tables of 10000 patients written", partial(writing, 10_000), 15, 0.25),
    here("tables of 10000 patients read", partial(reading, 10_000), 30, 0.25),
    here("estimators on a million lives", partial(estimators, 1_000_000), 15),
    started("pumpsim --help", partial(command, PUMPSIM, ("--help",)), 7),
    started("first result, warm", partial(command, first_result(SCENARIOS[0]), ()), 4),
)
