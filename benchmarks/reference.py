"""Frozen reference work that every benchmark is measured against in the same run; what is measured stands in
`benchmarks.work`.

Never edit this file: each ratio in baseline.json stands on it, and a test holds its text and its results to the bit.
There is no reference for memory: beside busy neighbours a stream through memory moved by 60 %, and all that is timed
here, file tables and estimators included, by at most a fifth against plain arithmetic.
"""

from __future__ import annotations

import os
import subprocess
import sys

import numba
import numpy as np

_STEPS = 1_200_000
_IMPORTS = "import asyncio, decimal, email.message, http.client, json, unittest, xml.dom.minidom"


@numba.njit(cache=True, nogil=True, error_model="numpy")
def arithmetic_chain(steps: int) -> float:
    """Return the end of four chains of polynomials, divisions and integer shifts: bound by the processor alone."""
    one, two, three = np.uint64(13), np.uint64(7), np.uint64(17)
    drop, word = np.uint64(12), np.uint64(88172645463325252)
    a, b, c, d = 0.1, 0.2, 0.3, 0.4
    for _ in range(steps):
        word ^= word << one
        word ^= word >> two
        word ^= word << three
        x = float(word >> drop) * 2.220446049250313e-16 - 0.5
        a = 1.0 + x * (a * 0.5 + x * (0.16666666666666666 + x * (0.041666666666666664 + x * 0.008333333333333333)))
        b = (b + a) / (2.0 + x * x)
        c = 1.0 - x * (c * 0.5 - x * (0.3333333333333333 - x * (0.25 - x * 0.2)))
        d = d * 0.5 + (b * c if x > 0.0 else a)
    return a + b + c + d


def arithmetic() -> float:
    """Return the arithmetic chain at its fixed length, about 5 ms."""
    return float(arithmetic_chain(_STEPS))


def process() -> int:
    """Return the exit code of a bare interpreter that imports a fixed part of the standard library."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.run([sys.executable, "-I", "-S", "-c", _IMPORTS], env=environment, check=True).returncode
