"""The gate lets the same kernel pass, refuses a slower one, and says which."""

from __future__ import annotations

import json

import pytest

from benchmarks import gate, reference
from benchmarks.measure import Timing, children_cpu, cpu, interleaved, seconds, slowed
from benchmarks.work import BENCHMARKS, Benchmark, Work


def half_chain() -> float:
    return reference.arithmetic_chain(600_000)


def chain(name: str = "chain", factor: float = 1.0) -> Benchmark:
    """Return a benchmark of half the reference chain, made `factor` times as slow."""

    def prepare(folder):
        return Work(slowed(half_chain, factor) if factor > 1.0 else half_chain, 600_000, "steps")

    return Benchmark(name, prepare, reference.arithmetic, 15, cpu, 0.15)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory):
    """Return the baseline that `update` writes for the chain as it is."""
    path = tmp_path_factory.mktemp("gate") / "baseline.json"
    gate.update([chain()], path)
    return json.loads(path.read_text(encoding="utf-8"))


def test_ratio_is_that_of_the_work(baseline):
    assert baseline["benchmarks"]["chain"]["ratio"] == pytest.approx(0.5, rel=0.15)
    assert baseline["benchmarks"]["chain"]["tolerance"] == 0.15


def test_same_kernel_passes(baseline, capsys):
    assert gate.check([chain()], baseline) == 0
    assert "FAILED" not in capsys.readouterr().out


def test_kernel_slowed_by_30_percent_fails_and_is_named(baseline, capsys):
    assert gate.check([chain(), chain("slow", 1.3)], twice(baseline)) == 1
    said = capsys.readouterr().out
    assert "FAILED: slow takes 1." in said
    assert "in 3 tries; 1.15 is allowed" in said
    assert "FAILED: chain" not in said


def twice(baseline):
    """Return the baseline with the chain under a second name."""
    known = baseline["benchmarks"]["chain"]
    return baseline | {"benchmarks": {"chain": known, "slow": known}}


def test_gate_proves_itself(capsys):
    assert gate.proved(chain()) == 0
    assert "slowed by 30 % on purpose" in capsys.readouterr().out


def test_blind_gate_is_noticed(monkeypatch, capsys):
    monkeypatch.setattr(gate, "SLOWING", 1.0)
    assert gate.proved(chain()) == 1
    assert "the gate does not hold" in capsys.readouterr().out


def test_faster_kernel_passes_and_asks_for_a_new_baseline(baseline, capsys):
    slow = {"chain": baseline["benchmarks"]["chain"] | {"ratio": 1.0}}
    assert gate.check([chain()], baseline | {"benchmarks": slow}) == 0
    assert "make bench-update" in capsys.readouterr().out


def test_benchmark_without_a_baseline_fails(baseline, capsys):
    assert gate.check([chain("new")], baseline) == 1
    assert "FAILED: new is not in baseline.json: make bench-update" in capsys.readouterr().out


def test_another_processor_is_said_and_still_compared(baseline, capsys):
    elsewhere = baseline | {"key": baseline["key"] | {"cpu": "another"}}
    assert gate.check([chain()], elsewhere) == 0
    assert "the baseline was made with another" in capsys.readouterr().out


def test_one_bad_try_is_tried_again(monkeypatch, tmp_path):
    """A neighbour that disturbs two tries of three does not fail the gate; three disturbed tries do."""
    ratios = iter([1.4, 1.3, 1.05])
    monkeypatch.setattr(gate, "interleaved", lambda *_: Timing(next(ratios), 1.0))
    verdict = gate.judged(chain(), tmp_path, 1.0, 0.15)
    assert (verdict.tries, verdict.ratio, verdict.refused) == (3, 1.05, False)
    monkeypatch.setattr(gate, "interleaved", lambda *_: Timing(1.16, 1.0))
    assert gate.judged(chain(), tmp_path, 1.0, 0.15).refused


def test_a_ratio_that_is_no_number_is_refused():
    assert gate.Verdict("odd", float("nan"), 1.0, 0.15, 1, "").refused


@pytest.mark.parametrize("arguments", [[], ["measure"], ["check", "twice"]])
def test_wrong_command_says_how(arguments, capsys):
    assert gate.main(arguments) == 2
    assert "check|update" in capsys.readouterr().out


def test_missing_baseline_says_how(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(gate, "BASELINE", tmp_path / "baseline.json")
    assert gate.main(["check"]) == 1
    assert "make bench-update writes one" in capsys.readouterr().out


def test_baseline_knows_every_benchmark_and_no_other():
    known = json.loads(gate.BASELINE.read_text(encoding="utf-8"))
    assert set(known["benchmarks"]) == {benchmark.name for benchmark in BENCHMARKS}
    assert set(known["key"]) == set(gate.key())


def test_clock_counts_work_and_not_waiting():
    import time

    assert seconds(lambda: time.sleep(0.05), cpu) < 0.04
    assert seconds(half_chain, cpu) > 0.0
    assert seconds(reference.process, children_cpu) > seconds(reference.process, cpu)


def test_slowed_run_takes_its_factor():
    timing = interleaved(slowed(half_chain, 2.0), half_chain, 15)
    assert timing.ratio == pytest.approx(2.0, rel=0.15)
