"""Mean numbers of events per subject in time, with errors clustered by world, in memory that does not grow with the
number of worlds; for data from elsewhere there are `reliability.survival` and `reliability.recurrent`.

Every curve is one sum, M_k(t) = sum S(s-) d_k(s) / n(s) over s <= t, where d_k of the n at risk have an event of kind
k, and S is the survival to what ends the risk for good. Without recurrence it is the Aalen-Johansen incidence; with
recurrent events it is their mean number per subject, the dead included (Ghosh and Lin 2000, Biometrics 56:554).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reliability.recurrent import student_quantile
from reliability.survival import normal_quantile

Floats = NDArray[np.float64]
Integers = NDArray[np.integer[Any]]

_WORLDS = 50  # taken together: their counts by kind, world and step fill some megabytes


class Happenings(NamedTuple):
    """One kind of thing that happened, sorted by world."""

    world: Integers  # (m,)
    step: Integers  # (m,) step of time in which it happened, at most that of the subject's end


class Subjects(NamedTuple):
    """Who was observed, sorted by world, and what happened to them."""

    world: Integers  # (n,)
    step: Integers  # (n,) step of time in which the observation ends, from 1
    happenings: tuple[Happenings, ...]  # of each kind
    terminal: NDArray[np.bool_]  # (n_kinds,) which kinds end the risk for good


class Means(NamedTuple):
    """Mean numbers per subject at steps, their standard errors, and how far their 95 % limits reach."""

    survival: Floats  # (n_times,)
    survival_error: Floats
    survival_reach: Floats
    mean: Floats  # (n_kinds, n_times)
    error: Floats
    reach: Floats
    at_risk: Integers  # (n_times,) at risk in the step that ends then


def _counted(index: tuple[Integers, ...], shape: tuple[int, ...]) -> Floats:
    """Return how many rows of the index fall into each place of an array."""
    flat = np.zeros(len(index[0]), dtype=np.int64)
    for place, size in zip(index, shape, strict=True):
        flat = flat * size + place
    return np.bincount(flat, minlength=math.prod(shape)).reshape(shape).astype(np.float64)


def _at_risk(ends: Floats) -> Floats:
    """Return the number at risk per step from the number of ends per step: who ends in a step is at risk in it."""
    return np.cumsum(ends[..., ::-1], axis=-1)[..., ::-1]


def means(subjects: Subjects, steps: Integers) -> Means:
    """Return the mean number of happenings of each kind per subject, at the end of given steps.

    Parameters
    ----------
    subjects : Subjects
        With at least one subject.
    steps : ndarray (n_times,)
        Steps, increasing, from 0.

    Returns
    -------
    Means
        Errors by the infinitesimal jackknife over m worlds, times m / (m - 1); NaN with a single world. Limits reach t
        errors, t from Student's law with m - 1 degrees of freedom, and never less than if subjects shared no luck: a
        few worlds can agree by chance.

    Notes
    -----
    With G_c(t) = sum h_c(s) / (1 - d(s) / n(s)) over the terminal kinds, h_kc = (d_kc - n_c d_k / n) / n the share of
    world c, the influence of a world is -S G_c on S and sum S(s-) (h_kc(s) - G_c(s-) d_k(s) / n(s)) on M_k.
    """
    n_kinds, n_steps = len(subjects.terminal), int(max(steps[-1], subjects.step.max())) + 1
    at_risk = _at_risk(_counted((subjects.step,), (n_steps,)))
    n = np.maximum(at_risk, 1.0)
    counts = [_counted((kind.step,), (n_steps,)) for kind in subjects.happenings]
    hazard = np.reshape(counts, (n_kinds, n_steps)) / n
    ending = hazard[subjects.terminal].sum(axis=0)
    survival = np.cumprod(1.0 - ending)
    before = np.concatenate(([1.0], survival[:-1]))
    squares, survival_squares = np.zeros((n_kinds, len(steps))), np.zeros(len(steps))
    n_worlds = int(subjects.world[-1]) + 1
    for first in range(0, n_worlds, _WORLDS):
        excess = _excess(subjects, first, min(_WORLDS, n_worlds - first), hazard) / n
        drift = np.cumsum(excess[subjects.terminal].sum(axis=0) / np.maximum(1.0 - ending, 1e-300), axis=1)
        drift_before = np.pad(drift, ((0, 0), (1, 0)))[:, :-1]
        survival_squares += np.sum((survival * drift)[:, steps] ** 2, axis=0)
        for k in range(n_kinds):
            influence = np.cumsum(before * (excess[k] - drift_before * hazard[k]), axis=1)
            squares[k] += np.sum(influence[:, steps] ** 2, axis=0)
    few = n_worlds / (n_worlds - 1) if n_worlds > 1 else math.nan
    survival_error, error = np.sqrt(few * survival_squares), np.sqrt(few * squares)
    mean = np.cumsum(before * hazard, axis=1)
    survival_alone, alone = _errors_alone(hazard, subjects.terminal, n, mean)
    t, z = student_quantile(0.95, n_worlds - 1), normal_quantile(0.95)
    return Means(
        survival[steps],
        survival_error,
        np.maximum(t * survival_error, z * survival_alone[steps]),
        mean[:, steps],
        error,
        np.maximum(t * error, z * alone[:, steps]),
        at_risk[steps].astype(np.int64),
    )


def _errors_alone(hazard: Floats, terminal: NDArray[np.bool_], n: Floats, mean: Floats) -> tuple[Floats, Floats]:
    """Return the standard errors of survival and means at every step, were all happenings independent.

    A terminal event at s takes M(t) - M(s) from M(t), shared among those who are left; squares of this, summed over
    the events, are Greenwood's formula for the survival. Who ends by one cause in a step does not end by another in it.
    """
    ending = hazard[terminal].sum(axis=0)
    left = np.where(ending < 1.0, 1.0 / np.maximum(1.0 - ending, 1e-300), 0.0)  # nothing follows once all have ended
    survival = np.cumprod(1.0 - ending)
    before = np.concatenate(([1.0], survival[:-1]))
    squares = np.zeros_like(mean)
    for k, of in enumerate(mean):
        for j in np.flatnonzero(terminal | (np.arange(len(mean)) == k)):
            own, drop = before * (j == k), left * terminal[j]
            at, weight = own + of * drop, hazard[j] / n
            a, b, c = (np.cumsum(term * weight) for term in (at * at, at * drop, drop * drop))
            squares[k] += np.maximum(a - 2.0 * of * b + of * of * c, 0.0)
        # the causes of one step compete: their numbers are multinomial
        fall = ending * left
        gain = hazard[k] * before * terminal[k] + of * fall
        a, b, c = (np.cumsum(term / n) for term in (gain * gain, gain * fall, fall * fall))
        squares[k] -= np.maximum(a - 2.0 * of * b + of * of * c, 0.0)
    return survival * np.sqrt(np.cumsum(ending * left / n)), np.sqrt(np.maximum(squares, 0.0))


def _excess(subjects: Subjects, first: int, worlds: int, hazard: Floats) -> Floats:
    """Return by how much the happenings of some worlds exceed those expected at the hazard of all."""
    shape = (worlds, hazard.shape[1])
    excess = -_at_risk(_counted(_of_worlds(subjects, first, worlds), shape)) * hazard[:, None]
    for k, kind in enumerate(subjects.happenings):
        excess[k] += _counted(_of_worlds(kind, first, worlds), shape)
    return excess


def _of_worlds(rows: Subjects | Happenings, first: int, worlds: int) -> tuple[Integers, Integers]:
    """Return world, from 0, and step of the rows of some worlds."""
    some = slice(*np.searchsorted(rows.world, (first, first + worlds)))
    return rows.world[some] - first, rows.step[some]


def log_log_limits(p: Floats, reach: Floats) -> tuple[Floats, Floats]:
    """Return the limits p^exp(+-reach / (p ln p)) of probabilities; NaN where p is 0 or 1."""
    inside = np.where((p > 0.0) & (p < 1.0), p, np.nan)
    with np.errstate(over="ignore"):
        power = np.exp(-reach / (inside * np.log(inside)))
    return inside**power, inside ** (1.0 / power)


def log_limits(mean: Floats, reach: Floats) -> tuple[Floats, Floats]:
    """Return the limits M exp(+-reach / M) of means; NaN where M is 0."""
    some = np.where(mean > 0.0, mean, np.nan)
    with np.errstate(over="ignore"):
        factor = np.exp(reach / some)
    return some / factor, some * factor
