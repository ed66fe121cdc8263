"""The bridge between two solutions in an implanted line: rates that keep the dose while the new solution is on its way;
how it travels stands in `fluidics.transport.transport`, what a wrong dead volume does in
`fluidics.transport.priming`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.network import Floats
from fluidics.programmes.programme import Programme, plain
from fluidics.transport.flow import Flow, flowing
from fluidics.transport.stretch import Fill, Tube
from fluidics.transport.transport import transported

HOUR = 3600.0  # s
_NEAR = 1e-3  # share of the dose within which a step needs no rate of its own
_BEGINNINGS = 8  # times within one step at which the steps may begin
_DOUBLED = 5  # times that the least step is doubled, for the longest one tried


class Solution(NamedTuple):
    """A drug in the reservoir, and what the patient is to have of it."""

    concentration: Annotated[float, "kg/m3"]
    dose: Annotated[float, "kg/s"]
    diffusivity: Annotated[float, "m2/s"]  # molecular, of the drug


def plain_bridge(tubes: Sequence[Tube], old: Solution, new: Solution, length: float) -> Programme:
    """Return the old rate until the volume of the line has passed, then the new rate.

    Parameters
    ----------
    tubes : sequence of Tube
        From the pump to the tip, full of the old solution at the start.
    old, new : Solution
        What was in the reservoir, and what is in it now.
    length : float
        Length of the programme [s].

    Raises
    ------
    ValueError
        When the programme ends before the new solution has come, or a solution is none.

    Examples
    --------
    >>> line = [Tube(0.36e-6, 2.65e-4)]
    >>> weak, strong = Solution(0.5, 1e-12, 7e-10), Solution(2.0, 1e-12, 7e-10)
    >>> plain_bridge(line, weak, strong, 2e6).start.tolist()  # 0.36 mL at 2 nL/s
    [0.0, 180000.0]
    """
    _refuse(old, new)
    arrival = sum(tube.volume for tube in tubes) * old.concentration / old.dose
    if not arrival < length < np.inf:
        raise ValueError(f"bridge of {length!r} s; the new solution comes after {arrival:g} s: make it longer")
    return plain(Programme(np.array([0.0, arrival]), np.array([_rate(old), _rate(new)]), float(length)))


def bridge_bolus(
    tubes: Sequence[Tube], old: Solution, new: Solution, length: float, step: float = 300.0, within: float = 0.01
) -> Programme:
    """Return the rates that keep the dose until the new solution has come, with steps across its front.

    Each step gives, by `fluidics.transport.transport`, exactly its share of the dose; before the front comes the old
    rate does, and after it the new one.

    Parameters
    ----------
    tubes : sequence of Tube
        From the pump to the tip, full of the old solution at the start.
    old, new : Solution
        What was in the reservoir, and what is in it now: the same drug or another. Where the doses differ, the share of
        the old one and the share of the new one add up to one at each step.
    length : float
        Length of the programme [s].
    step : float
        Least length of a step that the pump allows [s].
    within : float
        Error of the dose in any hour [-] that is good enough: steps become shorter until then, and no shorter. Where
        the least step does not reach it, the best found is returned; `worst_hour` says how good.

    Raises
    ------
    ValueError
        When the programme ends before the new solution has come, a solution is none, or a step or an error is not above
        zero.

    Notes
    -----
    Plans the pump; it says nothing of what a patient should have. As good as the dead volume that is given: an error
    of it moves the front by error / rate, see `fluidics.transport.priming`.

    Examples
    --------
    >>> line = [Tube(0.14e-6, 4e-4), Tube(0.22e-6, 2.65e-4)]
    >>> weak, strong = Solution(0.5, 2.3e-12, 7e-10), Solution(2.0, 2.3e-12, 7e-10)
    >>> made = bridge_bolus(line, weak, strong, 172800.0)
    >>> float(made.rate[0] / made.rate[-1])
    4.0
    """
    best = plain_bridge(tubes, old, new, length)
    if not (0.0 < step < length and within > 0.0):
        raise ValueError(
            f"steps of {step!r} s within {within!r} of the dose, in a bridge of {length:g} s; both must be above zero, "
            "and a step shorter than the bridge"
        )
    arrival = sum(tube.volume for tube in tubes) / _rate(old)
    error = worst_hour(tubes, old, new, best)
    lengths = [step * 2.0**k for k in range(_DOUBLED, -1, -1)]
    for tried, k in product(lengths, range(_BEGINNINGS)):
        if error <= within:
            break
        made = _stepped(tubes, old, new, length, tried, (arrival + tried * k / _BEGINNINGS) % tried)
        found = worst_hour(tubes, old, new, made)
        if found < error:
            best, error = made, found
    return best


def shares(tubes: Sequence[Tube], old: Solution, new: Solution, flow: Flow) -> Floats:
    """Return the share of the dose (n,) [s] that has come by each time of a flow: as many seconds as it should last.

    The line is full of the old solution at the start, and the new one follows.
    """
    last = [old.concentration] * len(tubes)
    gone = transported(tubes, flow, [Fill(0.0, 0.0)], last, old.diffusivity)
    come = transported(tubes, flow, [Fill(0.0, new.concentration)], [0.0] * len(tubes), new.diffusivity)
    return gone.mass / old.dose + come.mass / new.dose


def worst_hour(tubes: Sequence[Tube], old: Solution, new: Solution, programme: Programme) -> float:
    """Return the largest error [-] of the dose over any hour of a programme, as a share of what is due in an hour.

    Hours begin at every second minute, so that none hides between others.
    """
    time = np.arange(0.0, programme.length, 120.0)
    flow = flowing(programme, time)
    come = shares(tubes, old, new, flow)[np.searchsorted(flow.time, time)]
    return float(np.max(np.abs(come[30:] - come[:-30] - HOUR), initial=0.0) / HOUR)


def _rate(solution: Solution) -> float:
    return solution.dose / solution.concentration


def _stepped(
    tubes: Sequence[Tube], old: Solution, new: Solution, length: float, step: float, begin: float
) -> Programme:
    """Return the programme whose steps may begin at `begin` [s] and each `step` [s] thereafter."""
    grid = np.arange(begin, length, step)
    steady = Flow(np.append(0.0, grid), np.append(0.0, grid * _rate(old)))
    wrong = np.abs(np.diff(shares(tubes, old, new, steady)[1:]) - step) > _NEAR * step
    if not wrong.any():
        return plain(Programme(np.zeros(1), np.array([_rate(old)]), float(length)))
    times = [0.0, float(grid[np.argmax(wrong)])]
    rates = [_rate(old)]
    while times[-1] + step < length:
        done = np.append(0.0, np.cumsum(np.array(rates) * np.diff(times)))
        time = np.array([*times, times[-1] + step])

        def over(rate: float, time: Floats = time, done: Floats = done) -> float:
            """Return by how much [-] the next step gives more than its share at a rate [m3/s]."""
            flow = Flow(time, np.append(done, done[-1] + rate * step))
            return float(np.diff(shares(tubes, old, new, flow))[-1]) / step - 1.0

        if abs(over(_rate(new))) < _NEAR:
            break
        rates.append(_root(over, 2.0 * max(_rate(old), _rate(new))))
        times.append(times[-1] + step)
    return plain(Programme(np.array(times), np.array([*rates, _rate(new)]), float(length)))


def _root(rising: Callable[[float], float], high: float) -> float:
    """Return where a rising function, below zero at zero, crosses it before `high`: false position, Illinois."""
    low, below, above = 0.0, rising(0.0), rising(high)
    for _ in range(60):
        middle = high - above * (high - low) / (above - below)
        value = rising(middle)
        if abs(value) < 1e-7:
            break
        if value * above < 0.0:
            low, below = high, above
        else:
            below *= 0.5  # the end that stays loses weight
        high, above = middle, value
    return middle


def _refuse(old: Solution, new: Solution) -> None:
    for solution, name in ((old, "old"), (new, "new")):
        if not all(0.0 < value < np.inf for value in solution):
            raise ValueError(f"{name} {solution}: concentration, dose and diffusivity must be above zero and finite")
