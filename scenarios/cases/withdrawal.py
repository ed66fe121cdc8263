"""Published figures of patients whose spinal drug stopped, beside those of simulated patients; figures of single pumps
with rollers stand in `scenarios.cases.implanted`."""

from __future__ import annotations

from functools import cache

import numpy as np

from reliability.causes import last_failures
from reliability.chunk import Chunk, Plan, kinds, simulate
from reliability.recurrent import event_rate, share
from scenarios.build import load, plan
from scenarios.cases.published import HELD_OUT, Case
from scenarios.units import DAY, YEAR

EVENTS, BY_CATHETER, PATIENTS, PUMP_YEARS = 8, 7, 39, 160.4
_REPEATED = 40  # times
_SEED = 2015


@cache
def followed() -> tuple[Plan, Chunk]:
    """Return the published cohort, repeated: patients of the library's baclofen pump through its years."""
    whole = plan(load("peristaltic-baclofen"), PUMP_YEARS / PATIENTS, _SEED)
    return whole, simulate(whole, 0, _REPEATED * PATIENTS)


@cache
def withdrawal_cases() -> tuple[Case, ...]:
    """Return how often baclofen stopped for so long that patients withdrew, and how often a catheter was the cause."""
    name, source = "Intrathecal baclofen, 39 patients", "stetkarova_2015"
    whole, chunk = followed()
    codes = {label: code for code, label in kinds(whole).items()}
    felt = chunk.events["kind"] == codes["withdrawal"]
    cause, _ = last_failures(chunk.events["kind"], chunk.events["patient"])
    years = float(np.sum(chunk.devices["time"])) * DAY / YEAR
    rate, part = event_rate([EVENTS], [PUMP_YEARS / 100.0]), share(BY_CATHETER, EVENTS)
    simulated = 100.0 * float(felt.sum()) / years
    by_catheter = float((cause[felt] == codes["catheter"]).mean())
    return (
        Case(name, "withdrawals in 100 pump-years", rate.rate, rate.lower, rate.upper, simulated, "-", HELD_OUT, source,
             "8 in 160.4 pump-years; catheters fail at the rate of another series, the time to signs and until the "
             "catheter is mended are assumed"),
        Case(name, "share of them from the catheter", part.share, part.lower, part.upper, by_catheter, "-", HELD_OUT,
             source, "7 of 8, the eighth from a pump"),
    )  # fmt: skip
