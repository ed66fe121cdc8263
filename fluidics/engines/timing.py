"""When a drive strokes within a stretch at one programmed rate; what a stroke does stands with the drives, what becomes
of it with the engines."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.network import Floats, Schedule

ALWAYS = 1.0 - 1e-9  # [-]: of its period, from which on a drive moves without a rest
_NEXT = 1e-9  # [-]: of a stroke, below which it counts as due


class Timing(NamedTuple):
    """A stretch as the drive sees it: a wait, whole strokes, and a last one that the end of the stretch cuts short."""

    wait: Annotated[float, "s"]
    strokes: int  # whole ones
    last: Annotated[float, "s"]  # of the one cut short; zero when there is none
    due: Annotated[float, "-"]  # of the next stroke, programmed when the stretch ends
    span: Annotated[float, "s"]  # of all; a stroke that has begun is ended, so it may be longer than asked for


def timing(period: float, active: float, due: float, span: float) -> Timing:
    """Return when a drive strokes in a stretch.

    A pump adds up what is programmed and strokes when that makes a stroke; what is left over waits for the next
    stretch, whatever its rate.

    Parameters
    ----------
    period : float
        Time between strokes [s].
    active : float
        Part of the period in which the drive moves [s]; it is never cut short.
    due : float
        Share of a stroke that was programmed before [-]; 1 strokes at once.
    span : float
        Length of the stretch [s].

    Examples
    --------
    >>> timing(60.0, 0.5, 1.0, 150.0)
    Timing(wait=0.0, strokes=2, last=30.0, due=0.5, span=150.0)
    """
    wait = max(1.0 - due, 0.0) * period
    if wait > span * (1.0 + _NEXT):
        return Timing(span, 0, 0.0, due + span / period, span)
    strokes = int((span - wait) / period + _NEXT)
    last = span - wait - strokes * period
    if last <= _NEXT * min(period, span):
        return Timing(wait, strokes, 0.0, 1.0, wait + strokes * period)
    last = max(last, active)
    return Timing(wait, strokes, last, last / period, wait + strokes * period + last)


def turning(period: float, due: float, span: float) -> Timing:
    """Return what a drive does in a stretch that moves all the time and may change its rate anywhere, as a rotor does.

    Here `due` is the share of the present stroke that is done, `wait` the time that its rest takes.

    Examples
    --------
    >>> turning(60.0, 0.75, 150.0)
    Timing(wait=15.0, strokes=2, last=15.0, due=0.25, span=150.0)
    """
    done = due % 1.0
    wait = min((1.0 - done) * period, span) if done > 0.0 else 0.0
    strokes = int((span - wait) / period + _NEXT)
    last = max(span - wait - strokes * period, 0.0)
    if last <= _NEXT * period:
        last = 0.0
    over = wait < (1.0 - done) * period and done > 0.0
    return Timing(wait, strokes, last, done + wait / period if over else last / period, span)


def stopped(plan: Timing, due: float, period: float, elapsed: float) -> float:
    """Return the share of a stroke [-] that was programmed since the last one began, when a stretch is stopped.

    What is left of a stroke that has begun is missed; the next one waits for a whole stroke to be programmed.

    Parameters
    ----------
    plan : Timing
        The stretch as it was meant to be.
    due : float
        Share of a stroke that was programmed before it [-].
    period : float
        Time between strokes [s].
    elapsed : float
        Time [s] after which it is stopped.

    Examples
    --------
    >>> plan = timing(60.0, 0.5, 0.5, 150.0)
    >>> stopped(plan, 0.5, 60.0, 15.0), stopped(plan, 0.5, 60.0, 105.0)
    (0.75, 0.25)
    """
    if elapsed <= plan.wait:
        return due + elapsed / period
    done = (elapsed - plan.wait) / period
    return done - max(math.ceil(done - _NEXT) - 1.0, 0.0)


def lasting(phases: Schedule, duration: float) -> Schedule:
    """Return the last phase of a schedule, `duration` [s] long."""
    return Schedule(np.array([duration]), phases.source[-1:], phases.gates[-1:])


def active(phases: Schedule) -> float:
    """Return the time [s] from the start of a stroke until nothing moves any more."""
    moving = (phases.source != 0.0).any(axis=1) | (phases.gates != 0).any(axis=1)
    return float(phases.duration[: int(np.flatnonzero(moving).max(initial=-1)) + 1].sum())


def between(phases: Schedule, start: float, stop: float) -> Schedule:
    """Return the part of a stroke between two times [s] since its beginning."""
    ends: Floats = np.cumsum(phases.duration)
    duration = np.minimum(ends, stop) - np.maximum(ends - phases.duration, start)
    kept = duration > _NEXT * (stop - start)
    return Schedule(duration[kept], phases.source[kept], phases.gates[kept])
