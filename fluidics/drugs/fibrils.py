"""Insulin that assembles into fibrils by the full moment equations, the reference of all faster laws; its rates stand
in `fluidics.drugs.assembly`, conversion times in `fluidics.drugs.conversion`, the law of lifetimes in
`fluidics.drugs.aggregation`."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from fluidics.compile import entry, kernel, linked
from fluidics.drugs.assembly import CLEAN, Assembly, Fibrils, beginning, births, checked, multiplying
from fluidics.elementary import power
from fluidics.network import Floats

MOST_STEPS = 100_000
DISORDERED = -1  # instead of how many times were reached
SPENT = 1e-14  # share of monomer below which nothing is left to convert
COLUMNS = 8  # of an extrapolation: midpoint rules of 2 to 16 steps, order 16


class Course(NamedTuple):
    """Fibrils at the times asked for."""

    number: Floats  # (n,) or (vessels, n) [mol/m3]
    mass: Floats  # (n,) or (vessels, n) [mol/m3]


@linked
def first_step(law: Assembly, total: float, number: float, mass: float) -> float:
    """Return a step [s] that is short beside what changes at the start."""
    monomer = total - mass
    multiplied = math.sqrt(2.0 * law.elongation * monomer * multiplying(law, monomer))
    begun = math.sqrt(2.0 * law.elongation * beginning(law, monomer))
    return 2.0 / (multiplied + begun + 2.0 * law.elongation * number + 1e-300)


@linked
def extrapolate(law: Assembly, total: float, number: float, mass: float, h: float, table: Floats) -> float:
    """Return the relative error of a step; its end stands in the last column of the table.

    The midpoint rule with ever more steps, extrapolated to infinitely many (Gragg, Bulirsch, Stoer).
    """
    begun, grown = births(law, total - mass, mass), 2.0 * law.elongation * (total - mass) * number
    for column in range(COLUMNS):
        steps = 2 * (column + 1)
        d = h / steps
        n0, m0, n1, m1 = number, mass, number + d * begun, mass + d * grown
        for _ in range(1, steps):
            n2 = n0 + 2.0 * d * births(law, total - m1, m1)
            m2 = m0 + 4.0 * d * law.elongation * (total - m1) * n1
            n0, m0, n1, m1 = n1, m1, n2, m2
        before_n, before_m = table[0, 0], table[0, 1]
        table[0, 0], table[0, 1] = n1, m1
        for k in range(1, column + 1):
            ratio = (column + 1.0) / (column + 1.0 - k)
            share = 1.0 / (ratio * ratio - 1.0)
            n2, m2 = table[k, 0], table[k, 1]
            table[k, 0] = table[k - 1, 0] + share * (table[k - 1, 0] - before_n)
            table[k, 1] = table[k - 1, 1] + share * (table[k - 1, 1] - before_m)
            before_n, before_m = n2, m2
    n1, m1 = table[COLUMNS - 1, 0], table[COLUMNS - 1, 1]
    wrong_n = abs(n1 - table[COLUMNS - 2, 0]) / (max(abs(n1), number) + 1e-300)
    wrong_m = abs(m1 - table[COLUMNS - 2, 1]) / (max(abs(m1), mass) + 1e-300)
    return max(wrong_n, wrong_m) if m1 <= total else 1e300


@linked
def follow(
    law: Assembly,
    total: float,
    start: Fibrils,
    times: Floats,
    tolerance: float,
    table: Floats,
    vessel: int,
    rows: Floats,
) -> int:
    """Return how many of the times were reached or that they make no sense; fibrils are written into the rows."""
    number, mass, now = start.number, start.mass, 0.0
    step, taken = first_step(law, total, number, mass), 0
    for row in range(times.shape[0]):
        if not now <= times[row] < math.inf:
            return DISORDERED
        while now < times[row]:
            left = times[row] - now
            if total - mass <= SPENT * total:
                number += law.fragmentation * mass * left
                now = times[row]
                continue
            if taken == MOST_STEPS:
                return row
            taken += 1
            h = min(step, left)
            wrong = extrapolate(law, total, number, mass, h, table)
            change = 0.9 * power(tolerance / (wrong + 1e-300), 1.0 / (2.0 * COLUMNS - 1.0))
            if wrong <= tolerance:
                number, mass = table[COLUMNS - 1, 0], table[COLUMNS - 1, 1]
                now = times[row] if h == left else now + h
            if h < left or change < 1.0:
                step = h * min(max(change, 0.1), 4.0)
        rows[0, vessel, row], rows[1, vessel, row] = number, mass
    return times.shape[0]


@kernel
def integrate(
    law: Assembly, totals: Floats, start: Fibrils, times: Floats, tolerance: float, table: Floats, rows: Floats
) -> int:
    """Return how many of the times all vessels reached or that they make no sense; the rows are filled."""
    for vessel in range(totals.shape[0]):
        reached = follow(law, totals[vessel], start, times, tolerance, table, vessel, rows)
        if reached < times.shape[0]:
            return reached
    return times.shape[0]


@cache
def _integrated() -> Callable[..., int]:
    """Return the compiled kernel; all its arguments are always of the same kinds."""
    row = np.zeros(1)
    return entry(integrate, Assembly(*[0.0] * len(Assembly._fields)), row, CLEAN, row, 0.0, *_room(1, 1))


def _room(vessels: int, times: int) -> tuple[Floats, Floats]:
    """Return the table of an extrapolation, and rows for number and mass."""
    return np.zeros((COLUMNS, 2)), np.zeros((2, vessels, times))


def _solved(law: Assembly, totals: Floats, times: Floats, start: Fibrils, tolerance: float) -> Floats:
    """Return number and mass of fibrils (2, vessels, times) [mol/m3]."""
    if not 1e-13 <= tolerance <= 1e-3:
        raise ValueError(f"tolerance must be between 1e-13 and 1e-3, given {tolerance!r}")
    asked = np.ascontiguousarray(times, dtype=np.float64)
    (table, rows), reached = _room(totals.size, asked.size), DISORDERED
    law, start = Assembly._make(map(float, law)), Fibrils._make(map(float, start))
    if asked.ndim == 1:
        reached = _integrated()(law, totals, start, asked, float(tolerance), table, rows)
    if reached == DISORDERED:
        raise ValueError(f"times must be a row of numbers, zero or more and not decreasing, given {times!r}")
    if reached < asked.size:
        raise RuntimeError(f"{asked[reached]:g} s are not reached in {MOST_STEPS} steps; ask for shorter times")
    return rows


def assemble(law: Assembly, total: float, times: Floats, start: Fibrils = CLEAN, tolerance: float = 1e-11) -> Course:
    """Return fibrils at given times by the full moment equations.

    Parameters
    ----------
    law : Assembly
        Rates, constant over the times; when they change, go on from the last fibrils with other ones.
    total : float
        Insulin, free and in fibrils [mol/m3]; U100 is 0.6, U400 is 2.4.
    times : (n,) float
        Since the start [s], zero or more and not decreasing.
    start : Fibrils
        Seeds.
    tolerance : float
        Relative error of one step [-], 1e-13 to 1e-3.

    Raises
    ------
    ValueError
        When an argument makes no sense.
    RuntimeError
        When a time is too far away.

    Notes
    -----
    Explicit extrapolation of order 16 with error control. At the default tolerance the exact first integral of the
    equations holds to 1e-10; one lag time takes some ten steps.

    Examples
    --------
    Seeds that only grow: half of the rest after ln 2 / (2 k_e P).

    >>> grown = assemble(Assembly(0.0, 2.0, 50.0), 1.0, np.array([100.0 * np.log(2.0)]), Fibrils(1e-4, 0.2))
    >>> round(float(grown.mass[0]), 10)
    0.6
    """
    checked(law, total, start)
    rows = _solved(law, np.array([total], dtype=np.float64), times, start, tolerance)
    return Course(rows[0, 0], rows[1, 0])


def series(law: Assembly, totals: Floats, times: Floats, start: Fibrils = CLEAN, tolerance: float = 1e-11) -> Course:
    """Return fibrils of vessels with different concentrations, by which mechanisms are told apart.

    Parameters
    ----------
    law, times, start, tolerance
        As in `assemble`, the same for all vessels.
    totals : (k,) float
        Insulin of each vessel [mol/m3].

    Returns
    -------
    Course
        With a row for each vessel, (k, n).

    Raises
    ------
    ValueError
        When an argument makes no sense.
    RuntimeError
        When a time is too far away.

    Examples
    --------
    Fibrils that only grow take the same share in the same time, whatever the concentration.

    >>> grown = series(Assembly(0.0, 2.0, 50.0), np.array([1.0, 2.0]), np.array([1e2 * np.log(2.0)]), Fibrils(1e-4))
    >>> grown.mass.round(10).tolist()
    [[0.5], [1.0]]
    """
    given = np.ascontiguousarray(totals, dtype=np.float64)
    if given.ndim != 1 or not given.size:
        raise ValueError(f"insulin of a series must be a row of numbers, given {totals!r}")
    for total in (float(given.min()), float(given.max())):
        checked(law, total, start)
    rows = _solved(law, given, times, start, tolerance)
    return Course(rows[0], rows[1])
