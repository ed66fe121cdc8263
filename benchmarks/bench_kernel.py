"""The lifetime kernel alone: the scenarios of the library on one thread, what compilation costs, and what is gained by
it."""

from __future__ import annotations

import time

import pytest

from benchmarks.measure import children_cpu
from benchmarks.work import SCENARIOS, cold_compilation, lifetimes, uncompiled_lifetimes

PATIENTS = 2000


@pytest.mark.benchmark(group="kernel", timer=time.process_time, disable_gc=True)
@pytest.mark.parametrize("name", SCENARIOS)
def test_lifetimes(benchmark, tmp_path, name):
    work = lifetimes(name, PATIENTS, tmp_path)
    benchmark.pedantic(work.run, rounds=9, warmup_rounds=1)
    benchmark.extra_info["rate"] = work.rate(benchmark.stats.stats.min)


@pytest.mark.benchmark(group="fresh process", timer=children_cpu, disable_gc=True)
def test_uncompiled_lifetimes(benchmark, tmp_path):
    work = uncompiled_lifetimes(SCENARIOS[0], 400, tmp_path)
    benchmark.pedantic(work.run, rounds=1)
    benchmark.extra_info["rate"] = work.rate(benchmark.stats.stats.min)


@pytest.mark.benchmark(group="fresh process", timer=children_cpu, disable_gc=True)
def test_cold_compilation(benchmark, tmp_path):
    work = cold_compilation(SCENARIOS[0], tmp_path)
    done = benchmark.pedantic(work.run, rounds=1)
    benchmark.extra_info["rate"] = (
        f"{work.rate(benchmark.stats.stats.min)}, {float(done.stdout):.1f} of them the kernel"
    )
