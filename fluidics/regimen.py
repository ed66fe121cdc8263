"""What is programmed: rates of a day with their shares of time; who takes how much stands in
`reliability.population`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.pump import Level
from fluidics.questions import histogram


class BasalBolus(NamedTuple):
    """A basal rate all day, and boluses at the fixed speed of the device for the rest of the dose."""

    basal_share: Annotated[float, "-"]  # of the daily dose
    bolus_rate: Annotated[float, "m3/s"]


class ConstantRate(NamedTuple):
    """One rate, day and night."""


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
