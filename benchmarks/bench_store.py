"""Study files and what is read off them: writing, reading, estimates."""

from __future__ import annotations

import time

import pytest

from benchmarks.work import estimators, reading, writing

WORK = {"written": (writing, 100_000), "read": (reading, 100_000), "estimates": (estimators, 1_000_000)}


@pytest.mark.benchmark(group="store", timer=time.process_time, disable_gc=True)
@pytest.mark.parametrize("name", WORK)
def test_store(benchmark, tmp_path, name):
    prepare, size = WORK[name]
    work = prepare(size, tmp_path)
    benchmark.pedantic(work.run, rounds=5, warmup_rounds=1)
    benchmark.extra_info["rate"] = work.rate(benchmark.stats.stats.min)
