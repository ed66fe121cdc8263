"""The published cohorts whose counts the model is fitted to or held against, simulated many times over; the fit stands
in `scenarios.calibrate`, the comparison in `scenarios.validation`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reliability.chunk import Chunk, Plan, kinds, simulate
from reliability.columns import Floats
from reliability.design import Design
from reliability.events import (
    ABANDONED,
    ENCAPSULATION,
    EXTRA_RINSE,
    FLOW_REPLACEMENT,
    RINSE,
    TIP_OBSTRUCTION,
    UNDERDELIVERY,
)
from scenarios.build import load, plan
from scenarios.units import DAY, YEAR

Counts = dict[str, Floats]
HALFWAY = 1.5 * YEAR / DAY  # [d] half of the stated life of the batteries of the 1990s: young and old pumps


class Cohort(NamedTuple):
    """A published cohort: patients who entered evenly over the years up to its closing date."""

    name: str
    scenario: str
    patients: int
    years: float
    patient_years: float
    source: str


# the years are not printed: a mean follow-up of 2.2 years asks for twice as many of even entry, and 70 pumps come out
MONTPELLIER = Cohort("Montpellier, quarterly refills, 1990s", "implanted-insulin-1994", 47, 4.5, 103.0, "renard_1996")
ZWOLLE = Cohort("Zwolle 2000-2011", "implanted-insulin", 56, 11.4, 283.0, "vandijk_2012")
FRANCE = Cohort("French registry, before 1995", "implanted-insulin", 224, 3.3, 353.0, "hanaire_1995")


def planned(cohort: Cohort, seed: int, design: Design | None = None) -> Plan:
    """Return the plan of a study whose worlds are repetitions of a cohort.

    Parameters
    ----------
    cohort : Cohort
        Size, entry and scenario.
    seed : int
        Seed of the study.
    design : Design, optional
        What the patients receive; by default that of the cohort's scenario.
    """
    whole = plan(load(cohort.scenario), cohort.years, seed)
    design = whole.design if design is None else design
    people = design.population._replace(
        entry_span=cohort.years * YEAR,
        closing_date=cohort.years * YEAR,
        patients_per_world=float(cohort.patients),
    )
    return whole._replace(design=design._replace(population=people))


def repeated(whole: Plan, cohort: Cohort, times: int) -> Chunk:
    """Return a cohort simulated a number of times, one world each."""
    return simulate(whole, 0, times * cohort.patients)


def _days(column: NDArray[np.generic]) -> Floats:
    return np.asarray(column, dtype=np.float64)


def counts(whole: Plan, chunk: Chunk, cohort: Cohort) -> Counts:
    """Return what a paper would have counted in each repetition of its cohort, arrays (times,).

    Every kind of event under its label, and besides: patient years, pumps, operations, patients who gave up;
    `restored`, the rinses that helped; `catheter`, operations on tip or capsule; `catheter_rinse`, those that a rinse
    had to follow; `catheter_and_pump`, those that found the pump losing too, rinsed or replaced; episodes and years of
    pumps that are young and old.
    """
    times = chunk.size // cohort.patients
    kind, value = chunk.events["kind"], chunk.events["value"]
    world = chunk.events["patient"] // cohort.patients
    age, lives = _days(chunk.events["age"]), _days(chunk.devices["time"])
    owner = chunk.devices["patient"] // cohort.patients

    def number(chosen: NDArray[np.bool_]) -> Floats:
        return np.bincount(world[chosen], minlength=times).astype(np.float64)

    def total(column: NDArray[np.generic]) -> Floats:
        return np.asarray(column.reshape(times, -1).sum(axis=1), dtype=np.float64)

    def years(days: Floats) -> Floats:
        return np.asarray(np.bincount(owner, weights=days * DAY / YEAR, minlength=times), dtype=np.float64)

    names = kinds(whole)
    found = {names[code]: number(kind == code) for code in names if code}
    line = (kind == TIP_OBSTRUCTION) | (kind == ENCAPSULATION)
    after = np.concatenate(([False], line[:-1]))  # what a visit did is recorded in the order in which it was done
    episode, old = kind == UNDERDELIVERY, age >= HALFWAY
    return found | {
        "patient_years": total(chunk.patients["end"]) * DAY / YEAR,
        "pumps": total(chunk.patients["devices"]),
        "operations": total(chunk.patients["operations"]),
        "restored": number((kind == RINSE) & (value == 1.0)),
        "catheter": number(line),
        "catheter_rinse": number(after & (kind == EXTRA_RINSE)),
        "catheter_and_pump": number(after & ((kind == EXTRA_RINSE) | (kind == FLOW_REPLACEMENT))),
        "abandoned": total(chunk.patients["reason"] == ABANDONED),
        "young_episodes": number(episode & ~old),
        "old_episodes": number(episode & old),
        "young_years": years(np.minimum(lives, HALFWAY)),
        "old_years": years(np.maximum(lives - HALFWAY, 0.0)),
    }
