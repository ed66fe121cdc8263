"""What a pump is told to deliver over time: temporary rates, suspensions and boluses over a basal rate; basal rates
stand in `fluidics.programmes.basal`, what a day of a programme is to a lifetime in `fluidics.programmes.regimen`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.network import Floats

DAY = 86400.0  # s


class Bolus(NamedTuple):
    """A dose on top of the basal rate, as far as it is given."""

    start: Annotated[float, "s"]
    stop: Annotated[float, "s"]  # earlier than asked when the pump is suspended, or the programme ends
    rate: Annotated[float, "m3/s"]
    volume: Annotated[float, "m3"]  # asked
    extended: bool  # whether spread over a time that was asked, and not given at the speed of the device


class Programme(NamedTuple):
    """A programmed rate over time, constant from each start to the next.

    A programme is composed from below: first what runs all the time (`fluidics.programmes.basal`), then temporary
    rates, then suspensions, then boluses, because a temporary rate leaves boluses alone and a suspension cancels them.
    """

    start: Annotated[Floats, "s"]  # (k,) from 0, rising
    rate: Annotated[Floats, "m3/s"]  # (k,)
    length: Annotated[float, "s"]
    suspensions: tuple[tuple[float, float], ...] = ()  # [s] from, to
    boluses: tuple[Bolus, ...] = ()


def with_temporary(programme: Programme, at: float, over: float, change: Callable[[float], float]) -> Programme:
    """Return the programme with its basal rate changed for a time.

    Parameters
    ----------
    programme : Programme
        A programme without suspensions and boluses, which come later.
    at, over : float
        When the temporary rate begins, and how long it takes [s].
    change : callable
        The temporary rate [m3/s] from the rate that is programmed [m3/s]: a factor of it, or another rate.

    Raises
    ------
    ValueError
        When it comes after a suspension or a bolus, begins outside the programme, or gives a rate below zero.

    Examples
    --------
    >>> from fluidics.programmes.basal import constant
    >>> volume(with_temporary(constant(1.0, 10.0), 2.0, 4.0, lambda rate: 1.5 * rate), 0.0, 10.0)
    12.0
    """
    if programme.suspensions or programme.boluses:
        raise ValueError(f"temporary rate at {at!r} s: temporary rates are laid over a programme before all else")
    _within(programme, at, over, "temporary rate")
    return _changed(programme, at, at + over, change)


def suspended(programme: Programme, at: float, over: float = np.inf, minimum: float = 0.0) -> Programme:
    """Return the programme with delivery suspended for a time, or until its end.

    Parameters
    ----------
    programme : Programme
        A programme without boluses, which come later: a suspension cancels them.
    at, over : float
        When the suspension begins, and how long it takes [s].
    minimum : float
        Rate [m3/s] that the pump keeps up: 0.2 U/h in the implanted insulin pumps of the MiniMed family (Medtronic
        MiniMed, 2007D system manual, 2007), and what a peristaltic pump keeps in its minimum-rate mode.

    Raises
    ------
    ValueError
        When it comes after a bolus, or begins outside the programme.

    Examples
    --------
    >>> from fluidics.programmes.basal import constant
    >>> volume(suspended(constant(1.0, 10.0), 2.0, 4.0, 0.25), 0.0, 10.0)
    7.0
    """
    if programme.boluses:
        raise ValueError(f"suspension at {at!r} s: suspensions are laid over a programme before its boluses")
    _within(programme, at, over, "suspension")
    if not minimum >= 0.0:
        raise ValueError(f"suspension at {at!r} s: a minimum rate of {minimum!r} m3/s; it must not be below zero")
    stop = min(at + over, programme.length)
    made = _changed(programme, at, stop, lambda rate: minimum)
    return made._replace(suspensions=(*made.suspensions, (at, stop)))


def with_bolus(
    programme: Programme, at: float, volume: float, speed: float, over: float = 0.0, now: float | None = None
) -> Programme:
    """Return the programme with a bolus on top of it: normal, extended, or dual.

    Parameters
    ----------
    programme : Programme
        What runs besides.
    at : float
        When the bolus begins [s].
    volume : float
        Its volume [m3].
    speed : float
        Rate at which the device gives a normal bolus [m3/s].
    over : float
        Time over which its extended part is spread [s]; 0 for a normal bolus.
    now : float, optional
        Share of the volume [-] that is given at once, before the rest is spread: 1 in a normal bolus and 0 in an
        extended one if not given, between the two in a dual one.

    Raises
    ------
    ValueError
        When it begins outside the programme, its volume or speed is not above zero, or its share is none.

    Notes
    -----
    A suspension ends a bolus, and one that begins during it is not given; the end of the programme cuts it too. The
    bolus keeps the volume that was asked, `given` says how much of it is given.

    Examples
    --------
    >>> from fluidics.programmes.basal import constant
    >>> given = with_bolus(constant(1.0, 100.0), at=20.0, volume=30.0, speed=3.0, over=40.0, now=0.5)
    >>> [float(rate) for rate in given.rate]
    [1.0, 4.0, 1.375, 1.0]
    """
    share = (1.0 if over == 0.0 else 0.0) if now is None else now
    if not (0.0 <= share <= 1.0 and over >= 0.0 and (over > 0.0 or share == 1.0)):
        raise ValueError(f"bolus at {at!r} s: {share!r} of it now, the rest over {over!r} s; a rest needs a time")
    if not (0.0 < volume < np.inf and 0.0 < speed < np.inf):
        raise ValueError(f"bolus at {at!r} s: {volume!r} m3 at {speed!r} m3/s; both must be above zero and finite")
    _within(programme, at, np.inf, "bolus")
    then = at + share * volume / speed
    if not (then > at or share == 0.0):
        raise ValueError(f"bolus at {at!r} s: {volume!r} m3 at {speed!r} m3/s take no time that a clock can tell")
    if share > 0.0:
        programme = _given(programme, at, at, then, share * volume, extended=False)
    if share < 1.0:
        programme = _given(programme, at, then, then + over, (1.0 - share) * volume, extended=True)
    return programme


def given(bolus: Bolus) -> float:
    """Return the volume [m3] of a bolus that is given."""
    return bolus.rate * (bolus.stop - bolus.start)


def pieces(programme: Programme, start: float, stop: float) -> Iterator[tuple[float, float, float]]:
    """Yield start [s], stop [s] and rate [m3/s] of each stretch of constant rate between two times.

    Examples
    --------
    >>> from fluidics.programmes.basal import constant
    >>> list(pieces(constant(2.0, 10.0), 1.0, 4.0))
    [(1.0, 4.0, 2.0)]
    """
    ends = np.append(programme.start[1:], programme.length)
    for begin, end, rate in zip(programme.start, ends, programme.rate, strict=True):
        if end > start and begin < stop:
            yield float(max(begin, start)), float(min(end, stop)), float(rate)


def volume(programme: Programme, start: float, stop: float) -> float:
    """Return the programmed volume [m3] between two times [s]."""
    return float(sum(rate * (end - begin) for begin, end, rate in pieces(programme, start, stop)))


def plain(programme: Programme) -> Programme:
    """Return the programme without edges after its end or between equal rates.

    Examples
    --------
    >>> plain(Programme(np.array([0.0, 1.0]), np.array([2.0, 2.0]), 10.0)).rate.tolist()
    [2.0]
    """
    kept = (programme.start < programme.length) & np.append(True, np.diff(programme.rate) != 0.0)
    return programme._replace(start=programme.start[kept], rate=programme.rate[kept])


def _within(programme: Programme, at: float, over: float, what: str) -> None:
    if not (0.0 <= at < programme.length and over > 0.0):
        raise ValueError(
            f"{what} at {at!r} s over {over!r} s: it must begin between 0 and {programme.length:g} s, and last"
        )


def _changed(programme: Programme, start: float, stop: float, change: Callable[[float], float]) -> Programme:
    """Return the programme with the rates between two times changed."""
    stop = min(stop, programme.length)
    edges = np.union1d(programme.start, [edge for edge in (start, stop) if edge < programme.length])
    rates = programme.rate[np.searchsorted(programme.start, edges, side="right") - 1]
    for k in np.flatnonzero((edges >= start) & (edges < stop)):
        rates[k] = change(float(rates[k]))
    if not (np.all(rates >= 0.0) and np.all(np.isfinite(rates))):
        raise ValueError(f"rates from {start!r} s on: {rates.min()!r} m3/s; a rate must be finite and not below zero")
    return plain(programme._replace(start=edges, rate=rates))


def _given(programme: Programme, asked: float, start: float, stop: float, volume: float, extended: bool) -> Programme:
    """Return the programme with a volume spread between two times, up to the first suspension since it was asked."""
    rate = volume / (stop - start)  # and not the speed asked, so that rounded times give the volume to the last bit
    ends = [begin for begin, end in programme.suspensions if end > asked]
    cut = max(min([stop, programme.length, *ends]), start)
    told = programme._replace(boluses=(*programme.boluses, Bolus(start, cut, rate, volume, extended)))
    return _changed(told, start, cut, lambda basal: basal + rate) if cut > start else told
