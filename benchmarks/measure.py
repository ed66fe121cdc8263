"""Timing against a reference of the same run, on the CPU clock; what is timed stands in `benchmarks.work`, what is made
of it in `benchmarks.gate`."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

Clock = Callable[[], float]
Run = Callable[[], object]


class Timing(NamedTuple):
    """The shortest time of a run and of its reference, in turns."""

    run: float  # [s] of CPU
    reference: float  # [s] of CPU

    @property
    def ratio(self) -> float:
        """Return the time of the run in times of the reference."""
        return self.run / self.reference


def cpu() -> float:
    """Return the CPU time [s] of this process, all threads together."""
    return time.process_time()


def children_cpu() -> float:
    """Return the CPU time [s] of all finished child processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def no_collection() -> Iterator[None]:
    """Pause the garbage collector, whose visits belong to nobody in particular."""
    was = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def seconds(run: Run, clock: Clock) -> float:
    """Return the CPU time [s] that one call takes."""
    start = clock()
    run()
    return clock() - start


def interleaved(run: Run, reference: Run, rounds: int, clock: Clock = cpu) -> Timing:
    """Return the shortest times of a run and its reference called in turns.

    The shortest of many is what the machine can do; a busy neighbour only ever adds. In turns, both see the same clock
    frequency. With three busy processes on two cores this ratio moved by 1 %, one of wall times by 20 % and more.
    """
    run()
    reference()
    best, best_reference = float("inf"), float("inf")
    with no_collection():
        for _ in range(rounds):
            best = min(best, seconds(run, clock))
            best_reference = min(best_reference, seconds(reference, clock))
    return Timing(best, best_reference)


def slowed(run: Run, factor: float, clock: Clock = cpu) -> Run:
    """Return the run made slower on purpose: it burns CPU until `factor` times its own time has passed."""

    def slow() -> object:
        start = clock()
        result = run()
        until = start + factor * (clock() - start)
        while clock() < until:
            pass
        return result

    return slow
