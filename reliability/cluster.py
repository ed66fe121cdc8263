"""Chunks on Dask workers of this machine or of a cluster that runs: how they are reached, what they must share, and how
chunks come back; threads of one process stand in `reliability.study`."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from itertools import islice
from queue import SimpleQueue
from typing import Any, NamedTuple, NoReturn
from urllib.parse import urlsplit

import numba
import numpy as np

from reliability.chunk import Chunk, Plan, simulate
from reliability.provenance import sources
from reliability.store import StudyError, chunk_digest

IN_FLIGHT = 3  # chunks per worker: one at work, one waiting, one on its way
QUIET = "distributed.nanny.pre-spawn-environ.DASK_LOGGING__DISTRIBUTED"  # how workers are told, before they start
TIMEOUT = 8.0  # s to wait for a scheduler, and for its first worker


@contextmanager
def _ctrl_c(action: Any) -> Iterator[None]:
    """Do something else on Ctrl-C: Dask stumbles where an exception meets it in the middle of its work."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, action)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def local_workers(number: int) -> Iterator[Any]:
    """Return a client of new processes on this machine, which listen to nobody else."""
    import dask
    from distributed import Client, LocalCluster

    # the processes inherit that Ctrl-C is ignored, and leave it to this one; what they suffer, a result tells
    with _ctrl_c(signal.SIG_IGN), dask.config.set({QUIET: "critical"}):
        cluster = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=number,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        )
        client = Client(cluster, set_as_default=False)  # type: ignore[no-untyped-call]
    with cluster, client:
        yield client


@contextmanager
def workers_at(scheduler: str, plan: Plan) -> Iterator[Any]:
    """Return a client of a cluster whose workers have shown that they compute the same as this process.

    Parameters
    ----------
    scheduler : str
        Address, such as ``tcp://host:8786``.
    plan : Plan
        The study that they will work on.

    Raises
    ------
    StudyError
        When it is no address, nobody answers, there are no workers, or some cannot run the program, or differ.
    """
    from distributed import Client

    _check_address(scheduler)
    try:
        # a client that fails to connect prints a traceback when it is thrown away, so another asks first
        asyncio.run(_greet(scheduler))
        client = Client(scheduler, timeout=TIMEOUT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise StudyError(
            f"no Dask scheduler answers at {scheduler}: start one with `dask scheduler`, or leave --scheduler out."
        ) from error
    except TypeError as error:
        raise StudyError(f"{scheduler} needs certificates: name them in Dask's distributed.comm.tls.") from error
    with client:
        _preflight(plan, client, scheduler)
        yield client


def _check_address(scheduler: str) -> None:
    """Refuse what is not tcp:// or tls://, a host and a port."""
    try:
        parts = urlsplit(scheduler)
        whole = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port
    except ValueError:
        whole = False
    if not whole:
        raise StudyError(f"--scheduler {scheduler} is not an address: give one such as tcp://host:8786.")


async def _greet(scheduler: str) -> None:
    """Raise OSError unless a Dask scheduler answers in time."""
    from distributed.core import rpc
    from distributed.security import Security

    arguments = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    async with asyncio.timeout(TIMEOUT), rpc(scheduler, connection_args=arguments) as there:  # type: ignore[no-untyped-call]
        if (await there.identity()).get("type") != "Scheduler":
            raise OSError("another part of Dask answers")


class Passport(NamedTuple):
    """What a worker must share with the client, so that all chunks are of one study."""

    sources: str
    numba: str
    numpy: str
    digest: str  # of a small chunk


def passport(plan: Plan) -> Passport:
    """Return the passport of the process it runs in."""
    return Passport(sources(), numba.__version__, np.__version__, chunk_digest(simulate(plan, 0, 2)))


def _preflight(plan: Plan, client: Any, scheduler: str) -> None:
    """Let every worker show its passport.

    Raises
    ------
    StudyError
        When there are no workers, or some cannot run the program, or differ.
    """
    try:
        client.wait_for_workers(1, timeout=TIMEOUT)
    except TimeoutError as error:
        raise StudyError(f"the scheduler at {scheduler} has no workers: start some with `dask worker`.") from error
    own, problems = passport(plan), []
    shown = {address: client.submit(passport, plan, workers=[address], pure=False) for address in client.nthreads()}
    for address, future in shown.items():
        try:
            theirs = future.result()
        except Exception as error:  # whatever a foreign environment raises is the answer
            problems.append(f"{address}: {type(error).__name__}: {' '.join(str(error).split())}")
            continue
        problems += [
            f"{address}: {name} {there}, here {here}"
            for name, there, here in zip(Passport._fields, theirs, own, strict=True)
            if there != here
        ]
    if problems:
        raise StudyError(
            "the workers of the cluster are not like this machine: install the same pumpsim, numba and numpy on them "
            "and on the scheduler.\n" + "\n".join(problems)
        )


def arriving(
    client: Any, job: Callable[[int, int], Chunk], ranges: Sequence[tuple[int, int]], lanes: int
) -> Iterator[Chunk]:
    """Return the chunks of ranges of patients as they are finished, with a few in flight per worker.

    Parameters
    ----------
    client : distributed.Client
    job : callable
        Makes a chunk from the first patient and the count.
    ranges : sequence of (int, int)
        First patient and count of each chunk.
    lanes : int
        Number of workers.

    Raises
    ------
    StudyError
        When a chunk kills its workers, or the scheduler is lost.
    """
    todo = iter(ranges)
    flying: dict[tuple[int, int], Any] = {}  # futures, which Dask forgets when nobody holds them
    landed: SimpleQueue[tuple[tuple[int, int], Chunk | BaseException]] = SimpleQueue()

    async def land(patients: tuple[int, int], future: Any) -> None:
        try:
            landed.put((patients, await future))
        except BaseException as error:  # it is raised where the chunk is waited for
            landed.put((patients, error))

    def submit(most: int) -> None:
        for patients in islice(todo, most):
            flying[patients] = client.submit(job, *patients, pure=False)
            client.loop.add_callback(land, patients, flying[patients])

    def interrupted(*_: Any) -> None:
        landed.put(((0, 0), KeyboardInterrupt()))

    with _ctrl_c(interrupted):
        submit(IN_FLIGHT * lanes)
        while flying:
            patients, chunk = landed.get()
            if isinstance(chunk, BaseException):
                _tell(chunk, *patients)
            del flying[patients]
            yield chunk
            submit(1)


def _tell(error: BaseException, first: int, count: int) -> NoReturn:
    """Raise what came instead of a chunk, in words for a user where Dask has none."""
    from distributed.scheduler import KilledWorker

    if isinstance(error, KilledWorker):
        raise StudyError(
            f"patients {first} to {first + count - 1} killed their worker again and again, for want of memory perhaps; "
            "all finished patients are kept: run the same command with --resume and a smaller --chunk-size."
        ) from error
    if isinstance(error, CancelledError):
        raise StudyError(
            "the scheduler was lost; all finished patients are kept: run the same command with --resume."
        ) from error
    raise error
