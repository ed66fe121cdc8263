"""Counter-based random numbers: the only room that makes chance; who uses which stream for what stands beside the
stream's name here, the laws that turn numbers into lives stand in the other files.

A number depends only on the study's seed, the subject (a patient or a world), the event and the stream, so it is the
same in any chunk, thread, worker or order, and a new draw never shifts an old one.
"""

from __future__ import annotations

import numpy as np

from fluidics.compile import constant, inlined, linked
from fluidics.elementary import inverse_normal

# one stream for each purpose; the event says which of many
PATIENT = constant(1)  # event 0: dose and frailty; 1: entry and death; 2: loss and giving up
VISIT = constant(2)  # interval and measurement noise of one visit
FILL = constant(3)  # dose of one cycle, vial
BATCH = constant(4)  # of a world: drug batch by number
LOT = constant(5)  # of a world: pump lot by number
DETAIL = constant(6)  # second measurement after a rinse
RESPONSE = constant(7)  # how long a patient takes to notice a stop; whether a stop of a kind is operated
EXPLANT = constant(8)  # whether a patient gives up at explantation
DAY_DOSE = 9  # sizing: doses of two days of one cycle
ANSWER = constant(10)  # sizing: whether a patient answers the messages of the pump
TOLERANCE = constant(11)  # how long a patient bears a dose beyond a limit, by number of the limit
PART = constant(16)  # + place of the part in the pump: luck of a fresh part
SPREAD = constant(64)  # + number of the spread row: a drawn device parameter
HAZARD = constant(256)  # + number of the hazard row: exponential thresholds

_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_DROP = np.uint64(12)
_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_HALF_STEP = 0.5
_STEP = 2.220446049250313e-16  # 2^-52


@linked
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return four 32-bit words of Philox4x32-10 for a counter and a key.

    Parameters
    ----------
    c0, c1, c2, c3 : uint64
        Counter words, each below 2^32.
    k0, k1 : uint64
        Key words, each below 2^32.

    References
    ----------
    J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", Proc. SC11
    (2011), doi:10.1145/2063384.2063405.
    """
    for _ in range(10):
        a = _M0 * c0
        b = _M1 * c2
        c0, c1, c2, c3 = (b >> _SHIFT) ^ c1 ^ k0, b & _LOW, (a >> _SHIFT) ^ c3 ^ k1, a & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@inlined
def _unit(high: np.uint64, low: np.uint64) -> float:
    """Return a uniform number strictly inside (0, 1) from 52 of 64 bits."""
    return (float(((high << _SHIFT) | low) >> _DROP) + _HALF_STEP) * _STEP


@linked
def two_uniforms(seed: int, subject: int, event: int, stream: int) -> tuple[float, float]:
    """Return two uniform numbers strictly inside (0, 1).

    Parameters
    ----------
    seed : int
        Seed of the study, 0 to 2^63 - 1.
    subject : int
        Patient or world, 0 to 2^63 - 1.
    event, stream : int
        Which event of the subject and for which purpose, 0 to 2^32 - 1.

    Examples
    --------
    >>> a, b = two_uniforms(1, 2, 3, 4)
    >>> 0.0 < a < 1.0 and 0.0 < b < 1.0
    True
    """
    s = np.uint64(subject)
    k = np.uint64(seed)
    w0, w1, w2, w3 = philox(
        s & _LOW, s >> _SHIFT, np.uint64(event) & _LOW, np.uint64(stream) & _LOW, k & _LOW, k >> _SHIFT
    )
    return _unit(w0, w1), _unit(w2, w3)


@inlined
def uniform(seed: int, subject: int, event: int, stream: int) -> float:
    """Return one uniform number strictly inside (0, 1)."""
    return two_uniforms(seed, subject, event, stream)[0]


@inlined
def normal(seed: int, subject: int, event: int, stream: int) -> float:
    """Return one standard normal number."""
    return inverse_normal(two_uniforms(seed, subject, event, stream)[0])
