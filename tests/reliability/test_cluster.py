"""Workers of this machine and of a cluster that runs: the same data, and one sentence when something is wrong."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from reliability.chunk import simulate
from reliability.cluster import Passport, arriving, local_workers, passport, workers_at
from reliability.folder import folder_of
from reliability.store import StudyError, chunk_digest, digest
from reliability.study import run_study
from tests.reliability.plans import active_plan, quiet_plan
from tests.signals import interruptible

PLAN = active_plan()


@pytest.fixture(scope="module")
def cluster():
    """Two workers in processes of their own, behind a scheduler with an address."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster:
        yield cluster


def test_local_workers_and_threads_give_the_same_data(tmp_path):
    told = []
    run_study(PLAN, 300, tmp_path / "threads.h5", provenance={}, threads=2)
    run_study(
        PLAN, 300, tmp_path / "workers.h5", provenance={}, workers=2, chunk_size=40,
        progress=lambda done, of: told.append(done),
    )  # fmt: skip
    assert digest(tmp_path / "workers.h5") == digest(tmp_path / "threads.h5")
    assert len(told) == 8
    assert told == sorted(told)
    assert told[-1] == 300


def test_a_cluster_that_runs_gives_the_same_data(cluster, tmp_path):
    run_study(PLAN, 100, tmp_path / "threads.h5", provenance={})
    run_study(PLAN, 100, tmp_path / "cluster.h5", provenance={}, scheduler=cluster.scheduler_address)
    assert digest(tmp_path / "cluster.h5") == digest(tmp_path / "threads.h5")


def test_passport_holds_the_digest_of_a_chunk():
    assert passport(PLAN).digest == chunk_digest(simulate(PLAN, 0, 2))
    assert passport(PLAN).digest != passport(quiet_plan()).digest


def test_workers_that_differ_are_listed(cluster, monkeypatch):
    tests, ours = os.getpid(), Passport("a", "1.0", "2.4", "d")

    def shown(plan):
        return ours if os.getpid() == tests else ours._replace(numpy="99.0")

    monkeypatch.setattr("reliability.cluster.passport", shown)
    with (
        pytest.raises(StudyError, match="not like this machine: install the same pumpsim") as refused,
        workers_at(cluster.scheduler_address, PLAN),
    ):
        pass
    lines = str(refused.value).splitlines()[1:]
    assert len(lines) == 2
    assert all(line.startswith("tcp://127.0.0.1:") for line in lines)
    assert all(line.endswith("numpy 99.0, here 2.4") for line in lines)


def test_workers_that_cannot_run_the_program_are_listed(cluster, monkeypatch):
    def without(plan):
        if os.getpid() != tests:
            raise ModuleNotFoundError("No module named 'reliability'")
        return Passport("", "", "", "")

    tests = os.getpid()
    monkeypatch.setattr("reliability.cluster.passport", without)
    with (
        pytest.raises(StudyError, match="ModuleNotFoundError: No module named 'reliability'"),
        workers_at(cluster.scheduler_address, PLAN),
    ):
        pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{free}", "tcp://localhost:{free}"])
def test_a_scheduler_that_is_not_there_is_one_sentence(tmp_path, monkeypatch, address):
    monkeypatch.setattr("reliability.cluster.TIMEOUT", 1.0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = address.format(free=free.getsockname()[1])
    with pytest.raises(StudyError, match=f"no Dask scheduler answers at {address}"):
        run_study(PLAN, 20, tmp_path / "study.h5", provenance={}, scheduler=address)
    assert list(tmp_path.iterdir()) == []
    run_study(PLAN, 20, tmp_path / "study.h5", provenance={})


@pytest.mark.parametrize(
    "address", ["nonsense", "127.0.0.1:8786", "tcp://127.0.0.1", "tcp://:8786", "tcp://a:port", ""]
)
def test_what_is_no_address_is_one_sentence(tmp_path, address):
    with pytest.raises(StudyError, match=rf"--scheduler {address} is not an address: give one such as tcp://host:8786"):
        run_study(PLAN, 20, tmp_path / "study.h5", provenance={}, scheduler=address)
    assert list(tmp_path.iterdir()) == []


def test_an_address_without_its_certificates_is_one_sentence(tmp_path):
    with pytest.raises(StudyError, match=r"tls://localhost:8786 needs certificates: name them"):
        run_study(PLAN, 20, tmp_path / "study.h5", provenance={}, scheduler="tls://localhost:8786")
    assert list(tmp_path.iterdir()) == []


REFUSED = """
import sys
from reliability.store import StudyError
from reliability.study import run_study
from tests.reliability.plans import active_plan
try:
    run_study(active_plan(), 20, "study.h5", provenance={}, scheduler=sys.argv[1])
except StudyError as error:
    print(error)
"""


def test_a_place_where_something_else_listens_leaves_no_traceback(tmp_path, root):
    """Not even when the process ends."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-c", "import reliability.cluster as c; c.TIMEOUT = 1.0" + REFUSED, address],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout.startswith(f"no Dask scheduler answers at {address}")
    assert done.stderr == ""


def test_a_scheduler_without_workers_is_one_sentence(monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr("reliability.cluster.TIMEOUT", 1.0)
    with (
        LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as empty,
        pytest.raises(StudyError, match="has no workers: start some"),
        workers_at(empty.scheduler_address, PLAN),
    ):
        pass


def test_patients_that_kill_their_worker_are_named():
    import dask

    def deadly(first, count):
        if first == 40:
            os._exit(1)
        return first

    with dask.config.set({"distributed.scheduler.allowed-failures": 0}), local_workers(1) as client:
        chunks = arriving(client, deadly, [(first, 20) for first in (0, 20, 40, 60)], 1)
        with pytest.raises(StudyError, match=r"patients \d+ to \d+ killed their worker.*--resume"):
            list(chunks)


INTERRUPTED = """
import sys
from reliability.study import run_study
from tests.reliability.plans import active_plan
if __name__ == "__main__":
    try:
        run_study(
            active_plan(), 300, sys.argv[1], provenance={}, workers=2, chunk_size=1,
            progress=lambda done, of: print(done, flush=True),
        )
    except KeyboardInterrupt:
        print("interrupted")
"""


def test_ctrl_c_reaches_the_client_alone(tmp_path, root):
    """A terminal sends it to all processes; workers must neither die in a traceback nor take shards with them."""
    path = tmp_path / "study.h5"
    client = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(path)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=interruptible,
    )
    assert client.stdout is not None
    client.stdout.readline()
    os.killpg(client.pid, signal.SIGINT)
    out, err = client.communicate(timeout=120)
    assert out.endswith("interrupted\n")
    assert "Traceback" not in err
    assert list(folder_of(path).glob("patients-*.h5"))
    run_study(PLAN, 300, path, provenance={}, resume=True)
    run_study(PLAN, 300, tmp_path / "whole.h5", provenance={})
    assert digest(path) == digest(tmp_path / "whole.h5")
