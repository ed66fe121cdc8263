"""Numbers of a pump that follow profiles while it is traced, as changes in steps; what a file may say of them stands in
`scenarios.surroundings`, changes that are no profile in `scenarios.programmes`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from typing import Any

import numpy as np

from fluidics.atmosphere import excursion, flight, standard_height, submerged_pressure
from fluidics.pump import Pump
from fluidics.rows import slots
from fluidics.staircase import staircase
from scenarios.document import Document, ScenarioError
from scenarios.entries import Context, Entry
from scenarios.problems import sentence
from scenarios.programmes import number
from scenarios.scenario import Changed, Profile, Scenario
from scenarios.schema import context
from scenarios.surroundings import WITHIN, DiveTable, FlightTable, ProfileTable
from scenarios.units import DAY

CABIN = 2438.4  # [m], 8000 ft: the greatest cabin height of an airliner in normal operation, 14 CFR 25.841
MOST_STEPS = 20_000  # of a profile: a hundred days of one that goes up and down each day
_AMBIENT = "reservoir.ambient"


def steps(profile: Profile, span: float) -> list[Changed]:
    """Return the changes by which a number follows its profile for a span of time [s].

    Before the first point it has the value of the pump, after the last one that of the last; a daily profile goes from
    its last point to the first of the next day.

    Raises
    ------
    ScenarioError
        When there are more of them than a trace can take.
    """
    time, value = np.array(profile.time), np.array(profile.value)
    if profile.daily:
        time, value = _round(time, value)
    begin, level = staircase(time, value, profile.bound or 1.0)
    days = DAY * np.arange(np.ceil(span / DAY) if profile.daily else 1.0)
    if len(begin) * len(days) > MOST_STEPS:
        reason = f"makes {len(begin) * len(days):,} steps, and {MOST_STEPS:,} are the most"
        raise ScenarioError([f"{profile.source}: {profile.slot}: {reason}; widen within, or trace a shorter time"])
    if not profile.daily:
        begin, level = np.append(begin, time[-1]), np.append(level, value[-1])
    begin, level = np.add.outer(days, begin).ravel(), np.tile(level, len(days))
    shown = zip(begin.tolist(), level.tolist(), strict=True)
    return [Changed(t, profile.slot, v, "", profile.daily, profile.source) for t, v in shown if t < span]


def _round(time: Any, value: Any) -> tuple[Any, Any]:
    """Return the points of a day from midnight to midnight."""
    order = np.argsort(time % DAY)
    clock, level = (time % DAY)[order], value[order]
    midnight = np.interp(0.0, [clock[-1] - DAY, clock[0]], [level[-1], level[0]])
    inside = clock > 0.0
    return np.concatenate([[0.0], clock[inside], [DAY]]), np.concatenate([[midnight], level[inside], [midnight]])


def profiles(document: Document, table: Any, pump: Pump) -> tuple[list[Profile], list[str]]:
    """Return the profiles of a checked scenario, flights and dives too, and a sentence for each that cannot be."""
    about, made, wrong = context(document.tables), [], []
    kinds = (("profiles", table.profiles, _pointed), ("flights", table.flights, _flown), ("dives", table.dives, _dived))
    for section, tables, profile in kinds:
        for k, each in enumerate(tables):
            try:
                made.append(profile(pump, about, each)._replace(source=f"{section}.{k}"))
            except ValueError as error:
                wrong.append(sentence(document, (section, str(k)), str(error)))
    return made, wrong


def _pointed(pump: Pump, about: Context, table: ProfileTable) -> Profile:
    read = [number(pump, about, table.set, point.value) for point in table.points]
    times = tuple(point.at.seconds for point in table.points)
    values = tuple(reading.si for _, reading in read)
    return Profile(read[0][0], "", table.points[0].at.daily, _share(table.within), times, values)


def _flown(pump: Pump, about: Context, table: FlightTable) -> Profile:
    height = table.height.value.si if table.height else CABIN
    ground = standard_height(_ambient(pump))
    return _outing(table, *flight(height, table.cruise.value.si, ground=ground), _ambient(pump))


def _dived(pump: Pump, about: Context, table: DiveTable) -> Profile:
    surface = _ambient(pump)
    given = table.pressure or table.depth
    assert given is not None
    there = given.value.si if table.pressure else submerged_pressure(given.value.si, surface)
    if there == surface:
        raise ValueError(f"'{given.value.given}' is the pressure that is there already")
    rate = abs(there - surface) / table.over.value.si
    return _outing(table, *excursion(there, table.stay.value.si, rate, surface), surface)


def _ambient(pump: Pump) -> float:
    if _AMBIENT not in slots(pump):
        raise ValueError(f"this pump has no number {_AMBIENT}, by which it feels the pressure around it")
    return float(pump.reservoir.ambient)


def _outing(table: FlightTable | DiveTable, time: Any, pressure: Any, surface: float) -> Profile:
    """Return the profile of the pressure around the pump that begins and ends at that of the surface."""
    if table.at.daily and not time[-1] < DAY:
        raise ValueError(f"takes {time[-1] / 3600.0:.4g} h each day; a day has 24")
    times = tuple((table.at.seconds + time).tolist())
    values = (surface, *pressure[1:-1].tolist(), surface)
    return Profile(_AMBIENT, "", table.at.daily, _share(table.within), times, values)


def _share(within: Entry | None) -> float:
    return within.value.si if within else WITHIN


def clashes(changes: Sequence[Changed], followed: Sequence[Profile]) -> Iterator[tuple[Profile, str]]:
    """Yield each profile of a number that is told something else at the same time, and what is wrong with that."""
    for one, other in combinations(followed, 2):
        if one.slot == other.slot and _meet(one, other.daily, other.time[0], other.time[-1]):
            yield one, f"{one.slot}: follows {other.source} at the same time; leave one out"
    for profile in followed:
        meeting = (c for c in changes if c.slot == profile.slot and _meet(profile, c.daily, c.time, c.time))
        for change in islice(meeting, 1):
            yield profile, f"{profile.slot}: changes at {change.time / 3600.0:g} h as well; leave one out"


def _meet(profile: Profile, daily: bool, first: float, last: float) -> bool:
    return profile.daily or daily or (first <= profile.time[-1] and profile.time[0] <= last)


def joined(
    scenario: Scenario, span: float, changes: Sequence[Changed], given: Sequence[Profile] = ()
) -> tuple[list[Changed], list[Profile]]:
    """Return all changes within a span of time, in the order of time, and the profiles of which some are steps.

    Parameters
    ----------
    scenario : Scenario
        Gives its own profiles, but of a number that has one of the command line.
    span : float
        Length of the trace [s].
    changes : sequence of Changed
        Those that are steps of no profile.
    given : sequence of Profile
        Those of the command line.

    Raises
    ------
    ScenarioError
        When a number is told two things at a time, a profile begins after the end, or has too many steps.
    """
    slots_given = {profile.slot for profile in given}
    own = [each for each in scenario.profiles if each.slot not in slots_given and (each.daily or each.time[0] < span)]
    followed = [*own, *given]
    wrong = [f"{profile.source}: {reason}" for profile, reason in clashes(changes, followed)]
    for profile in given:
        if not profile.daily and profile.time[0] >= span:
            wrong.append(f"{profile.source}: {profile.slot}: begins after the end of the trace, {span / 3600.0:g} h")
    if wrong:
        raise ScenarioError(wrong)
    return sorted([*changes, *(step for profile in followed for step in steps(profile, span))]), followed
