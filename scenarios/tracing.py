"""A scenario's pump traced through hours of its programme, and the results in the units people use; how a device is
traced stands in `fluidics.engines.trace`, the figure in `scenarios.trace_figure`."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from fluidics.deliverable import (
    AT_ONCE,
    CANCELLED,
    PART_OF_A_STROKE,
    TOO_FAST,
    TOO_SLOW,
    Shortfall,
    fastest,
    quantum,
    undeliverable,
)
from fluidics.engines.rungs import ENGINES
from fluidics.engines.trace import NEVER, Blockage, Change, Event, Trace, traced
from fluidics.programme import Programme
from fluidics.pump import new_pump
from reliability.modes import OcclusionAlarm
from scenarios.build import Scenario, ScenarioError
from scenarios.document import near
from scenarios.parts import units
from scenarios.programmes import BLOCKAGE, BLOCKED, Changed, programme
from scenarios.units import DAY, convert

HOUR = 3600.0
LONGEST = 10.0 * 366.0 * DAY  # [s] of a trace
_SENTENCES = {
    TOO_FAST: "asks for {asked:rate}; the drive reaches {limit:rate}",
    TOO_SLOW: "asks for {asked:rate}; the slowest rate is {limit:rate}",
    PART_OF_A_STROKE: "asks for a bolus of {asked:volume}, which is no whole number of strokes of {limit:volume}",
    AT_ONCE: "asks for a bolus of {asked:volume} while another is given",
    CANCELLED: "asks for a bolus of {asked:volume} and gives {limit:volume} of it: the pump is suspended, or time ends",
}


class Run(NamedTuple):
    """A trace with what was asked."""

    programme: Programme
    changes: tuple[Changed, ...]
    alarm: float  # [Pa]
    complaints: tuple[str, ...]  # what the pump cannot deliver as it is programmed
    trace: Trace


def span(hours: float) -> float:
    """Return the length of a trace [s].

    Raises
    ------
    ScenarioError
        When it is not above zero, or longer than ten years.
    """
    if not 0.0 < hours * HOUR <= LONGEST:
        raise ScenarioError([f"--hours {hours:g}: must be above zero and at most {LONGEST / HOUR:g}"])
    return hours * HOUR


def check_engine(engine: str) -> None:
    """Refuse an engine that there is none of.

    Raises
    ------
    ScenarioError
        With the closest known name.
    """
    if engine not in ENGINES:
        raise ScenarioError([f"--engine {engine}: unknown engine{near(engine, list(ENGINES))}"])


def check_file(path: Path) -> None:
    """Refuse a name that a trace file cannot have.

    Raises
    ------
    ScenarioError
        When it does not end in .h5, or its folder is not there.
    """
    if path.suffix.lower() != ".h5":
        raise ScenarioError([f"--output {path}: must end in .h5"])
    if not path.parent.is_dir():
        raise ScenarioError([f"--output {path}: there is no folder {path.parent}; make it first"])


def alarm_pressure(scenario: Scenario, given: str | None) -> float:
    """Return the line pressure [Pa] at which the pump alarms: as given, else that of its occlusion alarm, else none.

    Raises
    ------
    ScenarioError
        When what is given is no pressure above zero.
    """
    if given is None:
        alarms = [mode.pressure for mode in scenario.design.modes if isinstance(mode, OcclusionAlarm)]
        return min(alarms, default=NEVER)
    try:
        pressure = convert(given, "Pa")
    except ValueError as error:
        raise ScenarioError([f"--alarm {given}: {error}"]) from None
    if not pressure > 0.0:
        raise ScenarioError([f"--alarm {given}: must be above zero"])
    return pressure


def run(scenario: Scenario, length: float, engine: str, changes: Sequence[Changed], alarm: float) -> Run:
    """Return what a new pump of a scenario does in a length of time [s].

    Raises
    ------
    ScenarioError
        When a change leaves a pump that no engine can follow.
    """
    asked = programme(scenario, length + DAY)  # an engine ends the stroke that it began
    try:
        trace = traced(
            scenario.design.pump,
            new_pump(scenario.design.pump),
            asked,
            length,
            engine,
            [Change(change.time, change.slot, change.value) for change in changes if change.slot != BLOCKAGE],
            [Blockage(change.time, change.value) for change in changes if change.slot == BLOCKAGE],
            alarm,
        )
    except (ValueError, RuntimeError) as error:
        raise ScenarioError([f"{scenario.name}: the engine {engine} cannot follow this pump: {error}"]) from error
    return Run(asked, tuple(changes), alarm, tuple(complaints(scenario, programme(scenario, length))), trace)


def complaints(scenario: Scenario, asked: Programme) -> Iterator[str]:
    """Yield a sentence for each kind of thing that a programme asks of the pump in vain."""
    pump = scenario.design.pump
    table = scenario.programme
    slowest = table.minimum.value.si if table and table.minimum else 0.0
    found = undeliverable(asked, fastest(pump.drive, new_pump(pump).drive), slowest, quantum(pump.drive))
    words = Words(scenario)
    for reason in sorted({shortfall.reason for shortfall in found}):
        alike = [shortfall for shortfall in found if shortfall.reason == reason]
        again = f" ({len(alike)} times)" if len(alike) > 1 else ""
        yield f"at {alike[0].start / HOUR:.4g} h the programme {words.shortfall(alike[0])}{again}"


class Words:
    """Volumes and rates in the units of a scenario's drug."""

    def __init__(self, scenario: Scenario) -> None:
        known = {value.path: value for value in scenario.values}
        concentration = known.get("pump.drug.concentration")
        insulin = concentration is not None and concentration.unit == "U/m3"
        self.units_per_volume = concentration.si if insulin and concentration else 0.0  # [U/m3]

    @property
    def rates(self) -> tuple[str, float]:
        """Return the unit of rates, and how many of it are one in SI."""
        return ("U/h", self.units_per_volume * HOUR) if self.units_per_volume else ("µL/h", 1e9 * HOUR)

    @property
    def volumes(self) -> tuple[str, float]:
        """Return the unit of volumes, and how many of it are one in SI."""
        return ("U", self.units_per_volume) if self.units_per_volume else ("µL", 1e9)

    def volume(self, volume: float) -> str:
        """Return a volume [m3] in words."""
        drug = f" ({volume * self.units_per_volume:.4g} U)" if self.units_per_volume else ""
        return f"{volume * 1e9:.4g} µL{drug}"

    def rate(self, rate: float) -> str:
        """Return a rate [m3/s] in words."""
        drug = f" ({rate * self.units_per_volume * HOUR:.4g} U/h)" if self.units_per_volume else ""
        return f"{rate * 1e9 * HOUR:.4g} µL/h{drug}"

    def shortfall(self, shortfall: Shortfall) -> str:
        """Return what a programme asks in vain."""
        say = self.rate if shortfall.reason in (TOO_FAST, TOO_SLOW) else self.volume
        text = _SENTENCES[shortfall.reason].replace(":rate", "").replace(":volume", "")
        return text.format(asked=say(shortfall.asked), limit=say(shortfall.limit))


