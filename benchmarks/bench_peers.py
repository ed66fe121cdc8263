"""One small repairable pump by SimPy, by NumPy and by the lifetime kernel: the same run, the same answers."""

from __future__ import annotations

import time
from functools import partial

import pytest

from benchmarks.peers import kernel_plan, kernel_version, numbers, numpy_version, simpy_version

PATIENTS = {"SimPy": 400, "NumPy": 8000, "kernel": 8000}


@pytest.mark.benchmark(group="peers", timer=time.process_time, disable_gc=True)
@pytest.mark.parametrize("name", PATIENTS)
def test_small_pump(benchmark, name):
    plan, patients = kernel_plan(1), PATIENTS[name]
    runs = {
        "SimPy": partial(simpy_version, numbers(plan), patients, 1),
        "NumPy": partial(numpy_version, numbers(plan), patients, 1),
        "kernel": partial(kernel_version, plan, patients),
    }
    benchmark.pedantic(runs[name], rounds=5, warmup_rounds=1)
    benchmark.extra_info["rate"] = f"{patients / benchmark.stats.stats.min:,.0f} patients per CPU s"
