"""One lag time of insulin by the full moment equations and by SciPy's LSODA, at the same achieved error; the equations
stand in `fluidics.drugs.fibrils`.

LSODA is run from Python as its interfaces want it (`solve_ivp`, and `odeint` with the least overhead), with its
right-hand side in Python and compiled. The lag is that to half of U100, known to 1e-13 from the first integral.
"""

from __future__ import annotations

import time
from functools import partial

import numba
import numpy as np
import pytest

from fluidics.drugs.assembly import Assembly
from fluidics.drugs.conversion import convert
from fluidics.drugs.fibrils import assemble, series
from fluidics.network import Floats

U100 = 0.6  # mol/m3
LAW = Assembly(1e-12, 2.0, 50.0, secondary=1e-6)
LAG = convert(LAW, U100, np.array([0.5])).time
ERROR = 1e-8
VESSELS = np.full(100, U100)
LOOSEST = {"rtol": 1e-8, "atol": (1e-20, 1e-16)}  # the loosest tolerances of a decade with which LSODA is as good


def slopes(time: float, y: Floats) -> list[float]:
    """Return how number and mass of fibrils change, with every constant in place: as fast as Python gets."""
    monomer = 0.6 - y[1]
    return [monomer * monomer * (1e-12 + 1e-6 * y[1]), 100.0 * monomer * y[0]]


@numba.njit
def compiled(time: float, y: Floats) -> Floats:
    """Return the same."""
    change = np.empty(2)
    monomer = 0.6 - y[1]
    change[0] = monomer * monomer * (1e-12 + 1e-6 * y[1])
    change[1] = 100.0 * monomer * y[0]
    return change


def by_solve_ivp(law) -> float:
    """Return the mass of fibrils [mol/m3]."""
    from scipy.integrate import solve_ivp

    return float(solve_ivp(law, (0.0, LAG[0]), [0.0, 0.0], "LSODA", **LOOSEST).y[1, -1])


def by_odeint(law) -> float:
    """Return the mass of fibrils [mol/m3]."""
    from scipy.integrate import odeint

    return float(odeint(law, [0.0, 0.0], [0.0, LAG[0]], tfirst=True, **LOOSEST)[-1, 1])


def by_moments() -> float:
    """Return the mass of fibrils [mol/m3]."""
    return float(assemble(LAW, U100, LAG, tolerance=ERROR).mass[0])


def by_series() -> float:
    """Return the mass of fibrils [mol/m3], the same in a hundred vessels."""
    return float(series(LAW, VESSELS, LAG, tolerance=ERROR).mass[-1, 0])


def by_quadrature() -> float:
    """Return the mass of fibrils [mol/m3], where the time to half of it is the lag."""
    return U100 * 0.5 * float(convert(LAW, U100, np.array([0.5])).time[0] / LAG[0])


SOLVERS = {
    "moment equations": (by_moments, 200),
    "moment equations, 100 vessels": (by_series, 5),
    "quadrature of the first integral": (by_quadrature, 50),
    "SciPy LSODA, solve_ivp": (partial(by_solve_ivp, slopes), 5),
    "SciPy LSODA, solve_ivp, compiled": (partial(by_solve_ivp, compiled), 5),
    "SciPy LSODA, odeint": (partial(by_odeint, slopes), 10),
    "SciPy LSODA, odeint, compiled": (partial(by_odeint, compiled), 10),
}


@pytest.mark.benchmark(group="a lag time of insulin", timer=time.process_time, disable_gc=True)
@pytest.mark.parametrize("name", SOLVERS)
def test_lag_time_of_insulin(benchmark, name):
    run, iterations = SOLVERS[name]
    wrong = abs(run() / (0.5 * U100) - 1.0)
    benchmark.pedantic(run, rounds=100, iterations=iterations, warmup_rounds=2)
    lag = benchmark.stats.stats.min / (VESSELS.size if run is by_series else 1)
    benchmark.extra_info["rate"] = f"{1e6 * lag:.3g} CPU us per lag time, error {wrong:.1e}"
    assert wrong < ERROR