def readings(scenario: Scenario, done: Run) -> dict[str, Any]:
    """Return the main results of a trace by their names, each with its unit."""
    trace = done.trace
    programmed, delivered = float(trace.programmed[-1]), float(trace.delivered[-1])
    line = [k for k, name in enumerate(trace.node_names) if name.startswith("line")]
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "engine": trace.engine,
        "hours": float(trace.time[-1]) / HOUR,
        "programmed_uL": programmed * 1e9,
        "delivered_uL": delivered * 1e9,
        "drawn_uL": float(trace.drawn[-1]) * 1e9,
        "difference": delivered / programmed - 1.0 if programmed > 0.0 else math.nan,
        "residual": abs(trace.residual / delivered) if delivered else math.nan,
        "least_line_pressure_kPa": float(trace.pressure[:, line].min()) / 1e3,
        "greatest_line_pressure_kPa": float(trace.pressure[:, line].max()) / 1e3,
        "strokes": trace.strokes if quantum(scenario.design.pump.drive) > 0.0 else 0,
        "valve_switchings": trace.switches,
        "undeliverable": list(done.complaints),
        "events": [
            {"hours": event.time / HOUR, "name": event.name, "value": event.value, "unit": unit(scenario, event.name)}
            for event in trace.events
        ],
    }


def unit(scenario: Scenario, name: str) -> str:
    """Return the SI unit of the value of an event."""
    if "." in name:
        place, field = name.split(".", 1)
        return units(type(getattr(scenario.design.pump, place)))[field]
    return {BLOCKAGE: "Pa s/m3", "release": "Pa s/m3", "alarm": "Pa"}.get(name, "-")


def provenance(scenario: Scenario, done: Run, command: str) -> dict[str, str]:
    """Return what a trace file keeps of its scenario and its results."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "description": scenario.description,
        "command": command,
        "scenario": scenario.text,
        "scenario_sha256": scenario.sha256,
        "parameters": json.dumps([value._asdict() for value in scenario.values], ensure_ascii=False),
        "changes": json.dumps([change._asdict() for change in done.changes], ensure_ascii=False),
        "summary": json.dumps(readings(scenario, done), ensure_ascii=False),
    }


def rows(scenario: Scenario, done: Run) -> Iterator[tuple[str, str]]:
    """Yield the main results of a trace in words."""
    found, words, trace = readings(scenario, done), Words(scenario), done.trace
    yield "programmed", words.volume(float(trace.programmed[-1]))
    yield "delivered", words.volume(float(trace.delivered[-1]))
    yield "drawn from the reservoir", words.volume(float(trace.drawn[-1]))
    yield "difference", f"{100.0 * found['difference']:+.4f} % of programmed"
    yield "fluid that the balance lacks", f"{found['residual']:.1e} of delivered"
    yield "line pressure", f"{found['least_line_pressure_kPa']:.4g} to {found['greatest_line_pressure_kPa']:.4g} kPa"
    yield "strokes", f"{found['strokes']:,}"
    yield "valve switchings", f"{trace.switches:,}"


def said(scenario: Scenario, event: Event) -> str:
    """Return an event in words."""
    si = unit(scenario, event.name)
    if event.name == BLOCKAGE and event.value == BLOCKED:
        return "tip blocked"
    if si == "Pa":
        return f"{event.name} {event.value / 1e3:.4g} kPa"
    if si == "K":
        return f"{event.name} {event.value - 273.15:.4g} degC"
    return event.name if event.name in ("release", "reservoir empty") else f"{event.name} {event.value:.4g} {si}"
