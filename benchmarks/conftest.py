"""Rates stand below the tables of pytest-benchmark."""

from __future__ import annotations


def pytest_terminal_summary(terminalreporter, config):
    """Write what each benchmark gets done per CPU second."""
    done = config._benchmarksession.benchmarks
    if done:
        terminalreporter.section("rates on the CPU clock")
    for benchmark in done:
        terminalreporter.write_line(f"{benchmark.name:<60} {benchmark.extra_info.get('rate', '')}")
