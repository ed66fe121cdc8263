"""Where a programme asks for more than a drive can do; the programme itself stands in `fluidics.programmes.programme`,
what the drive delivers all the same in the engines."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.engines.timing import ALWAYS
from fluidics.programmes.programme import Programme, given, pieces
from fluidics.questions import phases, strokes

TOO_FAST, TOO_SLOW, PART_OF_A_STROKE, AT_ONCE, CANCELLED = range(5)  # reasons

_NO_RATE = 1e-18  # [m3/s]: a stroke of a nanolitre in ten days
_ROUNDING = 1e-6  # [-]: of a stroke or a volume, what rounded times and units may make of it


class Shortfall(NamedTuple):
    """A stretch of a programme that a pump cannot deliver as it stands."""

    reason: int
    start: Annotated[float, "s"]
    stop: Annotated[float, "s"]
    asked: float  # rate [m3/s] where the reason is a rate, else volume [m3]
    limit: float  # fastest or slowest rate [m3/s], or the volume [m3] of a stroke, of both boluses, or that is given


def quantum(drive: Any) -> float:
    """Return the volume [m3] of one stroke or step of a drive; zero where it has none, or none of its own."""
    once, twice = strokes(drive, _NO_RATE), strokes(drive, 2.0 * _NO_RATE)  # slow: a drive has a fastest rate
    return _NO_RATE / once if twice > once else 0.0


def bolus_step(drive: Any, own: Any) -> float:
    """Return the volume [m3] of which boluses are whole numbers; zero for a drive that stops anywhere, as a rotor."""
    steps = phases(drive, own, _NO_RATE)
    busy = sum(step.duration for step in steps if any(step[1:]))
    return 0.0 if busy >= ALWAYS * sum(step.duration for step in steps) else quantum(drive)


def undeliverable(programme: Programme, fastest: float, slowest: float, quantum: float) -> list[Shortfall]:
    """Return where a programme asks for what a pump cannot do.

    Parameters
    ----------
    programme : Programme
        What is asked.
    fastest, slowest : float
        Rates of the drive [m3/s]; below the slowest it can only stand still.
    quantum : float
        Volume of one stroke [m3], or zero.

    Returns
    -------
    list of Shortfall
        Rates out of reach, boluses that are no whole number of strokes, boluses given at once while another is, and
        boluses that a suspension or the end of the programme cancels; those that begin first come first.

    Examples
    --------
    >>> from fluidics.programmes.basal import constant
    >>> undeliverable(constant(2.0, 60.0), fastest=1.0, slowest=0.0, quantum=0.0)
    [Shortfall(reason=0, start=0.0, stop=60.0, asked=2.0, limit=1.0)]
    """
    found = []
    for start, stop, rate in pieces(programme, 0.0, programme.length):
        if rate > fastest * (1.0 + _ROUNDING):
            found.append(Shortfall(TOO_FAST, start, stop, rate, fastest))
        elif 0.0 < rate < slowest * (1.0 - _ROUNDING):
            found.append(Shortfall(TOO_SLOW, start, stop, rate, slowest))
    return sorted([*found, *_boluses(programme, quantum)], key=lambda shortfall: shortfall.start)


def _boluses(programme: Programme, quantum: float) -> list[Shortfall]:
    """Return what is wrong with the boluses of a programme."""
    found, busy, before = [], 0.0, 0.0
    for bolus in sorted(programme.boluses):
        if given(bolus) < bolus.volume * (1.0 - _ROUNDING):
            found.append(Shortfall(CANCELLED, bolus.start, bolus.stop, bolus.volume, given(bolus)))
        if bolus.extended:
            continue
        if quantum > 0.0 and abs(bolus.volume / quantum - round(bolus.volume / quantum)) > _ROUNDING:
            found.append(Shortfall(PART_OF_A_STROKE, bolus.start, bolus.stop, bolus.volume, quantum))
        if bolus.start < busy * (1.0 - 1e-12):
            found.append(Shortfall(AT_ONCE, bolus.start, busy, bolus.volume, before + bolus.volume))
        busy, before = max(busy, bolus.stop), bolus.volume
    return found
