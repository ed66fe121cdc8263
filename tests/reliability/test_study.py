"""A study gives the same data however it was divided, interrupted or computed, keeps what is finished, and says what
stopped it; workers of a cluster have their own tests."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys

import numpy as np
import pytest

from fluidics.engines.gap import Gap
from reliability.folder import folder_of
from reliability.provenance import sources
from reliability.store import StudyError, digest, open_study
from reliability.study import run_study
from reliability.transients import transient_variables
from tests.reliability.plans import active_plan, quiet_plan
from tests.reliability.test_transients import TABLE

PATIENTS = 300
PROVENANCE = {"title": "a study", "scenario": "text", "scenario_sha256": "abc", "command": "pumpsim study"}

# One process imports and compiles once; its children run the study and are killed, so that moments fall inside it
KILLER = """
import json, os, random, signal, sys, time
from pathlib import Path
from reliability.store import digest
from reliability.study import run_study
from tests.reliability.plans import active_plan

plan, folder = active_plan(), Path(sys.argv[1])
run_study(plan, 20, folder / "first.h5", provenance={}, threads=1)

def child(name, resume):
    number = os.fork()
    if not number:
        run_study(plan, 300, folder / name, provenance={}, chunk_size=20, threads=2, resume=resume)
        os._exit(0)
    return number

def finish(name, resume):
    begun = time.perf_counter()
    assert os.waitpid(child(name, resume), 0)[1] == 0
    return time.perf_counter() - begun

whole = finish("whole.h5", False)
moments, found = random.Random(7), {"whole": digest(folder / "whole.h5"), "killed": 0, "digests": []}
for k in range(10):
    number = child(f"{k}.h5", False)
    time.sleep(whole * moments.random())
    os.kill(number, signal.SIGKILL)
    found["killed"] += os.waitpid(number, 0)[1] == signal.SIGKILL
    finish(f"{k}.h5", True)
    found["digests"].append(digest(folder / f"{k}.h5"))
found["left"] = sorted(path.name for path in folder.iterdir())
print(json.dumps(found))
"""

ONCE = """
import sys
from reliability.store import digest
from reliability.study import run_study
from tests.reliability.plans import active_plan
run_study(active_plan(), 300, sys.argv[1], provenance={}, threads=1)
print(digest(sys.argv[1]))
"""

# The disk takes shards of a hundred kilobytes, and not the file of all
FULL = """
import resource, sys
from reliability.store import StudyError
from reliability.study import run_study
from tests.reliability.plans import active_plan
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), -1))
try:
    run_study(active_plan(), 300, sys.argv[1], provenance={}, chunk_size=20, resume=True)
except StudyError as error:
    print(error)
