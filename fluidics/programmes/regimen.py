"""What is programmed day after day: rates with their shares of time for lifetimes, and the programme of such a day; who
takes how much stands in `reliability.population`, programmes in `fluidics.programmes.programme`."""

from __future__ import annotations

from functools import singledispatch
from itertools import pairwise
from typing import Annotated, Any, NamedTuple

import numpy as np

from fluidics.programmes.basal import constant, daily
from fluidics.programmes.programme import DAY, Programme, pieces, with_bolus
from fluidics.pump import Level
from fluidics.questions import histogram

MEALS = (7.0 * 3600.0, 12.0 * 3600.0, 18.0 * 3600.0)  # s, times of the day of three equal boluses


class BasalBolus(NamedTuple):
    """A basal rate all day, and boluses at the fixed speed of the device for the rest of the dose."""

    basal_share: Annotated[float, "-"]  # of the daily dose
    bolus_rate: Annotated[float, "m3/s"]


class ConstantRate(NamedTuple):
    """One rate, day and night."""


class ProgrammedDay(NamedTuple):
    """The rates of a programmed day in four levels, each relative to the mean rate, with their shares of time."""

    lowest: Annotated[float, "-"] = 1.0
    lowest_share: Annotated[float, "-"] = 1.0
    low: Annotated[float, "-"] = 0.0
    low_share: Annotated[float, "-"] = 0.0
    high: Annotated[float, "-"] = 0.0
    high_share: Annotated[float, "-"] = 0.0
    highest: Annotated[float, "-"] = 0.0
    highest_share: Annotated[float, "-"] = 0.0


@histogram.answer
def basal_and_boluses(
    regimen: BasalBolus, mean_rate: float
) -> tuple[Level, Level, Level, Level]:
    """Return basal and bolus levels: the bolus share of time follows from the dose, basal fills the rest."""
    share = min((1.0 - regimen.basal_share) * mean_rate / regimen.bolus_rate, 0.999)
    basal = Level(rate=regimen.basal_share * mean_rate / (1.0 - share), share=1.0 - share)
    off = Level(rate=0.0, share=0.0)
    return (basal, Level(rate=regimen.bolus_rate, share=share), off, off)


@histogram.answer
def one_rate(regimen: ConstantRate, mean_rate: float) -> tuple[Level, Level, Level, Level]:
    """Return the one level."""
    off = Level(rate=0.0, share=0.0)
    return (Level(rate=mean_rate, share=1.0), off, off, off)


@histogram.answer
def four_levels(regimen: ProgrammedDay, mean_rate: float) -> tuple[Level, Level, Level, Level]:
    """Return the four levels."""
    return (
        Level(rate=regimen.lowest * mean_rate, share=regimen.lowest_share),
        Level(rate=regimen.low * mean_rate, share=regimen.low_share),
        Level(rate=regimen.high * mean_rate, share=regimen.high_share),
        Level(rate=regimen.highest * mean_rate, share=regimen.highest_share),
    )


def programmed_day(programme: Programme, start: float = 0.0, stop: float = DAY) -> ProgrammedDay:
    """Return what a programme has between two times [s], of a day if not given, as four levels that give its volume.

    Rates that lie next to each other are merged into their mean over time, those first whose merging changes the mean
    square of the rate least (Ward, J. Am. Stat. Assoc. 58 (1963) 236).

    Raises
    ------
    ValueError
        When the programme delivers nothing.

    Examples
    --------
    >>> programmed_day(daily([0.0, 43200.0], [1.0, 3.0], 86400.0))[:4]
    (0.5, 0.5, 1.5, 0.5)
    """
    groups: dict[float, float] = {}
    for begin, end, rate in pieces(programme, start, stop):
        groups[rate] = groups.get(rate, 0.0) + (end - begin)
    levels = sorted(groups.items())
    total, length = sum(rate * span for rate, span in levels), sum(groups.values())
    if not total > 0.0:
        raise ValueError("a programme that delivers nothing has no rates relative to its mean")
    while len(levels) > 4:
        costs = [b * d / (b + d) * (c - a) ** 2 for (a, b), (c, d) in pairwise(levels)]
        k = costs.index(min(costs))
        (one, first), (other, second) = levels[k : k + 2]
        levels[k : k + 2] = [((one * first + other * second) / (first + second), first + second)]
    filled = [number for rate, span in levels for number in (rate * length / total, span / length)]
    return ProgrammedDay(*filled, *[0.0] * (8 - len(filled)))


@singledispatch
def programmed(regimen: Any, mean_rate: float, length: float) -> Programme:
    """Return the programme of a regimen for a length of time [s].

    A constant rate runs all the time; basal and boluses become a basal rate and three equal boluses a day, at 7, 12 and
    18 h after midnight; the levels of a programmed day follow each other from the lowest on.

    Parameters
    ----------
    regimen : BasalBolus, ConstantRate or ProgrammedDay
        What is programmed day after day.
    mean_rate : float
        Mean rate of the day [m3/s].
    length : float
        Length of the programme [s].

    Raises
    ------
    TypeError
        When nobody has said what the programme of such a regimen is.

    Examples
    --------
    >>> programmed(ConstantRate(), 2.0, 60.0).rate.tolist()
    [2.0]
    """
    raise TypeError(
        f"{type(regimen).__name__} has no programme: register one with fluidics.programmes.regimen.programmed"
    )


@programmed.register
def _(regimen: ConstantRate, mean_rate: float, length: float) -> Programme:
    return constant(mean_rate, length)


@programmed.register
def _(regimen: BasalBolus, mean_rate: float, length: float) -> Programme:
    made = constant(regimen.basal_share * mean_rate, length)
    meal = (1.0 - regimen.basal_share) * mean_rate * DAY / len(MEALS)
    for at in (day * DAY + time for day in range(int(length // DAY) + 1) for time in MEALS):
        if at < length and meal > 0.0:
            made = with_bolus(made, at, meal, regimen.bolus_rate)
    return made


@programmed.register
def _(regimen: ProgrammedDay, mean_rate: float, length: float) -> Programme:
    levels = [level for level in histogram(regimen, mean_rate) if level.share > 0.0]
    ends = np.cumsum([level.share for level in levels]) * DAY
    return daily([0.0, *ends[:-1]], [level.rate for level in levels], length)
