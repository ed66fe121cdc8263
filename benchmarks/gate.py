"""The gate of `make bench-check`: ratios to the frozen references against baseline.json; what is timed stands in
`benchmarks.work`, how in `benchmarks.measure`.

    python benchmarks/gate.py check     exit 1, with names, when something became slower than its tolerance
    python benchmarks/gate.py update    write the baseline anew
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite.binding
import numba
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measure import interleaved, slowed
from benchmarks.peers import comparison
from benchmarks.work import BENCHMARKS, Benchmark

BASELINE = Path(__file__).with_name("baseline.json")
TRIES = 3
FASTER = 0.85  # below it the baseline is out of date and would hide the next slowing
SLOWING = 1.3  # the gate must refuse this
CLOSED, OPEN = 1, 0


class Verdict(NamedTuple):
    """How a benchmark stands against its baseline."""

    name: str
    ratio: float  # [-] to the reference, the best of the tries
    baseline: float  # [-]
    tolerance: float  # [-]
    tries: int
    rate: str

    @property
    def change(self) -> float:
        """Return the ratio in units of the baseline."""
        return self.ratio / self.baseline

    @property
    def refused(self) -> bool:
        """Return whether the benchmark became slower than its tolerance."""
        return not self.change <= 1.0 + self.tolerance

    @property
    def remark(self) -> str:
        """Return one word or two for the table."""
        if self.refused:
            return "SLOWER"
        return "faster: make bench-update" if self.change < FASTER else ""


def key() -> dict[str, str]:
    """Return what the ratios may depend on besides the code."""
    return {
        "python": platform.python_version(),
        "numba": numba.__version__,
        "llvmlite": llvmlite.__version__,
        "numpy": np.__version__,
        "machine": platform.machine(),
        "cpu": os.environ.get("NUMBA_CPU_NAME") or llvmlite.binding.get_host_cpu_name(),
    }


def judged(benchmark: Benchmark, folder: Path, baseline: float, tolerance: float, factor: float = 1.0) -> Verdict:
    """Return the verdict on a benchmark: the best of up to three tries, no more tries than it needs.

    Parameters
    ----------
    benchmark : Benchmark
        What is timed.
    folder : Path
        An empty folder for what it writes.
    baseline, tolerance : float
        Ratio to the reference that is expected [-], and how much more is let through [-].
    factor : float
        How much slower the run is made on purpose [-].
    """
    work = benchmark.prepare(folder)
    run = slowed(work.run, factor, benchmark.clock) if factor > 1.0 else work.run
    best = Verdict(benchmark.name, float("inf"), baseline, tolerance, 0, "")
    for tries in range(1, TRIES + 1):
        timing = interleaved(run, benchmark.reference, benchmark.rounds, benchmark.clock)
        if timing.ratio < best.ratio:
            best = best._replace(ratio=timing.ratio, rate=work.rate(timing.run))
        best = best._replace(tries=tries)
        if not best.refused:
            break
    return best


def measured(benchmarks: Sequence[Benchmark]) -> list[Verdict]:
    """Return what the benchmarks reach now, as a baseline of its own: the middle of three tries."""
    found = []
    for benchmark in benchmarks:
        with tempfile.TemporaryDirectory() as folder:
            work = benchmark.prepare(Path(folder))
            timings = [
                interleaved(work.run, benchmark.reference, benchmark.rounds, benchmark.clock) for _ in range(TRIES)
            ]
        middle = sorted(timings, key=lambda timing: timing.ratio)[TRIES // 2]
        rate = work.rate(middle.run)
        found.append(Verdict(benchmark.name, middle.ratio, middle.ratio, benchmark.tolerance, TRIES, rate))
        say(row(found[-1]))
    return found


def say(text: str) -> None:
    """Write a line to the screen at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


HEAD = f"{'benchmark':<34}{'ratio':>9}{'baseline':>10}{'change':>8}{'tries':>6}  {'rate':<38}"


def row(verdict: Verdict) -> str:
    """Return one line of the table."""
    return (
        f"{verdict.name:<34}{verdict.ratio:>9.3f}{verdict.baseline:>10.3f}{verdict.change:>8.2f}{verdict.tries:>6}  "
        f"{verdict.rate:<38}{verdict.remark}".rstrip()
    )


def check(benchmarks: Sequence[Benchmark], baseline: Mapping[str, Any]) -> int:
    """Return 1 when a benchmark became slower than its tolerance or has no baseline, else 0, after a table."""
    for name, value in key().items():
        if baseline["key"].get(name) != value:
            say(f"note: {name} is {value} here, the baseline was made with {baseline['key'].get(name)}")
    say(HEAD)
    refused = []
    for benchmark in benchmarks:
        known = baseline["benchmarks"].get(benchmark.name)
        if known is None:
            refused.append(f"{benchmark.name} is not in baseline.json: make bench-update")
            continue
        with tempfile.TemporaryDirectory() as folder:
            verdict = judged(benchmark, Path(folder), known["ratio"], known["tolerance"])
        say(row(verdict))
        if verdict.refused:
            refused.append(
                f"{verdict.name} takes {verdict.change:.2f} times what it took, in {verdict.tries} tries; "
                f"{1.0 + verdict.tolerance:.2f} is allowed"
            )
    for line in refused:
        say(f"FAILED: {line}")
    return CLOSED if refused else OPEN


def proved(benchmark: Benchmark) -> int:
    """Return 0 when the gate refuses a benchmark slowed by 30 % on purpose and lets the same one pass, else 1."""
    with tempfile.TemporaryDirectory() as folder:
        now = judged(benchmark, Path(folder), float("inf"), benchmark.tolerance).ratio
        same = judged(benchmark, Path(folder), now, benchmark.tolerance)
        slow = judged(benchmark, Path(folder), now, benchmark.tolerance, SLOWING)
    good = slow.refused and not same.refused
    say(
        f"{'proof' if good else 'FAILED: the gate does not hold'}: {benchmark.name} again {same.change:.2f}, "
        f"{'refused' if same.refused else 'passes'}; slowed by 30 % on purpose {slow.change:.2f}, "
        f"{'refused' if slow.refused else 'passes'}"
    )
    return OPEN if good else CLOSED


def update(benchmarks: Sequence[Benchmark], path: Path) -> None:
    """Write the baseline anew."""
    say(HEAD)
    found = {
        v.name: {"ratio": round(v.ratio, 4), "tolerance": v.tolerance, "rate": v.rate} for v in measured(benchmarks)
    }
    path.write_text(json.dumps({"key": key(), "benchmarks": found}, indent=2) + "\n", encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Return the exit code of the command."""
    if list(arguments) == ["update"]:
        update(BENCHMARKS, BASELINE)
        return OPEN
    if list(arguments) != ["check"]:
        say("usage: python benchmarks/gate.py check|update")
        return 2
    if not BASELINE.exists():
        say(f"There is no {BASELINE.name}: make bench-update writes one.")
        return CLOSED
    code = check(BENCHMARKS, json.loads(BASELINE.read_text(encoding="utf-8")))
    code = max(code, proved(BENCHMARKS[0]))
    for line in comparison():
        say(line)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
