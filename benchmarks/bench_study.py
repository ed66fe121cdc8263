"""Whole studies, from plan to file, on one thread and on two, with the memory they take."""

from __future__ import annotations

import time

import pytest

from benchmarks.measure import children_cpu
from benchmarks.work import study, study_memory

PATIENTS = 10_000


@pytest.mark.benchmark(group="study", timer=time.process_time, disable_gc=True)
@pytest.mark.parametrize("threads", [1, 2])
def test_study_to_file(benchmark, tmp_path, threads):
    work = study(PATIENTS, threads, tmp_path)
    benchmark.pedantic(work.run, rounds=3, warmup_rounds=1)
    benchmark.extra_info["rate"] = work.rate(benchmark.stats.stats.min)


@pytest.mark.benchmark(group="study", timer=children_cpu, disable_gc=True)
def test_memory_of_a_study(benchmark, tmp_path):
    work = study_memory(100_000, tmp_path)
    done = benchmark.pedantic(work.run, rounds=1)
    benchmark.extra_info["rate"] = f"{work.rate(benchmark.stats.stats.min)}, {int(done.stdout) / 1e3:.0f} MB at most"
