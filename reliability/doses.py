"""How long a patient's dose has been off its setting: limits of the dose, spells beyond them, and the events that long
spells are; what interrupts a delivery stands in `reliability.cycle`, where the limits come from in a scenario."""

from __future__ import annotations

from typing import Any, NamedTuple

from fluidics.compile import inlined, kernel
from fluidics.elementary import exp
from fluidics.pump import Pump, PumpState, Surroundings
from fluidics.questions import potency
from reliability.events import LIMIT, note
from reliability.streams import TOLERANCE, normal

# columns of a limit row
SHARE = 0  # [-] of the dose that is set
SIDE = 1  # 1 when the dose must not stay above it, -1 below it
TIME = 2  # [s] that the median patient bears
SPREAD = 3  # log standard deviation of that time between patients
LIMIT_WIDTH = 4

# columns of what is kept of a patient for each limit
SINCE = 0  # [s] when the dose went beyond it, NEVER while it is within
ENDED = 1  # [s] when it came back, NEVER until it does
PUMP = 2  # number of the pump with which it went beyond
IMPLANTED = 3  # [s] when that pump was implanted
SPELL_WIDTH = 4

_NEVER = 1e300
_DAY = 86400.0


class Doses(NamedTuple):
    """The limits of the dose, and what is kept of the patient who is followed."""

    limits: Any  # (n, LIMIT_WIDTH)
    spells: Any  # (n, SPELL_WIDTH)
    pump: Any  # (2,) number of the pump in service, and when it was implanted [s]


@inlined
def dose_share(pump: Pump, state: PumpState, around: Surroundings) -> float:
    """Return the active drug [-] that leaves a pump, of what is programmed."""
    return potency(pump.drug, state.drug) * around.flow / around.programmed


@inlined
def begin(doses: Doses) -> None:
    """Forget the patient before."""
    for k in range(doses.limits.shape[0]):
        doses.spells[k, SINCE] = doses.spells[k, ENDED] = _NEVER


@inlined
def _beyond(doses: Doses, k: int, share: float) -> float:
    return doses.limits[k, SIDE] * (share - doses.limits[k, SHARE])


@inlined
def _go_beyond(doses: Doses, k: int, time: float) -> None:
    doses.spells[k, SINCE] = time
    doses.spells[k, PUMP] = doses.pump[0]
    doses.spells[k, IMPLANTED] = doses.pump[1]


@kernel
def jump(doses: Doses, share: float, time: float) -> None:
    """Let the dose jump to a share [-] at a time [s]."""
    for k in range(doses.limits.shape[0]):
        inside = doses.spells[k, SINCE] >= _NEVER
        beyond = _beyond(doses, k, share) > 0.0
        if inside and beyond:
            _go_beyond(doses, k, time)
        elif not inside and not beyond:
            doses.spells[k, ENDED] = time


@kernel
def moved(doses: Doses, before: float, after: float, time: float, dt: float) -> bool:
    """Return whether a spell beyond some limit ends in a panel, in which the share goes evenly [-] from the jump or
    panel before.

    A spell that ended has to be told before the next panel.
    """
    ended = False
    for k in range(doses.limits.shape[0]):
        start, end = _beyond(doses, k, before), _beyond(doses, k, after)
        if start <= 0.0 < end:
            _go_beyond(doses, k, time + dt * start / (start - end))
        elif end <= 0.0 < start:
            doses.spells[k, ENDED] = time + dt * start / (start - end)
            ended = True
    return ended


@kernel
def told(doses: Doses, seed: int, patient: int, events: Any, count: int) -> int:
    """Write the spells that are over and lasted longer than the patient bears, and return the count of events.

    The event is at the time when they had lasted so long; its value is how many days more they went on.
    """
    for k in range(doses.limits.shape[0]):
        ended, since = doses.spells[k, ENDED], doses.spells[k, SINCE]
        if ended >= _NEVER:
            continue
        borne = doses.limits[k, TIME] * exp(doses.limits[k, SPREAD] * normal(seed, patient, k, TOLERANCE))
        if ended > since + borne:
            age, days = since + borne - doses.spells[k, IMPLANTED], (ended - since - borne) / _DAY
            count = note(events, count, patient, int(doses.spells[k, PUMP]), since + borne, age, LIMIT + k, days, 0)
        doses.spells[k, SINCE] = doses.spells[k, ENDED] = _NEVER
    return count


@inlined
def noted(doses: Doses | None, seed: int, patient: int, events: Any, count: int) -> int:
    """Return the count of events with the spells that are over; nothing is compiled where a dose has no limits."""
    if doses is None:
        return count
    return told(doses, seed, patient, events, count)


@inlined
def changed(
    doses: Doses | None,
    pump: Pump,
    state: PumpState,
    around: Surroundings,
    arriving: float,
    time: float,
    seed: int,
    patient: int,
    events: Any,
    count: int,
) -> int:
    """Return the count of events with the spells that end because the dose jumps to what a pump now delivers.

    Of what leaves the pump, a share `arriving` [-] arrives.
    """
    if doses is None:
        return count
    jump(doses, arriving * dose_share(pump, state, around), time)
    return told(doses, seed, patient, events, count)
