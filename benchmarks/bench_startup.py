"""How long a person waits for a fresh process: help, imports, a first result with compiled kernels at hand."""

from __future__ import annotations

import pytest

from benchmarks.measure import children_cpu
from benchmarks.work import PUMPSIM, SCENARIOS, command, first_result

LINES = {
    "help": (PUMPSIM, ("--help",)),
    "import fluidics": ("import fluidics.pump", ()),
    "import reliability": ("import reliability.chunk", ()),
    "import scenarios": ("import scenarios.build", ()),
    "first result": (first_result(SCENARIOS[0]), ()),
}


@pytest.mark.benchmark(group="fresh process", timer=children_cpu, disable_gc=True)
@pytest.mark.parametrize("name", LINES)
def test_start(benchmark, tmp_path, name):
    work = command(*LINES[name], tmp_path)
    benchmark.pedantic(work.run, rounds=5, warmup_rounds=1)
    benchmark.extra_info["rate"] = work.rate(benchmark.stats.stats.min)
