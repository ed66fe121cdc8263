"""What the reservoir of one pump holds over hours: concentration and strength of the drug while it is refilled and the
body's temperature changes; what comes of it to the tip stands in `fluidics.transport.transport`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.network import Floats
from fluidics.pump import MEDIAN_LUCK, Pump, PumpState, Service, Surroundings
from fluidics.questions import advance, carry_over, potency, refilled

_GRID = 3600.0  # [s]: strength is taken for straight in between


class Refill(NamedTuple):
    """A reservoir emptied to its residual, and filled with another concentration."""

    time: Annotated[float, "s"]
    concentration: Annotated[float, "kg/m3"]


class Contents(NamedTuple):
    """The drug in the reservoir at k times; at that of a refill twice, before and after it."""

    time: Annotated[Floats, "s"]  # (k,)
    concentration: Annotated[Floats, "kg/m3"]  # (k,) of drug, active or not
    strength: Annotated[Floats, "-"]  # (k,) active share


def contents(
    pump: Pump,
    state: PumpState,
    temperatures: Sequence[tuple[float, float]],
    concentration: float,
    refills: Sequence[Refill],
    length: float,
) -> Contents:
    """Return what the reservoir of a pump holds over a length of time [s].

    A refill mixes into the residual: c = rho c_old + (1 - rho) c_new, with the share rho that the reservoir keeps.

    Parameters
    ----------
    pump, state : Pump, PumpState
        The device at the start.
    temperatures : sequence of (time [s], temperature [K])
        Of the drug, each from its time on; the first from the start on.
    concentration : float
        At the start [kg/m3].
    refills : sequence of Refill
        In the order of time, within the length.
    length : float
        Length of time [s].

    Raises
    ------
    ValueError
        When refills do not rise within the length, or the first temperature comes after the start.

    Notes
    -----
    The strength is that of the drug by its own law (`fluidics.questions.potency`), exact at each hour.
    """
    _refuse(temperatures, refills, length)
    service = Service(carry_over=carry_over(pump.reservoir, state.reservoir))
    own, held = state.drug, concentration
    rows = [(0.0, held, potency(pump.drug, own))]
    times = [*np.arange(0.0, length, _GRID).tolist(), length, *(time for time, _ in temperatures if time < length)]
    for begin, end in pairwise(sorted({*times, *(refill.time for refill in refills)})):
        for refill in (refill for refill in refills if refill.time == begin):
            own = refilled(pump.drug, own, service, MEDIAN_LUCK)
            held = service.carry_over * held + (1.0 - service.carry_over) * refill.concentration
            rows.append((begin, held, potency(pump.drug, own)))
        kelvin = [kelvin for time, kelvin in temperatures if time <= begin][-1]
        own = advance(pump.drug, own, end - begin, _quiet(kelvin))
        rows.append((end, held, potency(pump.drug, own)))
    return Contents(*np.array(rows).T)


def _quiet(temperature: float) -> Surroundings:
    """Return surroundings of which only the temperature counts, for a drug at rest in its reservoir."""
    nothing = dict.fromkeys(Surroundings._fields, 0.0)
    return Surroundings(**{**nothing, "temperature": temperature})


def active(held: Contents, time: Floats, delivered: Floats) -> Floats:
    """Return the volume (n,) [m3] at full strength that delivered volumes (n,) [m3] until times (n,) [s] are worth.

    V = integral of the strength over what is delivered, from the start on; flow is even between the times.

    Examples
    --------
    >>> halved = Contents(np.array([0.0, 1.0, 1.0, 2.0]), np.ones(4), np.array([1.0, 1.0, 0.5, 0.5]))
    >>> active(halved, np.array([1.0, 2.0]), np.array([4.0, 8.0])).tolist()
    [4.0, 6.0]
    """
    times, volumes, total = [np.zeros(1)], [np.zeros(1)], 0.0
    cuts = np.flatnonzero(np.diff(held.time) == 0.0) + 1
    for between, strength in zip(np.split(held.time, cuts), np.split(held.strength, cuts), strict=True):
        seen = np.union1d(between, time[(time > between[0]) & (time < between[-1])])
        share = np.interp(seen, between, strength)
        steps = np.diff(np.interp(seen, np.append(0.0, time), np.append(0.0, delivered)))
        passed = total + np.cumsum(0.5 * (share[1:] + share[:-1]) * steps)
        times, volumes = [*times, seen[1:]], [*volumes, passed]
        total = float(passed[-1]) if passed.size else total
    return np.interp(time, np.concatenate(times), np.concatenate(volumes))


def _refuse(temperatures: Sequence[tuple[float, float]], refills: Sequence[Refill], length: float) -> None:
    if not temperatures or temperatures[0][0] > 0.0:
        raise ValueError("temperatures: the first must hold from the start, 0 s, on")
    times = [refill.time for refill in refills]
    if times != sorted(set(times)) or not all(0.0 <= time < length for time in times):
        raise ValueError(f"refills at {times} s; each needs its own time within the {length:g} s, in their order")
