"""Which failure came last before an event; what counts as a failure, its code, stands in `reliability.events`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reliability.events import MODE

NOBODY = (0, -1)  # no failure, of no patient


def last_failures(
    kind: NDArray[Any], patient: NDArray[Any], before: tuple[int, int] = NOBODY
) -> tuple[NDArray[np.int64], tuple[int, int]]:
    """Return for each event the code of the last failure of its patient up to it, 0 where there is none.

    Parameters
    ----------
    kind, patient : ndarray (n,)
        Codes and patients of events by patient and time.
    before : (code, patient)
        The last failure of the events before these.

    Returns
    -------
    cause : ndarray (n,)
        The codes.
    last : (code, patient)
        The last failure of all.

    Examples
    --------
    >>> last_failures(np.array([8, 32, 8, 8]), np.array([0, 1, 1, 2]))[0].tolist()
    [0, 32, 32, 0]
    """
    failure = np.concatenate(([True], kind >= MODE))
    codes = np.concatenate(([before[0]], kind)).astype(np.int64)
    owners = np.concatenate(([before[1]], patient)).astype(np.int64)
    place = np.maximum.accumulate(np.where(failure, np.arange(len(codes)), 0))
    cause = np.where(owners[place] == owners, codes[place], 0)[1:]
    return cause, (int(codes[place[-1]]), int(owners[place[-1]]))
