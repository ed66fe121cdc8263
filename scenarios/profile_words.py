"""Profiles of a traced pump as results: rows of the screen, readings, columns of the file; what they are made of stands
in `scenarios.profiles`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from fluidics.engines.trace import Event
from fluidics.network import Floats
from fluidics.pump import Pump
from fluidics.rows import pack, slots
from reliability.recording import Column
from scenarios.run import Run
from scenarios.scenario import BLOCKAGE, Profile, Scenario
from scenarios.trace_words import unit


def events(done: Run) -> list[Event]:
    """Return the events of a trace, without the steps of profiles and what a day before had already."""
    known = {(change.time, change.slot) for change in done.changes if change.follows}
    return [each for each in done.trace.events if (each.time, _slot(each)) not in known]


def _slot(event: Event) -> str:
    return BLOCKAGE if event.name == "release" else event.name


def shown(si: str, field: str) -> tuple[str, float, float]:
    """Return the unit in which a number of a unit is shown, how many of it are one in SI, and where it begins in SI.

    Examples
    --------
    >>> shown("Pa", "ambient"), shown("K", "body_temperature")
    (('kPa', 0.001, 0.0), ('degC', 1.0, 273.15))
    """
    if si == "K" and field.endswith("temperature"):
        return "degC", 1.0, 273.15
    return ("kPa", 1e-3, 0.0) if si == "Pa" else (si, 1.0, 0.0)


def rows(scenario: Scenario, done: Run) -> Iterator[tuple[str, str]]:
    """Yield for each profile what it is and how fine its steps are, and what comes each day."""
    for profile in done.profiles:
        said, scale, zero = shown(unit(scenario, profile.slot), profile.slot)
        said = "" if said == "-" else f" {said}"
        low, high = (f"{(end - zero) * scale:.4g}" for end in (min(profile.value), max(profile.value)))
        again = " each day" if profile.daily else ""
        far = f"at most {profile.bound * scale:.2g}{said} ({100.0 * profile.within:g} % of that)"
        yield profile.slot, f"{low} to {high}{said}{again}, {profile.source}: {_count(done, profile):,} steps of {far}"
    if repeated := _again(done):
        yield "each day again", ", ".join(repeated)


def _count(done: Run, profile: Profile) -> int:
    return sum(change.slot == profile.slot and change.follows == profile.source for change in done.changes)


def _again(done: Run) -> list[str]:
    followed = {profile.slot for profile in done.profiles}
    return sorted({change.slot for change in done.changes if change.follows} - followed)


def readings(scenario: Scenario, done: Run) -> list[dict[str, Any]]:
    """Return what each profile is and how fine its steps are, in SI."""
    return [
        {
            "number": profile.slot,
            "unit": unit(scenario, profile.slot),
            "source": profile.source,
            "daily": profile.daily,
            "least": min(profile.value),
            "greatest": max(profile.value),
            "steps": _count(done, profile),
            "largest_step": profile.bound,
        }
        for profile in done.profiles
    ]


def columns(scenario: Scenario, done: Run) -> list[Column]:
    """Return the value of each number that has a profile, at each time of a trace."""
    found = []
    for slot in dict.fromkeys(profile.slot for profile in done.profiles):
        time, value = course(scenario.design.pump, done, slot)
        seen = value[np.searchsorted(time, done.trace.time, side="left") - 1]
        si = unit(scenario, slot)
        found.append(Column(slot, seen, "1" if si == "-" else si, "number of the pump that follows a profile"))
    return found


def course(pump: Pump, done: Run, slot: str) -> tuple[Floats, Floats]:
    """Return the times from which on a number of the pump has other values [s], and the values in SI."""
    first = 0.0 if slot == BLOCKAGE else float(pack(pump)[slots(pump).index(slot)])
    changed = [(change.time, change.value) for change in done.changes if change.slot == slot]
    time, value = zip((-1.0, first), *changed, strict=True)
    return np.array(time), np.array(value)
