"""Doses beyond their limits as a report tells them: how long, and after which failure; the main results stand in
`scenarios.report.results`, how a lifetime follows a dose in `reliability.doses`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reliability.causes import NOBODY, last_failures
from reliability.events import LIMIT, MODE
from reliability.recurrent import Rate, event_rate
from reliability.store import StudyFile
from scenarios.report.words import label

_MINUTES = 1440.0  # [-] in a day: spells are added up in whole minutes
_100_YEARS = 36525.0  # [d]
NO_FAILURE = "No failure before"


class Spells(NamedTuple):
    """Spells beyond one limit of the dose."""

    label: str
    days: Rate  # [d] per 100 patient-years, from when it was borne no longer to when the dose was right again
    after: dict[str, int]  # events by the last failure before, the most frequent first


def spells(study: StudyFile, world: NDArray[Any], end: NDArray[Any]) -> list[Spells]:
    """Return what a study tells of each limit of the dose, in the order of the limits.

    Parameters
    ----------
    study : StudyFile
        The study.
    world, end : ndarray (n_patients,)
        World of each patient, and end of follow-up [d].
    """
    names = {code: name for code, name in study.kinds.items() if LIMIT <= code < MODE}
    if not names:
        return []
    minutes = {code: np.zeros(len(end)) for code in names}
    after: dict[int, Counter[str]] = {code: Counter() for code in names}
    for events, cause in _with_causes(study):
        for code in names:
            chosen = events["kind"] == code
            minutes[code] += np.bincount(
                events["patient"][chosen], np.rint(_MINUTES * events["value"][chosen]), minlength=len(end)
            )
            after[code].update(label(study.kinds[int(kind)]) if kind else NO_FAILURE for kind in cause[chosen])
    several = len(np.unique(world)) > 1
    cluster = world if several else np.arange(len(world))
    exposure = np.asarray(end, dtype=np.float64) * _MINUTES / _100_YEARS
    return [
        Spells(label(name), _days(minutes[code], exposure, cluster), dict(after[code].most_common()))
        for code, name in names.items()
    ]


def _days(minutes: NDArray[Any], exposure: NDArray[Any], cluster: NDArray[Any]) -> Rate:
    """Return days per time with limits from the spread between clusters; without limits where there is none."""
    if len(cluster) > 1 and minutes.any():
        return event_rate(minutes, exposure, cluster)
    whole = float(minutes.sum() / exposure.sum())
    return Rate(whole, np.nan, np.nan, np.nan, float(minutes.sum()), float(exposure.sum()))


def _with_causes(study: StudyFile) -> Iterator[tuple[dict[str, NDArray[Any]], NDArray[np.int64]]]:
    """Yield pieces of the events with the code of the last failure of the patient up to each event, 0 where none."""
    last = NOBODY
    for events in study.pieces("events", ["patient", "kind", "value"]):
        cause, last = last_failures(events["kind"], events["patient"], last)
        yield events, cause
