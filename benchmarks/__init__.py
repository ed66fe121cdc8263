"""Speed lives here: frozen references, the work that is timed, the gate of `make bench-check`, and the same work for
pytest-benchmark; whether results are right is judged in `tests`.

Everything runs on the CPU clock. All tables at once, cold compilation included (about two minutes)::

    python -m pytest benchmarks/bench_*.py --benchmark-enable
"""
