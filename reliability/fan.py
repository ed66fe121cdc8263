"""The spread of patients' delivery error, year by year; histories stand in `reliability.chunk`, how the fan is drawn in
`scenarios.report`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reliability.chunk import Plan, simulate
from reliability.store import Variable

YEAR = 365.25 * 86400.0
LEVELS = (0.01, 0.1, 0.5, 0.9, 0.99)  # three of four patients may lose nothing in a year: the tails tell them apart


class Fan(NamedTuple):
    """Quantiles over patients of the share of a year's programmed volume that was not delivered."""

    time: NDArray[np.float64]  # (n_years,) [d] end of each year of follow-up
    quantile: NDArray[np.float64]  # (n_quantiles,)
    error: NDArray[np.float64]  # (n_quantiles, n_years) NaN in a year that nobody completes
    patients: NDArray[np.int64]  # (n_years,) who complete the year
    sample: int  # the first so many patients of the study stand for all


def delivery_error(plan: Plan, patients: int = 1000, levels: tuple[float, ...] = LEVELS) -> Fan:
    """Return the quantiles of patients' delivery error in each year of follow-up.

    The error of a patient's year is undelivered / (delivered + undelivered), over the time a pump was implanted.

    Parameters
    ----------
    plan : Plan
        The study; its horizon is cut into years, the last of which may be shorter.
    patients : int
        The first so many patients stand for all.
    levels : tuple of float
        Quantiles, each from 0 to 1.

    Returns
    -------
    Fan

    Raises
    ------
    ValueError
        For less than one patient.

    Notes
    -----
    The same patients are followed to the end of each year and the volumes of successive ends subtracted. That is exact
    but for the panel that the end of a year cuts in two. A patient counts in the years he completes: who dies, is lost
    or gives up the pump leaves at that moment.
    """
    if patients < 1:
        raise ValueError(f"patients is {patients}: give how many patients stand for all, 1 or more.")
    ends = year_ends(plan.rules.horizon)
    volumes = np.zeros((2, ends.size + 1, patients))
    completed = np.zeros((ends.size, patients), dtype=bool)
    for k, end in enumerate(ends):
        cut = plan._replace(rules=plan.rules._replace(horizon=float(end)))
        table = simulate(cut, 0, patients).patients
        volumes[:, k + 1] = table["delivered"], table["undelivered"]
        completed[k] = np.asarray(table["end"], dtype=np.float64) >= end / 86400.0 - 1e-6
    delivered, missed = np.diff(volumes, axis=1)
    programmed = delivered + missed
    counted = completed & (programmed > 0.0)
    error = np.full((len(levels), ends.size), np.nan)
    for k in range(ends.size):
        if counted[k].any():
            error[:, k] = np.quantile(missed[k, counted[k]] / programmed[k, counted[k]], levels)
    return Fan(ends / 86400.0, np.array(levels), error, counted.sum(axis=1), patients)


def year_ends(horizon: float) -> NDArray[np.float64]:
    """Return the ends [s] of the years of a follow-up of `horizon` [s]; the last is the horizon itself.

    Examples
    --------
    >>> (year_ends(2.5 * YEAR) / YEAR).tolist()
    [1.0, 2.0, 2.5]
    """
    whole = np.arange(1, int(horizon / YEAR * (1.0 + 1e-12)) + 1) * YEAR
    return np.append(whole[whole < horizon * (1.0 - 1e-9)], horizon)


def fan_variables(fan: Fan) -> dict[str, Variable]:
    """Return the fan as arrays of a study file, as the group `delivery_error` of its curves."""
    of = "quantile over the patients of the sample of the share of a year's programmed volume that was not delivered"
    return {
        "time": Variable(("time",), fan.time, "d", "end of the year of follow-up"),
        "quantile": Variable(("quantile",), fan.quantile, "1", "quantile over patients"),
        "error": Variable(("quantile", "time"), fan.error, "1", of),
        "patients": Variable(("time",), fan.patients, "1", "patients of the sample who complete the year"),
        "sample": Variable((), np.array(fan.sample), "1", "the first so many patients of the study stand for all"),
    }