"""


def run(tmp_path, name="study.h5", patients=PATIENTS, plan=None, **options):
    run_study(plan or active_plan(), patients, tmp_path / name, provenance=PROVENANCE, **options)
    return tmp_path / name


def script(root, text, *arguments, **environment):
    """Return what a script prints in a process of its own."""
    done = subprocess.run(
        # from Python 3.12 on a fork warns of threads, which here sleep in libraries
        [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-c", text, *map(str, arguments)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return run(tmp_path_factory.mktemp("study"), threads=1)


def test_digest_is_the_same_for_any_division(study, tmp_path):
    wanted = digest(study)
    for size, threads in [(97, 1), (97, 2), (1000, 2), (4096, 1), (7, 4)]:
        assert digest(run(tmp_path, f"{size}-{threads}.h5", chunk_size=size, threads=threads)) == wanted


def test_digest_moves_with_seed_patients_and_plan(study, tmp_path):
    others = [
        run(tmp_path, "seed.h5", plan=active_plan(seed=2)),
        run(tmp_path, "patients.h5", patients=PATIENTS - 1),
        run(tmp_path, "plan.h5", plan=quiet_plan()),
    ]
    assert len({digest(path) for path in [study, *others]}) == 4


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_digest_is_the_same_after_kills_at_random_moments(study, tmp_path, root):
    found = json.loads(script(root, KILLER, tmp_path))
    assert found["killed"] >= 5
    assert {found["whole"], *found["digests"]} == {digest(study)}
    assert found["left"] == sorted([f"{k}.h5" for k in range(10)] + ["first.h5", "whole.h5"])


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in {"x86_64", "AMD64"}, reason="the older processor is an x86")
def test_digest_is_the_same_on_an_older_processor(study, tmp_path, root):
    """Compiled anew for a processor without AVX-512; a kernel that fuses or reorders would show."""
    older = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    assert script(root, ONCE, tmp_path / "older.h5", **older) == digest(study)
    with open_study(tmp_path / "older.h5") as found:
        assert found.attributes["cpu"] == "haswell"


def interrupted(tmp_path, after, **options):
    """Stop a study by Ctrl-C after some chunks and return its file."""

    def stop(done, of):
        if done >= after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, progress=stop, **options)
    return tmp_path / "study.h5"


def test_ctrl_c_keeps_what_is_finished_and_resumes_with_other_chunks(study, tmp_path):
    path = interrupted(tmp_path, after=100, chunk_size=20, threads=2)
    shards = list(folder_of(path).glob("patients-*.h5"))
    assert 5 <= len(shards) <= 8
    assert not list(folder_of(path).glob("*.part"))
    assert not path.exists()
    told = []
    run(tmp_path, chunk_size=33, resume=True, progress=lambda done, of: told.append((done, of)))
    assert digest(path) == digest(study)
    assert told[0][0] > 20 * len(shards)
    assert told[-1] == (PATIENTS, PATIENTS)
    assert not folder_of(path).exists()


def test_a_study_that_grows_is_left_to_the_process_that_began_it(study, tmp_path):
    refused = []

    def again(done, of):
        with pytest.raises(StudyError, match="grows already, in another process: wait for it"):
            run(tmp_path, resume=True)
        refused.append(done)

    path = run(tmp_path, chunk_size=80, progress=again)
    assert refused
    assert digest(path) == digest(study)


def test_a_truncated_shard_is_told_and_computed_again(study, tmp_path):
    path = interrupted(tmp_path, after=100, chunk_size=20)
    damaged = sorted(folder_of(path).glob("patients-*.h5"))[1]
    damaged.write_bytes(damaged.read_bytes()[:3000])
    said = []
    run(tmp_path, resume=True, say=said.append)
    assert digest(path) == digest(study)
    assert damaged.name in said[0]
    assert "computed again" in said[0]


def test_resuming_a_finished_study_changes_nothing(tmp_path):
    path, said = run(tmp_path, patients=20), []
    before = path.read_bytes()
    run(tmp_path, patients=20, resume=True, say=said.append)
    assert path.read_bytes() == before
    assert said == [f"{path} is finished already."]
    with pytest.raises(StudyError, match="result of another study"):
        run(tmp_path, patients=21, resume=True)
    with pytest.raises(StudyError, match="exists"):
        run(tmp_path, patients=20)


@pytest.mark.slow
def test_a_full_disk_keeps_what_is_finished(study, tmp_path, root):
    """Once when the shards do not fit, once when the file of all does not; HDF5 crashes when it meets a full disk."""
    path = tmp_path / "study.h5"
    assert "the disk is full" in script(root, FULL, path, 20_000)
    assert list(folder_of(path).glob("patients-*")) == []
    folder_of(path).rename(tmp_path / "gone")
    for room in (150_000, 250_000, 400_000):
        assert "the disk is full; all finished patients are kept there" in script(root, FULL, path, room)
        assert len(list(folder_of(path).glob("patients-*.h5"))) == 15
        assert not (folder_of(path) / "merged.h5").exists()
    run_study(active_plan(), PATIENTS, path, provenance={}, resume=True)
    assert digest(path) == digest(study)


def endless(plan):
    """Return a plan with a hazard that fires without end in whoever has it."""
    hazards = plan.hazards.copy()
    hazards[3, 0] = 1e3
    return plan._replace(hazards=hazards)


def test_a_history_without_end_stops_the_study_with_one_sentence(tmp_path):
    with pytest.raises(StudyError, match=r"patient \d+: a .*more .* than are allowed.*--resume would meet the same"):
        run(tmp_path, plan=endless(active_plan()), chunk_size=20)


@pytest.mark.parametrize("name", ["patients", "chunk_size", "threads", "workers"])
def test_numbers_below_one_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match=f"{name} is 0: give a whole number"):
        run(tmp_path, **{name: 0})
    assert list(tmp_path.iterdir()) == []


def test_one_place_to_work_in(tmp_path):
    with pytest.raises(ValueError, match="give one of them"):
        run(tmp_path, threads=1, workers=2)


def test_a_long_start_is_explained(tmp_path, monkeypatch):
    monkeypatch.setattr("reliability.study.SILENCE", 0.0)
    said = []
    run(tmp_path, patients=5, say=said.append)
    assert said == [
        "preparing the simulation of this kind of pump: ten seconds if it must be compiled, once per machine"
    ]


def test_the_file_tells_where_it_comes_from(study):
    with open_study(study) as found:
        told, patients, life = found.attributes, found.table("patients"), found.curves["device_life"]
    assert {name: told[name] for name in PROVENANCE} == PROVENANCE
    assert (told["seed"], told["patients"], told["years"], told["replaces"]) == (1, PATIENTS, 10.0, 1)
    versions = json.loads(told["versions"])
    assert versions["sources"] == sources()
    assert versions["numpy"] == np.__version__
    assert {"pumpsim", "python", "numba", "llvmlite", "h5py"} <= versions.keys()
    assert len(patients["world"]) == PATIENTS
    assert patients["world"].tolist() == [number // 50 for number in range(PATIENTS)]
    assert life["survival"][0] == 1.0


def test_the_file_keeps_the_table_of_occlusions_and_the_gap_between_engines(study, tmp_path):
    said: list[str] = []
    far = TABLE._replace(gap=0.07)
    plan = active_plan()._replace(transients=far, engine_gap=Gap("panel", "stroke", 0.001, 0.03, 0.002, bound=0.02))
    path = run(tmp_path, plan=plan, say=said.append)
    assert said == [
        "the panel engine differs from the stroke engine by more than 2 %: volume per stroke 3 %",
        "occlusions by the stroke engine differ from the exact engine by up to 7 %, more than 1 %",
    ]
    assert digest(path) == digest(study)  # both are told, and move nothing
    with open_study(path) as found, open_study(study) as without:
        assert found.attributes["engine_gap_volume_per_stroke"] == 0.03
        assert found.attributes["occlusion_gap"] == 0.07
        assert found.transients.keys() == transient_variables(TABLE).keys()
        np.testing.assert_array_equal(found.transients["alarm_delay"], TABLE.delay / 86400.0)
        assert found.meaning("transients/missed_volume")["units"] == "mL"
        assert without.transients == {}
        assert "engine_gap_bound" not in without.attributes
    xarray = pytest.importorskip("xarray")
    with xarray.open_dataset(path, group="transients", engine="h5netcdf") as table:
        assert table["missed_volume"].dims == ("rate", "resistance")
        assert float(table["gap"]) == far.gap


def test_a_gap_within_its_bound_is_not_said(tmp_path):
    said: list[str] = []
    within = Gap("panel", "stroke", 0.0, 0.019, 0.0, bound=0.02)
    run(tmp_path, plan=active_plan()._replace(engine_gap=within, transients=TABLE), patients=5, say=said.append)
    assert said == []


def test_devices_without_replacement(tmp_path):
    plan = quiet_plan()
    path = run(tmp_path, plan=plan._replace(rules=plan.rules._replace(replaces=0.0)), patients=100)
    with open_study(path) as found:
        assert len(found.table("devices")["time"]) == 100
        assert found.table("devices")["ordinal"].max() == 0
